"""Practice: the coach's panel beside the window in which the trainee works in the sandbox.

The panel outlives the sandbox. What the window reports is untrusted; it reaches the coach as plain text of bounded
length, for the trainee's own Run only.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

from nicegui import background_tasks, ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from trainer.app.coach import STUCK, UNPROVEN, Helping, Progress, Reported
from trainer.core.actions import Action, Choose, Clear, CloseTab, Fill, Inject, Observed, Reload, SignIn, Tick
from trainer.core.errors import TrainerError
from trainer.core.judge import FITTING, Remark, RemarkKind
from trainer.core.modes import Help
from trainer.core.runs import Run, RunStatus
from trainer.core.workshop import Phase
from trainer.i18n import N_, sentences
from trainer.web.pages import words
from trainer.web.pages.layout import Handler, Strip, Visit, asset, button, frame, link, named, tag
from trainer.web.services import explained

BEAT = 0.4
"""Seconds between two thoughts of a page; it looks at the sandbox at some of them only."""

BEATS_AFTER_ACTION = 6
"""So many beats after a trainee's action every one brings a look where anything has changed; else one in
`CALM_BEATS` does.
"""

CALM_BEATS = 6
SOON = (0.03, 0.04, 0.06, 0.08)
"""So many seconds before each further look where something has changed, until the Step passes whose end was seen
done: it is often stored a moment later.
"""

PAINTING = 0.05
"""So many seconds a page has for showing a verdict before the practice system is kept."""

AFTER_CLICK = 0.02
"""So many seconds before the look that follows a click: the practice system needs some for storing it."""

AFTER_TYPING = 0.05
"""So many seconds before the look that follows typing: the click that ends it comes in the same moment."""

ASTRAY = 4.0
"""So many seconds the place to point at may be missing before the trainee is told to find the way back."""

REPORTS_PER_SECOND = 30
TEXT = 2000
LABEL = 60
KEPT_LABELS = 50

PATIENCE = 8.0
"""So many seconds "do it for me" may take for one action; until then pressing it again does nothing."""


class Scene(StrEnum):
    """What stands in the place of the practice window."""

    OPENING = "opening"
    WORKING = "working"
    STRUCK = "struck"
    GONE = "gone"
    CLOSED = "closed"


COVERS = {
    Scene.OPENING: (N_("Opening your practice system …"), ""),
    Scene.STRUCK: (
        N_("The system has stopped"),
        N_("This belongs to the lesson. What you had submitted or saved is still stored. Open your link again."),
    ),
    Scene.GONE: (
        N_("The practice system does not answer at the moment"),
        N_("What it has stored is safe, and your place in the lesson is kept. We keep trying; you can try too."),
    ),
    Scene.CLOSED: (
        N_("You closed the tab"),
        N_("To go on, open your personal link again."),
    ),
}

NUDGES = {
    "click": N_("Look for something to press."),
    "fill": N_("Look for a field to type in."),
    "tick": N_("Look for a box to tick."),
    "choose": N_("Look for a list to choose from."),
    "press": N_("This is done with the keyboard."),
    "hover": N_("Rest the pointer on something."),
    "reload": N_("This is done with the bar above the practice window."),
    "close_tab": N_("This is done with the bar above the practice window."),
    "sign_in": N_("This is done with the bar above the practice window."),
}

RUNGS = {
    Help.NUDGE: N_("Give me a hint"),
    Help.WHERE: N_("Where is it?"),
    Help.SHOW: N_("Show me the place"),
    Help.DO: N_("Do it for me"),
}

WINDOW_BUTTONS = {"reload": "window-reload", "close_tab": "window-close", "sign_in": "window-open"}


@dataclass(frozen=True)
class _Pointed:
    """Which element is pointed at, whether the window shows it, and what leads back to it there, by its name."""

    target: str = ""
    found: bool = False
    back: str = ""


@dataclass
class _Talk:
    """What a page knows beyond the stored Run; a reload may lose it."""

    scene: Scene = Scene.OPENING
    fields: Mapping[str, str | None] = field(default_factory=dict)
    visible: Mapping[str, bool] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    awaited: tuple[str, str] | None = None
    beats: int = 0
    eager: int = BEATS_AFTER_ACTION
    looking: bool = False
    after_a_break: bool = False
    look_again: bool = False
    offered: bool = False
    shown: bool = False
    lost: bool = False
    returning: bool = False
    missing_since: float | None = None
    pointed: _Pointed = _Pointed()
    mistake: str = ""
    unproven: int = 0
    to_do: tuple[Action, ...] = ()
    helped: str = ""
    doing: int = 0
    busy_until: float = 0.0
    failing: str = ""
    backs: int = 0
    passed: int = 0


async def build(visit: Visit, page: type[PracticePage] | None = None) -> None:
    """Build the page of one Run: `page` where its mode tells nothing on the way, the coach's own one otherwise."""
    run = await visit.own(visit.request.path_params["run"])
    visit = visit.speaking(run.lang)
    if visit.workshop is not None and visit.workshop.phase is Phase.ENDED:
        ui.navigate.to("/class")
        return
    if run.status is RunStatus.FINISHED:
        ui.navigate.to(f"/result/{run.id}")
        return
    if run.status is RunStatus.LEFT:
        ui.navigate.to(visit.home)
        return
    try:
        progress = await visit.work(visit.coach.progress, run.id)
        start = visit.services.hrms.address(visit.request) + await visit.work(visit.coach.link, run.id)
    except TrainerError as error:
        cannot_go_on(visit, run, error)
        return
    kind = PracticePage if progress.mode.tells or page is None else page
    kind(visit, progress, start).build()


