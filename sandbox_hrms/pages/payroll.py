"""Pay of everybody with a score: grade, start pay, gap and market rate; and what all of them show together."""

from nicegui import ui

from sandbox_hrms.app.pay_charts import CLAIMED_PERCENT, PayCharts, charts
from sandbox_hrms.app.payroll import PayCase, PayPage, pay_page
from sandbox_hrms.core import labels
from sandbox_hrms.core.payroll import Grade
from sandbox_hrms.core.roles import Role
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import cell, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import gap_text, pay_style
from sandbox_hrms.pages.plots import Bar, Point, Step, bars, steps
from sandbox_hrms.pages.show import chip, money, number, signed, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/payroll", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    pay_style()
    with frame(visit, t("Payroll")):
        _about(visit)
        _Table(visit)
        found = charts(visit.sandbox(), visit.actor())
        with tag("div", "", "columns"):
            _by_source(t, found)
            _by_skill(t, found)


def _about(visit: Visit) -> None:
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("How pay is worked out"))
        chain = t(
            "Skill match in the interview → grade of the post's family → start pay. Beside it stand what the "
            "candidate expects and what the market pays."
        )
        tag("p", chain)
        tag("p", t("All pay is in yuan a month."))
        example = t(
            "Example of the source: skill match 85 → band 80 to 90 → mid-level engineer → {pay}; expected "
            "{expected}, market rate {market}. One grade too low by mistake is {short} a month too little."
        ).format(pay=money(t, 8000), expected=money(t, 9000), market=money(t, 8500), short=money(t, 2000))
        tag("p", example, "source-note")
        claim = t(
            "The source claims that this takes 15 minutes a candidate instead of two hours, and that errors fall "
            "from 5 % to 0.1 %. We have not measured that."
        )
        tag("p", claim, "soft small")
        with tag("p", "", "buttons"):
            link = named(tag("a", t("Open the grade tables"), "button-link"), "payroll.open_grades")
            link.props["href"] = f"{visit.base}/payroll/grades"


