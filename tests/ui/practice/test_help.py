"""Help that survives: hints after a reload, the way back, the beginning of a step, and a voice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.practice.trainees import SEEN_SECONDS, Trainee

pytestmark = pytest.mark.browser

Make = Callable[..., Trainee]

VOICE = """
window.spoken = [];
const voice = {lang: "en-GB", name: "a voice"};
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => [voice], speak: (told) => window.spoken.push(told.text), cancel() {}, addEventListener() {},
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def is_ringed(ann: Trainee, element: Locator) -> None:
    """Wait until the ring is around `element`."""
    expect(element).to_be_visible(timeout=SEEN_SECONDS)
    expect(ann.ring).to_be_visible()
    inner = element.element_handle(timeout=SEEN_SECONDS)
    frame = inner.owner_frame()
    assert frame is not None
    frame.wait_for_function(
        """element => {
          const box = element.getBoundingClientRect();
          const ring = document.getElementById("coach-ring").getBoundingClientRect();
          return ring.left <= box.left && ring.right >= box.right && ring.top <= box.top
            && ring.bottom >= box.bottom && ring.width < box.width + 40;
        }""",
        arg=inner,
    )


def climb(ann: Trainee) -> None:
    """Climb the whole ladder: a nudge, where, the place, and doing it."""
    for text in ("Give me a hint", "Where is it?", "Show me the place", "Do it for me"):
        expect(ann.see("coach.help")).to_contain_text(text)
        ann.see("coach.help").click()


def test_help_survives_a_reload_and_leads_back_to_the_question(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.go_on_to_answer()
    ann.use("interview.answer").fill("I asked the")
    ann.see("coach.help").click()
    hints = ann.see("coach.hints").locator("li")
    expect(hints).to_have_count(1)
    told = hints.inner_text()
    ann.page.reload()
    expect(hints).to_have_text([told])
    is_ringed(ann, ann.use("resume.continue"))
    ann.use("resume.continue").click()
    is_ringed(ann, ann.use("interview.submit"))  # what was typed is still there


def test_do_it_for_me_takes_the_way_back_first(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.go_on_to_answer()
    ann.page.reload()
    expect(ann.use("resume.continue")).to_be_visible(timeout=SEEN_SECONDS)
    climb(ann)
    ann.is_at("answer.2")


def test_what_could_not_be_done_for_a_trainee_is_no_help(ann: Trainee) -> None:
    run = ann.begin("normal-exit-web").rpartition("/")[2]
    ann.use("nav.my_data").click()
    expect(ann.use("home.start")).to_be_hidden()
    climb(ann)
    feedback = ann.see("coach.feedback")
    expect(feedback).to_have_text(
        "It is not on this page. Look where you are in the practice window.", timeout=SEEN_SECONDS
    )
    expect(ann.see("coach.hints").locator("li")).to_have_count(3)
    expect(ann.see("coach.hints")).not_to_contain_text("Watch")
    ann.use("nav.home").click()
    ann.consent()
    ann.is_at("devices")
    with ann.trainer.runs() as stored:
        found = stored.get(run)
    assert found is not None
    assert (found.attempts[0].assisted, found.attempts[0].helps) == (False, ("nudge", "where", "show"))


def test_a_trainee_is_put_back_to_the_beginning_of_a_step(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.consent()
    ann.is_at("devices")
    ann.use("device.check").click()
    expect(ann.use("device.continue")).to_be_enabled()
    ann.use("nav.home").click()
    expect(ann.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    ann.see("coach.back").click()
    expect(ann.see("coach.feedback")).to_have_text("You are back at the beginning of this step.")
    expect(ann.use("device.skip").or_(ann.use("resume.continue")).first).to_be_visible(timeout=SEEN_SECONDS)
    ann.is_at("devices")
    expect(ann.see("coach.back")).to_be_visible()


def test_a_tab_closed_as_soon_as_a_step_begins_does_not_move_where_it_began(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    ann.consent()
    ann.is_at("devices")
    expect(ann.use("device.skip")).to_be_visible(timeout=SEEN_SECONDS)
    frame = ann.page.frames[1]
    begun = frame.url
    ann.see("window.close").click()
    ann.see("practice.reopen").click()
    frame.wait_for_url(lambda url: url not in {begun, "about:blank"})
    ann.see("coach.back").click()
    frame.wait_for_url(begun)
    ann.see("window.close").click()
    expect(ann.see("practice.reopen")).to_be_visible()
    ann.see("coach.back").click()
    frame.wait_for_url(begun)


def test_hints_are_read_aloud_only_when_asked_for_and_where_there_is_a_voice(ann: Trainee) -> None:
    ann.begin("normal-exit-web")
    expect(ann.see("coach.aloud")).to_be_hidden()
    ann.page.add_init_script(VOICE)
    ann.page.reload()
    expect(ann.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    toggle = ann.see("coach.aloud")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    ann.see("coach.help").click()
    expect(ann.see("coach.hints").locator("li")).to_have_count(1)
    assert ann.page.evaluate("spoken") == []
    toggle.click()
    ann.see("coach.help").click()
    told = ann.see("coach.hints").locator("li")
    expect(told).to_have_count(2)
    ann.page.wait_for_function("spoken.length === 2")
    assert ann.page.evaluate("spoken") == told.all_inner_texts()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_enlarged_twice_and_from_right_to_left_nothing_covers_the_window(somebody: Make, direction: str) -> None:
    cai = somebody(width=640, height=400, device_scale_factor=2)
    cai.begin("normal-exit-web")
    cai.page.evaluate("direction => (document.documentElement.dir = direction)", direction)
    expect(cai.ring).to_be_visible()
    panel, frame = cai.page.locator("#coach").bounding_box(), cai.page.locator("#practice-frame").bounding_box()
    assert panel is not None
    assert frame is not None
    assert panel["y"] + panel["height"] <= frame["y"]
    assert cai.page.evaluate("document.documentElement.scrollWidth") <= 640
    cai.see("coach.help").click()
    hint = cai.see("coach.hints").locator("li")
    expect(hint).to_be_visible()
    side = "paddingLeft" if direction == "ltr" else "paddingRight"
    assert hint.evaluate(f"hint => getComputedStyle(hint).{side}") == "40px"
