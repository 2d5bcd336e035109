"""Results of a workshop: the report as a page, papers to take along, and certificates that can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from trainer.app.class_report import Costs, day_of, tell
from trainer.core.errors import TrainerError
from trainer.core.papers import Grid, Paper
from trainer.core.workshop import Phase
from trainer.i18n import translator
from trainer.web.pages.desk import Desk, field, submit
from trainer.web.pages.layout import Visit, frame, link, named, tag
from trainer.web.services import NotFound, Services

LARGEST = 1e9
"""No figure of an organiser is as large."""


async def build(desk: Desk) -> None:
    """Build the page of one workshop's results."""
    _ = desk.text
    workshop = await desk.mine(desk.request.path_params["workshop"])
    if workshop.phase is Phase.ENDED:
        desk.settle(workshop)
    address, query = f"/console/{workshop.id}/report", desk.request.url.query
    paper = await desk.work(paper_of, desk.services, workshop.id, desk.lang, costs_of(desk.request.query_params))
    with frame(desk, paper.title, languages=True):
        tag("p", paper.about, "kicker")
        tag("h1", paper.title)
        with tag("dl", "", "figures"):
            for code, name, value in paper.figures:
                with tag("div"):
                    tag("dt", name)
                    named(tag("dd", value), f"results.{code}")
        with tag("div", "", "lesson-actions"):
            link("PDF", "results.pdf", f"{address}.pdf?{query}", "button")
            link("CSV", "results.csv", f"{address}.csv?{query}", "button")
            link(_("Back to the class"), "results.back", f"/console/{workshop.id}", "button quiet")
        for grid in paper.grids:
            _grid(grid)
        for note in paper.notes:
            tag("p", note, "section-about")
        _costs(desk)
        await _certificates(desk, workshop.id)


def _grid(grid: Grid) -> None:
    tag("h2", grid.title, "section-title")
    with tag("div", "", "wide-table").props("tabindex=0 role=region") as around:
        around.props["aria-label"] = grid.title
        with named(tag("table", "", "report-table"), f"results.{grid.name}"):
            with tag("thead"), tag("tr"):
                for cell in grid.head:
                    tag("th", cell).props("scope=col")
            with tag("tbody"):
                for row in grid.rows:
                    with tag("tr"):
                        for cell in row:
                            tag("td", cell)


def _costs(desk: Desk) -> None:
    _ = desk.text
    tag("h2", _("Return on investment"), "section-title")
    with tag("form", "", "form").props("method=get") as form:
        form.props["aria-label"] = _("Return on investment")
        given = desk.request.query_params
        for name, label in (
            ("hours", _("Hours that the training took a person before")),
            ("rate", _("Cost of an hour of a person")),
            ("spent", _("Cost of this workshop, in all")),
        ):
            field(label, name, "number", value=given.get(name, ""))
        submit(_("Work it out"), "results.costs", "")


async def _certificates(desk: Desk, workshop: str) -> None:
    _, workshops = desk.text, desk.services.workshops
    tag("h2", _("Certificates"), "section-title")
    with named(tag("ul", "", "rows"), "results.certificates"):
        for seat in await desk.work(workshops.seats, workshop):
            with suppress(TrainerError):
                await desk.work(workshops.certified, seat.id)
                with tag("li", "", "row"):
                    tag("span", seat.name, "row-main")
                    link("PDF", f"certificate[{seat.name}]", f"/certificate/{seat.id}.pdf", "button small")
    tag("p", _("For who has passed every lesson, none left out."), "section-about")


async def build_certificate(visit: Visit) -> None:
    """Build the page to which the QR code of a certificate leads: what this server knows of it."""
    _ = visit.text
    try:
        workshop, person = await visit.work(visit.services.workshops.certified, visit.request.path_params["seat"])
    except TrainerError as error:
        raise NotFound(error.message) from error
    with frame(visit, _("Certificate"), languages=True):
        tag("p", _("This certificate is genuine"), "kicker")
        named(tag("h1", person.name), "certificate.name")
        told = _("has passed every lesson of the workshop “{title}”: {n} lessons.").format(
            title=visit.lesson_text(workshop.title), n=len(workshop.lessons)
        )
        tag("p", told, "lead")
        if workshop.ended:
            tag("p", day_of(workshop.ended).isoformat())


def paper_of(services: Services, workshop: str, lang: str, costs: Costs | None) -> Paper:
    """Return the report of a workshop in the language of the moment, which is `lang`."""
    told = translator("scenarios", lang).gettext
    found = services.workshops.get(workshop)
    return tell(
        services.workshops.report(found),
        services.workshops.kept(found),
        services.workshops.feedback(found),
        {lesson.id: lesson for lesson in services.scenarios.all()},
        title=told(found.title),
        costs=costs,
    )


def costs_of(given: Mapping[str, str]) -> Costs | None:
    """Return what an organiser has typed, or None when it is not all there, or no number."""
    try:
        hours, rate, spent = (float(given.get(name, "")) for name in ("hours", "rate", "spent"))
    except ValueError:
        return None
    fine = all(0 <= number < LARGEST for number in (hours, rate, spent))  # NaN is none of them
    return Costs(hours, rate, spent) if fine else None
