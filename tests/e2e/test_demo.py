"""`trainer demo`: a lesson to watch, with a cursor and captions that belong to no page."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.commands import trainer
from trainer.adapters.playwright_show import Show, reading_seconds

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><meta http-equiv="Content-Security-Policy" content="style-src 'self'; script-src 'self'">
<button data-testid="go">Go</button><input data-testid="name" value="old">"""


@pytest.mark.proof
def test_a_demo_tells_its_steps_and_what_it_showed() -> None:
    code, out, talk = trainer("demo", "normal-exit-web", "--lang", "zh_CN", "--speed", "20")
    assert code == 0, talk
    assert out == "Shown: normal-exit-web in zh_CN, 7 steps, all checks passed.\n"
    assert "1/7  " in talk
    assert any("\u4e00" <= letter <= "\u9fff" for letter in talk)
    assert talk.splitlines()[-1] == "→ trainer demo normal-exit-web --headed"


def test_a_demo_on_another_profile_is_refused() -> None:
    code, _out, talk = trainer("demo", "normal-exit-web", "--profile", "abacus")
    assert code == 2
    assert "plays on profile web, not on abacus" in talk


def test_a_headed_demo_without_a_screen_says_so() -> None:
    code, _out, talk = trainer("demo", "normal-exit-web", "--headed", env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    assert code == 3
    assert "needs a screen" in talk
    assert "xvfb-run" in talk


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("no Xvfb on this machine (Debian: apt-get install xvfb)")
    named = tmp_path / "display"
    with named.open("wb") as display:
        server = subprocess.Popen(
            [program, "-displayfd", str(display.fileno()), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
            pass_fds=[display.fileno()],
            stderr=subprocess.DEVNULL,
        )
    try:
        deadline = time.monotonic() + 30
        while not named.read_text().strip():
            assert server.poll() is None, "Xvfb ended"
            assert time.monotonic() < deadline, "Xvfb never named its display"
            time.sleep(0.05)
        yield f":{named.read_text().strip()}"
    finally:
        server.kill()
        server.wait()


@pytest.mark.proof
def test_a_headed_demo_is_shown_on_the_screen(screen: str) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    code, out, talk = trainer(
        "demo",
        "normal-exit-web",
        "--lang",
        "en",
        "--headed",
        "--speed",
        "20",
        env={**surroundings, "DISPLAY": screen},
    )
    assert code == 0, talk
    assert "all checks passed" in out


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE)
        yield page


def test_captions_and_cursor_are_no_part_of_the_page(page: Page) -> None:
    before = page.locator("html").aria_snapshot()
    show = Show(20)
    show.tell(page, "<b>Press</b> Go")
    assert page.locator("html").aria_snapshot() == before
    assert page.get_by_text("Press").count() == 0
    host = page.locator("html > div[aria-hidden=true]")
    assert host.count() == 1
    assert host.evaluate("element => getComputedStyle(element).pointerEvents") == "none"


def test_the_overlay_is_drawn_in_spite_of_a_strict_policy(page: Page) -> None:
    plain = page.screenshot()
    Show(20).tell(page, "按下按钮")
    assert page.screenshot() != plain


def test_a_caption_that_stands_elsewhere_is_not_drawn(page: Page) -> None:
    Show(20).refresh(page)
    pointer_only = page.screenshot()
    Show(20, captions=False).tell(page, "Press")
    assert page.screenshot() == pointer_only
    Show(20).tell(page, "Press")
    assert page.screenshot() != pointer_only


def test_the_pointer_goes_to_the_target_and_clicks_pass_through(page: Page) -> None:
    page.evaluate(
        "() => document.querySelector('button').addEventListener('click', e => e.target.textContent = 'Gone')"
    )
    show = Show(20)
    show.tell(page, "Press")
    show.move_to(page, page.get_by_test_id("go"))
    page.get_by_test_id("go").click()
    assert page.get_by_test_id("go").inner_text() == "Gone"


def test_text_is_typed_letter_by_letter(page: Page) -> None:
    page.evaluate(
        "() => { window.seen = []; document.querySelector('input').addEventListener('input',"
        " e => window.seen.push(e.target.value)); }"
    )
    Show(20).type(page, page.get_by_test_id("name"), "你好!")
    assert page.evaluate("window.seen") == ["", "你", "你好", "你好!"]


def test_a_chinese_character_takes_longer_to_read_than_a_letter() -> None:
    assert reading_seconds("点") == reading_seconds("OK") == 1.4
    assert reading_seconds("请在这里输入你的回答然后按提交") == pytest.approx(15 / 6)
    assert reading_seconds("x" * 34) == pytest.approx(2)
    assert reading_seconds("长" * 500) == 7
