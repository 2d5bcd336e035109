"""Coach: one practice Run of a trainee, from the first Step to what other roles see at the end.

Reports from a trainee's own browser can be forged. They move the highlight, explain a wrong action and count as
mistakes; a Step passes by what the sandbox has stored, or by what the coach itself has done at the trainee's
click. All methods are synchronous and may be called from several threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from trainer.app.play import steps_in
from trainer.app.ports import Clock, Control, Observer, Runs, SandboxInfo, Scenarios
from trainer.core.actions import Action, Choose, Clear, Fill, Inject, Observed, SignIn, Tick, WaitFor
from trainer.core.checks import SNAPSHOT, Check, Event, Looks, Outcome, See, Status
from trainer.core.errors import BadInput, TrainerError
from trainer.core.judge import Remark, RemarkKind, judge, last_sights, needs, proving, remark
from trainer.core.modes import MODES, Help, Mode
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus
from trainer.core.scenario import Scenario, Step, Translate
from trainer.i18n import gettext as _

MISTAKES = frozenset({RemarkKind.WRONG, RemarkKind.OUT_OF_ORDER})
"""Remarks that count against a Step."""

KEPT_LESSONS = 500
"""So many Runs, those last gone on with, have their translated Steps and what their windows showed in memory; the
others are told anew when they come back."""


@dataclass(frozen=True)
class Reported:
    """What the trainee's own browser says about its window. It explains and never proves.

    Attributes:
        fields: Test id → content, None when the field is not on the page.
        visible: Test id → whether it can be seen.
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    visible: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """Where a Run stands, ready to be shown.

    Attributes:
        run: The Run as stored.
        mode: Its row of policy.
        role: Who the trainee is in the sandbox.
        steps: All Steps, told in the Run's language.
        current: Position of the current Step; ``len(steps)`` when all are done.
        todo: The next Action of the current Step, or None when all of them were seen done.
        passed: Ids of the Steps that passed in this very look.
        outcomes: What the checks of the current Step found just now.
        idle: How long the trainee has not got on.
        trouble: Why the sandbox could not be looked at, or "".
        screen: Width and height of the window that the profile is made for; None for any.
    """

    run: Run
    mode: Mode
    role: str
    steps: tuple[Step, ...]
    current: int
    todo: Action | None = None
    passed: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    idle: timedelta = timedelta()
    trouble: str = ""
    screen: tuple[int, int] | None = None

    @property
    def complete(self) -> bool:
        """Whether every Step is done."""
        return self.current >= len(self.steps)

    @property
    def step(self) -> Step | None:
        """The current Step."""
        return None if self.complete else self.steps[self.current]

    @property
    def next_help(self) -> Help | None:
        """The next rung of the hint ladder that can be climbed, or None at its top."""
        if self.run.ongoing is None:
            return None
        used = self.run.ongoing.helps
        again = {Help.DO}
        left = [rung for rung in self.mode.helps if (rung not in used or rung in again) and self._possible(rung)]
        return left[0] if left else None

    def _possible(self, rung: Help) -> bool:
        if self.todo is None:
            return rung is Help.NUDGE
        if rung is Help.DO:
            return self.todo.in_page or self.todo.by == "window"
        return rung is Help.NUDGE or self.todo.aim() is not None or self.todo.by == "window"

    @property
    def wanted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Test ids whose content, and whose visibility, the trainee's window should report."""
        if self.step is None:
            return (), ()
        looked = needs(self.step.expect)
        awaited = (self.todo.target,) if isinstance(self.todo, WaitFor) else ()
        return looked.fields, (*looked.elements, *awaited)


@dataclass(frozen=True)
class Helping:
    """One rung of the hint ladder.

    Attributes:
        rung: Which one.
        text: The author's hint, or "" when the scenario has none for this rung.
        actions: The Actions to point at (`WHERE`, `SHOW`), or to perform in the window (`DO`).
    """

    rung: Help
    text: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class _Lesson:
    """What a Run is about, and what its window was seen to show at some moment: Step and check → Outcome."""

    scenario: Scenario
    steps: tuple[Step, ...]
    finals: tuple[Check, ...]
    screen: tuple[int, int] | None = None
    held: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def judge(self, step: Step, looks: Looks) -> tuple[Outcome, ...]:
        """Judge a Step, but for what other roles see.

        What a window shows passes by, so a check on it that held at some moment of the Step has held.
        """
        outcomes = []
        for check in step.expect:
            for found in () if isinstance(check, See) else check.judge(looks):
                key = (step.id, found.check)
                if not check.proves and found.status is Status.PASSED:
                    self.held[key] = found
                outcomes.append(self.held.get(key, found))
        return tuple(outcomes)


