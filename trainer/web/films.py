"""Films on the web: a gallery, a player for those that are there, and a page that waits for the others."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from xml.sax.saxutils import escape

from nicegui.app import App
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from trainer.adapters.film_shelf import Reel
from trainer.core.errors import BadInput, TrainerError
from trainer.core.scenario import Scenario
from trainer.i18n import LANGS, Translations, speaking, translator
from trainer.web.pages.layout import FILE_ROUTE, OWN_NAMES, asset
from trainer.web.pages.words import system
from trainer.web.services import Films, Services, lang_of

FILM_ROUTE = "/film/{scenario}"
"""Where the film of a lesson is played."""
GALLERY_ROUTE = "/films"
"""Where all films are found."""

ENTRY = "entry"
"""Query parameter of these addresses: not the whole lesson but the minute that shows how to leave."""

RELOAD_SECONDS = 3

KINDS = {
    "mp4": "video/mp4",
    "vtt": "text/vtt; charset=utf-8",
    "chapters.vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "jpg": "image/jpeg",
}
"""Ending → media type."""

PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}<title>{title}</title>
<link rel="stylesheet" href="{css}"><style>
h1 {{ margin-bottom: 1rem }}
main > p, main > details {{ margin: 1rem 0 }}
h2 {{ margin: 1.5rem 0 .5rem }}
video {{ display: block; width: 100%; max-height: 80vh; background: #0d2b52; border-radius: 10px }}
progress {{ width: 100%; height: 12px; accent-color: #1565c0 }}
pre {{ white-space: pre-wrap; font: inherit; margin: .5rem 0 }}
ul.films {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; padding: 0;
  list-style: none }}
ul.films a {{ display: block; height: 100%; background: #fff; border: 1px solid #d3dae3; border-radius: 12px;
  overflow: hidden; text-decoration: none; color: inherit }}
ul.films a:hover, ul.films a:focus-visible {{ border-color: #1565c0 }}
ul.films img, ul.films .none {{ display: block; width: 100%; height: 9.5rem; object-fit: cover;
  object-position: top; background: #0d47a1 }}
ul.films .none {{ display: grid; place-items: center; color: #fff; font-size: 2.2rem }}
ul.films b, ul.films small {{ display: block; padding: .6rem .9rem 0 }}
ul.films small {{ padding: 0 .9rem .8rem; color: #566273 }}
</style></head><body>{header}<main class="calm-main" id="main" data-testid="{name}"><h1>{title}</h1>{body}</main>
</body></html>"""

HEADER = """<a class="skip-link" href="#main">{skip}</a><header class="site-header">
<a class="brand" href="/" aria-label="{home}" data-testid="nav.lessons">
<span class="brand-mark" aria-hidden="true"></span><span class="brand-name">{brand}</span></a>
<div class="languages" role="group" aria-label="{language}">{choices}</div></header>"""
"""The header of all pages, see `trainer.web.pages.layout.frame`."""

CHOICE = """<form method="post" action="/language/{code}"><button class="language" type="submit" lang="{tag}"
aria-pressed="{chosen}" data-testid="language[{code}]">{name}</button></form>"""


def register_films(app: App, services: Services, films: Films) -> None:
    """Serve ``GET /films``, ``GET /film/{scenario}?lang=…`` (``&entry=1``) and the files of films.

    Args:
        app: Gets the routes.
        services: Knows the lessons and languages.
        films: Makes and keeps the films.
    """

    def asked_lang(request: Request) -> str:
        asked = request.query_params.get("lang", "")
        return asked if asked in services.languages else lang_of(request, services.languages)

    @app.get(GALLERY_ROUTE)
    async def gallery(request: Request) -> Response:
        return await asyncio.to_thread(_gallery, services, films, asked_lang(request))

    @app.get(FILM_ROUTE)
    async def film(request: Request, scenario: str) -> Response:
        lang = asked_lang(request)
        try:
            return await asyncio.to_thread(_film, services, films, scenario, lang, entry=_is_entry(request))
        except TrainerError as error:
            return _refused(lang, error)

    @app.get(FILE_ROUTE)
    async def file(request: Request, scenario: str, lang: str, ending: str) -> Response:
        reel = await asyncio.to_thread(_found, services, films, scenario, lang, entry=_is_entry(request))
        if reel is None or ending not in KINDS:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        # "identity" keeps the server from compressing what a player asks for in parts
        headers = {"Cache-Control": "private, max-age=300", "Content-Encoding": "identity"}
        return FileResponse(reel.files[ending], media_type=KINDS[ending], headers=headers)


def _is_entry(request: Request) -> bool:
    return ENTRY in request.query_params


def _shows_exit(lesson: Scenario) -> bool:
    return lesson.family == "normal-exit"


def _lesson(services: Services, scenario: str) -> Scenario | None:
    """Return a lesson of the catalogue, so that no path comes from outside."""
    return next((lesson for lesson in services.scenarios.all() if lesson.id == scenario), None)


def _found(services: Services, films: Films, scenario: str, lang: str, *, entry: bool) -> Reel | None:
    lesson = _lesson(services, scenario)
    return films.find(lesson, lang, entry=entry) if lesson and lang in services.languages else None


def _film(services: Services, films: Films, scenario: str, lang: str, *, entry: bool) -> Response:
    texts = translator("trainer", lang)
    with speaking(lang):
        lesson = _lesson(services, scenario)
        if lesson is None or (entry and not _shows_exit(lesson)):
            raise BadInput(texts.gettext("There is no such lesson."))
        reel = films.order(lesson, lang, entry=entry)
    title = translator("scenarios", lang).gettext(lesson.title)
    if entry:
        title = texts.gettext("How to leave this interview")
    if not reel.files:
        return _waiting(lang, title, reel.share, texts)
    return _player(lesson, lang, title, reel, texts, entry=entry)


