"""Short ways to build what tests need; every builder gives a valid thing and takes what the test is about."""

from __future__ import annotations

from typing import Any

from trainer.core.actions import Action, Click
from trainer.core.checks import Check, Stored
from trainer.core.scenario import Scenario, Seed, Step

CONTEXT: dict[str, Any] = {
    "lang": "en",
    "candidate": {"id": "c1", "name": "Robin O'Neil"},
    "questions": [
        {"id": "q1", "kind": "structured", "text": "Who are you?", "sample": "I am Robin."},
        {"id": "q2", "kind": "situational", "text": "What would you do?", "sample": "I'd ask."},
    ],
}


def a_step(
    *, id: str = "end", do: tuple[Action, ...] = (), expect: tuple[Check, ...] | None = None, **more: Any
) -> Step:
    """Build a Step that clicks `interview.end` and expects the interview to be reviewed."""
    default = (Stored(stored="interview.status == 'to_review'"),)
    return Step(
        id=id,
        say=more.pop("say", "Do it."),
        do=do or (Click(target="interview.end"),),
        expect=default if expect is None else expect,
        **more,
    )


def a_scenario(*steps: Step, **more: Any) -> Scenario:
    """Build a Scenario of `steps` (one Step by default) on profile `web`."""
    fields: dict[str, Any] = {
        "id": "lesson-web",
        "version": 1,
        "title": "A lesson",
        "family": "normal-exit",
        "profile": "web",
        "seed": Seed(dataset="sales_two_openings", random=7),
        "as": "candidate",
        "steps": steps or (a_step(),),
    }
    return Scenario.model_validate(fields | more)
