"""A clumsy trainee before the window of `trainer practice`, and the table of the help it needed.

It is seeded. It understands about half of the steps; for the others it does what the coach tells it. In between it
clicks something else, goes back, loads the page again, opens a second tab, loses its network, or comes back the
next day. It knows no way out of what it has done but the coach's buttons.

`python -m tests.clumsy` goes through all lessons, or those named, and puts the table into docs/judging.md.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from trainer import bootstrap
from trainer.adapters.playwright_desk import DeskWindow
from trainer.adapters.playwright_stage import READY, PlaywrightWindow
from trainer.app.attend import Attendance
from trainer.app.coach import Progress
from trainer.app.ports import NOWHERE
from trainer.app.trainee import Trainee
from trainer.cli.practice import sit
from trainer.core.actions import Action, Clear, Inject, NotDone, SignIn, WaitFor
from trainer.core.errors import LookFailed
from trainer.core.modes import LADDER, Help
from trainer.core.runs import Run, RunStatus
from trainer.core.scenario import Scenario

SEED = 7
DOCUMENT = Path(__file__).parents[1] / "docs/judging.md"
BEGIN, END = "<!-- clumsy: begin -->", "<!-- clumsy: end -->"

MISHAPS = ("wrong click", "back", "reload", "second tab", "no network", "next day")
MOST_A_STEP = 2
"""So many mishaps befall it at most in one step."""

GLANCE_SECONDS = 1.5
"""How long it looks for something on the page before it feels lost."""

CALM = 20
"""So many looks of the coach it waits to see whether what it did was right."""

MOST_WAYS = 4
"""So many elements that lead back it follows, one after the other, before it asks again."""

MOST_DOINGS = 3
"""So often it does the same in a step by itself; then it lets itself be helped with it."""

LOST = 400
"""After so many looks at one step it is stuck."""


class Stuck(AssertionError):
    """It did everything the coach offers, and does not get on."""


@dataclass
class Clumsy:
    """A person at the windows of one Run; called as `trainer.cli.practice.Person`.

    Attributes:
        dice: What decides.
        next_day: Called when it goes to bed in the middle of a lesson.
        mishaps: What befell it, in order.
    """

    dice: random.Random
    next_day: Callable[[], None]
    mishaps: list[str] = field(default_factory=list)
    _step: str = ""
    _knows: bool = False
    _left: int = 0
    _looks: int = 0
    _calm: int = 0
    _tries: int = 0
    _ways: int = 0
    _waits: int = 0
    _did: Action | None = None
    _done: Counter[str] = field(default_factory=Counter)

    def __call__(self, seat: Attendance) -> Callable[[float], None]:
        """Take the seat; act whenever the coach has looked."""
        self._seat, pause = seat, seat.wait
        self._hands = Trainee(seat.coach, seat.run, seat.window, wait=pause)

        def wait(seconds: float) -> None:
            self._act(seat.coach.progress(seat.run))
            pause(seconds)

        return wait

    @property
    def _page(self) -> Page:
        return cast("PlaywrightWindow", self._seat.window).page

    def _act(self, now: Progress) -> None:
        if now.step is None:
            return
        if now.step.id != self._step:
            self._begin(now.step.id)
        self._looks += 1
        if self._looks > LOST:
            raise Stuck(f"{now.run.scenario}: {now.step.id}: {now.todo}, after {', '.join(self.mishaps)}")
        if now.todo != self._did:
            self._calm, self._did = 0, None
        if self._calm:
            self._calm -= 1
        elif self._left and self.dice.random() < 1 / 2:
            self._left -= 1
            self._befall(self.dice.choice(MISHAPS), now)
        else:
            self._get_on(now)

    def _begin(self, step: str) -> None:
        self._step, self._did = step, None
        self._looks = self._calm = self._tries = self._ways = self._waits = 0
        self._done.clear()
        self._knows = self.dice.random() < 1 / 2
        self._left = self.dice.randint(0, MOST_A_STEP)

    # -- getting on --------------------------------------------------------------------------------------------

    def _get_on(self, now: Progress) -> None:
        todo = now.todo
        shown = bool({Help.SHOW, Help.DO} & {helping.rung for helping in now.given})
        if todo is None or isinstance(todo, WaitFor):  # all is done, as far as it knows
            self._calm, self._waits = CALM, self._waits + 1
            if self._waits > 1:
                self._despair(now)
        elif isinstance(todo, Inject | Clear):
            self._press("go_on")
        elif isinstance(todo, SignIn):
            self._press("open")
        elif self._done[repr(todo)] >= MOST_DOINGS and self._hands.reaches(todo, GLANCE_SECONDS):
            self._press("help")
        elif self._knows or shown or todo.by == "window":
            self._do(todo, now)
        else:
            self._press("help")

    def _do(self, todo: Action, now: Progress) -> None:
        """Do what it knows, or was shown; where that is not to be seen, take the way back, or be lost."""
        window = self._seat.window
        there = window.place() != NOWHERE and (todo.by == "window" or self._hands.reaches(todo, GLANCE_SECONDS))
        with suppress(NotDone, LookFailed):
            if there:
                todo.perform(window)
                self._done[repr(todo)] += 1
                self._did, self._calm = todo, CALM
                return
            back = next((name for name in now.way_back if name in window.choices()), None)
            if back is not None and self._ways < MOST_WAYS:
                self._ways += 1
                window.click(back)
                self._calm = CALM // 4
                return
        self._despair(now)

    def _despair(self, now: Progress) -> None:
        """Try what the coach offers, from the least to the most."""
        self._ways = 0
        self._tries += 1
        if self._tries % 3 == 1 and now.next_help is not None:
            self._press("help")
        elif self._tries % 3 == 0 and now.can_go_back:
            self._press("back")
        else:
            self._press("open")

    def _press(self, button: str) -> None:
        """Press a button of the coach, if it is offered."""
        found = cast("DeskWindow", self._seat.desk).page.locator(f"#{button}")
        if found.is_visible():
            found.click()

    # -- mishaps -----------------------------------------------------------------------------------------------

    def _befall(self, mishap: str, now: Progress) -> None:
        if self._seat.window.place() == NOWHERE:
            return  # nothing of it can befall somebody without a tab
        self.mishaps.append(mishap)
        with suppress(NotDone, LookFailed, PlaywrightError):
            {
                "wrong click": lambda: self._click_wrong(now),
                "back": lambda: self._page.go_back(wait_until="commit", timeout=5000),
                "reload": self._seat.window.reload,
                "second tab": self._open_second_tab,
                "no network": self._lose_network,
                "next day": self._sleep_on_it,
            }[mishap]()

    def _click_wrong(self, now: Progress) -> None:
        right = now.todo.aim() if now.todo else None
        others = [name for name in self._seat.window.choices() if name != right]
        if others:
            self._seat.window.click(self.dice.choice(others))

    def _open_second_tab(self) -> None:
        other = self._page.context.new_page()
        try:
            other.goto(self._page.url)
            other.wait_for_function(READY)
        finally:
            other.close()

    def _lose_network(self) -> None:
        context = self._page.context
        context.set_offline(True)
        try:
            self._page.wait_for_timeout(self.dice.uniform(0.5, 4) * 1000)
        finally:
            context.set_offline(False)

    def _sleep_on_it(self) -> None:
        self._seat.window.close_tab()
        self.next_day()


# -- the table ----------------------------------------------------------------------------------------------------


def practise(scenario: Scenario, seed: int = SEED) -> tuple[Run, Clumsy]:
    """Let it practise a lesson; raises `Stuck`."""
    days = [timedelta()]
    dice = random.Random(f"{seed} {scenario.id}")  # noqa: S311  # so that it can be repeated
    person = Clumsy(dice, lambda: days.append(days[-1] + timedelta(days=1)))
    real = bootstrap.clock

    def clock() -> datetime:
        return real() + days[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "clock", clock)
        return sit(scenario, "en", "practice", person=person), person


def row(run: Run, person: Clumsy) -> tuple[str, ...]:
    """Return the line of the table for one Run."""
    helps = Counter(rung for attempt in run.attempts for rung in attempt.helps)
    return (
        f"`{run.scenario}`",
        str(len(run.attempts)),
        ", ".join(f"{name} {count}" for name, count in sorted(Counter(person.mishaps).items())) or "–",
        *(str(helps[rung] or "–") for rung in (*LADDER, Help.BACK)),
        str(sum(attempt.assisted for attempt in run.attempts) or "–"),
        str(sum(attempt.mistakes for attempt in run.attempts) or "–"),
        run.verdict if run.status is RunStatus.FINISHED else run.status,
    )


HEAD = ("lesson", "steps", "mishaps", *LADDER, "put back", "done for it", "mistakes", "result")


def lines() -> dict[str, str]:
    """Return the table in the document: lesson → line."""
    table = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return {line.split("`")[1]: line for line in table.splitlines() if line.startswith("| `")}


def write(rows: list[tuple[str, ...]]) -> None:
    """Put rows into the table between its marks; those of other lessons stay."""
    known = lines() | {one[0].strip("`"): f"| {' | '.join(one)} |" for one in rows}
    told = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|", *(known[name] for name in sorted(known))]
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n" + "\n".join(told) + f"\n{END}{after}", encoding="utf-8")


def main(names: list[str]) -> None:
    """Go through the lessons, and write each row as soon as it is there."""
    catalogue = bootstrap.scenarios()
    for scenario in [catalogue.get(name) for name in names] if names else catalogue.all():
        try:
            told = row(*practise(scenario))
        except Stuck as stuck:
            told = (f"`{scenario.id}`", *"–" * (len(HEAD) - 2), f"stuck: {stuck}")
        write([told])
        print(" | ".join(told), flush=True)  # noqa: T201  # what it is for


if __name__ == "__main__":
    main(sys.argv[1:])
