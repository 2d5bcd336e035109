"""Guides on the web: the PDF of a lesson when it is there, and a page that waits with the reader until then."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from http import HTTPStatus
from xml.sax.saxutils import escape

from nicegui.app import App
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trainer.core.errors import BadInput, TrainerError
from trainer.core.scenario import Scenario
from trainer.i18n import speaking, translator
from trainer.web.pages.result import GUIDE_ROUTE
from trainer.web.services import OrderGuide, Services, lang_of

PATIENCE_SECONDS = 1.0
"""A guide on the shelf is served at once; one that is not there yet gets the waiting page after this time."""

RELOAD_SECONDS = 3

PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{head}<title>{title}</title><style>
body {{ margin: 0; font: 16px/1.6 system-ui, sans-serif; background: #f5f7fa; color: #1c2430 }}
main {{ max-width: 34rem; margin: 18vh auto 0; padding: 2rem; background: #fff; border: 1px solid #d3dae3;
  border-radius: 12px }}
h1 {{ margin: 0 0 .5rem; font-size: 1.4rem }}
a {{ color: #1565c0 }}
.bar {{ height: 4px; margin: 1.5rem 0; border-radius: 2px; background: #e8f1fb; overflow: hidden }}
.bar i {{ display: block; width: 30%; height: 100%; background: #1565c0; animation: go 1.6s infinite ease-in-out }}
@keyframes go {{ from {{ margin-left: -30% }} to {{ margin-left: 100% }} }}
@media (prefers-reduced-motion: reduce) {{ .bar i {{ animation: none; width: 100% }} }}
</style></head><body><main data-testid="{name}"><h1>{title}</h1>{body}</main></body></html>"""


def register_guides(app: App, services: Services, order: OrderGuide) -> None:
    """Serve ``GET /guide/{scenario}.pdf?lang=…``.

    Args:
        app: Gets the route.
        services: Knows the lessons and languages.
        order: Gives the future of a guide; see `trainer.adapters.guide_shelf.GuideShelf.order`.
    """

    @app.get(GUIDE_ROUTE)
    async def guide(request: Request, scenario: str) -> Response:
        asked = request.query_params.get("lang", "")
        lang = asked if asked in services.languages else lang_of(request, services.languages)
        try:
            lesson, future = await asyncio.to_thread(_ordered, services, order, scenario, lang)
            waited = asyncio.wrap_future(future)
            await asyncio.wait([waited], timeout=PATIENCE_SECONDS)
            return _pdf(lesson, lang, waited.result()) if waited.done() else _waiting(lang, lesson)
        except TrainerError as error:
            return _refused(lang, error)


def _ordered(services: Services, order: OrderGuide, scenario: str, lang: str) -> tuple[Scenario, Future[bytes]]:
    """Find the lesson among those of the catalogue, so that no path comes from outside, and order its guide."""
    with speaking(lang):
        for lesson in services.scenarios.all():
            if lesson.id == scenario:
                return lesson, order(lesson, lang)
        raise BadInput(translator("trainer", lang).gettext("There is no such lesson."))


def _pdf(lesson: Scenario, lang: str, content: bytes) -> Response:
    name = f"{lesson.id}.{lang}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, max-age=300"}
    return Response(content, media_type="application/pdf", headers=headers)


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
