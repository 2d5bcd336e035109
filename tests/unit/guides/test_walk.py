"""A walkthrough is what was performed and passed; of anything else there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import a_step
from tests.unit.play.lessons import answer, begin, end, lesson
from trainer.adapters.in_memory import InMemoryControl, InMemoryStage
from trainer.app.publish import NoGuide, walk
from trainer.core.actions import Click, CloseTab, Inject
from trainer.core.checks import See, Stored
from trainer.core.errors import ExitCode, LookFailed
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough


class Studio:
    """A stage on paper with everything that a walkthrough needs; time passes at once."""

    def __init__(self) -> None:
        self.control = InMemoryControl()
        self.stage = InMemoryStage(self.control)
        self.now = datetime(2026, 11, 22, tzinfo=UTC)
        self.told: list[tuple[int, int]] = []

    def clock(self) -> datetime:
        """Every look at the clock takes a second."""
        self.now += timedelta(seconds=1)
        return self.now

    def walk(self, scenario: Scenario, **more: Any) -> Walkthrough:
        return walk(
            scenario,
            lang="en",
            control=self.control,
            stage=self.stage,
            clock=self.clock,
            translate=str.upper,
            new_id=lambda: "r1",
            scale=2.0,
            tell=lambda number, total: self.told.append((number, total)),
            wait=lambda _seconds: None,
            **more,
        )


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_a_walkthrough_holds_every_step_in_the_reader_s_language(studio: Studio) -> None:
    made = studio.walk(lesson())
    assert [step.id for step in made.steps] == ["begin", "answer.1", "answer.2", "answer.3", "answer.4", "end"]
    assert made.title == lesson().title.upper()
    assert made.steps[0].say == lesson().steps[0].say.upper()
    assert (made.digest, made.version, made.profile) == (lesson().digest, lesson().version, "web")
    assert [mark.verb for mark in made.steps[1].shots[0].marks] == ["fill", "click"]
    assert made.steps[-1].shots[-1].marks == ()
    assert studio.told == [(number, 6) for number in range(1, 7)]
    assert studio.control.faults == []


def test_a_failed_check_gives_no_guide(studio: Studio) -> None:
    wrong = end(Stored(stored="interview.status == 'passed'"))
    with pytest.raises(NoGuide) as refused:
        studio.walk(lesson(begin(), answer(), wrong))
    assert refused.value.exit_code is ExitCode.CHECK_FAILED
    assert "step end: stored: interview.status == 'passed'" in refused.value.message
    assert "to_review" in refused.value.message
    assert "trainer verify" in refused.value.hint


def test_an_action_that_cannot_be_done_gives_no_guide(studio: Studio) -> None:
    with pytest.raises(NoGuide, match=r"click: interview\.end"):
        studio.walk(lesson(a_step(do=(Click(target="interview.end"),))))


def test_a_check_without_an_answer_gives_no_guide_either(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_arguments: object, **_options: object) -> None:
        raise LookFailed("nobody could look")

    seen = end(See.model_validate({"see": {"nav.home": "x"}, "as": "hr"}))
    window = type(studio.stage.window(studio.control.create("web", "en", lesson().seed).id, "hr"))
    monkeypatch.setattr(window, "read_state", nobody)
    with pytest.raises(LookFailed, match="nobody could look") as refused:
        studio.walk(lesson(begin(), answer(), seen))
    assert refused.value.exit_code is ExitCode.ENVIRONMENT


def test_a_closed_tab_has_no_picture(studio: Studio) -> None:
    made = studio.walk(lesson(begin(), a_step(id="leave", do=(CloseTab(),), expect=())))
    assert made.steps[-1].shots == ()


def test_a_fault_lasts_until_its_picture_is_taken(studio: Studio) -> None:
    waited: list[int] = []

    def same(_first: object, _second: object) -> bool:
        if not studio.control.faults:
            return True
        waited.append(len(waited))
        return len(waited) != 5  # then the page shows it

    made = studio.walk(lesson(begin(), a_step(id="crash", do=(Inject(fault="crash"),), expect=())), same=same)
    assert len(made.steps[-1].shots) == 1
    assert len(waited) == 6
    assert studio.control.faults == []


def test_a_fault_that_a_lesson_cures_is_left_to_it(studio: Studio) -> None:
    studio.walk(lesson(begin(), a_step(id="full", do=(Inject(fault="disk_full"),), expect=())))
    assert [fault for _, fault, _ in studio.control.faults] == ["disk_full"]