class _Table:
    """One page of candidates; it looks again by itself."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._page = 1
        self._revision = -1
        self._shown: PayPage | None = None
        with tag("section", "", "card"):
            tag("h2", visit.t("Candidates with a score"))
            self._rows = tag("div")
        self._turn(1)
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _look_again(self) -> None:
        """Draw the present page anew when something was stored."""
        with self._visit.telling():
            if self._visit.sandbox().revision != self._revision:
                self._turn(self._page)

    def _turn(self, wanted: int) -> None:
        visit = self._visit
        with visit.telling():
            self._revision = visit.sandbox().revision
            found = pay_page(visit.sandbox(), visit.actor(), wanted)
            if found == self._shown:
                return
            self._shown, self._page = found, found.page
            self._rows.clear()
            with self._rows:
                self._draw(found)

    def _draw(self, found: PayPage) -> None:
        t = self._visit.t
        if not found.cases:
            named(tag("p", t("No candidate has a score yet."), "empty"), "payroll.empty")
            return
        with tag("div", "", "table-wide").props("tabindex=0 role=region") as region, tag("table", "", "table"):
            region.props["aria-label"] = t("Candidates with a score")
            match, pays = t("Skill match"), (t("Start pay"), t("Expected pay"), t("Gap"), t("Market rate"))
            columns = (t("Name"), match, t("Grade"), *pays, t("State"), t("File"))
            table_head(*columns, numbers=(match, *pays))
            with tag("tbody"):
                for one in found.cases:
                    _row(self._visit, one)
        pager(t, "payroll", found.page, found.pages, self._turn)


def _row(visit: Visit, one: PayCase) -> None:
    t = visit.t
    name = f"payroll.row[{one.candidate_id}]"
    with named(tag("tr"), name):
        with cell(t("Name")), tag("div"):
            tag("span", one.name)
            tag("p", one.post_title, "soft small")
        cell(t("Skill match"), number(t, one.proposal.skill_match if one.proposal else None), "number")
        named(cell(t("Grade"), one.grade or "–"), f"{name}.grade")
        named(cell(t("Start pay"), money(t, one.start_pay), "number"), f"{name}.start_pay")
        cell(t("Expected pay"), money(t, one.expected_pay), "number")
        named(cell(t("Gap"), gap_text(t, one.gap), "number"), f"{name}.gap")
        cell(t("Market rate"), money(t, one.market_pay), "number")
        with cell(t("State")):
            named(chip(t, one.status), f"{name}.status")
            if one.difference:
                named(tag("p", off_text(t, one.difference.short), "is-short small"), f"{name}.short")
        with cell(t("File")):
            link = named(tag("a", t("Open")), f"{name}.open")
            link.props["href"] = f"{visit.base}/candidates/{one.candidate_id}#pay"
            link.props["aria-label"] = t("Open the pay of {name}").format(name=one.name)


def off_text(t: Texts, short: int) -> str:
    """Say in short how a record differs from what was agreed: by ``short`` a month, or in the grade alone."""
    if not short:
        return t("another grade")
    text = t("{money} short") if short > 0 else t("{money} too much")
    return text.format(money=money(t, abs(short)))


def _by_source(t: Texts, found: PayCharts) -> None:
    with named(tag("section", "", "card"), "payroll.chart_source"):
        tag("h2", t("Where they came from, and their start pay"))
        if not found.sources:
            tag("p", t("No candidate has a score yet."), "soft")
            return
        people = sum(one.people for one in found.sources)
        counted = t.ngettext("Average of {count} candidate.", "Averages of {count} candidates.", people)
        tag("p", counted.format(count=people), "soft small")
        text = t("Bar chart: average start pay by source. The table below says the same.")
        bars(text, [Bar(one.source, one.start_pay, money(t, one.start_pay)) for one in found.sources])
        with tag("table", "", "table"):
            numbers = (t("Candidates"), t("Start pay"), t("Expected pay"))
            table_head(t("Source"), *numbers, numbers=numbers)
            with tag("tbody"):
                for one in found.sources:
                    with tag("tr"):
                        cell(t("Source"), one.source)
                        cell(t("Candidates"), str(one.people), "number")
                        cell(t("Start pay"), money(t, one.start_pay), "number")
                        cell(t("Expected pay"), money(t, one.expected_pay), "number")
        _claim(t, found)


def _claim(t: Texts, found: PayCharts) -> None:
    claim = t("The source claims that referred people start {percent} % lower.").format(
        percent=number(t, abs(CLAIMED_PERCENT))
    )
    if found.referral_percent is None:
        here = t("Here nobody, or everybody, was referred: nothing can be said.")
    else:
        here = t("In this sample data it is {percent} %; so few people prove nothing.").format(
            percent=signed(t, found.referral_percent)
        )
    tag("p", t.sentences(claim, here), "source-note")


def _by_skill(t: Texts, found: PayCharts) -> None:
    with named(tag("section", "", "card"), "payroll.chart_skill"):
        tag("h2", t("Skill match, pay and market rate"))
        tag("p", t("Post family: {family}").format(family=t(labels.FAMILY[found.family])), "soft small")
        steps(
            t(
                "Stepped lines of start pay and market rate over skill match, and a point for each candidate. "
                "The tables below say the same."
            ),
            (
                ("solid", [Step(one.floor, one.ceiling, one.pay) for one in found.steps]),
                ("dashed", [Step(one.floor, one.ceiling, one.market_pay) for one in found.steps]),
            ),
            [Point(one.skill_match, one.start_pay, one.name) for one in found.points],
            lambda value: money(t, value),
        )
        _legend(t)
        _steps_table(t, found.steps)
        if not found.points:
            return
        tag("h3", t("Candidates"))
        with tag("table", "", "table"):
            numbers = (t("Skill match"), t("Start pay"), t("Market rate"))
            table_head(t("Name"), *numbers, numbers=numbers)
            with tag("tbody"):
                for one in found.points:
                    with tag("tr"):
                        cell(t("Name"), one.name)
                        cell(t("Skill match"), number(t, one.skill_match), "number")
                        cell(t("Start pay"), money(t, one.start_pay), "number")
                        cell(t("Market rate"), money(t, one.market_pay), "number")


def _legend(t: Texts) -> None:
    with tag("ul", "", "legend"):
        for key, label in (
            ("legend-key", t("Start pay")),
            ("legend-key legend-dashed", t("Market rate")),
            ("legend-key legend-dot", t("Candidate")),
        ):
            with tag("li"):
                tag("span", "", key).props("aria-hidden=true")
                tag("span", label)


def _steps_table(t: Texts, grades: tuple[Grade, ...]) -> None:
    with tag("table", "", "table"):
        numbers = (t("Start pay"), t("Market rate"))
        table_head(t("Skill match"), t("Grade"), *numbers, numbers=numbers)
        with tag("tbody"):
            for one in grades:
                with tag("tr"):
                    cell(t("Skill match"), f"{one.floor:g}–{one.ceiling:g}")
                    cell(t("Grade"), one.title)
                    cell(t("Start pay"), money(t, one.pay), "number")
                    cell(t("Market rate"), money(t, one.market_pay), "number")
