"""Class report: what a workshop came to, told in words and tables, beside what sources of the training claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from trainer.app.roster import csv_table
from trainer.app.workshops import Kept
from trainer.core.papers import Certificate, Grid, Paper
from trainer.core.report import Difference, Person, Report, Trouble
from trainer.core.runs import REST
from trainer.core.scenario import Scenario
from trainer.core.workshop import Feedback, Workshop
from trainer.i18n import current_lang, ngettext, translator
from trainer.i18n import gettext as _

MOST_TROUBLE = 15
"""So many Steps are listed under where people failed."""


@dataclass(frozen=True)
class Costs:
    """What an organiser knows and we do not.

    Attributes:
        hours: Hours that the training took a person before.
        rate: Cost of an hour of a person.
        spent: Cost of this workshop, in all.
    """

    hours: float
    rate: float
    spent: float


def tell(  # noqa: PLR0913  # what was stored, the lessons, and what an organiser knows
    report: Report,
    kept: Kept,
    feedback: Sequence[Feedback],
    lessons: Mapping[str, Scenario],
    *,
    title: str,
    costs: Costs | None,
) -> Paper:
    """Tell a report in the language of the moment.

    Args:
        report: The figures.
        kept: Whether what was acknowledged is there.
        feedback: What the trainees think.
        lessons: The catalogue, by id.
        title: Name of the workshop.
        costs: For the return on investment; None where nobody has told them.
    """
    lost = _("{lost} of {all}").format(lost=kept.lost, all=kept.acknowledged)
    figures = [
        ("completed", _("Did everything"), _("{n} of {all}").format(n=report.completed, all=report.came)),
        ("points", _("Mean score"), "–" if report.points is None else _("{n} of 100").format(n=report.points)),
        ("difference", _("Test: difference"), _points(report.difference)),
        ("lost", _("Answers lost"), lost),
    ]
    if feedback:
        figures.append(("stars", _("Stars"), f"{fmean(one.stars for one in feedback):.1f} / 5"))
    grids = [_people(report), _trouble(report, lessons)]
    if any(one.text for one in feedback):
        rows = [(str(one.stars), one.text) for one in feedback if one.text]
        grids.append(Grid("feedback", _("What trainees say"), (_("Stars"), _("Words")), rows))
    grids.append(_claims(report, kept))
    if costs is not None:
        grids.append(_return(report, costs))
    return Paper(title, _("Report of a workshop"), figures, grids, _notes(report, kept))


def _people(report: Report) -> Grid:
    head = (
        _("Trainee"),
        _("Parts"),
        _("Score"),
        _("Mistakes"),
        _("Hints"),
        _("Done for"),
        _("Time"),
        _("Before"),
        _("After"),
    )
    return Grid("people", _("Trainees"), head, [_row(person) for person in report.people])


def _row(person: Person) -> tuple[str, ...]:
    if not person.joined:
        return (person.name, _("did not come"), *[""] * 7)
    return (
        person.name,
        _parts(person),
        _number(person.points),
        str(person.mistakes),
        str(person.hints),
        str(person.assisted),
        _minutes(person.took),
        _number(person.before),
        _number(person.after),
    )


def _parts(person: Person) -> str:
    """Count as the console does: done is what the person did, and beside it what was left out."""
    done = f"{person.done}/{person.parts}"
    return _("{done}, {n} left out").format(done=done, n=person.skipped) if person.skipped else done


def _trouble(report: Report, lessons: Mapping[str, Scenario]) -> Grid:
    head = (_("Lesson"), _("Step"), _("People"), _("Failed"), _("Mistakes"), _("Hints"), _("Done for"))
    rows = [
        (
            *_place(one, report, lessons.get(one.lesson)),
            *map(str, (one.people, one.failed, one.mistakes, one.hints, one.assisted)),
        )
        for one in report.trouble[:MOST_TROUBLE]
    ] or [(_("Nowhere."), *[""] * (len(head) - 1))]
    title, steps = _("Where people failed or needed help"), len(report.trouble)
    if steps > MOST_TROUBLE:
        title = _("{title}: the {n} hardest of {all} steps").format(title=title, n=MOST_TROUBLE, all=steps)
    return Grid(
        "trouble", title, head, rows, [f"{one.lesson} {one.step}" for one in report.trouble[:MOST_TROUBLE]]
    )


def _place(one: Trouble, report: Report, lesson: Scenario | None) -> tuple[str, str]:
    """Name the lesson and the Step where people had trouble; what is in no lesson any more goes by its id."""
    if lesson is None:
        return one.lesson, one.step
    told = translator("scenarios", current_lang()).gettext
    try:
        number, say = lesson.tell_step(one.step, report.tried[one.lesson], told)
    except KeyError:
        return told(lesson.title), one.step
    return told(lesson.title), f"{number}. {say}"


def _claims(report: Report, kept: Kept) -> Grid:
    """Put what was measured beside what sources claim, marked as theirs."""
    came = [person for person in report.people if person.joined]
    mistakes = f"{sum(one.mistakes for one in came) / len(came):.1f}" if came else "–"
    claimed = _("the source claims {claim}")
    rows = (
        (_("Proficiency"), _points(report.difference), claimed.format(claim="+65 %")),
        (
            _("Data loss"),
            _("{lost} of {all}").format(lost=kept.lost, all=kept.acknowledged),
            claimed.format(claim="−70 %"),
        ),
        (_("Mistakes a person"), mistakes, claimed.format(claim="−50 %")),
        (
            _("Did everything"),
            _("{n} of {all}").format(n=report.completed, all=report.came),
            claimed.format(claim="+25 %"),
        ),
    )
    return Grid(
        "claims",
        _("Measured here, beside claims of others"),
        (_("What"), _("Measured here"), _("Claim, not ours")),
        rows,
    )


def _return(report: Report, costs: Costs) -> Grid:
    came = [person for person in report.people if person.joined]
    took = sum((person.took for person in came), timedelta()).total_seconds() / 3600
    saved = costs.hours * len(came) - took
    worth = saved * costs.rate - costs.spent
    share = f"{100 * worth / costs.spent:+.0f} %" if costs.spent > 0 else "–"
    rows = (
        (_("Hours before, all trainees (your figure)"), f"{costs.hours * len(came):.1f}"),
        (_("Hours at exercises here (measured)"), f"{took:.1f}"),
        (_("Hours saved"), f"{saved:.1f}"),
        (_("Worth of these hours, less the cost of the workshop"), f"{worth:.0f}"),
        (_("Return on what was spent"), share),
    )
    return Grid("return", _("Return on investment, with your own figures"), (_("What"), _("Value")), rows)


def _notes(report: Report, kept: Kept) -> list[str]:
    notes = [
        _(
            "The difference compares those who took the same test before and after. Part of it comes from having "
            "seen the test before, and there is no group without the workshop."
        ),
        _(
            "Answers lost are those that the practice system had acknowledged as stored and does not hold any "
            "more, although nobody discarded them, as of now."
        ),
        *([_unseen(kept.unseen)] if kept.unseen else []),
        _(
            "Time counts up to the last thing that was done in an exercise, and of a rest in it {minutes} minutes"
            "; of a test, while its page was open."
        ).format(minutes=round(REST.total_seconds() / 60)),
        _("What sources claim is not measured by us; they do not say how they did."),
    ]
    return notes if report.difference else notes[1:]


def _unseen(number: int) -> str:
    return ngettext(
        "One exercise could not be looked at: its practice system has been removed, as each is an hour after its "
        "end, or does not answer.",
        "{n} exercises could not be looked at: their practice systems have been removed, as each is an hour after "
        "its end, or do not answer.",
        number,
    ).format(n=number)


def _points(difference: Difference | None) -> str:
    if difference is None:
        return "–"
    if difference.low is None or difference.high is None:
        return _("{mean} points (n = {n})").format(mean=f"{difference.mean:+.1f}", n=difference.people)
    return _("{mean} points, 95 % interval {low} to {high} (n = {n})").format(
        mean=f"{difference.mean:+.1f}",
        low=f"{difference.low:+.1f}",
        high=f"{difference.high:+.1f}",
        n=difference.people,
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _minutes(took: timedelta) -> str:
    return _("{minutes} min").format(minutes=round(took.total_seconds() / 60))


def tables_csv(paper: Paper) -> str:
    """Return the tables of a report as one CSV file: each under its title, with an empty line between them.

    What has ids has them in a last column of its own: they are the same in every language.
    """
    rows: list[Sequence[object]] = [(paper.title,)]
    for grid in paper.grids:
        rows += [(), (grid.title,)]
        if grid.ids:
            rows += [(*grid.head, "id"), *((*row, one) for row, one in zip(grid.rows, grid.ids, strict=True))]
        else:
            rows += [grid.head, *grid.rows]
    return csv_table(rows)


def day_of(moment: datetime) -> date:
    """Return the day that it was at a moment where this machine is, as for the class that works at it."""
    return moment.astimezone().date()


def certificate(workshop: Workshop, person: Person, *, title: str, address: str, moment: datetime) -> Certificate:
    """Return the certificate of somebody who has passed every lesson, in the language of the moment."""
    day = day_of(workshop.ended or moment).isoformat()
    lines = [
        _("has passed every lesson of the workshop"),
        f"“{title}”",
        _("{n} lessons, judged by what the practice system stored").format(n=len(workshop.lessons)),
        day,
    ]
    if person.points is not None:
        lines.insert(3, _("Mean score: {n} of 100").format(n=person.points))
    return Certificate(_("Certificate"), person.name, lines, _("Scan to check it against the server:"), address)
