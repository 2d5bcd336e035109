"""Papers of workshops to take along: the report as PDF and CSV, and certificates as PDF."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response

from trainer.app.class_report import certificate, day_of, tables_csv
from trainer.core.errors import TrainerError
from trainer.core.people import Role
from trainer.i18n import speaking, translator
from trainer.web.pages.desk import may_run
from trainer.web.pages.layout import WORKING
from trainer.web.pages.results import costs_of, paper_of
from trainer.web.services import PERSON_COOKIE, Services, lang_of


def register_class_papers(app: FastAPI, services: Services) -> None:
    """Add the papers to `app`: reports for who may run the workshop, certificates for who knows their address."""

    @app.get("/console/{workshop}/report.pdf")
    async def report_pdf(request: Request, workshop: str) -> Response:
        from guides.papers import render_paper

        def make(lang: str) -> bytes:
            paper = paper_of(services, workshop, lang, costs_of(request.query_params))
            return render_paper(paper, day_of(services.clock()))

        return await _given(services, request, "application/pdf", make, needs=workshop)

    @app.get("/console/{workshop}/report.csv")
    async def report_csv(request: Request, workshop: str) -> Response:
        def make(lang: str) -> bytes:
            return tables_csv(paper_of(services, workshop, lang, costs_of(request.query_params))).encode()

        return await _given(services, request, "text/csv; charset=utf-8", make, needs=workshop)

    @app.get("/certificate/{seat}.pdf")
    async def certificate_pdf(request: Request, seat: str) -> Response:
        from guides.papers import render_certificate

        address = f"{services.address(request)}/certificate/{seat}"

        def make(lang: str) -> bytes:
            workshop, person = services.workshops.certified(seat)
            title = translator("scenarios", lang).gettext(workshop.title)
            return render_certificate(
                certificate(workshop, person, title=title, address=address, moment=services.clock())
            )

        return await _given(services, request, "application/pdf", make)


async def _given(
    services: Services, request: Request, kind: str, make: Callable[[str], bytes], *, needs: str = ""
) -> Response:
    """Answer with a paper; what is not there, and what is somebody else's, is not found."""
    lang = lang_of(request, services.languages)

    def work() -> bytes:
        with speaking(lang):
            if needs:
                _need_right(services, request, needs)
            return make(lang)

    try:
        content = await asyncio.get_running_loop().run_in_executor(WORKING, work)
    except TrainerError:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return Response(content, media_type=kind, headers={"Cache-Control": "private, no-store"})


def _need_right(services: Services, request: Request, workshop: str) -> None:
    """Raise an error unless who asks may run the workshop."""
    found = services.workshops.get(workshop)
    who = services.people.who(request.cookies.get(PERSON_COOKIE, ""))
    if who is None or not who.may(Role.INSTRUCTOR) or not may_run(who, found):
        raise TrainerError("")