class Coach:
    """Practice Runs over the ports.

    Args:
        scenarios: The catalogue.
        runs: Where Runs are kept.
        control: The sandbox HRMS.
        observer: Looks in other roles at the end.
        clock: Tells the time.
        new_id: Makes an unguessable id.
        translate: Language → msgid → text, for scenario texts.
    """

    def __init__(  # noqa: PLR0913  # every port comes in as an argument
        self,
        *,
        scenarios: Scenarios,
        runs: Runs,
        control: Control,
        observer: Observer,
        clock: Clock,
        new_id: Callable[[], str],
        translate: Callable[[str], Translate],
    ) -> None:
        self._scenarios = scenarios
        self._runs = runs
        self._control = control
        self._observer = observer
        self._clock = clock
        self._new_id = new_id
        self._translate = translate
        self._lessons: OrderedDict[str, _Lesson] = OrderedDict()
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    # -- beginning and leaving ------------------------------------------------------------------------------

    def begin(self, scenario: str, *, mode: str, lang: str, owner: str) -> Run:
        """Make a Sandbox and start a Run of `owner`; an unfinished Run of the same lesson is left.

        Raises:
            BadInput: There is no such lesson, no such mode for a trainee, or the lesson asks for something that
                its Sandbox does not have.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        if mode not in MODES or MODES[mode].acts != "trainee":
            raise BadInput(_("That is no way to practise."))
        lesson = self._scenarios.get(scenario)
        for old in self._runs.of(owner):
            if old.scenario == scenario and old.status is RunStatus.ACTIVE:
                self.leave(old.id)
        box = self._control.create(lesson.profile, lang, lesson.seed)
        try:
            return self._begin(lesson, box, mode, lang, owner)
        except BaseException:  # a sandbox that belongs to no Run would never be tidied up
            with suppress(TrainerError):
                self._control.delete(box.id)
            raise

    def _begin(self, lesson: Scenario, box: SandboxInfo, mode: str, lang: str, owner: str) -> Run:
        now = self._clock()
        run = Run(
            id=self._new_id(),
            scenario=lesson.id,
            version=lesson.version,
            digest=lesson.digest,
            mode=mode,
            lang=lang,
            owner=owner,
            sandbox=box.id,
            started=now,
        )
        steps = self._remember(run, lesson, box).steps
        run = replace(run, ongoing=Ongoing(steps[0].id, started=now, moved=now))
        self._runs.save(run)
        return run

    def leave(self, run_id: str) -> None:
        """End a Run before its end and remove its Sandbox; a Run that ended already stays as it is."""
        with self._alone(run_id):
            run = self._get(run_id)
            if run.status is not RunStatus.ACTIVE:
                return
            self._control.delete(run.sandbox)
            self._runs.save(replace(run, status=RunStatus.LEFT, ended=self._clock(), ongoing=None))

    # -- during the Run -------------------------------------------------------------------------------------

    def progress(self, run_id: str) -> Progress:
        """Return where the Run stands without looking at the Sandbox."""
        return self._progress(self._get(run_id))

    def look(self, run_id: str, reported: Reported) -> Progress:
        """Look at what the Sandbox has stored and pass every Step that is done, in order.

        A failed look is told in `Progress.trouble`; it is neither pass nor fail.
        """
        with self._alone(run_id):
            return self._look(self._get(run_id), reported)

    def _look(self, run: Run, reported: Reported) -> Progress:
        if run.ongoing is None or run.status is not RunStatus.ACTIVE:
            return self._progress(run)
        lesson = self._lesson(run)
        looks = self._gather(run, run.ongoing, reported)
        passed: list[str] = []
        outcomes: tuple[Outcome, ...] = ()
        before = run
        while run.ongoing is not None:
            position = _position(lesson, run.ongoing)
            step = lesson.steps[position]
            now = replace(run.ongoing, done=_with_awaited(step, run.ongoing.done, looks))
            since = _since(looks, now.after)
            outcomes = lesson.judge(step, since)
            if not _is_done(step, now, outcomes):
                run = replace(run, ongoing=replace(now, after=_gone_by(step, since, now.after)))
                break
            run = self._pass(run, lesson, position, outcomes, replace(now, after=_used_up(step, since, now.after)))
            passed.append(step.id)
        if run != before:
            self._runs.save(run)
        trouble = looks.errors.get(SNAPSHOT, "")
        return replace(self._progress(run), passed=tuple(passed), outcomes=outcomes, trouble=trouble)

    def observe(self, run_id: str, observed: Observed, *, returning: bool = False) -> Remark | None:
        """Take note of what the trainee was seen doing and say what it was; None when no Step is going on.

        Args:
            run_id: The Run.
            observed: What was seen.
            returning: Whether the trainee is on the way back after the window was opened anew: what leads there
                is no mistake.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            if run.ongoing is None or run.status is not RunStatus.ACTIVE:
                return None
            lesson, seen = self._lesson(run), Reported({observed.target: observed.value}, {observed.target: True})
            lesson.judge(self._step(run, run.ongoing), Looks(fields=seen.fields, visible=seen.visible))
            said = self._remark(run, observed)
            if returning and said.kind in MISTAKES:
                return replace(said, kind=RemarkKind.DETOUR)
            if said.kind in MISTAKES:  # or is it right for a step that has been reached in this very moment?
                run = self._look(run, seen).run
                said = self._remark(run, observed)
            now = run.ongoing
            if now is None:
                return None
            if said.kind in MISTAKES:
                now = replace(now, mistakes=now.mistakes + 1)
            elif said.kind is RemarkKind.RIGHT:
                step = self._step(run, now)
                now = self._mark(step, now, lambda action: action.matches(observed) and _holds(action, observed))
            if now != run.ongoing:
                self._runs.save(replace(run, ongoing=now))
            return said

    def _remark(self, run: Run, observed: Observed) -> Remark:
        lesson = self._lesson(run)
        if run.ongoing is None:
            return Remark(RemarkKind.DETOUR, observed)
        position = _position(lesson, run.ongoing)
        said = remark(lesson.steps, position, observed)
        if said.kind in MISTAKES and _ends_previous(lesson.steps, position, observed):
            return replace(said, kind=RemarkKind.DETOUR)
        todo = _todo(lesson.steps[position], run.ongoing.done)
        return replace(said, expected=(todo.aim() if todo else None) or said.expected)

    def help(self, run_id: str) -> Helping | None:
        """Climb one rung of the hint ladder; the rung is written down. None at the top."""
        with self._alone(run_id):
            run = self._get(run_id)
            progress = self._progress(run)
            rung, step, now = progress.next_help, progress.step, run.ongoing
            if rung is None or step is None or now is None:
                return None
            actions: tuple[Action, ...] = (progress.todo,) if progress.todo else ()
            if rung is Help.DO:
                actions = tuple(_doable(step, now.done))
            helps = now.helps if rung in now.helps else (*now.helps, rung)
            now = replace(now, helps=helps, assisted=now.assisted or rung is Help.DO)
            self._runs.save(replace(run, ongoing=now))
            return Helping(rung, _hint(step, progress.mode.helps.index(rung)), actions)

    def performed(self, run_id: str, verb: str, target: str = "", *, assisted: bool = False) -> None:
        """Note that an Action was performed for the trainee: a window action, or by "do it for me".

        Args:
            run_id: The Run.
            verb: Its verb.
            target: Its test id or role, "" where the verb has none.
            assisted: Whether the Step counts as assisted by it.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            if run.ongoing is None or run.status is not RunStatus.ACTIVE:
                return
            step = self._step(run, run.ongoing)
            wanted = (verb, target)
            now = self._mark(step, run.ongoing, lambda action: (action.verb, _object(action)) == wanted)
            now = replace(now, assisted=now.assisted or assisted)
            if now != run.ongoing:
                self._runs.save(replace(run, ongoing=now))

    def strike(self, run_id: str) -> str:
        """Let the fault strike, or end, that the current Step announces and return its name.

        Raises:
            BadInput: The Step does not ask for a fault now.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        progress = self.progress(run_id)
        due = _due(progress)
        if due is None:
            raise BadInput(_("No fault is due in this step."))
        if isinstance(due, Inject):
            self._control.inject(progress.run.sandbox, due.fault, due.lasting)
        else:
            self._control.clear(progress.run.sandbox, due.fault)
        self.performed(run_id, due.verb, due.fault)
        return due.fault

    def link(self, run_id: str, role: str | None = None) -> str:
        """Return a fresh sign-in address (path and query) of the trainee's role, or of another role.

        Raises:
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        run = self._get(run_id)
        return self._control.sign_in_link(run.sandbox, role or self._lesson(run).scenario.role)

    def start_again(self, run_id: str) -> None:
        """Forget which Actions of the current Step were seen done, so that it can be pointed at from its begin."""
        with self._alone(run_id):
            run = self._get(run_id)
            if run.ongoing is not None and run.status is RunStatus.ACTIVE:
                step = self._step(run, run.ongoing)
                kept = tuple(number for number in run.ongoing.done if step.do[number].by != "trainee")
                if kept != run.ongoing.done:
                    self._runs.save(replace(run, ongoing=replace(run.ongoing, done=kept)))

    # -- the end --------------------------------------------------------------------------------------------

    def finish(self, run_id: str) -> Run:
        """Look in the other roles and close a Run whose Steps are all done.

        A look that failed leaves `unknown` in `Run.final`; calling again looks again. A Run that is not complete,
        or has been judged already, is returned as it is.
        """
        run = self._get(run_id)
        if not _wants_a_last_look(run):
            return run
        finals = self._lesson(run).finals
        sights = tuple(sight for check in finals for sight in check.sights())
        looks = self._observer.look(run.sandbox, sights, lang=run.lang) if sights else Looks()
        with self._alone(run_id):
            run = self._get(run_id)
            if _wants_a_last_look(run):  # meanwhile it may have been left, or judged by another look
                ended = run.ended or self._clock()
                run = replace(run, status=RunStatus.FINISHED, ended=ended, final=judge(finals, looks))
                self._runs.save(run)
        return run

    # -- inside ---------------------------------------------------------------------------------------------

    def _get(self, run_id: str) -> Run:
        run = self._runs.get(run_id)
        if run is None:
            raise BadInput(_("This exercise does not exist any more."))
        return run

    @contextmanager
    def _alone(self, run_id: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(run_id, threading.Lock())
        with lock:
            yield

    def _lesson(self, run: Run) -> _Lesson:
        with self._guard:
            known = self._lessons.get(run.id)
            if known is not None:
                self._lessons.move_to_end(run.id)
        if known is not None:
            return known
        scenario = self._scenarios.get(run.scenario)
        if scenario.digest != run.digest:
            raise BadInput(_("This lesson was changed after you began."), _("Start it again."))
        return self._remember(run, scenario, self._control.info(run.sandbox))

    def _remember(self, run: Run, scenario: Scenario, box: SandboxInfo) -> _Lesson:
        steps = steps_in(scenario, box, self._translate(run.lang))
        lesson = _Lesson(scenario, steps, tuple(last_sights(steps)), box.screen)
        with self._guard:
            self._lessons[run.id] = lesson
            while len(self._lessons) > KEPT_LESSONS:
                self._locks.pop(self._lessons.popitem(last=False)[0], None)
        return lesson

    def _progress(self, run: Run) -> Progress:
        lesson = self._lesson(run)
        if run.ongoing is None:
            return Progress(run, MODES[run.mode], lesson.scenario.role, lesson.steps, len(lesson.steps))
        position = _position(lesson, run.ongoing)
        return Progress(
            run,
            MODES[run.mode],
            lesson.scenario.role,
            lesson.steps,
            position,
            todo=_todo(lesson.steps[position], run.ongoing.done),
            idle=self._clock() - run.ongoing.moved,
            screen=lesson.screen,
        )

    def _step(self, run: Run, now: Ongoing) -> Step:
        lesson = self._lesson(run)
        return lesson.steps[_position(lesson, now)]

    def _gather(self, run: Run, now: Ongoing, reported: Reported) -> Looks:
        try:
            events, _ = self._control.events(run.sandbox, now.after)
            snapshot = self._control.snapshot(run.sandbox)
        except TrainerError as error:
            return Looks(fields=reported.fields, visible=reported.visible, errors={SNAPSHOT: error.message})
        return Looks(snapshot, tuple(events), reported.fields, reported.visible)

    def _mark(self, step: Step, now: Ongoing, is_it: Callable[[Action], bool]) -> Ongoing:
        """Mark the first Action not done yet that `is_it`; those that are not the trainee's go in their order."""
        for number, action in enumerate(step.do):
            if number in now.done:
                continue
            if is_it(action):
                return replace(now, done=(*now.done, number), moved=self._clock())
            if action.by != "trainee":
                break
        return now

    def _pass(self, run: Run, lesson: _Lesson, position: int, outcomes: tuple[Outcome, ...], now: Ongoing) -> Run:
        moment = self._clock()
        attempt = Attempt(
            step=now.step,
            outcomes=outcomes,
            started=now.started,
            ended=moment,
            mistakes=now.mistakes,
            helps=now.helps,
            assisted=now.assisted,
        )
        following = lesson.steps[position + 1 : position + 2]
        ongoing = Ongoing(following[0].id, moment, moment, now.after) if following else None
        return replace(run, attempts=(*run.attempts, attempt), ongoing=ongoing)


