"""A lesson on a phone system is practised and played in a window of a phone's size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.accessible import calm_context
from tests.ui.practice.trainees import PROGRAM, Trainee, Trainer
from trainer import bootstrap
from trainer.adapters.playwright_stage import Setting, open_stage
from trainer.core.scenario import Seed
from trainer.paths import data_dir

pytestmark = pytest.mark.browser

SEED = Seed(dataset="sales_two_openings", random=7)


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """A trainer whose only lesson plays on the phone system."""
    folder = tmp_path_factory.mktemp("lessons")
    lesson = (data_dir("scenarios") / "normal_exit/normal-exit-web.yaml").read_text("utf-8")
    (folder / "normal_exit").mkdir()
    phone = lesson.replace("id: normal-exit-web", "id: normal-exit-app").replace("profile: web", "profile: app")
    (folder / "normal_exit/normal-exit-app.yaml").write_text(phone, encoding="utf-8")
    program = (
        "from pathlib import Path; from trainer import bootstrap;"
        " from trainer.adapters.scenario_files import ScenarioFiles;"
        f" bootstrap.scenarios = lambda: ScenarioFiles(Path({str(folder)!r})); {PROGRAM}"
    )
    running = Trainer(tmp_path_factory.mktemp("home"), program)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.mark.parametrize("width", [1280, 1700])
def test_the_practice_window_is_a_phone(trainer: Trainer, browser: Browser, width: int) -> None:
    context = calm_context(browser, width, locale="en-US")
    try:
        ann = Trainee(trainer, context.new_page())
        ann.begin("normal-exit-app")
        frame = ann.page.locator("#practice-frame")
        expect(frame).to_be_visible()
        box = frame.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (390, 844)
        expect(ann.use("nav.me")).to_be_visible()
        inside = ann.page.frame_locator("#practice-frame").locator(".system").bounding_box()
        assert inside is not None
        assert (inside["width"], inside["height"]) == (390, 844)
        assert ann.complaints == []
    finally:
        context.close()


def test_a_played_lesson_has_windows_of_that_size_for_every_role(browser: Browser) -> None:
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        made = control.create("app", "en", SEED)
        other = control.create("web", "en", SEED)
        assert made.screen == (390, 844)
        assert other.screen is None
        setting = Setting(process.base_url, control, lambda _sandbox, _fault, _seconds: None, "en")
        with open_stage(setting, browser=browser) as stage:
            for sandbox, size in ((made.id, (390, 844)), (other.id, setting.size), (made.id, (390, 844))):
                for role in ("candidate", "hr"):
                    picture = stage.window(sandbox, role).picture()
                    assert png_size(picture) == size


def png_size(picture: bytes) -> tuple[int, int]:
    """Return width and height from the header of a PNG picture."""
    return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
