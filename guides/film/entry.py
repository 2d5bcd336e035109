"""Entry: the minute about its exit that a candidate is shown on entering an interview, cut from a whole lesson."""

from __future__ import annotations

from dataclasses import replace

from guides.invitation import exit_step, saving
from guides.telling import Texts
from trainer.core.walkthrough import Walkthrough

LONGEST_SECONDS = 60.0
"""Nobody waits longer before an interview."""


def excerpt(walkthrough: Walkthrough, texts: Texts) -> Walkthrough:
    """Return the part of a performance that shows how to leave, and what is kept.

    Args:
        walkthrough: A lesson that leaves an interview properly.
        texts: Texts of guides in its language.

    Raises:
        BadInput: The lesson does not show how to leave.
    """
    steps = [step.id if step.shots else "" for step in walkthrough.steps]
    first = steps.index(exit_step(walkthrough.scenario, steps))
    return replace(
        walkthrough,
        title=texts.gettext("How to leave this interview"),
        summary=saving(walkthrough.profile, texts),
        steps=walkthrough.steps[first:],
    )
