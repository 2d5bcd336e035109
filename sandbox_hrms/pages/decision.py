"""The decision about an interview: who decided what and why, and what HR may do next."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import decide, places, rounds
from sandbox_hrms.app.decide import Decision, DecisionView, decision_view
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import Look, button
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, doer, moment, number, tag
from sandbox_hrms.pages.visit import Handler, Visit


def decision_card(visit: Visit, interview_id: str) -> None:
    """Put the decision on the page, with the form to decide or to correct it, and the next steps."""
    t = visit.t
    actor = visit.actor()
    found = decision_view(visit.sandbox(), actor, interview_id)
    acts = actor.may(Right.DECIDE) and not actor.read_only
    with tag("section", "", "card"):
        tag("h2", t("Decision"))
        if found.by_score:
            _warning(t, found)
        with tag("p", "", "buttons"):
            named(chip(t, found.status), "decision.state")
            tag("span", _round_text(t, found), "soft small")
        _history(t, found.history)
        if not acts:
            return
        if found.can_decide:
            _form(visit, found, correcting=False)
        next_steps(visit, found)
        if found.can_correct:
            with tag("details"):
                named(tag("summary", t("Correct this decision")), "decision.correct")
                text = t("The old decision stays in the history. A place that was not taken up is withdrawn.")
                tag("p", text, "soft small")
                _form(visit, found, correcting=True)


def next_steps(visit: Visit, found: DecisionView) -> None:
    """Put the buttons there that a decision leads to: the next round, a place, the first day at work."""
    t = visit.t

    def step(label: str, name: str, use_case: Callable[[Sandbox, Actor, str], object], subject: str) -> None:
        async def run(_: GenericEventArguments) -> None:
            await visit.do(use_case, subject)
            ui.navigate.reload()

        button(visit, label, name, run)

    with tag("div", "", "buttons"):
        if found.can_go_on:
            round_name = t(labels.ROUND[min(found.round_number + 1, 3)])
            label = t("Invite to the next round: {round}").format(round=round_name)
            step(label, "decision.next_round", rounds.invite_to_next, found.candidate_id)
        if found.can_place:
            step(t("Give a place"), "decision.place", places.place_by_hand, found.interview_id)
        if found.can_onboard:
            step(t("Has started work"), "decision.onboard", places.onboard, found.candidate_id)


def _warning(t: Texts, found: DecisionView) -> None:
    mark = t("This system passes candidates by itself from a score of {mark} on, without a person.")
    law = t(
        "Warning: in many countries a program alone may not decide about people in this way (in the EU: "
        "GDPR, article 22; AI Act, high risk). Let a person look at each decision, and correct it where needed."
    )
    with named(tag("div", "", "card chip-warn"), "decision.warning"):
        tag("p", mark.format(mark=number(t, found.pass_mark)))
        tag("p", law)


def _round_text(t: Texts, found: DecisionView) -> str:
    if found.rounds == 1:
        return ""
    told = t("Round {number} of {rounds}: {name}")
    name = t(labels.ROUND[found.round_number])
    return told.format(number=found.round_number, rounds=found.rounds, name=name)


def _history(t: Texts, history: tuple[Decision, ...]) -> None:
    with named(tag("ul", "", "plain-list"), "decision.history"):
        if not history:
            tag("li", t("No decision yet. The score is advice; a person decides."), "soft small")
        for at, one in enumerate(history):
            with tag("li", "", "decision" if at == 0 else "decision decision-old"):
                with tag("div", "", "line"):
                    chip(t, one.outcome)
                    if one.automatic:
                        mark = tag("span", t("Decided by the program"), "chip chip-warn")
                        if at == 0:
                            named(mark, "decision.automatic")
                    who = t("{name}, {when}").format(name=doer(t, one.by), when=moment(t, one.at))
                    tag("span", who, "soft small")
                reason = tag("p", one.reason, "keep-lines")
                if at == 0:
                    named(reason, "decision.reason_shown")


def _form(visit: Visit, found: DecisionView, *, correcting: bool) -> None:
    t = visit.t
    if found.room is not None:
        free = t.ngettext("{count} opening is free.", "{count} openings are free.", found.room)
        text = free.format(count=found.room) if found.room else t("No opening is free: nobody can pass now.")
        named(tag("p", text, "soft small"), "decision.room").props["data-state"] = str(found.room)
    reason = ui.textarea(t("Reason (required)")).props(f"outlined autogrow maxlength={decide.MAX_REASON}")
    named(reason, "decision.reason").classes("decision-reason")
    use_case = decide.correct if correcting else decide.decide

    def to(outcome: Interview) -> Handler:
        async def run(_: GenericEventArguments) -> None:
            await visit.do(use_case, found.interview_id, outcome, reason.value or "")
            ui.navigate.reload()

        return run

    choices: tuple[tuple[Interview, str, str, Look], ...] = (
        (Interview.PASSED, t("Pass"), "decision.pass", "unelevated"),
        (Interview.REJECTED, t("Reject"), "decision.reject", "outline"),
        (Interview.ON_HOLD, t("Put on hold"), "decision.hold", "outline"),
        (Interview.TO_REVIEW, t("Back to review"), "decision.reopen", "outline"),
    )
    with tag("div", "", "buttons"):
        for outcome, label, name, look in choices:
            if outcome is not found.status and (correcting or outcome is not Interview.TO_REVIEW):
                button(visit, label, name, to(outcome), look=look)
