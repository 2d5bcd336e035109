"""An exam by keyboard alone, and what a screen reader is told on the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, expect

from tests.ui.practice.trainees import SEEN_SECONDS, Trainee
from trainer import bootstrap
from trainer.core.actions import Action, Choose, Click, Fill, Tick
from trainer.core.checks import Visible
from trainer.core.scenario import Step

pytestmark = pytest.mark.browser

QUESTIONS = {"${questions}": (1, 2, 3, 4), "${questions[0:3]}": (1, 2, 3), "${questions[3:4]}": (4,)}
"""A step for each of them has its number in its name."""
ANSWER = "I asked the customer first, and sold a year's supply of paper."
NAMED = re.compile(r'- (button|link|textbox|checkbox|combobox|switch|radio) "[^"]+"')
MOST_TABS = 200

FOCUS = "() => document.activeElement?.closest('[data-testid]')?.dataset.testid ?? ''"
IN_FRAME = "() => document.activeElement?.id === 'practice-frame'"
ACTIVE = """() => {
  const at = document.activeElement;
  const option = document.getElementById(at.getAttribute("aria-activedescendant") ?? "");
  return at.matches("select") ? at.value : option?.closest("[data-testid]")?.dataset.testid ?? "";
}"""
SENT = "() => !document.querySelector('[data-testid=\"interview.answer\"]')?.value"


class Typist:
    """A trainee without a mouse."""

    def __init__(self, trainee: Trainee) -> None:
        self.trainee = trainee
        self.keyboard = trainee.page.keyboard

    @property
    def frame(self) -> Frame:
        """The practice window."""
        return self.trainee.page.frames[1]

    def focus(self) -> str:
        """Return the test id of what has the focus."""
        page = self.trainee.page
        where = self.frame if page.evaluate(IN_FRAME) else page
        return str(where.evaluate(FOCUS))

    def reach(self, name: str, group: str = "-") -> None:
        """Press Tab until something has the focus, or one of its group."""
        for _tab in range(MOST_TABS):
            focus = self.focus()
            if focus == name or focus.startswith(f"{group}["):
                return
            self.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {name}")

    def turn_to(self, radio: str) -> None:
        """Come to a group of radio buttons, and go down to one of them."""
        expect(self.trainee.see(radio)).to_be_visible(timeout=SEEN_SECONDS)
        self.reach(radio, radio.partition("[")[0])
        for _down in range(MOST_TABS):
            if self.focus() == radio:
                return
            self.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow comes to {radio}")

    def press(self, name: str) -> None:
        """Come to something on the trainer's page and press Enter there."""
        expect(self.trainee.see(name)).to_be_visible(timeout=SEEN_SECONDS)
        self.reach(name)
        self.keyboard.press("Enter")

    def do(self, action: Action) -> None:
        """Do what a lesson asks for in the practice window; a screen reader can say what it is."""
        name = action.aim() or ""
        there = self.trainee.use(name)
        expect(there).to_be_visible(timeout=SEEN_SECONDS)
        expect(there).to_be_enabled(timeout=SEEN_SECONDS)
        assert NAMED.search(there.aria_snapshot()), f"{name} has no name: {there.aria_snapshot()}"
        self.reach(name)
        if isinstance(action, Click):
            self.keyboard.press("Enter")
        elif isinstance(action, Tick):
            self.keyboard.press("Space")
        elif isinstance(action, Fill):
            self.keyboard.type(ANSWER)
        elif isinstance(action, Choose):
            self.choose(name, action.option)
        if name == "interview.submit":
            self.frame.wait_for_function(SENT, timeout=SEEN_SECONDS)

    def see(self, step: Step) -> None:
        """Wait for what the window has to show at the end of a step."""
        for check in step.expect:
            if isinstance(check, Visible):
                expect(self.trainee.use(check.target)).to_be_visible(visible=check.wanted, timeout=SEEN_SECONDS)

    def wait_for(self, step: str) -> None:
        """Wait until a step has passed; the page does not say so in an exam."""
        run = self.trainee.page.url.rpartition("/")[2]
        with self.trainee.trainer.runs() as runs:
            for _look in range(SEEN_SECONDS // 50):
                found = runs.get(run)
                if found is not None and step in {attempt.step for attempt in found.attempts}:
                    return
                self.trainee.page.wait_for_timeout(50)
        raise AssertionError(f"{step} does not pass")

    def choose(self, name: str, option: str) -> None:
        """Open a list and go down to an option."""
        own = self.frame.evaluate("() => document.activeElement.matches('select')")
        wanted = option if own else f"{name}.option[{option}]"
        if not own:
            self.keyboard.press("Enter")
            expect(self.trainee.use(wanted)).to_be_visible(timeout=SEEN_SECONDS)
        for _down in range(20):
            self.keyboard.press("ArrowDown")
            if self.frame.evaluate(ACTIVE) == wanted:
                break
        else:
            raise AssertionError(f"no arrow comes to {wanted}")
        if not own:
            self.keyboard.press("Enter")
            expect(self.trainee.use(wanted)).to_have_count(0, timeout=SEEN_SECONDS)


@pytest.mark.parametrize(
    "profile",
    [
        "web",
        *(
            pytest.param(profile, marks=pytest.mark.proof)
            for profile in ("app", "integrated", "cloud", "local", "suite")
        ),
    ],
)
def test_an_exam_is_passed_without_a_mouse(profile: str, somebody: Callable[..., Trainee]) -> None:
    lesson = bootstrap.scenarios().get(f"normal-exit-{profile}")
    ida = somebody()
    typist = Typist(ida)
    ida.go()
    typist.turn_to("mode[exam]")
    typist.press(f"lesson[{lesson.id}].start")
    ida.page.wait_for_url("**/practice/*")
    expect(ida.use("home.start")).to_be_visible(timeout=SEEN_SECONDS)
    expect(ida.page.locator("#coach")).to_match_aria_snapshot(
        f"""
        - region "Exam":
          - heading "{lesson.title}" [level=1]
          - timer: /min left/
          - button "Hand in"
          - group:
            - list:
              - listitem: {lesson.steps[0].say}
        """
    )
    assert ida.page.locator("#practice-frame").get_attribute("title") == "Practice HR system"
    names: list[str] = []
    for step in lesson.steps:
        for number in QUESTIONS[step.repeat] if step.repeat else (0,):
            names.append(f"{step.id}.{number}" if number else step.id)
            for action in step.do:
                typist.do(action)
            typist.see(step)
            if step is not lesson.steps[-1]:
                typist.wait_for(names[-1])  # as slowly as people are: what is done next may undo it
    typist.press("exam.hand_in")
    expect(ida.page.get_by_role("dialog")).to_match_aria_snapshot(
        """
        - dialog "Hand in":
          - heading "Hand in now?" [level=2]
          - button "Go on working"
          - button "Hand in"
        """
    )
    typist.press("exam.confirm")
    ida.page.wait_for_url("**/result/*")
    expect(ida.see("result.verdict")).to_be_visible(timeout=45_000)
    steps = ida.page.locator('[data-testid^="result.step["]')
    assert {step.get_attribute("data-testid"): step.get_attribute("data-state") for step in steps.all()} == {
        f"result.step[{name}]": "passed" for name in names
    }
    expect(ida.see("result.verdict")).to_have_attribute("data-state", "passed")
    assert re.search(r'- heading "[^"]+" \[level=2\]', ida.see("result.verdict").aria_snapshot())