def _wants_a_last_look(run: Run) -> bool:
    """Tell whether what other roles see is still to be judged: the Run is complete, or a look has failed."""
    if run.status is RunStatus.FINISHED:
        return Status.UNKNOWN in {seen.status for seen in run.final}
    return run.status is RunStatus.ACTIVE and run.ongoing is None


def _position(lesson: _Lesson, now: Ongoing) -> int:
    return next(number for number, step in enumerate(lesson.steps) if step.id == now.step)


def _todo(step: Step, done: tuple[int, ...]) -> Action | None:
    return next((action for number, action in enumerate(step.do) if number not in done), None)


def _doable(step: Step, done: tuple[int, ...]) -> Iterator[Action]:
    """Yield the Actions that can be done for the trainee now, up to the first that cannot."""
    for number, action in enumerate(step.do):
        if number in done:
            continue
        if not (action.in_page or action.by == "window"):
            return
        yield action
        if action.by == "window":
            return


def _due(progress: Progress) -> Inject | Clear | None:
    """Return the fault that may strike or end now: no other action of window or system comes before it."""
    if progress.step is None or progress.run.ongoing is None:
        return None
    done = progress.run.ongoing.done
    ours = (
        action for number, action in enumerate(progress.step.do) if number not in done and action.by != "trainee"
    )
    first = next(ours, None)
    return first if isinstance(first, Inject | Clear) else None


