"""What an instructor shows to a class, at real browsers: a demo that moves, its end, and the film in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import PROGRAM, SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import Guest, Instructor
from trainer import bootstrap
from trainer.adapters.film_shelf import ENDINGS
from trainer.adapters.scenario_files import ScenarioFiles

pytestmark = pytest.mark.browser

LESSON = "normal-exit-web"
PHONE = {"width": 390, "height": 844}
DEMO_SECONDS = 60_000
"""Milliseconds that a demo may take to begin on a busy machine."""

DRAWN = """image => {
  if (!image.naturalWidth || image.src.startsWith("data:")) return "";
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL();
}"""
CHANGED = f"([image, before]) => {{ const now = ({DRAWN})(image); return now !== '' && now !== before && now; }}"


def sees_another_picture(page: Page, name: str, before: str = "") -> str:
    """Wait until the picture shows something, and something else than before; return what."""
    image = page.get_by_test_id(name).element_handle()
    changed = page.wait_for_function(CHANGED, arg=[image, before], timeout=DEMO_SECONDS)
    return str(changed.json_value())


@pytest.mark.proof
def test_a_demo_is_seen_by_everybody_who_then_goes_on_where_they_were(
    ann: Instructor, guest: Callable[..., Guest]
) -> None:
    code = ann.make_workshop("candidate", "Bob\nEve\n")
    ann.see("console.start").click()
    bob, eve = guest(**PHONE), guest(locale="zh-CN")
    bob.join(code, "Bob")
    bob.start()
    bob.consent()
    bob.is_at("devices")
    ann.see("console.show").click()
    ann.see("console.show.lesson").select_option(LESSON)
    ann.see("console.show.start").click()
    expect(bob.see("class.showing")).to_be_visible()
    first = sees_another_picture(bob.page, "class.screen.picture")
    expect(bob.see("class.screen.step")).to_contain_text("Step 1 of", timeout=SEEN_SECONDS)
    expect(bob.see("class.screen.caption")).to_contain_text("Open your interview")
    expect(ann.see("console.screen.caption")).to_contain_text("Open your interview")
    assert bob.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    assert violations(bob.page) == []

    eve.join(code, "Eve")  # late: sees what is to be seen now
    early = sees_another_picture(eve.page, "class.screen.picture")
    expect(eve.see("class.screen.caption")).to_have_text(re.compile("^[^a-zA-Z]+$"))
    expect(eve.see("class.screen.lang")).to_contain_text("English")
    expect(bob.see("class.screen.lang")).to_be_hidden()
    sees_another_picture(bob.page, "class.screen.picture", first)
    sees_another_picture(eve.page, "class.screen.picture", early)
    stranger = guest()
    stranger.page.goto(stranger.trainer.url)
    stream = eve.see("class.screen.picture").get_attribute("src") or ""
    assert eve.trainer.status_of(stream, stranger.page) == 404

    ann.page.reload()
    ann.page.wait_for_function("window.did_handshake === true")
    sees_another_picture(ann.page, "console.screen.picture")
    ann.see("console.show.stop").click()
    for one in (bob, eve):
        expect(one.see("class.showing")).to_be_hidden()
    bob.is_at("devices")
    bob.use("device.skip").click()
    bob.is_at("answer.1")
    eve.is_to("begin")
    expect(ann.see("console.show.start")).to_be_visible()


@pytest.fixture
def without_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    """Run a trainer on a machine without a browser, on whose shelf one film stands."""
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path))
    with closing(bootstrap.films()) as shelf:
        shelf.keep(ScenarioFiles().get(LESSON), "en", dict.fromkeys(ENDINGS, b"film"))
    running = Trainer(tmp_path, f"import os; os.environ['TRAINER_BROWSER'] = '/none'; {PROGRAM}")
    yield running
    running.stop()


def test_without_a_browser_the_film_is_shown(without_browser: Trainer, new_page: Callable[..., Page]) -> None:
    ann = Instructor(without_browser, new_page())
    ann.sign_in()
    bob = Guest(without_browser, new_page(**PHONE, locale="zh-CN"))
    bob.join(ann.make_workshop("candidate", "Bob\n"), "Bob")
    ann.see("console.show").click()
    ann.see("console.show.lesson").select_option("first-interview-web")
    ann.see("console.show.start").click()
    expect(ann.page.get_by_text("No browser was found").first).to_be_visible()
    expect(bob.see("class.showing")).to_be_hidden()
    ann.see("console.show.lesson").select_option(LESSON)
    ann.see("console.show.start").click()
    expect(bob.see("class.screen.film")).to_have_attribute("src", f"/film/{LESSON}/en/mp4")
    expect(bob.see("class.screen.picture")).to_be_hidden()
    expect(bob.see("class.screen.caption")).to_have_text("完成面试并正确退出")
    expect(bob.see("class.screen.lang")).to_contain_text("English")
    expect(ann.see("console.screen.lang")).to_be_hidden()
    assert without_browser.status_of(f"/film/{LESSON}/en/mp4", bob.page) == 200
    ann.see("console.show.stop").click()
    expect(bob.see("class.showing")).to_be_hidden()
    bob.is_to("wait")
    ann.see("console.show.start").click()
    expect(bob.see("class.showing")).to_be_visible()
    ann.see("console.end").click()
    ann.see("console.end_sure").click()
    bob.is_to("end")
    expect(bob.see("class.showing")).to_be_hidden()
    expect(ann.see("console.screen.film")).to_be_hidden()
    expect(ann.see("console.show")).to_be_hidden()
