"""What is typed survives cuts, crashes and reloads, and goes when it was promised to go."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from tests.ui.hrms.people import Person, Sandbox, Server, Wait

pytestmark = pytest.mark.browser

KEPT = """async () => new Promise((resolve) => {
  const request = indexedDB.open("hrms-journal", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("drafts").objectStore("drafts").getAll();
    all.onsuccess = () => resolve(all.result.map((one) => one.text));
  };
})"""
SLOW_TO_OPEN = """() => {
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...names) {
    const request = open.apply(this, names);
    const later = (told) => request.addEventListener("success", () => setTimeout(told, 700));
    Object.defineProperty(request, "onsuccess", { set: later });
    return request;
  };
}"""
AGED = """async () => new Promise((resolve) => {
  const request = indexedDB.open("hrms-journal", 1);
  request.onsuccess = () => {
    const store = request.result.transaction("drafts", "readwrite").objectStore("drafts");
    store.getAll().onsuccess = (found) => {
      const [record] = found.target.result;
      store.put({ ...record, key: "of another day", text: "old", at: Date.now() - 25 * 3600 * 1000 });
      store.put({ ...record, key: "of this day", text: "young", at: Date.now() - 23 * 3600 * 1000 });
      store.transaction.oncomplete = resolve;
    };
  };
})"""


def test_typing_goes_on_without_a_network_and_arrives_afterwards(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("before")
    candidate.page.context.set_offline(True)
    expect(candidate["banner.offline"]).to_be_visible()
    candidate["interview.answer"].press_sequentially(", in the middle")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "local")
    assert sandbox.stored_draft() == "before"
    candidate.page.context.set_offline(False)
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "saved")
    expect(candidate["banner.offline"]).to_be_hidden()
    assert sandbox.stored_draft() == "before, in the middle"
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")


def test_what_was_typed_without_a_server_survives_the_death_of_the_tab(
    sandbox: Sandbox, candidate: Person
) -> None:
    candidate.start(sandbox)
    candidate.type("stored")
    candidate.page.route("**/draft", lambda route: route.abort())
    candidate["interview.answer"].press_sequentially(" and kept")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "local")
    with pytest.raises(Error):
        candidate.page.goto("chrome://crash")
    assert sandbox.stored_draft() == "stored"
    page = candidate.page.context.new_page()
    page.goto(sandbox.url("/candidate/interview"))
    page.get_by_test_id("resume.continue").click()
    expect(page.get_by_test_id("interview.answer")).to_have_value("stored and kept")


@pytest.mark.proof
def test_a_draft_that_gets_no_answer_is_sent_again(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.page.route("**/draft", lambda _swallowed: None, times=1)
    candidate["interview.answer"].fill("into the void")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "saved", timeout=30_000)
    assert sandbox.stored_draft() == "into the void"


def close(page: Page) -> None:
    """Close a tab as a person does."""
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def test_what_was_typed_just_before_a_tab_is_closed_is_kept_in_the_browser(
    server: Server, candidate: Person
) -> None:
    sandbox = server.sandbox("en", "app")
    candidate.start(sandbox)
    candidate.type("stored")
    context = candidate.page.context
    candidate.page.route("**/draft", lambda route: route.abort())
    candidate.page.evaluate("navigator.sendBeacon = () => false")
    candidate["interview.answer"].press_sequentially(", and typed at the very end")
    close(candidate.page)
    assert sandbox.stored_draft() == "stored"
    page = context.new_page()
    page.goto(sandbox.url("/candidate/interview"))
    page.get_by_test_id("resume.continue").click()
    expect(page.get_by_test_id("interview.answer")).to_have_value("stored, and typed at the very end")


def test_the_last_word_before_a_tab_is_closed_reaches_the_server(
    server: Server, candidate: Person, until: Wait
) -> None:
    sandbox = server.sandbox("en", "app")
    candidate.start(sandbox)
    candidate.type("stored")
    candidate.page.route(
        "**/draft", lambda route: route.continue_() if route.request.resource_type == "ping" else None
    )
    candidate["interview.answer"].press_sequentially(", last word")
    close(candidate.page)
    until(lambda: sandbox.stored_draft() == "stored, last word", "the last word is stored")


def test_keys_pressed_before_the_journal_is_read_do_not_take_its_place(
    sandbox: Sandbox, candidate: Person
) -> None:
    candidate.start(sandbox)
    candidate.type("stored")
    candidate.page.context.route("**/draft", lambda route: route.abort())
    candidate["interview.answer"].press_sequentially(" and kept")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "local")
    with pytest.raises(Error):
        candidate.page.goto("chrome://crash")
    page = candidate.page.context.new_page()
    page.add_init_script(f"({SLOW_TO_OPEN})()")
    page.goto(sandbox.url("/candidate/interview"))
    page.get_by_test_id("resume.continue").click()
    page.get_by_test_id("interview.answer").press_sequentially("!")
    expect(page.get_by_test_id("interview.answer")).to_have_value(re.compile("^stored and kept!?$"))


def test_the_journal_forgets_what_is_a_day_old(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("new")
    candidate.page.evaluate(AGED)
    candidate.open(sandbox.url("/candidate/"))
    candidate.page.wait_for_function(f"({KEPT})().then((texts) => !texts.includes('old'))")
    assert candidate.page.evaluate(KEPT) == ["new", "young"]


def test_reloading_keeps_the_draft_and_goes_straight_on(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("still here")
    warned = []
    candidate.page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    candidate.page.reload()
    expect(candidate["interview.answer"]).to_have_value("still here")
    assert warned == ["beforeunload"]
    assert sandbox.stored_draft() == "still here"


def test_closing_the_tab_warns_then_drops_the_open_draft_only(
    sandbox: Sandbox, candidate: Person, until: Wait
) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate.type("not saved on purpose")
    context = candidate.page.context
    warned = []
    candidate.page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    close(candidate.page)
    assert warned == ["beforeunload"]
    until(lambda: "page_left" in sandbox.events(), "the page said that it was closed")
    page = context.new_page()
    page.goto(sandbox.url("/candidate/interview"))
    page.get_by_test_id("resume.continue").click()
    expect(page.get_by_test_id("interview.progress")).to_have_text("2/4")
    expect(page.get_by_test_id("interview.answer")).to_have_value("")


def test_a_crash_shows_maintenance_then_the_question_whether_to_continue(
    sandbox: Sandbox, candidate: Person
) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate.type("typed before the crash")
    sandbox.crash(seconds=2)
    expect(candidate["banner.maintenance"]).to_be_visible()
    expect(candidate["resume.continue"]).to_be_visible()
    candidate["resume.continue"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate["interview.answer"]).to_have_value("typed before the crash")


def test_a_crash_does_not_touch_the_neighbour(
    server: Server, candidate: Person, somebody: Callable[[], Person]
) -> None:
    mine, theirs = server.sandbox(), server.sandbox()
    candidate.start(mine)
    neighbour = somebody()
    neighbour.start(theirs)
    neighbour.page.evaluate("window.untouched = true")
    mine.crash(seconds=1)
    expect(candidate["resume.continue"]).to_be_visible()
    neighbour.type("nothing happened here")
    assert neighbour.page.evaluate("window.untouched") is True
    expect(neighbour["banner.offline"]).to_be_hidden()


def test_a_killed_server_comes_back_with_everything(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.answer(sandbox, range(1))
    candidate.type("typed before the kill")
    sandbox.server.kill()
    expect(candidate["banner.offline"]).to_be_visible()
    candidate["interview.answer"].press_sequentially(", and after it")
    expect(candidate["interview.saved_state"]).to_have_attribute("data-state", "local")
    sandbox.server.start()
    candidate["resume.continue"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    expect(candidate["interview.answer"]).to_have_value("typed before the kill, and after it")


def test_the_older_tab_is_told_and_sends_nothing(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("from the first tab")
    second = candidate.page.context.new_page()
    second.goto(sandbox.url("/candidate/interview"))
    expect(candidate["banner.second_tab"]).to_be_visible()
    expect(candidate["interview.answer"]).not_to_be_editable()
    expect(candidate["interview.submit"]).to_be_disabled()
    second.get_by_test_id("resume.continue").click()
    expect(second.get_by_test_id("interview.answer")).to_have_value("from the first tab")
    second.get_by_test_id("interview.answer").fill("from the second tab")
    expect(second.get_by_test_id("interview.saved_state")).to_have_attribute("data-state", "saved")
    second.close()
    candidate["banner.take_over"].click()
    expect(candidate["interview.answer"]).to_have_value("from the second tab")
    candidate.type("and on in the first")
    assert sandbox.stored_draft() == "and on in the first"


def test_the_journal_is_erased_with_the_interview_and_at_sign_out(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("my draft")
    assert candidate.page.evaluate(KEPT) == ["my draft"]
    candidate["interview.submit"].click()
    expect(candidate["interview.progress"]).to_have_text("2/4")
    candidate.page.wait_for_function(f"({KEPT})().then((texts) => texts.length === 0)")
    candidate.type("my second draft")
    candidate.page.once("dialog", lambda dialog: dialog.accept())
    candidate["nav.sign_out"].click()
    expect(candidate["refusal.message"]).to_be_visible()
    assert candidate.page.evaluate(KEPT) == []
