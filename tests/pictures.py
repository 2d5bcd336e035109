"""Pictures made by the product itself, after a change of its looks.

``python -m tests.pictures`` writes those of the README. ``python -m tests.pictures FOLDER [PROFILE…]`` writes
every page of the practice HR system for looking at: each profile and skin, both languages, desktop and phone,
with dialogs, empty lists, refusals and faults.
"""

from __future__ import annotations

import io
import itertools
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from sandbox_hrms.app import library
from tests.ui.accessible import WIDTHS, calm_context
from tests.ui.hrms.people import Server
from tests.ui.hrms.tour import PROFILES, Tour
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


def shoot(page: Page, place: str, folder: Path) -> None:
    """Write a picture of the whole page at each width, into ``<folder>-<width>/``."""
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        page.evaluate("() => window.scrollTo(0, 0)")
        if width == "phone":
            # the phone system scrolls inside its screen: make that as long as what is in it
            hidden = page.evaluate(
                "() => { const of = document.querySelector('.system-phone > .shell');"
                " return of ? of.scrollHeight - of.clientHeight : 0; }"
            )
            page.set_viewport_size({"width": across, "height": down + hidden})
        name = re.sub(r"\W+", "_", place)
        page.screenshot(path=folder.with_name(f"{folder.name}-{width}") / f"{name}.png", full_page=True)


def tour(folder: Path, profiles: list[str]) -> None:
    """Write a picture of every page to ``<folder>/<profile>-<language>-<width>/``; of a skin what it changes."""
    with tempfile.TemporaryDirectory() as data, open_browser() as browser:
        server = Server(Path(data))
        try:
            for profile, lang in itertools.product(profiles, ("zh_CN", "en")):

                def keep(page: Page, place: str, kept: Path = folder / f"{profile}-{lang}") -> None:
                    shoot(page, place, kept)

                for part in (Tour.pages, Tour.states) if profile.partition("@")[0] in PROFILES else (Tour.skin,):
                    with calm_context(browser, *WIDTHS["phone"]) as context:
                        part(Tour(context.new_page(), server.sandbox(lang, profile), profile, keep))
        finally:
            server.stop()


def readme() -> None:
    """Write every picture of the README, with a palette of 256 colours."""
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
    match sys.argv[1:]:
        case []:
            readme()
        case [folder, *names]:
            tour(Path(folder), names or list(library.profile_names()))
