"""Guides on the web: those that are there, and a page that waits with the reader for the others."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from http import HTTPStatus
from xml.sax.saxutils import escape

from nicegui.app import App
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from trainer.adapters.guide_shelf import Pack
from trainer.core.errors import BadInput, TrainerError
from trainer.core.scenario import Scenario
from trainer.i18n import speaking, translator
from trainer.web.pages.guide_menu import GUIDE_ROUTE, PACK_ROUTE
from trainer.web.services import Guides, Services, lang_of

PATIENCE_SECONDS = 1.0
"""A guide on the shelf is served at once; one that is not there yet gets the waiting page after this time."""

RELOAD_SECONDS = 3

KINDS = {
    "pdf": ("application/pdf", "pdf", "inline"),
    "html": ("text/html; charset=utf-8", "html", "inline"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "attachment"),
    "md": ("application/zip", "md.zip", "attachment"),
    "eml": ("message/rfc822", "eml", "attachment"),
}
"""Format → media type, ending of the file, and whether browsers show it or save it."""

PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}<title>{title}</title><style>
body {{ margin: 0; font: 16px/1.6 system-ui, sans-serif; background: #f5f7fa; color: #1c2430 }}
main {{ max-width: 34rem; margin: 18vh auto 0; padding: 2rem; background: #fff; border: 1px solid #d3dae3;
  border-radius: 12px }}
h1 {{ margin: 0 0 .5rem; font-size: 1.4rem }}
a {{ color: #1565c0 }}
progress {{ width: 100%; height: 12px; accent-color: #1565c0 }}
.bar {{ height: 4px; margin: 1.5rem 0; border-radius: 2px; background: #e8f1fb; overflow: hidden }}
.bar i {{ display: block; width: 30%; height: 100%; background: #1565c0; animation: go 1.6s infinite ease-in-out }}
@keyframes go {{ from {{ margin-left: -30% }} to {{ margin-left: 100% }} }}
@media (prefers-reduced-motion: reduce) {{ .bar i {{ animation: none; width: 100% }} }}
</style></head><body><main data-testid="{name}"><h1>{title}</h1>{body}</main></body></html>"""


def register_guides(app: App, services: Services, guides: Guides) -> None:
    """Serve ``GET /guide/{scenario}.{form}?lang=…`` and ``GET /guides/{path}.zip?lang=…``.

    Args:
        app: Gets the routes.
        services: Knows the lessons and languages.
        guides: Makes the guides.
    """

    def asked_lang(request: Request) -> str:
        asked = request.query_params.get("lang", "")
        return asked if asked in services.languages else lang_of(request, services.languages)

    @app.get(GUIDE_ROUTE)
    async def guide(request: Request, scenario: str, form: str) -> Response:
        lang = asked_lang(request)
        try:
            lesson, future = await asyncio.to_thread(_ordered, services, guides, scenario, form, lang)
            waited = asyncio.wrap_future(future)
            await asyncio.wait([waited], timeout=PATIENCE_SECONDS)
            return _file(lesson, form, lang, waited.result()) if waited.done() else _waiting(lang, lesson)
        except TrainerError as error:
            return _refused(lang, error)

    @app.get(PACK_ROUTE)
    async def pack(request: Request, path: str) -> Response:
        lang = asked_lang(request)
        try:
            title, found = await asyncio.to_thread(_packed, services, guides, path, lang)
        except TrainerError as error:
            return _refused(lang, error)
        if found.file is None:
            return _packing(lang, title, found)
        return FileResponse(found.file, media_type="application/zip", filename=f"{path}.{lang}.zip")


def _ordered(
    services: Services, guides: Guides, scenario: str, form: str, lang: str
) -> tuple[Scenario, Future[bytes]]:
    """Find the lesson among those of the catalogue, so that no path comes from outside, and order its guide."""
    with speaking(lang):
        for lesson in services.scenarios.all():
            if lesson.id == scenario and form in KINDS:
                return lesson, guides.order(lesson, lang, form)
        raise BadInput(translator("trainer", lang).gettext("There is no such lesson."))


def _packed(services: Services, guides: Guides, path: str, lang: str) -> tuple[str, Pack]:
    """Return the title of a learning path, found in the same way, and its archive."""
    with speaking(lang):
        lessons = {lesson.id: lesson for lesson in services.scenarios.all()}
        for found in services.scenarios.paths():
            if found.id == path:
                title = translator("scenarios", lang).gettext(found.title)
                return title, guides.pack(found, [lessons[one] for one in found.lessons()], lang)
        raise BadInput(translator("trainer", lang).gettext("There is no such learning path."))


def _file(lesson: Scenario, form: str, lang: str, content: bytes) -> Response:
    kind, ending, shown = KINDS[form]
    name = f"{lesson.id}.{lang}.{ending}"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"', "Cache-Control": "private, max-age=300"}
    return Response(content, media_type=kind, headers=headers)


def _packing(lang: str, title: str, pack: Pack) -> Response:
    _ = translator("trainer", lang).gettext
    made = _("Every lesson of the path is performed once, and its pictures are taken.")
    leave = _("The page loads again by itself; then the archive is saved. You may leave it meanwhile.")
    told = _("{done} of {total} guides are ready.").format(done=pack.done, total=pack.total)
    label = escape(told, {'"': "&quot;"})
    body = (
        f"{_paragraphs(title, made)}"
        f'<progress max="{pack.total}" value="{pack.done}" aria-label="{label}"></progress>'
        f"<div role=status>{_paragraphs(told)}</div>{_paragraphs(leave)}"
        f'<p><a href="/">{escape(_("All lessons"))}</a></p>'
    )
    head = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    html = _page(lang, _("The guides are being made"), "guides.waiting", body, head)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _waiting(lang: str, lesson: Scenario) -> Response:
    _ = translator("trainer", lang).gettext
    told = (
        translator("scenarios", lang).gettext(lesson.title),
        _("It is made from the lesson at this moment: a browser performs every step and takes the pictures."),
        _("This takes about a minute. The page loads again by itself and then shows the guide."),
    )
    body = f"<div role=status>{_paragraphs(*told)}<div class=bar><i></i></div></div>"
    head = f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}">'
    html = _page(lang, _("The guide is being made"), "guide.waiting", body, head)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _refused(lang: str, error: TrainerError) -> Response:
    _ = translator("trainer", lang).gettext
    body = f'{_paragraphs(error.message, error.hint)}<p><a href="/">{escape(_("All lessons"))}</a></p>'
    code = HTTPStatus.NOT_FOUND if isinstance(error, BadInput) else HTTPStatus.SERVICE_UNAVAILABLE
    html = _page(lang, _("There is no guide"), "guide.refused", body)
    return HTMLResponse(html, code, {"Cache-Control": "no-store"})


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def _page(lang: str, title: str, name: str, body: str, head: str = "") -> str:
    """Return a page; `body` and `head` are HTML, everything else is text."""
    return PAGE.format(lang=lang.replace("_", "-"), title=escape(title), name=name, body=body, head=head)
