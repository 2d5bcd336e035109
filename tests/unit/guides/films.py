"""A short performance with drawn pictures and a hummed voice, so that films can be tested without a browser."""

from __future__ import annotations

from dataclasses import replace

from guides.film.script import Script, write
from tests.unit.guides.walks import FIELD, PRESS, TEXTS, screen
from trainer.adapters.in_memory import InMemoryVoice
from trainer.core.walkthrough import Box, Glimpse, Mark, WalkStep, Walkthrough
from trainer.i18n import translator

FILL = (Mark("fill", FIELD),)


def performance(lang: str = "en", **changes: str) -> Walkthrough:
    """Return a lesson of four performed steps in three chapters; `changes` replace texts."""
    said = {**TEXTS[lang], **changes}

    def answer(number: int) -> WalkStep:
        typed = screen(f"Question {number}", "A good answer. " * 3, marks=PRESS, scale=1.0)
        return WalkStep(
            f"answer.{number}",
            said["answer"],
            said["answered"],
            (
                screen(f"Question {number}", marks=FILL, scale=1.0),
                replace(typed, after=(Glimpse(5.0, screen("Saving", scale=1.0).png),)),
                screen(f"Question {number + 1}", scale=1.0),
            ),
        )

    return Walkthrough(
        scenario="normal-exit-web",
        version=3,
        digest="0123456789abcdef" * 4,
        profile="web",
        lang=lang,
        title=said["title"],
        summary=said["summary"],
        steps=(
            WalkStep("start", said["start"], "", (screen("My interviews", marks=PRESS, scale=1.0),)),
            answer(1),
            answer(2),
            WalkStep("end", said["end"], said["ended"], (screen("All answered", marks=PRESS, scale=1.0),)),
        ),
        context={"question": {"number": 1}},
    )


def script_of(walkthrough: Walkthrough, voice: InMemoryVoice | None = None) -> Script:
    """Lay a performance out in time."""
    speaker = voice or InMemoryVoice()
    texts = translator("guides", walkthrough.lang)
    return write(walkthrough, lambda text: speaker.say(text, walkthrough.lang), texts, "Web system")


OUTSIDE = Box(5000, 20, 10, 10)
