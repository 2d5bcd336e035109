"""The pay panel in a candidate's file: what the grade table gives, offer and answer, and the payroll record."""

from collections.abc import Callable
from math import isfinite

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.payroll import PayCase, answer_offer, correct, make_offer, pay_of, record
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.payroll import Gap, PayStatus
from sandbox_hrms.core.roles import Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.assets import asset_url
from sandbox_hrms.pages.controls import button, choice
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, doer, moment, money, number, signed, tag
from sandbox_hrms.pages.visit import Visit

_LOOK_AGAIN_SECONDS = 2.0


def pay_style() -> None:
    """Let the page have the look of pay pages."""
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("pay.css")}">')


def pay_panel(visit: Visit, candidate_id: str) -> None:
    """Put the panel on the page for whoever may see pay; it looks again by itself."""
    if not visit.actor().may(Right.SEE_PAY):
        return
    pay_style()
    shown: list[PayCase] = []
    seen = -1
    card = tag("section", "", "card").props("id=pay")

    def draw(case: PayCase) -> None:
        if shown == [case]:
            return
        shown[:] = [case]
        card.clear()
        with card:
            _panel(visit, case, draw)

    def look() -> None:
        nonlocal seen
        with visit.telling():
            revision = visit.sandbox().revision
            if revision != seen:
                seen = revision
                draw(pay_of(visit.sandbox(), visit.actor(), candidate_id))

    look()
    ui.timer(_LOOK_AGAIN_SECONDS, look)