def cannot_go_on(visit: Visit, run: Run, error: TrainerError) -> None:
    """Build the page that says why a Run cannot be gone on with now, and offers to try again or begin anew."""
    _ = visit.text

    async def again() -> None:
        await visit.need_running()
        begun = await visit.work(
            visit.coach.begin, run.scenario, mode=run.mode, lang=visit.lang, owner=visit.trainee
        )
        visit.go_on_to(f"/practice/{begun.id}")

    with frame(visit, _("Practice")):
        tag("h1", _("This exercise cannot go on now"))
        tag("p", explained(error, visit.lang), "lead")
        with tag("p", "", "lesson-actions"):
            link(_("Try again"), "practice.retry", f"/practice/{run.id}", "button primary")
            button(_("Start over"), "practice.restart", visit.guarded(again, run.id))
            link(_("To the lessons"), "nav.back", "/", "button quiet")


class PracticePage:
    """One open practice page.

    Args:
        visit: Whose page.
        progress: Where the Run stands.
        start: Address that signs the trainee in to the sandbox.
    """

    def __init__(self, visit: Visit, progress: Progress, start: str) -> None:
        self._visit = visit
        self._coach = visit.coach
        self._id = progress.run.id
        self._progress = progress
        self._start = start
        passed = len(progress.run.attempts)
        self._talk = _Talk(returning=progress.current > 0, backs=_backs(progress), passed=passed)
        self._heard: deque[float] = deque(maxlen=REPORTS_PER_SECOND)
        self._turn = asyncio.Lock()
        self._scripts: list[str] = []
        self._finished = False
        self._strip: Strip | None = None

    # -- building -------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Lay out panel and window, and start listening."""
        _, run = self._visit.text, self._progress.run
        title = self._visit.lesson_text(self._visit.services.scenarios.get(run.scenario).title)
        ui.add_head_html(f'<script src="{asset("practice.js")}" defer></script>')
        with frame(self._visit, title, wide=True) as self._strip:
            self.panel(title)
            self._window()
        if self._strip:
            self._strip.changed = self._look_soon  # the exercise may be over: the look leads on
        ui.on("practice", self._on_report)
        ui.timer(BEAT, self._beat)
        self.show()
        self.tell_again()
        ui.timer(0, self._begin, once=True)

    async def _begin(self) -> None:
        await self._visit.client.connected()
        origin = self._visit.services.hrms.address(self._visit.request)
        setup = {
            "origin": origin,
            "base": f"/s/{self._progress.run.sandbox}/",
            "start": self._start,
            "keep": f"practice-{self._id}",
        }
        self._script(f"practice.start({json.dumps(setup)})")
        self._point()

    def panel(self, title: str) -> None:
        """Lay out what stands beside the window."""
        _ = self._visit.text
        with tag("section", "", "panel").props("id=coach tabindex=-1") as panel:
            panel.props["aria-label"] = _("Coach")
            with tag("div", "", "panel-head"):
                tag("h1", title, "panel-title")
                with tag("p", "", "panel-progress"):
                    self._count = named(tag("span"), "coach.progress")
                    tag("span", _(words.MODES[self._progress.mode.name]), "fact")
                self._bar = tag("progress", "", "bar")
                self._bar.props["aria-hidden"] = "true"
            tag("a", _("Skip to the practice window"), "skip-inner").props(
                "href=#practice-frame data-skip-to-frame"
            )
            with tag("div", "", "now").props("aria-live=polite"):
                self._caption = named(tag("h2", "", "caption"), "coach.caption")
                self._feedback = named(tag("p", "", "feedback"), "coach.feedback")
            self._sample()
            self._fault()
            self._hints = named(tag("ul", "", "hints").props("aria-live=polite"), "coach.hints")
            with tag("div", "", "panel-actions"):
                self._help = button("", "coach.help", self._guard(self._climb), "primary help")
                with self._help:
                    self._help_text = tag("span")
                    tag("kbd", "Alt+H").props("aria-hidden=true")
                self._help.props["id"] = "coach-help"
                self._help.props["data-practice-focus"] = True
                self._help.props["aria-keyshortcuts"] = "Alt+H"
                self._cost = named(tag("p", "", "cost"), "coach.cost")
                with tag("div", "", "aids"):
                    self._back = button(_("Put me back"), "coach.back", self._guard(self._put_back), "small quiet")
                    self._back.props["title"] = _("To the beginning of this step; it counts like a hint.")
                    aloud = named(tag("button", _("Read hints aloud"), "button small quiet"), "coach.aloud")
                    aloud.props("id=coach-aloud type=button aria-pressed=false")
            self._end()
            self._steps()

    def _sample(self) -> None:
        _ = self._visit.text
        with tag("div", "", "sample") as self._sample_box:
            tag("p", _("A text you can use:"), "sample-title")
            self._sample_text = named(tag("p", "", "sample-text"), "coach.sample")
            button(_("Type it for me"), "coach.type", self._guard(self._type), "small")

    def _fault(self) -> None:
        _ = self._visit.text
        with tag("div", "", "fault") as self._fault_box:
            self._fault_text = tag("p")
            strike = button(_("Continue: let it happen"), "coach.continue", self._guard(self._strike), "primary")
            strike.props["data-practice-focus"] = True

    def _end(self) -> None:
        _ = self._visit.text
        with tag("div", "", "end") as self._end_box:
            self._end_text = named(tag("p"), "coach.end")
            link(_("See the result"), "coach.result", f"/result/{self._id}", "button primary")

    def _steps(self) -> None:
        _ = self._visit.text
        self._items = self.list_steps(_("All steps"))
        with tag("div", "", "leave"):
            button(_("Start over"), "coach.restart", self._guard(self._restart), "quiet small")
            link(_("Leave and come back later"), "coach.leave", self._visit.home, "button quiet small")

    def tell_again(self) -> None:
        """Tell the hints again that the current Step has cost already."""
        for helping in self._progress.given:
            if helping.rung is not Help.DO:
                self._add_hint(helping)
            self._talk.shown = self._talk.shown or helping.rung is Help.SHOW

    def _add_hint(self, helping: Helping) -> None:
        with self._hints:
            tag("li", self._hint_text(helping), f"hint hint-{helping.rung}")

    def list_steps(self, title: str) -> list[TextElement]:
        """Put the list of all Steps on the page, which is open where there is room for it."""
        items: list[TextElement] = []
        with tag("details", "", "steps"):
            named(tag("summary", title), "coach.steps")
            with tag("ol"):
                for number, step in enumerate(self._progress.steps, start=1):
                    with tag("li", "", "step") as item:
                        tag("span", str(number), "step-mark").props("aria-hidden=true")
                        tag("span", step.say, "step-text")
                    items.append(named(item, f"coach.step[{step.id}]"))
        return items

    def _window(self) -> None:
        _ = self._visit.text
        with tag("section", "", "window") as window:
            window.props["aria-label"] = _("Practice window")
            with tag("div", "", "window-bar").props("role=group") as bar:
                bar.props["aria-label"] = _("Browser")
                tag("span", "", "window-dots").props("aria-hidden=true")
                for name, text, action, keys in (
                    ("reload", _("Reload"), self._reload, "Alt+R"),
                    ("close", _("Close tab"), self._close, ""),
                    ("open", _("Open my link again"), self._open, "Alt+O"),
                ):
                    shown = button("", f"window.{name}", self._guard(action), "window-button")
                    shown.props["id"] = f"window-{name}"
                    with shown:
                        tag("span", "", f"icon icon-{name}").props("aria-hidden=true")
                        tag("span", text, "window-text")
                    if keys:
                        shown.props["aria-keyshortcuts"] = keys
                        with shown:
                            tag("kbd", keys).props("aria-hidden=true")
            screen = self._progress.screen
            with tag("div", "", "stage stage-phone" if screen else "stage"):
                view = tag("iframe", "", "frame").props('id=practice-frame allow="microphone; camera; autoplay"')
                view.props["title"] = _("Practice HR system")
                if screen:
                    view.style(f"--screen-width: {screen[0]}px; --screen-height: {screen[1]}px")
                named(view, "practice.frame")
                with named(tag("div", "", "cover"), "practice.cover").props("role=status") as self._cover:
                    tag("span", "", "cover-mark").props("aria-hidden=true")
                    self._cover_title = tag("p", "", "cover-title")
                    self._cover_text = tag("p", "", "cover-text")
                    self._cover_button = button(
                        _("Open my link again"), "practice.reopen", self._guard(self._open), "primary"
                    )
                    self._cover_link = link(
                        _("Try it in a tab of its own"), "practice.own_tab", self._start, "quiet"
                    )
                    self._cover_link.props("target=_blank rel=noopener")
            with tag("p", "", "keys"):
                tag("kbd", "Alt+J")
                tag("span", _("changes between coach and window"))

    def _guard(self, action: Handler) -> Handler:
        async def act() -> None:
            await self._visit.need_running()
            await action()

        return self._visit.guarded(act, self._id)

    # -- showing --------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Bring the panel in line with the Run."""
        _, progress = self._visit.text, self._progress
        total = len(progress.steps)
        self._count.text = (
            _("All {total} steps done").format(total=total)
            if progress.complete
            else _("Step {number} of {total}").format(number=progress.current + 1, total=total)
        )
        self._bar.props(f"max={total} value={progress.current}")
        self._caption.text = progress.step.say if progress.step else _("You have done it.")
        passed = {attempt.step for attempt in progress.run.attempts}
        for number, (step, item) in enumerate(zip(progress.steps, self._items, strict=True)):
            state = "done" if number < progress.current or step.id in passed else "next"
            state = "now" if number == progress.current else state
            if item.props.get("data-state") != state:
                item.classes(replace=f"step step-{state}")
                item.props["data-state"] = state
                item.props["aria-current"] = "step" if state == "now" else "false"
                item.update()
        self.show_actions()
        self._show_cover()

    def show_actions(self) -> None:
        """Show what the trainee can do in the panel now."""
        _, progress = self._visit.text, self._progress
        todo, rung = progress.todo, progress.next_help
        self._fault_box.set_visibility(isinstance(todo, Inject | Clear))
        self._fault_text.text = (
            _("The failure is over now.")
            if isinstance(todo, Clear)
            else _("Now something goes wrong, on purpose. You will see how to get through it.")
        )
        text = todo.text if isinstance(todo, Fill) and progress.mode.points else ""
        self._sample_box.set_visibility(bool(text))
        self._sample_text.text = text
        can_help = rung is not None and not isinstance(todo, Inject | Clear)
        self._help.set_visibility(can_help)
        if rung is not None:
            self._help_text.text = _(RUNGS[rung])
        costs = can_help and rung is Help.DO
        self._back.set_visibility(progress.can_go_back or (progress.mode.puts_back and bool(progress.passed)))
        self._cost.text = _("Then this step counts as done with help.") if costs else ""
        self._end_box.set_visibility(progress.complete)
        self._end_text.text = (
            _("What you did is stored, and other people's view of it has been looked at.")
            if self._finished
            else _("What you did is stored, and is being looked at.")
        )

    def _show_cover(self) -> None:
        _, scene = self._visit.text, self._talk.scene
        covered = scene is not Scene.WORKING
        self._cover.set_visibility(covered)
        self._cover.props["data-state"] = scene.value
        self._cover.update()
        title, text = COVERS.get(scene, ("", ""))
        self._cover_title.text = _(title) if title else ""
        self._cover_text.text = _(text) if text else ""
        self._cover_button.set_visibility(scene in {Scene.STRUCK, Scene.GONE, Scene.CLOSED})
        self._cover_link.set_visibility(scene is Scene.GONE)

    def say(self, text: str, tone: str = "plain") -> None:
        """Tell the trainee something about what was done, or nothing more."""
        self._talk.mistake = ""
        self._feedback.text = text
        self._feedback.classes(replace=f"feedback feedback-{tone}")

    def complain(self, told: str) -> None:
        """Tell that looking does not work, or with "" that it works again."""
        self.say(told, "warn")

    def _turn_to(self, scene: Scene) -> None:
        if self._talk.scene is not scene:
            self._talk.scene = scene
            self._show_cover()

    def _order(self, kind: str, **more: Any) -> None:  # noqa: ANN401  # JSON
        self._script(f"practice.order({json.dumps({'type': kind, **more})})")

    def _script(self, code: str) -> None:
        """Let the page run something; what it is to run in one moment goes to it in one message."""
        self._scripts.append(code)
        if len(self._scripts) == 1:
            asyncio.get_running_loop().call_soon(self._send_scripts)

    def _send_scripts(self) -> None:
        code, self._scripts = ";\n".join(self._scripts), []
        if not self._visit.client.is_deleted:
            self._visit.client.run_javascript(code)

    def _point(self, *, label: str = "") -> None:
        """Point at what is to be done next, where the mode or the trainee asks for it."""
        todo = self._progress.todo
        pointed = todo if todo is not None and (self._progress.mode.points or self._talk.shown) else None
        aim = pointed.aim() if pointed is not None and pointed.by == "trainee" else None
        if aim:
            self._order("point", target=aim, label=label, others=list(self._progress.way_back))
        else:
            self._order("clear")
        wanted = WINDOW_BUTTONS.get(pointed.verb, "") if pointed is not None else ""
        self._script(
            "document.querySelectorAll('.window-button').forEach("
            f"b => b.classList.toggle('pointed', b.id === {json.dumps(wanted)}))"
        )

    # -- looking --------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        talk = self._talk
        if self._strip and self._strip.paused:
            talk.after_a_break = True
            return
        if talk.looking or self._finished:
            return
        talk.beats += 1
        eager, talk.eager = talk.eager > 0, max(0, talk.eager - 1)
        due = talk.beats % CALM_BEATS == 0 or (eager and await self._visit.changed(self._progress))
        if due and not talk.looking and not self._finished:  # a report may have brought a look meanwhile
            await self._look()

    async def _look(self) -> None:
        with self._visit.client:
            await self._look_here()

    async def _look_here(self) -> None:
        talk = self._talk
        if self._strip and self._strip.ended:
            return
        talk.looking = True
        try:
            self._ask_window()
            reported = Reported(talk.fields, talk.visible)
            progress = await self._visit.look(self._id, reported, after_a_break=talk.after_a_break)
            talk.after_a_break = False
            await self._take(progress)
            if progress.passed and progress.mode.puts_back and not progress.complete:
                await asyncio.sleep(PAINTING)  # the verdict first
                self._progress = await self._visit.keep(self._id)
                self.show_actions()
            self._tell_failure(None)
        except TrainerError as error:
            self._tell_failure(error)
        finally:
            talk.looking = False
            if talk.look_again:
                self._look_soon()

    def _tell_failure(self, error: TrainerError | None) -> None:
        """Say once, for as long as it lasts, that looking does not work; None when it works again."""
        told = explained(error, self._visit.lang) if error else ""
        if told != self._talk.failing:
            self._talk.failing = told
            self.complain(told)

    def _ask_window(self) -> None:
        fields, visible = self._progress.wanted
        aim = self._progress.todo.aim() if self._progress.todo else None
        labels = [aim] if aim and aim not in self._talk.labels else []
        if self._talk.scene is Scene.WORKING and (fields or visible or labels):
            self._order("read", fields=list(fields), visible=list(visible), labels=labels)

    async def _take(self, progress: Progress) -> None:
        """Take over where the Run stands now, and tell what is new.

        A Step may have passed in another look than this page's: when the next click was noted, or in a second tab.
        """
        before, talk = self._progress, self._talk
        passed, talk.passed = len(progress.run.attempts) > talk.passed, len(progress.run.attempts)
        self._progress = progress
        if progress.run.status is not RunStatus.ACTIVE:
            self._finished = True  # a further look would break off the way to the next page
            ui.navigate.to(
                f"/result/{self._id}" if progress.run.status is RunStatus.FINISHED else self._visit.home
            )
            return
        if _backs(progress) > talk.backs and not passed:  # by the instructor, or on another device
            await self._go_back()
            return
        if progress.trouble and talk.scene is Scene.WORKING:
            talk.lost = True
            self._turn_to(Scene.GONE)
        elif talk.lost and not progress.trouble:
            talk.lost = False
            self._order("reload")
        if passed:
            talk.fields, talk.visible = {}, {}
            talk.shown = talk.offered = False
            talk.unproven = 0
            talk.backs = _backs(progress)
            talk.eager = BEATS_AFTER_ACTION
            self._order("begin")
            self.praise()
            self.tell_again()
        if progress.run != before.run:
            self.show()
            self._point()
        else:
            self.show_actions()
        if passed and progress.mode.tells and self._strip:
            await self._strip.heed()  # what the instructor told was for the Step that has passed
        if progress.complete and not self._finished:
            await self.finish()
        elif not passed:
            await self.encourage()

    def praise(self) -> None:
        """Tell that a Step has passed."""
        _ = self._visit.text
        self._script("document.getElementById('coach').scrollTop = 0")
        self._hints.clear()
        self.say(_(praise_for(self._progress.run)), "good")

    async def encourage(self) -> None:
        """Tell a trainee who does not get on, without pressing."""
        _, progress, talk = self._visit.text, self._progress, self._talk
        if progress.trouble or progress.complete or talk.scene is not Scene.WORKING:
            return
        if progress.todo is None and progress.idle > UNPROVEN:
            await self._visit.work(self._coach.start_again, self._id)
            talk.unproven += 1
            told = _("This is not stored as it should be yet. Go through this step once more.")
            more = _("If there is no way back, start over: the button is below “All steps”.")
            self.say(sentences(told, more if talk.unproven > 1 else ""), "warn")
            talk.eager = BEATS_AFTER_ACTION
        elif talk.missing_since is not None and time.monotonic() - talk.missing_since > ASTRAY:
            talk.missing_since = None
            if not talk.mistake:  # that has told it already
                self.say(sentences(_("What this step asks for is not on this page."), self._lead_on()))
        elif progress.idle > STUCK and not talk.offered and self._help.visible and talk.missing_since is None:
            talk.offered = True
            told = (
                _("Take your time. If you would like it done for you, press “{button}”.")
                if progress.next_help is Help.DO
                else _("Take your time. If you would like a hint, press “{button}”.")
            )
            self.say(told.format(button=self._help_text.text))

    async def finish(self) -> None:
        """End a Run whose Steps are all done."""
        self._finished = True
        self._order("clear")
        self.say("")
        try:
            await self._visit.finish(self._id)
        except TrainerError:
            self._finished = False  # the next look ends it
            raise
        self.show_actions()

    # -- the trainee asks -----------------------------------------------------------------------------------

    async def _climb(self) -> None:
        _ = self._visit.text
        if self._talk.to_do and time.monotonic() < self._talk.busy_until:
            return
        helping = await self._visit.work(self._coach.help, self._id)
        if helping is None:
            return
        self._progress = await self._visit.work(self._coach.progress, self._id)
        if helping.rung is Help.DO:
            self.say(self._hint_text(helping))
            await self._do(helping.actions, helped=helping.step)
        else:
            self._add_hint(helping)
        if helping.rung is Help.SHOW:
            self._talk.shown = True
            self._point(label=_("Here"))
        self.show_actions()

    def _hint_text(self, helping: Helping) -> str:
        """Return the author's hint, or one made of what is known about the Action."""
        _ = self._visit.text
        action = helping.actions[0] if helping.actions else None
        if helping.text or action is None:
            return helping.text or _("Read the step once more; something in it is missing still.")
        label = self._talk.labels.get(action.aim() or "", "")
        where = _(NUDGES.get(action.verb, NUDGES["click"]))
        if action.by == "window":
            where = _("Use the bar above the practice window: “{label}”.").format(label=self._window_label(action))
        elif label:
            where = _("It is called “{label}”.").format(label=label)
        told = {
            Help.NUDGE: _(NUDGES.get(action.verb, NUDGES["click"])),
            Help.WHERE: where,
            Help.SHOW: _("It is ringed now."),
            Help.DO: _("Watch: it is done for you."),
        }
        return told[helping.rung]

    def _window_label(self, action: Action) -> str:
        _ = self._visit.text
        labels = {Reload.verb: _("Reload"), CloseTab.verb: _("Close tab"), SignIn.verb: _("Open my link again")}
        return labels[action.verb]

    async def _do(self, actions: tuple[Action, ...], *, helped: str = "") -> None:
        """Do the Actions one after another; one may open a new page, in which the next one is done.

        The first one that is performed makes the Step `helped` one that was done with help.
        """
        self._talk.to_do, self._talk.helped = actions, helped
        self._talk.doing += 1
        await self._go_on()

    async def _go_on(self) -> None:
        talk = self._talk
        if not talk.to_do:
            return
        talk.eager = BEATS_AFTER_ACTION
        talk.busy_until = time.monotonic() + PATIENCE
        action = talk.to_do[0]
        if action.in_page:
            others = list(self._progress.way_back)
            self._order("perform", id=talk.doing, action=_order_of(action), others=others)
        else:
            talk.to_do = ()
            await {Reload.verb: self._reload, CloseTab.verb: self._close, SignIn.verb: self._open}[action.verb]()

    async def _type(self) -> None:
        todo = self._progress.todo
        if isinstance(todo, Fill):
            await self._do((todo,))

    async def _strike(self) -> None:
        todo = self._progress.todo
        await self._visit.work(self._coach.strike, self._id)
        if isinstance(todo, Inject) and todo.fault == "crash":  # the others leave the page to look at
            self._turn_to(Scene.STRUCK)
        await self._look()

    async def _reload(self) -> None:
        if self._talk.scene in {Scene.CLOSED, Scene.STRUCK, Scene.GONE}:
            await self._open()
            return
        self._talk.awaited = (Reload.verb, "")
        self._talk.returning = not isinstance(self._progress.todo, Reload)
        self._order("reload")

    async def _close(self) -> None:
        self._order("close")

    async def _open(self) -> None:
        if self._talk.scene is Scene.CLOSED or self._talk.mistake:
            self.say("")  # what it said about the closed tab, or where a mistake had led, is over
        todo = self._progress.todo
        role = todo.role if isinstance(todo, SignIn) else self._progress.role
        path = await self._visit.work(self._coach.link, self._id, role)
        self._talk.awaited = (SignIn.verb, role)
        self._talk.returning = not isinstance(todo, SignIn)
        self._turn_to(Scene.OPENING)
        self._order("open", address=self._visit.services.hrms.address(self._visit.request) + path)

    async def _put_back(self) -> None:
        self._talk.to_do = ()
        self._progress = await self._visit.work(self._coach.put_back, self._id)
        await self._go_back()

    async def _go_back(self) -> None:
        """Go back in panel and window: the practice system is as it was when the Step began."""
        _ = self._visit.text
        self._talk.backs = _backs(self._progress)
        self._talk.to_do, self._talk.helped = (), ""
        self._talk.fields, self._talk.visible = {}, {}
        self.say(_("You are back at the beginning of this step."))
        self.show()
        self._point()
        self._talk.returning = True
        if self._talk.scene in {Scene.WORKING, Scene.CLOSED}:
            self._order("back")
        else:
            await self._open()

    async def _restart(self) -> None:
        run = self._progress.run
        begun = await self._visit.work(
            self._coach.begin, run.scenario, mode=run.mode, lang=self._visit.lang, owner=self._visit.trainee
        )
        self._visit.go_on_to(f"/practice/{begun.id}")

    # -- the window reports ---------------------------------------------------------------------------------

    async def _on_report(self, event: GenericEventArguments) -> None:
        told, now = _listed(event.args), time.monotonic()
        reports = [report for report in told if isinstance(report, dict) and self._may_hear(now)]
        if reports:
            async with self._turn:
                await self._hear(reports)

    async def _hear(self, reports: Sequence[Mapping[str, Any]]) -> None:
        """Take what the trainee's own window reports of one moment; what was seen done is taken together."""
        heard = {
            "ready": self._on_ready,
            "silent": self._on_silent,
            "closed": self._on_closed,
            "performed": self._on_performed,
            "pointed": self._on_pointed,
            "read": self._on_read,
        }
        with self._visit.client:
            try:
                await self._visit.check_own(self._id)
                if self._strip and self._strip.ended:
                    return
                for kind, some in groupby(reports, lambda report: str(report.get("kind"))):
                    if kind == "observed":
                        await self._on_observed(list(some))
                    elif kind in heard:
                        for report in some:
                            await heard[kind](report)
            except TrainerError as error:
                self._tell_failure(error)

    def _may_hear(self, now: float) -> bool:
        if len(self._heard) == REPORTS_PER_SECOND and now - self._heard[0] < 1.0:
            return False
        self._heard.append(now)
        return True

    async def _on_ready(self, _report: Mapping[str, Any]) -> None:
        """Go on: the window shows a page of the sandbox."""
        talk, todo = self._talk, self._progress.todo
        awaited, talk.awaited = talk.awaited, None
        if awaited is not None:
            await self._performed(*awaited)
        if talk.scene is not Scene.STRUCK or not isinstance(todo, SignIn | Reload):
            self._turn_to(Scene.WORKING)
        talk.lost = False
        talk.fields, talk.visible = {}, {}
        self._look_soon()
        await self._go_on()

    async def _on_silent(self, _report: Mapping[str, Any]) -> None:
        if self._talk.scene in {Scene.OPENING, Scene.WORKING}:
            self._turn_to(Scene.GONE)

    async def _on_closed(self, _report: Mapping[str, Any]) -> None:
        _, todo = self._visit.text, self._progress.todo
        if not isinstance(todo, CloseTab):
            self.say(
                _("You closed the tab; this step did not ask for it. Open your link again and go on."), "warn"
            )
        await self._performed(CloseTab.verb)
        self._turn_to(Scene.CLOSED)
        self._look_soon()

    async def _on_observed(self, reports: Sequence[Mapping[str, Any]]) -> None:
        """Take what was seen done: typing is reported in the moment of the click that ends it."""
        talk = self._talk
        seen = [
            Observed(verb=_text(report, "verb"), target=_text(report, "target"), value=_text(report, "value"))
            for report in reports
        ]
        remarks = await self._visit.work(self._coach.observe_all, self._id, seen, returning=talk.returning)
        for remark, report in zip(remarks, reports, strict=True):
            if remark is not None and remark.kind in FITTING:
                talk.returning = False
            if remark is not None and self._progress.mode.explains:
                self._explain(remark, _text(report, "label"))
        self._look_soon(AFTER_TYPING if seen[-1].verb == Fill.verb else AFTER_CLICK)

    async def _on_performed(self, report: Mapping[str, Any]) -> None:
        _ = self._visit.text
        talk = self._talk
        if report.get("id") != talk.doing or not talk.to_do:
            return
        if report.get("ok") is not True:
            talk.to_do, talk.helped = (), ""
            self.say(_("It is not on this page. Look where you are in the practice window."), "warn")
            return
        done, talk.to_do = talk.to_do[0], talk.to_do[1:]
        talk.doing += 1
        await self._performed(done.verb, done.aim() or "")
        self._look_soon()
        await self._go_on()

    async def _performed(self, verb: str, target: str = "") -> None:
        """Note that something was performed; by "do it for me" it is help."""
        helped = self._talk.helped
        if not self._talk.to_do:
            self._talk.helped = ""
        await self._visit.work(self._coach.performed, self._id, verb, target, helped=helped)

    async def _on_pointed(self, report: Mapping[str, Any]) -> None:
        talk = self._talk
        found, target = report.get("found") is True, _text(report, "target")
        talk.missing_since = None if found else talk.missing_since or time.monotonic()
        talk.pointed = _Pointed(target, found, _called(_text(report, "back")))
        self._learn({target: _text(report, "label")})
        if talk.mistake:
            self._tell_mistake(talk.mistake)

    async def _on_read(self, report: Mapping[str, Any]) -> None:
        talk = self._talk
        fields, visible, labels = (_mapping(report.get(name)) for name in ("fields", "visible", "labels"))
        before = (talk.fields, talk.visible)
        talk.fields = {name: None if found is None else str(found)[:TEXT] for name, found in fields.items()}
        talk.visible = {name: found is True for name, found in visible.items()}
        self._learn(labels)
        if (talk.fields, talk.visible) != before:
            self._look_soon()

    def _learn(self, labels: Mapping[str, object]) -> None:
        """Keep what elements of the window are called."""
        found = {name: _called(str(label)) for name, label in labels.items() if label}
        self._talk.labels = dict(list({**self._talk.labels, **found}.items())[-KEPT_LABELS:])

    def _look_soon(self, pause: float = 0.0) -> None:
        """Look now, or once the present look is over; without keeping the next report waiting.

        The next beats bring a look each, too.
        """
        self._talk.eager = BEATS_AFTER_ACTION
        self._talk.look_again = self._talk.looking
        if not self._talk.looking and not self._finished:
            background_tasks.create(self._look_until_stored(pause), name="look at a sandbox")

    async def _look_until_stored(self, first: float) -> None:
        """Look; where the end of a Step was seen done, look at each change until it passes."""
        step = self._progress.current
        for number, pause in enumerate((first, *SOON)):
            await asyncio.sleep(pause)
            changed = number == 0 or await self._visit.changed(self._progress)
            if self._talk.looking or self._finished:
                return
            if changed:
                await self._look()
            if not self._progress.ended or self._progress.current != step:
                return

    def _explain(self, remark: Remark, label: str) -> None:
        """Say what a wrong action was, and what the Step asks for."""
        _ = self._visit.text
        done = _called(label) or remark.observed.target
        if remark.kind in {RemarkKind.OUT_OF_ORDER, RemarkKind.TOO_LATE}:
            number, step = next(
                (number, step)
                for number, step in enumerate(self._progress.steps, start=1)
                if step.id == remark.belongs_to
            )
            early = remark.kind is RemarkKind.OUT_OF_ORDER
            told = (
                _("“{done}” comes later, in step {number}: {say}")
                if early
                else _("“{done}” comes too late. It belonged to step {number}: {say}")
            ).format(done=done, number=number, say=step.say)
        elif remark.kind is RemarkKind.WRONG:
            told = _("You pressed “{done}”. This step does not ask for that.").format(done=done)
            told = sentences(told, remark.effect)
        else:
            if remark.kind is not RemarkKind.DETOUR:
                self.say("")
            return
        self._tell_mistake(told)

    def _tell_mistake(self, told: str) -> None:
        """Tell of a wrong action, and where to go on from where it has led."""
        self.say(sentences(told, self._lead_on() if self._progress.mode.points else ""), "warn")
        self._talk.mistake = told

    def _lead_on(self) -> str:
        """Say where to go on: at what is asked for, at what leads back to it, or by the bar above the window."""
        _, pointed, todo = self._visit.text, self._talk.pointed, self._progress.todo
        if todo is None or pointed.target != todo.aim():
            return ""
        wanted = self._talk.labels.get(pointed.target, "") if pointed.found else pointed.back
        if wanted:
            return _("Look for “{wanted}”.").format(wanted=wanted)
        back = _("To go back, press “{button}” above the practice window.")
        return "" if pointed.found else back.format(button=_("Open my link again"))


