"""What the judge says of one observed action, and what it needs to look at."""

from __future__ import annotations

import pytest

from tests.builders import a_step
from trainer.core.actions import Click, CloseTab, Detour, Fill, Observed, Press, SignIn, Tick
from trainer.core.checks import Event, FieldValue, See, Sight, Stored, Visible
from trainer.core.judge import RemarkKind, needs, proving, remark

STEPS = (
    a_step(
        id="save",
        do=(Fill(target="answer", text="x"), Click(target="save")),
        accept=((Press(key="Control+S"),),),
        detour=(Detour(target="help"),),
    ),
    a_step(id="agree", do=(Tick(target="agree"),)),
    a_step(id="end", do=(Click(target="end"),)),
)


@pytest.mark.parametrize(
    ("observed", "kind", "belongs_to"),
    [
        (Observed(verb="fill", target="answer", value="y"), RemarkKind.RIGHT, ""),
        (Observed(verb="click", target="save"), RemarkKind.RIGHT, ""),
        (Observed(verb="press", target="answer", value="Control+S"), RemarkKind.ACCEPTED, ""),
        (Observed(verb="click", target="help"), RemarkKind.DETOUR, ""),
        (Observed(verb="hover", target="end"), RemarkKind.DETOUR, ""),
        (Observed(verb="fill", target="search"), RemarkKind.DETOUR, ""),
        (Observed(verb="click", target="end"), RemarkKind.OUT_OF_ORDER, "end"),
        (Observed(verb="tick", target="agree"), RemarkKind.OUT_OF_ORDER, "agree"),
        (Observed(verb="click", target="logout"), RemarkKind.WRONG, ""),
    ],
)
def test_remarks(observed: Observed, kind: RemarkKind, belongs_to: str) -> None:
    said = remark(STEPS, 0, observed)
    assert (said.kind, said.belongs_to, said.expected) == (kind, belongs_to, "answer")


def test_window_actions_are_recognised_without_a_target() -> None:
    steps = (a_step(do=(CloseTab(),)), a_step(id="back", do=(SignIn(role="candidate"),)))
    assert remark(steps, 0, Observed(verb="close_tab", target="")).kind == RemarkKind.RIGHT
    assert remark(steps, 1, Observed(verb="sign_in", target="")).kind == RemarkKind.RIGHT


def test_needs_collects_every_look_once_asked_for() -> None:
    see = See.model_validate({"as": "hr", "see": {"row": "to_review"}, "page": "audit"})
    field = FieldValue.model_validate({"field": "answer"})
    visible = Visible.model_validate({"visible": "banner"})
    wanted = needs((see, field, visible))
    assert (wanted.snapshot, wanted.fields, wanted.elements) == (False, ("answer",), ("banner",))
    assert wanted.sights == (Sight("hr", "audit", "row"),)
    assert needs((Event(event="saved"),)).snapshot


def test_a_step_passes_at_once_by_what_is_stored_not_by_what_others_see() -> None:
    stored = Stored(stored="a == 'b'")
    see = See.model_validate({"as": "hr", "see": {"row": "to_review"}})
    field = FieldValue.model_validate({"field": "answer"})
    assert list(proving(a_step(expect=(see, field, stored)))) == [stored]
