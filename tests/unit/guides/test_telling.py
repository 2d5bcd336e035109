"""How steps become blocks: what is told once, and which pictures are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guides.telling import tell
from tests.unit.guides.walks import PRESS, TYPE_AND_PRESS, screen, walkthrough
from trainer.core.walkthrough import Mark, WalkStep, Walkthrough
from trainer.i18n import translator

ENGLISH = translator("guides", "en")


def told(*steps: WalkStep) -> list[tuple[str, int, int, bool]]:
    """Return id-free facts of the blocks: what to do, times, pictures with marks, whether the result is shown."""
    walk: Walkthrough = replace(walkthrough(), steps=steps)
    blocks = tell(walk, ENGLISH)
    assert [block.number for block in blocks] == list(range(1, len(blocks) + 1))
    return [(block.say, block.times, len(block.figures), block.result is not None) for block in blocks]


def test_a_repeated_step_is_told_once() -> None:
    say, times, figures, result = told(*walkthrough().steps)[1]
    assert say.startswith("Type your answer")
    assert (times, figures, result) == (4, 1, True)


def repeated(*says: str) -> list[WalkStep]:
    """Return repetitions of a step with these texts."""
    return [WalkStep(f"answer.{n}", say, "", (screen("Q", marks=PRESS),)) for n, say in enumerate(says, start=1)]


def test_repetitions_that_only_count_up_are_told_once() -> None:
    steps = repeated("Answer question 3 of 9.", "Answer question 4 of 9.", "Answer question 5 of 9.")
    assert told(*steps) == [("Answer question 3–5 of 9.", 3, 1, False)]


@pytest.mark.parametrize(
    "says",
    [
        ("Say who you are.", "Say what you would do."),
        ("Answer question 1.", "Answer question 3."),
        ("Answer question 2.", "Answer question 1."),
        ("Answer question 1", "Answer question 1 and 2"),
        ("Press F1.", "Press F."),
    ],
)
def test_repetitions_that_say_different_things_are_all_told(says: tuple[str, str]) -> None:
    assert [times for _, times, *_ in told(*repeated(*says))] == [1, 1]


def test_equal_steps_that_are_no_repetition_are_all_told() -> None:
    steps = [WalkStep(id_, "Press Save.", "", (screen("Q", marks=PRESS),)) for id_ in ("save", "save-again")]
    assert [times for _, times, *_ in told(*steps)] == [1, 1]


def test_repeated_steps_done_in_different_ways_are_all_told() -> None:
    steps = [
        WalkStep("answer.1", "Answer.", "", (screen("Q", marks=PRESS),)),
        WalkStep("answer.2", "Answer.", "", (screen("Q", marks=TYPE_AND_PRESS),)),
    ]
    assert [times for _, times, *_ in told(*steps)] == [1, 1]


def test_a_result_is_shown_once() -> None:
    before, after = screen("Before", marks=PRESS), screen("After")
    going_on = WalkStep("b", "Go on.", "", (screen("After", marks=PRESS), screen("Last")))
    assert told(WalkStep("a", "Go.", "", (before, after)), going_on) == [
        ("Go.", 1, 1, False),
        ("Go on.", 1, 1, True),
    ]
    walk = replace(walkthrough(), steps=(WalkStep("a", "Go.", "", (before, after)), going_on))
    assert [block.shown_in for block in tell(walk, ENGLISH)] == [2, None]


def test_a_result_that_shows_nothing_new_is_left_out() -> None:
    assert told(WalkStep("a", "Hover.", "", (screen("Same", marks=PRESS), screen("Same")))) == [
        ("Hover.", 1, 1, False)
    ]


def test_a_step_without_marks_keeps_its_only_picture() -> None:
    crash = WalkStep("crash", "The system fails.", "", (screen("After"),))
    going_on = WalkStep("b", "Go on.", "", (screen("After", marks=PRESS),))
    assert told(crash, going_on)[0] == ("The system fails.", 1, 0, True)


def test_legends_say_what_to_do_at_each_number() -> None:
    marks = tuple(Mark(verb, PRESS[0].box) for verb in ("fill", "tick", "choose", "click"))
    step = WalkStep("a", "Do it.", "", (screen("P", marks=marks), screen("Dialog", marks=PRESS)))
    first, second = tell(replace(walkthrough(), steps=(step,)), ENGLISH)[0].figures
    assert first.legend == "① Type here · ② Tick this box · ③ Choose here · ④ Press here"
    assert second.legend == "⑤ Press here"
    assert second.alt == "Picture for step 1: ⑤ Press here"