def _player(  # noqa: PLR0913  # what is played, and to whom
    lesson: Scenario, lang: str, title: str, reel: Reel, texts: Translations, *, entry: bool
) -> Response:
    _ = texts.gettext
    at = f"/film/{lesson.id}/{lang}"
    of = f"?{ENTRY}=1" if entry else ""
    name = f"{ENTRY}.{lesson.profile}" if entry else lesson.id
    tag, label = lang.replace("_", "-"), escape(_("Captions"))
    links = (("mp4", _("Film")), ("srt", _("Captions")), ("txt", _("All that is said")))
    said = reel.files["txt"].read_text("utf-8")
    body = (
        f'<video controls playsinline preload="metadata" poster="{at}/jpg{of}" src="{at}/mp4{of}"'
        ' data-testid="film.video">'
        f'<track kind="captions" src="{at}/vtt{of}" srclang="{tag}" label="{label}" default>'
        f'<track kind="chapters" src="{at}/chapters.vtt{of}" srclang="{tag}"></video>'
        f"<h2>{escape(_('Save'))}</h2><p>"
        + " · ".join(
            f'<a href="{at}/{ending}{of}" download="{name}.{lang}.{ending}">{escape(text)}</a>'
            for ending, text in links
        )
        + f"</p><details><summary>{escape(_('All that is said'))}</summary><pre>{escape(said)}</pre></details>"
        + (_entry_link(lesson, lang, texts) if _shows_exit(lesson) and not entry else "")
        + f'<p><a href="{GALLERY_ROUTE}?lang={lang}">{escape(_("All films"))}</a></p>'
    )
    return HTMLResponse(_page(lang, title, "film.player", body), headers={"Cache-Control": "no-store"})


def _entry_link(lesson: Scenario, lang: str, texts: Translations) -> str:
    text = escape(texts.gettext("One minute for candidates: only how to leave"))
    return f'<p><a href="/film/{lesson.id}?lang={lang}&amp;{ENTRY}=1">{text}</a></p>'


def _waiting(lang: str, title: str, share: float, texts: Translations) -> Response:
    _ = texts.gettext
    label = escape(_("The film is being made"), {'"': "&quot;"})
    doing = _("A browser performs the lesson, a voice speaks, and the pictures are drawn.")
    leave = _("The page loads again by itself and then shows the film. You may leave it meanwhile.")
    body = (
        f"<p>{escape(title)}</p>"
        f"<p>{escape(doing)}</p>"
        f'<progress max="100" value="{round(share * 100)}" aria-label="{label}"></progress>'
        f"<p role=status>{round(share * 100)} %</p>"
        f"<p>{escape(leave)}</p>"
    )
    head = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    html = _page(lang, _("The film is being made"), "film.waiting", body, head)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _gallery(services: Services, films: Films, lang: str) -> Response:
    texts, told = translator("trainer", lang), translator("scenarios", lang)
    _ = texts.gettext
    entries = []
    for lesson in services.scenarios.all():
        reel = films.find(lesson, lang)
        shown = (
            f'<img src="/film/{lesson.id}/{lang}/jpg" alt="" loading="lazy">'
            if reel
            else '<span class="none" aria-hidden="true">▶</span>'
        )
        kind = system(lesson.profile, _) if lesson.profile else ""
        state = _("Ready") if reel else _("Made when you open it")
        entries.append(
            f'<li><a href="/film/{lesson.id}?lang={lang}" data-testid="films.row[{lesson.id}]">{shown}'
            f"<b>{escape(told.gettext(lesson.title))}</b>"
            f"<small>{escape(' · '.join(part for part in (kind, state) if part))}</small></a></li>"
        )
    lead = _("Every lesson as a narrated film, to watch before you practise.")
    body = f'<p>{escape(lead)}</p><ul class="films">{"".join(entries)}</ul>'
    return HTMLResponse(_page(lang, _("Films"), "films", body), headers={"Cache-Control": "no-store"})


def _refused(lang: str, error: TrainerError) -> Response:
    body = "".join(f"<p>{escape(text)}</p>" for text in (error.message, error.hint) if text)
    code = HTTPStatus.NOT_FOUND if isinstance(error, BadInput) else HTTPStatus.SERVICE_UNAVAILABLE
    html = _page(lang, translator("trainer", lang).gettext("There is no film"), "film.refused", body)
    return HTMLResponse(html, code, {"Cache-Control": "no-store"})


def _page(lang: str, title: str, name: str, body: str, head: str = "") -> str:
    """Return a page with the header of all pages; `body` and `head` are HTML, everything else is text."""
    return PAGE.format(
        lang=lang.replace("_", "-"),
        title=escape(title),
        name=name,
        body=body,
        head=head,
        header=_header(lang),
        css=escape(asset("practice.css")),
    )


def _header(lang: str) -> str:
    _ = translator("trainer", lang).gettext
    choices = "".join(
        CHOICE.format(
            code=code,
            tag=code.replace("_", "-"),
            chosen="true" if code == lang else "false",
            name=escape(OWN_NAMES.get(code, code)),
        )
        for code in LANGS
    )
    quoted = {'"': "&quot;"}
    return HEADER.format(
        skip=escape(_("Skip to the content")),
        home=escape(_("HR practice: all lessons"), quoted),
        brand=escape(_("HR practice")),
        language=escape(_("Language"), quoted),
        choices=choices,
    )
