"""Pictures of the README, made by the product itself: ``python -m tests.pictures`` after a change of its looks."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.ui.practice.trainees import Trainee, Trainer
from trainer.adapters.playwright_browser import open_browser

FOLDER = Path(__file__).parent.parent / "docs" / "images"
SIZE = (1280, 800)
ANSWER = "I have sold office furniture for five years. Last year I visited fewer customers, but more often."


def practice(trainee: Trainee) -> Page:
    """Take the first lesson up to the first question, and type an answer."""
    trainee.begin("normal-exit-web")
    trainee.consent()
    trainee.use("device.skip").click()
    trainee.is_at("answer.1")
    trainee.use("interview.answer").fill(ANSWER)
    expect(trainee.use("interview.saved_state")).to_have_attribute("data-state", "saved")
    expect(trainee.ring).to_be_visible()
    return trainee.page


def main() -> None:
    """Write every picture, with a palette of 256 colours."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, open_browser() as browser:
        trainer = Trainer(Path(home))
        try:
            context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="en-GB")
            shown = practice(Trainee(trainer, context.new_page())).screenshot(animations="disabled")
        finally:
            trainer.stop()
    Image.open(io.BytesIO(shown)).convert("RGB").quantize(256).save(FOLDER / "practice.png", optimize=True)


if __name__ == "__main__":
    main()
