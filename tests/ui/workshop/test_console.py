"""What an instructor reads and uses in the console and the report, as it stands on the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.accessible import violations
from tests.ui.practice.trainees import SEEN_SECONDS, Trainer
from tests.ui.workshop.instructors import Guest, Hr, Instructor, finish
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.scenario_files import ScenarioFiles
from trainer.core.workshop import plain_code

LESSONS = next(path for path in ScenarioFiles().paths() if path.id == "candidate").lessons()

pytestmark = pytest.mark.browser


def have_helped(trainer: Trainer, code: str, name: str) -> None:
    """Note in every exercise of one trainee that the second answer was given with help."""
    with closing(Database(sqlite_url(trainer.home / "platform.sqlite"))) as database:
        workshops, runs = bootstrap.workshops(database), bootstrap.runs(database)
        workshop = next(one for one in workshops.all() if one.code == plain_code(code))
        seat = next(one for one in workshops.seats(workshop.id) if one.name == name)
        for run in runs.of(seat.owner):
            helped = replace(run.attempts[0], step="answer.2", assisted=True)
            runs.update(replace(run, attempts=(*run.attempts, helped)))


def lefts(cells: Locator) -> list[float]:
    """Return where cells begin."""
    return [round(box["x"]) for cell in cells.all() if (box := cell.bounding_box())]


def test_the_tables_of_a_report_stand_under_their_heads_and_name_steps_in_words(
    ann: Instructor, guest: Callable[..., Guest], trainer: Trainer
) -> None:
    code = ann.make_workshop("candidate", "Bob\nEve\n")
    guest().join(code, "Bob")
    finish(trainer, code, "Bob", points=(True, True))
    have_helped(trainer, code, "Bob")
    ann.see("console.results").click()
    for width in (1280, 390):
        ann.page.set_viewport_size({"width": width, "height": 844})
        for name in ("people", "trouble", "claims"):
            table = ann.see(f"results.{name}")
            heads, cells = table.locator("th"), table.locator("tbody tr").first.locator("td")
            assert lefts(heads) == lefts(cells)
        assert ann.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
        if width > 1000:
            assert ann.see("results.trouble").evaluate("one => one.scrollWidth <= one.parentElement.clientWidth")
    step = ann.see("results.trouble").locator("tbody tr", has_text="My first interview").locator("td").nth(1)
    expect(step).to_contain_text("4. Answer question 2")
    ann.see("language[zh_CN]").click()
    expect(ann.see("results.trouble")).to_contain_text("回答第 2 题")


def test_a_lesson_to_show_is_chosen_in_a_field_like_all_others(ann: Instructor) -> None:
    ann.make_workshop("candidate")
    ann.see("console.show").click()
    field = ann.see("console.show.lesson")
    box, card = field.bounding_box(), field.locator("xpath=ancestor::details").bounding_box()
    assert box
    assert card
    assert box["height"] == 44
    assert box["x"] + box["width"] < card["x"] + card["width"]
    titles = field.locator("option").all_inner_texts()
    known = {one.id: one.title for one in ScenarioFiles().all()}
    assert titles[: len(LESSONS)] == [known[one] for one in LESSONS]
    assert titles[len(LESSONS) :] == sorted(titles[len(LESSONS) :])
    assert sorted(titles) == sorted(known.values())


def test_the_console_tells_steps_in_its_own_language(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "王小明\n")
    ming = guest(locale="zh-CN")
    ming.join(code, "王小明")
    ann.see("console.start").click()
    ming.start()
    step = ann.see("tile[王小明].step")
    expect(step).to_contain_text("Step 1 of", timeout=SEEN_SECONDS)
    expect(step).to_contain_text("Open your interview")
    ann.choose("王小明")
    expect(ann.page.get_by_role("dialog").get_by_text("Open your interview")).to_be_visible()
    ann.page.keyboard.press("Escape")
    ann.see("language[zh_CN]").click()
    expect(step).to_contain_text("打开您的面试", timeout=SEEN_SECONDS)
    ann.see("console.projector").click()
    ann.see("language[en]").click()
    expect(ann.see("projector.come")).to_contain_text("1 has come")


def test_the_page_for_the_wall_is_read_from_the_back_and_says_who_cannot_open_it(
    ann: Instructor, trainer: Trainer
) -> None:
    ann.make_workshop("candidate")
    ann.see("console.projector").click()
    expect(ann.see("projector.address")).to_have_text(f"{trainer.url}/join")
    for name, pixels in (("projector.address", 40), ("projector.code", 120)):
        assert ann.see(name).evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= pixels
    expect(ann.see("only_here")).to_contain_text("trainer serve --host 0.0.0.0 --tls-self-signed")
    assert violations(ann.page) == []
    ann.page.set_viewport_size({"width": 390, "height": 844})
    assert ann.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_a_link_for_a_candidate_says_who_cannot_open_it(trainer: Trainer, new_page: Callable[..., Page]) -> None:
    hr = Hr(trainer, new_page(), login="hr")
    hr.sign_in()
    hr.go("/console/candidates")
    hr.see("candidates.name").fill("Robin")
    hr.see("candidates.make").press("Enter")
    expect(hr.see("only_here")).to_contain_text("trainer serve --host 0.0.0.0 --tls-self-signed")


def test_tiles_say_what_is_true_and_count_as_the_report_does(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest()
    bob.join(code, "Bob")
    ann.sees_need("Bob", "waiting")
    ann.see("console.start").click()
    ann.sees_need("Bob", "ready")
    bob.start()
    ann.sees_need("Bob", "working")
    ann.see("console.pause").click()
    ann.sees_need("Bob", "break")
    ann.see("console.start").click()
    ann.sees_need("Bob", "working")
    bob.go("/class")
    ann.lets_go_on("Bob")
    for page, name in ((bob, "class.progress"), (ann, "tile[Bob]")):
        expect(page.see(name)).to_contain_text(f"0 of {len(LESSONS)} parts done · 1 left out")
    assert violations(ann.page) == []
    ann.see("console.results").click()
    expect(ann.see("results.people")).to_contain_text(f"0/{len(LESSONS)}, 1 left out")


def is_told(ann: Instructor, text: str) -> None:
    """Wait until the console says what has been done."""
    told = ann.page.get_by_role("alert").filter(has_text=text)
    expect(told).to_be_visible()
    expect(told.locator(".q-notification__content")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_the_console_confirms_what_cannot_be_seen_on_it(ann: Instructor, guest: Callable[..., Guest]) -> None:
    code = ann.make_workshop("candidate", "Bob\n")
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    bob.start()
    bob.consent()
    bob.is_at("devices")
    ann.see("console.send").click()
    is_told(ann, "Type the message first.")
    ann.see("console.message").fill("Ten minutes left")
    ann.see("console.send").click()
    is_told(ann, "Everybody has the message.")
    expect(ann.see("console.told")).to_have_text("On every trainee’s page: Ten minutes left")
    assert violations(ann.page) == []
    ann.see("console.take_back").click()
    is_told(ann, "The message is taken back.")
    expect(ann.see("console.told")).to_be_hidden()
    expect(bob.see("class.message")).to_be_empty()
    ann.choose("Bob")
    ann.see("seat.hint").fill("Look at the top")
    ann.see("seat.send").click()
    is_told(ann, "Bob has the hint.")
    ann.choose("Bob")
    ann.see("seat.back").click()
    is_told(ann, "Bob is back at the beginning of the step.")
    ann.choose("Bob")
    ann.see("seat.close").click()
    expect(ann.see("seat.name")).to_be_hidden()


def test_the_console_names_what_it_lets_go_on_without_and_asks_while_it_is_under_way(
    ann: Instructor, guest: Callable[..., Guest]
) -> None:
    code = ann.make_workshop("candidate", "Bob\n", test=True)
    bob = guest()
    bob.join(code, "Bob")
    ann.see("console.start").click()
    ann.sees_need("Bob", "ready")
    ann.choose("Bob")
    expect(ann.see("seat.unlock")).to_contain_text("Let go on without the test “")
    ann.see("seat.unlock").click()  # nothing is under way
    is_told(ann, "Bob goes on without “")
    expect(ann.see("tile[Bob]")).to_contain_text("My first interview, with feedback", timeout=SEEN_SECONDS)
    path = bob.start()
    ann.sees_need("Bob", "working")
    ann.choose("Bob")
    expect(ann.see("seat.unlock")).to_have_text("Let go on without “My first interview, with feedback”")
    ann.see("seat.unlock").click()
    asks = "Let Bob go on without “My first interview, with feedback”?"
    expect(ann.page.get_by_role("dialog", name=asks)).to_be_visible()
    assert violations(ann.page) == []
    ann.see("seat.unlock_not").click()
    expect(ann.see("seat.unlock_sure")).to_be_hidden()
    assert bob.page.url.endswith(path)
    ann.see("seat.unlock").click()
    ann.see("seat.unlock_sure").click()
    bob.is_in_class()
    expect(ann.see("tile[Bob]")).to_contain_text("2 left out")