def _object(action: Action) -> str:
    """Return what a verb that is not the trainee's acts on: the role, the fault, the element."""
    if isinstance(action, SignIn):
        return action.role
    return action.fault if isinstance(action, Inject | Clear) else action.aim() or ""


def _holds(action: Action, observed: Observed) -> bool:
    """Tell whether the content is right too, where the Action fixes one that can be seen at once."""
    if isinstance(action, Choose):
        return observed.value == action.option
    if isinstance(action, Tick):
        return observed.value == ("true" if action.on else "false")
    return not isinstance(action, Fill) or bool(observed.value.strip())


def _hint(step: Step, rung: int) -> str:
    """Return the author's hint of a rung; the last one is never shown twice."""
    return step.hints[rung] if rung < len(step.hints) else ""


def _ends_previous(steps: tuple[Step, ...], position: int, observed: Observed) -> bool:
    """The end of a Step is often reported after the Step has passed: no mistake."""
    return position > 0 and any(action.matches(observed) for action in steps[position - 1].actions())


def _with_awaited(step: Step, done: tuple[int, ...], looks: Looks) -> tuple[int, ...]:
    """Add the `wait_for` Actions that are due and fulfilled, as the trainee's window reports."""
    for number, action in enumerate(step.do):
        if number in done:
            continue
        if not isinstance(action, WaitFor) or looks.visible.get(action.target) is not action.visible:
            return done
        done = (*done, number)
    return done