def praise_for(run: Run) -> str:
    """Return what is told of the Step that passed last, as a msgid: of one that stores nothing that it is done."""
    outcomes = run.attempts[-1].outcomes if run.attempts else ()
    stored = any(found.level == "outcome" for found in outcomes)
    return N_("Right. That is stored.") if stored else N_("Done.")


def _backs(progress: Progress) -> int:
    """Return how often the sandbox was put back so far."""
    return progress.run.ongoing.backs if progress.run.ongoing else 0


def _order_of(action: Action) -> dict[str, Any]:
    """Return an Action of the page as the in-frame script performs it."""
    order: dict[str, Any] = {"verb": action.verb, "target": action.aim()}
    if isinstance(action, Fill):
        order["text"] = action.text
    if isinstance(action, Tick):
        order["on"] = action.on
    if isinstance(action, Choose):
        order["option"] = action.option
    return order


def _listed(found: object) -> list[Any]:
    """Return what came together in one untrusted message, bounded."""
    reports = found.get("reports") if isinstance(found, dict) else None
    return reports[:REPORTS_PER_SECOND] if isinstance(reports, list) else []


def _text(report: Mapping[str, Any], name: str) -> str:
    """Return an untrusted text, bounded."""
    found = report.get(name)
    return found[:TEXT] if isinstance(found, str) else ""


def _mapping(found: object) -> dict[str, Any]:
    """Return an untrusted mapping, bounded."""
    return dict(list(found.items())[:KEPT_LABELS]) if isinstance(found, dict) else {}


def _called(label: str) -> str:
    """Return what an element is called, as it stands in a sentence: bounded, and without a stop of its own."""
    return _clip(label.strip().rstrip(".。"), LABEL)


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
