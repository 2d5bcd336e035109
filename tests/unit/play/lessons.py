"""The normal interview as a Scenario: what the pages on paper and the real ones both can do."""

from tests.builders import a_scenario, a_step
from trainer.core.actions import Click, Fill, Tick
from trainer.core.checks import Event, FieldValue, See, Stored, Visible
from trainer.core.scenario import Scenario, Step

SEEN_BY_HR = See.model_validate({"see": {"candidates.row[${candidate.id}].status": "to_review"}, "as": "hr"})


def begin() -> Step:
    """Come into the interview room."""
    return a_step(
        id="begin",
        do=(
            Click(target="home.start"),
            Tick(target="consent.agree"),
            Click(target="consent.begin"),
            Click(target="device.skip"),
        ),
        expect=(
            Stored(stored="interview.status == 'in_progress'"),
            Event(event="interview_started"),
            Visible(target="interview.answer"),
            Visible(target="home.start", wanted=False),
        ),
    )


def answer() -> Step:
    """Answer every question."""
    return a_step(
        id="answer",
        repeat="${questions}",
        do=(Fill(target="interview.answer", text="${question.sample}"), Click(target="interview.submit")),
        expect=(Stored(stored="sitting.answers[?question=='${question.id}'].saved | [0] == 'saved'"),),
    )


def end(*expect: See | Stored | FieldValue) -> Step:
    """Leave, and be seen by HR."""
    return a_step(
        id="end",
        do=(Click(target="interview.end"), Click(target="dialog.confirm")),
        expect=expect or (Stored(stored="interview.status == 'to_review'"), SEEN_BY_HR),
    )


def lesson(*steps: Step) -> Scenario:
    """Return the whole interview, or one of other steps."""
    return a_scenario(*(steps or (begin(), answer(), end())))