def _is_done(step: Step, now: Ongoing, outcomes: tuple[Outcome, ...]) -> bool:
    """Tell whether a trainee's Step passes.

    What the sandbox stored must be right and what the window reports too, and the window and system actions of
    the demo, or of one other right way, must have been done at the trainee's click.
    """
    if any(found.status is not Status.PASSED for found in outcomes):
        return False
    proofs = list(proving(step))
    left = [action for number, action in enumerate(step.do) if number not in now.done]
    missing = [action for action in left if action.by != "trainee"]
    if proofs:
        missing = [action for action in missing if not isinstance(action, WaitFor)]
        other_way = any(all(action.by == "trainee" for action in way) for way in step.accept)
        return not missing or other_way
    return not missing and all(action.by != "trainee" for action in step.do)


def _since(looks: Looks, after: int) -> Looks:
    return replace(looks, events=tuple(event for event in looks.events if event["seq"] > after))


def _gone_by(step: Step, looks: Looks, after: int) -> int:
    """Return from which event on the next Step may count, as long as this one is not done.

    A Step that asks for events needs them all; any other has no use for those that came before it was done.
    """
    if any(isinstance(check, Event) for check in step.expect):
        return after
    return max((int(event["seq"]) for event in looks.events), default=after)


def _used_up(step: Step, looks: Looks, after: int) -> int:
    """Return the number of the last event a passed Step needed: the next Step needs events of its own."""
    checks = [check for check in step.expect if isinstance(check, Event)]
    for count, event in enumerate(looks.events, start=1):
        part = replace(looks, events=looks.events[:count])
        if checks and all(found.status is Status.PASSED for found in judge(checks, part)):
            return int(event["seq"])
    return after


__all__ = ["Coach", "Helping", "Progress", "Reported"]