def _panel(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t
    tag("h2", t("Pay"))
    with tag("p", ""):
        named(chip(t, case.status), "pay.status").props["role"] = "status"
    if case.status is PayStatus.NONE:
        tag("p", t("A pay can be proposed as soon as a finished interview has a score."), "soft")
        return
    _figures(t, case)
    if case.difference:
        _difference(visit, case, draw)
    if visit.actor().may(Right.EDIT_PAY) and not visit.actor().read_only:
        _steps(visit, case, draw)


def _figures(t: Texts, case: PayCase) -> None:
    with tag("dl", "", "facts"):
        if case.proposal:
            _fact(t("Skill match"), number(t, case.proposal.skill_match), "pay.skill_match")
        _fact(t("Grade"), case.grade or "–", "pay.grade")
        _fact(t("Start pay a month"), money(t, case.start_pay), "pay.start_pay")
        _fact(t("Expected pay"), money(t, case.expected_pay), "pay.expected_pay")
        _fact(t("Gap to the expected pay"), gap_text(t, case.gap), "pay.gap")
        _fact(t("Market rate"), money(t, case.market_pay), "pay.market_pay")
        _fact(t("Gap to the market rate"), gap_text(t, case.market_gap), "pay.market_gap")
    tag("p", t("Gaps are counted from the start pay, in money and in per cent of it."), "soft small")
    if case.offer and case.offer.start_pay != case.offer.grade_pay:
        text = t("Agreed apart from the grade table, which gives {pay}.")
        tag("p", text.format(pay=money(t, case.offer.grade_pay)), "soft small")
    if case.record:
        text = t("In payroll since {when}, written by {who}.")
        told = text.format(when=moment(t, case.record.at), who=doer(t, case.record.by))
        named(tag("p", told, "small"), "pay.recorded")


def gap_text(t: Texts, gap: Gap | None) -> str:
    """Return a gap in money and per cent, or a dash."""
    if gap is None:
        return "–"
    return t("{money} ({percent} %)").format(money=signed(t, gap.money), percent=signed(t, gap.percent))


def _fact(label: str, value: str, name: str) -> None:
    tag("dt", label)
    named(tag("dd", value), name)


def _difference(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t
    found = case.difference
    if found is None:
        return
    text = t("The record says {grade} and {pay}; agreed were {agreed_grade} and {agreed_pay}.").format(
        grade=found.recorded_grade,
        pay=money(t, found.recorded_pay),
        agreed_grade=found.agreed_grade,
        agreed_pay=money(t, found.agreed_pay),
    )
    sums = t("{money} a month too little.") if found.short > 0 else t("{money} a month too much.")
    with named(tag("div", "", "warn-note"), "pay.difference") as note:
        note.props["role"] = "alert"
        tag("p", text)
        if found.short:
            tag("p", sums.format(money=money(t, abs(found.short))), "lead")

    async def mend(_: GenericEventArguments) -> None:
        draw(await visit.do(correct, case.candidate_id))

    if not visit.actor().read_only:
        with tag("p", "", "buttons"):
            button(visit, t("Correct the record"), "pay.correct", mend)


def _steps(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t
    if case.can_offer:
        _offer_form(visit, case, draw)
    elif case.can_answer:
        _answer_form(visit, case, draw)
    elif case.can_record:
        _record_form(visit, case, draw)
    elif case.status is PayStatus.ACCEPTED and case.by_hand:
        tag("p", t("Give the candidate a place first; then the payroll record can be typed."), "soft")
    elif case.status is PayStatus.ACCEPTED:
        tag("p", t("This system carries the pay to payroll by itself; the sync log shows where it is."), "soft")
    elif case.status is PayStatus.PROPOSED:
        tag("p", t("An offer can be made once the candidate has passed the last round."), "soft")
    if case.status is PayStatus.DECLINED:
        tag("p", t("The place stays reserved: offer something else, or correct the decision to free it."), "soft")


def _offer_form(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t
    proposed = case.proposal.start_pay if case.proposal else None
    tag("h3", t("Offer"))
    with tag("div", "", "pay-form"):
        pay = named(ui.number(t("Pay offered a month"), value=proposed, format="%d"), "pay.offer_pay")
        pay.props("outlined dense")

        async def offer(_: GenericEventArguments) -> None:
            draw(await visit.do(make_offer, case.candidate_id, whole(pay.value)))

        button(visit, t("Make the offer"), "pay.offer", offer)


def _answer_form(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t

    async def answer(*, accepted: bool) -> None:
        draw(await visit.do(answer_offer, case.candidate_id, accepted))

    async def accept(_: GenericEventArguments) -> None:
        await answer(accepted=True)

    async def decline(_: GenericEventArguments) -> None:
        await answer(accepted=False)

    tag("h3", t("Answer of the candidate"))
    with tag("div", "", "buttons"):
        button(visit, t("Accepted"), "pay.accept", accept)
        button(visit, t("Declined"), "pay.decline", decline, look="outline")


def _record_form(visit: Visit, case: PayCase, draw: Callable[[PayCase], None]) -> None:
    t = visit.t
    titles = [one.title for one in case.grades]
    if case.offer and case.offer.grade not in titles:
        titles.append(case.offer.grade)
    tag("h3", t("Payroll record, by hand"))
    tag(
        "p",
        t("This system does not carry pay to payroll: type grade and pay, and compare before you store."),
        "soft",
    )
    with tag("div", "", "pay-form"):
        options = {"": t("Choose a grade")} | {str(place): title for place, title in enumerate(titles)}
        grade = choice(t("Grade"), "pay.record_grade", options, lambda: None)
        pay = named(ui.number(t("Pay a month"), format="%d"), "pay.record_pay").props("outlined dense")

        async def store(_: GenericEventArguments) -> None:
            if str(grade.value) not in options or not grade.value:
                raise Invalid(N_("No grade is chosen."), N_("Choose one from the list."))
            draw(await visit.do(record, case.candidate_id, titles[int(grade.value)], whole(pay.value)))

        button(visit, t("Store the record"), "pay.record", store)


def typed(value: object) -> float | None:
    """Return what came from a number's field as a number; None for everything else, also when it was forged."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(value) if usable else None  # type: ignore[arg-type]  # it is a number then


def whole(value: object) -> int:
    """Return a typed number as whole money.

    Raises:
        Invalid: It is missing, or has decimals.
    """
    number_typed = typed(value)
    if number_typed is None or number_typed != int(number_typed):
        raise Invalid(N_("A pay is whole money."), N_("Type a number without decimals."))
    return int(number_typed)
