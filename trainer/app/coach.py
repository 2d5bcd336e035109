"""Coach: one practice Run of a trainee, from the first Step to what other roles see at the end.

Reports from a trainee's own browser can be forged. They move the highlight, explain a wrong action and count as
mistakes; a Step passes by what the sandbox has stored, or by what the coach itself has done at the trainee's
click. All methods are synchronous and may be called from several threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from trainer.app.play import steps_in
from trainer.app.ports import Clock, Control, Observer, Pictures, Runs, SandboxInfo, Scenarios
from trainer.core.actions import Action, Choose, Clear, Fill, Goto, Inject, Observed, SignIn, Tick, WaitFor
from trainer.core.checks import SNAPSHOT, Looks, Outcome, See, Status
from trainer.core.errors import BadInput, TrainerError
from trainer.core.judge import (
    FITTING,
    MISTAKES,
    Remark,
    RemarkKind,
    gone_by,
    is_asked_for,
    judge,
    last_sights,
    needs,
    next_step,
    only_seen,
    open_steps,
    passes,
    remark,
    since,
    stored_parts,
    used_up,
)
from trainer.core.modes import MODES, Help, Mode
from trainer.core.runs import Attempt, Ongoing, Run, RunStatus
from trainer.core.scenario import Scenario, Step, Translate
from trainer.i18n import gettext as _

CHECKPOINT = "step"
"""Name under which a sandbox is kept at the begin of the current Step."""

TICK = timedelta(seconds=5)
"""So often the time that is used up is noted."""

AWAY = timedelta(seconds=30)
"""Who was not seen for so long had left: that time does not count."""

LAST_LOOKS = 2
"""So often other roles are looked at before a failed look is left for another time."""

UNPROVEN = timedelta(seconds=5)
"""So long after the last action of a Step the proof may take before the trainee is told that it is missing."""

STUCK = timedelta(seconds=45)
"""So long a trainee may be without getting on before help is offered."""

HOUR = timedelta(hours=1)
BEGUN_AN_HOUR = 30
"""So many lessons one trainee may begin within an hour: each makes a practice HR system."""

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
        role: Who the trainee is in the sandbox now.
        steps: All Steps, told in the Run's language.
        current: Position of the current Step; ``len(steps)`` when all are done.
        todo: The next Action of the current Step, or None when all of them were seen done.
        passed: Ids of the Steps that passed in this very look.
        outcomes: What the checks of the current Step found just now.
        idle: How long the trainee has not got on.
        trouble: Why the sandbox could not be looked at, or "".
        screen: Width and height of the window that the profile is made for; None for any.
        left: How much of a limited time is left; None when it is not limited.
        way_back: Elements that lead back to where the trainee was, after the window was opened anew.
        player: Whether a player can act in the trainee's window, and not the coach's script alone.
        tried: Whether "do it for me" was asked for in the current Step.
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
    left: timedelta | None = None
    way_back: tuple[str, ...] = ()
    player: bool = False
    tried: bool = False

    @property
    def complete(self) -> bool:
        """Whether every Step is done."""
        return self.current >= len(self.steps)

    @property
    def ended(self) -> bool:
        """Whether the last Action of the current Step was seen done, or all that it asks for."""
        now, step = self.run.ongoing, self.step
        return now is not None and step is not None and (self.todo is None or len(step.do) - 1 in now.done)

    @property
    def step(self) -> Step | None:
        """The current Step."""
        return None if self.complete else self.steps[self.current]

    @property
    def to_be_seen(self) -> bool:
        """Whether the current Step is passed by what other roles see: its trainee is to say when it is done."""
        return self.mode.tells and self.step is not None and only_seen(self.step)

    @property
    def seems_done(self) -> bool:
        """Whether everything that the trainee's own window can tell of the current Step is as it should be."""
        here = [found for found in self.outcomes if found.level != "outcome"]
        return self.todo is None or (bool(here) and all(found.status is Status.PASSED for found in here))

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
            return rung is Help.NUDGE or (rung is Help.DO and bool(self.other_way))
        if rung is Help.DO:
            return _can_be_shown(self.todo, player=self.player)
        return rung is Help.NUDGE or self.todo.aim() is not None or self.todo.by == "window"

    @property
    def other_way(self) -> tuple[Action, ...]:
        """Another right way, for whom "do it for me" has not brought through the current Step; else none."""
        now, step = self.run.ongoing, self.step
        if now is None or step is None or (now.done and self.todo is not None):
            return ()
        if not (now.assisted or self.tried):
            return ()
        return next((way for way in step.accept if all(_can_be_shown(one, player=self.player) for one in way)), ())

    @property
    def can_go_back(self) -> bool:
        """Whether the trainee can be put back to the begin of the current Step."""
        return self.mode.puts_back and self.run.ongoing is not None and self.run.ongoing.kept

    @property
    def given(self) -> tuple[Helping, ...]:
        """The rungs of the hint ladder that were climbed in the current Step."""
        if self.step is None or self.run.ongoing is None:
            return ()
        actions: tuple[Action, ...] = (self.todo,) if self.todo else ()
        return tuple(
            Helping(rung, _hint(self.step, number), actions, self.step.id)
            for number, rung in enumerate(self.mode.helps)
            if rung in self.run.ongoing.helps
        )

    @property
    def wanted(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Test ids whose content, and whose visibility, the trainee's window should report."""
        if self.step is None:
            return (), ()
        may = open_steps(self.steps, self.current, _passed(self.run))
        looked = needs([check for position in may for check in self.steps[position].expect])
        awaited = (self.todo.target,) if isinstance(self.todo, WaitFor) else ()
        return looked.fields, (*looked.elements, *awaited)


@dataclass(frozen=True)
class Helping:
    """One rung of the hint ladder.

    Attributes:
        rung: Which one.
        text: The author's hint, or "" when the scenario has none for this rung.
        actions: The Actions to point at (`WHERE`, `SHOW`), or to perform in the window (`DO`).
        step: Id of the Step that it helps with.
    """

    rung: Help
    text: str
    actions: tuple[Action, ...]
    step: str


@dataclass(frozen=True)
class _Lesson:
    """What a Run is about, and what its window was seen to show at some moment: Step and check → Outcome.

    `missing` are Step and check of what the window was seen not to show. `seen` is what other roles saw, by Step;
    None where they are looked at only at the end.
    `parts` are what the lesson asks for of what is stored; none where it may ask for anything. `context` are the
    names of its sandbox, and `told` its Steps in languages other than the trainee's. `tried` are the Steps in
    which "do it for me" was asked for.
    """

    scenario: Scenario
    steps: tuple[Step, ...]
    finals: tuple[tuple[Step, See], ...]
    screen: tuple[int, int] | None = None
    way_back: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    held: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    missing: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[str, Looks] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    told: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    def judge(self, step: Step, looks: Looks) -> tuple[Outcome, ...]:
        """Judge a Step; by what other roles see only where nothing else proves it, and somebody looks for it.

        What a window shows passes by, so a check on it that held at some moment of the Step has held.
        """
        outcomes: list[Outcome] = []
        for check in step.expect:
            if isinstance(check, See):
                if self.seen is not None and only_seen(step):
                    outcomes += check.judge(self.seen.get(step.id, Looks()))
                continue
            for found in check.judge(looks):
                key = (step.id, found.check)
                if not check.proves and found.status is Status.PASSED:
                    self.held[key] = found
                elif not check.proves and found.status is Status.FAILED:
                    self.missing.add(key)
                outcomes.append(self.held.get(key, found))
        return tuple(outcomes)

    def came_into_sight(self, step: Step, looks: Looks) -> bool:
        """Tell whether the window shows what a Step asks to see, and did not when it began: one has gone there."""
        keys = [(step.id, found.check) for found in self.judge(step, looks) if found.level != "outcome"]
        return all(key in self.held for key in keys) and any(key in self.missing for key in keys)

    def forget(self, step: Step) -> None:
        """Forget what the window and other roles showed during a Step that begins anew."""
        for key in [key for key in self.held if key[0] == step.id]:
            del self.held[key]
        if self.seen is not None:
            self.seen.pop(step.id, None)


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
        effect: Test id → what pressing it does, as a msgid of scenario texts; "" where that is not known.
        player: Whether a player can act in the trainees' windows, as it can where Playwright opened them: it does
            for them what the coach's script in the page cannot, such as pressing keys.
        pictures: Where the observer keeps its pictures; None where it takes none.
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
        effect: Callable[[str], str] = lambda _test_id: "",
        player: bool = False,
        pictures: Pictures | None = None,
    ) -> None:
        self._scenarios = scenarios
        self._runs = runs
        self._control = control
        self._observer = observer
        self._clock = clock
        self._new_id = new_id
        self._translate = translate
        self._effect = effect
        self._player = player
        self._pictures = pictures
        self._lessons: OrderedDict[str, _Lesson] = OrderedDict()
        self._unsaved: dict[str, Run] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._finishing: dict[str, Future[Run]] = {}
        self._guard = threading.Lock()

    # -- beginning and leaving ------------------------------------------------------------------------------

    def begin(self, scenario: str, *, mode: str, lang: str, owner: str) -> Run:
        """Make a Sandbox and start a Run of `owner`; an unfinished Run of the same lesson is left.

        Raises:
            BadInput: There is no such lesson, no such mode for a trainee, the lesson asks for something that
                its Sandbox does not have, or the trainee has begun `BEGUN_AN_HOUR` within the last hour.
            BrokenEnvironment: The sandbox HRMS cannot be reached, or the Run cannot be stored.
        """
        if mode not in MODES or MODES[mode].acts != "trainee":
            raise BadInput(_("That is no way to practise."))
        lesson = self._scenarios.get(scenario)
        with self._alone(f"trainee {owner}"):
            mine = self._runs.of(owner)
            self._need_calm([run.started for run in mine])
            for old in mine:
                if old.scenario == scenario and old.status is RunStatus.ACTIVE:
                    self.leave(old.id)
            box = self._control.create(lesson.profile, lang, lesson.seed)
            try:
                return self._begin(lesson, box, mode, lang, owner)
            except BaseException:  # what is left of it is tidied up late
                with suppress(TrainerError):
                    self._control.delete(box.id)
                raise

    def go_on(self, scenario: str, *, mode: str, lang: str, owner: str) -> Run:
        """Return the unfinished Run that `owner` has of a lesson as it is now, or begin one; raises as `begin`."""
        digest = self._scenarios.get(scenario).digest
        for run in self._runs.of(owner):
            if (run.scenario, run.digest, run.status) == (scenario, digest, RunStatus.ACTIVE):
                return run
        return self.begin(scenario, mode=mode, lang=lang, owner=owner)

    def _need_calm(self, begun: Sequence[datetime]) -> None:
        """Let a trainee begin one more lesson, unless there were many of late."""
        now = self._clock()
        lately = sorted(at for at in begun if at > now - HOUR)
        if len(lately) >= BEGUN_AN_HOUR:
            wait = lately[-BEGUN_AN_HOUR] + HOUR - now
            raise BadInput(
                _("You have begun {count} exercises within an hour.").format(count=len(lately)),
                _("Go on with one of them, or begin the next one in {minutes} min.").format(
                    minutes=max(1, -(-wait // timedelta(minutes=1)))
                ),
            )

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
        given: frozenset[tuple[str, str]] = frozenset()
        if lesson.target is not None and MODES[mode].timed:  # there is one place: no fresh one later
            given = _holding(steps, steps, Looks(self._control.snapshot(box.id)))
        first = Ongoing(steps[0].id, started=now, moved=now, given=tuple(sorted(given)))
        run = self._keep(replace(run, ongoing=first))
        self._runs.save(run)
        return run

    def _keep(self, run: Run) -> Run:
        """Keep the Sandbox at the begin of a Step; where that fails, nobody can be put back to it."""
        if run.ongoing is None or not MODES[run.mode].puts_back:
            return run
        try:
            self._control.checkpoint(run.sandbox, CHECKPOINT)
        except TrainerError:
            return replace(run, ongoing=replace(run.ongoing, kept=False))
        return replace(run, ongoing=replace(run.ongoing, kept=True))

    def _keep_begin(self, run: Run) -> Run:
        """Keep the Sandbox where a Step has begun, and store whether that worked."""
        kept = self._keep(run)
        if kept != run:
            self._save(kept)
        return kept

    def leave(self, run_id: str) -> None:
        """End a Run before its end and remove its Sandbox; a Run that ended already stays as it is."""
        with self._alone(run_id):
            run = self._get(run_id)
            if run.status is not RunStatus.ACTIVE:
                return
            self._control.delete(run.sandbox)
            self._save(replace(run, status=RunStatus.LEFT, ended=self._clock(), ongoing=None))

    # -- during the Run -------------------------------------------------------------------------------------

    def progress(self, run_id: str) -> Progress:
        """Return where the Run stands without looking at the Sandbox."""
        return self._progress(self._get(run_id))

    def standing(self, run: Run, lang: str) -> Progress:
        """Return where a Run stands that was read already, told in `lang`, without looking at the Sandbox.

        Raises:
            TrainerError: Its lesson is not in memory, and cannot be told anew.
        """
        progress, lesson = self._progress(run), self._lesson(run)
        if lang == run.lang:
            return progress
        if lang not in lesson.told:
            lesson.told[lang] = lesson.scenario.steps_for(lesson.context, self._translate(lang))
        return replace(progress, steps=lesson.told[lang])

    def look(self, run_id: str, reported: Reported, *, keep: bool = True, after_a_break: bool = False) -> Progress:
        """Look at what the Sandbox has stored and pass every Step that is done, in order.

        A failed look is told in `Progress.trouble`; it is neither pass nor fail.

        Args:
            run_id: The Run.
            reported: What the trainee's window shows.
            keep: Whether the Sandbox is kept at once where a Step has begun; who wants to tell the verdict first
                calls `keep` then.
            after_a_break: Whether the class has had a break since the last look: that time is nobody's, and
                nobody had left.
        """
        with self._alone(run_id):
            self._catch_up(run_id)
            progress = self._look(self._get(run_id), reported, after_a_break=after_a_break)
            if progress.left == timedelta():
                return self._hand_in(progress, reported)
            return replace(progress, run=self._keep_begin(progress.run)) if keep and progress.passed else progress

    def changed(self, progress: Progress) -> bool:
        """Tell whether a look may find what `progress` does not tell; it costs little, and when in doubt it may.

        Of what goes by the time alone, such as the end of an exam, it knows nothing.
        """
        return bool(progress.trouble or any(progress.wanted)) or self._control.changed(progress.run.sandbox)

    @property
    def knows_changes(self) -> bool:
        """Whether `changed` answers at once; otherwise it waits for the sandbox HRMS."""
        return self._control.knows_changes

    def keep(self, run_id: str) -> Progress:
        """Keep the Sandbox at the begin of the current Step, so that the trainee can be put back to it."""
        with self._alone(run_id):
            return self._progress(self._keep_begin(self._get(run_id)))

    def _look(self, run: Run, reported: Reported, *, after_a_break: bool = False) -> Progress:
        if run.status is not RunStatus.ACTIVE:
            return self._progress(run)
        before, run = run, self._tick(run, after_a_break=after_a_break)
        if run.ongoing is None:
            if run != before:
                self._save(run)
            return self._progress(run)
        lesson = self._lesson(run)
        looks = self._gather(run, run.ongoing, reported)
        if run.ticked != before.ticked and run.spent == before.spent:
            run = replace(run, spent=run.spent + _worked(looks, before.ticked or before.started))
        passed: list[str] = []
        outcomes: tuple[Outcome, ...] = ()
        while run.ongoing is not None:
            position = _position(lesson, run.ongoing)
            step = lesson.steps[position]
            gone = any(isinstance(action, Goto) for action in step.do)
            arrived = gone and lesson.came_into_sight(step, since(looks, run.ongoing.after, run.ongoing.used))
            now = replace(run.ongoing, done=_with_awaited(step, run.ongoing.done, looks, arrived=arrived))
            found = _passing(lesson, run, now, looks)
            if found is not None:
                run = self._pass(run, lesson, found, now, looks)
                passed.append(lesson.steps[found].id)
            elif not is_asked_for(step, looks):
                run = self._go_to(run, lesson, next_step(lesson.steps, position, {*_passed(run), step.id}), now)
            else:
                seen = since(looks, now.after, now.used)
                outcomes = lesson.judge(step, seen)
                if len(open_steps(lesson.steps, position, _passed(run))) == 1:
                    now = replace(now, after=gone_by(step, seen, now.after))
                run = replace(run, ongoing=now)
                break
        if run != before:
            self._save(run)
        trouble = looks.errors.get(SNAPSHOT, "")
        return replace(self._progress(run), passed=tuple(passed), outcomes=outcomes, trouble=trouble)

    def ask_others(self, run_id: str) -> None:
        """Look in the other roles at the current Step where only they can prove it; `look` then judges it."""
        run = self._get(run_id)
        progress, seen = self._progress(run), self._lesson(run).seen
        if progress.step is not None and progress.to_be_seen and seen is not None:
            seen[progress.step.id] = self._observer.look(
                run.sandbox, needs(progress.step.expect).sights, lang=run.lang
            )

    def observe(self, run_id: str, observed: Observed, *, returning: bool = False) -> Remark | None:
        """Take note of one thing that the trainee was seen doing; see `observe_all`."""
        return self.observe_all(run_id, [observed], returning=returning)[0]

    def observe_all(
        self, run_id: str, seen: Sequence[Observed], *, returning: bool = False
    ) -> tuple[Remark | None, ...]:
        """Take note of what the trainee was seen doing and say of each what it was; None when no Step is going on.

        Args:
            run_id: The Run.
            seen: What was seen, oldest first.
            returning: Whether the trainee is on the way back after the window was opened anew: what leads there
                is no mistake. The first right thing ends that way.
        """
        with self._alone(run_id):
            run = stored = self._get(run_id)
            remarks: list[Remark | None] = []
            for observed in seen:
                run, said = self._note(run, observed, returning=returning)
                returning = returning and (said is None or said.kind not in FITTING)
                remarks.append(said)
            if run != stored:
                self._save(run)
            return tuple(remarks)

    def _note(self, run: Run, observed: Observed, *, returning: bool) -> tuple[Run, Remark | None]:
        """Return the Run with what was seen, to be stored, and what it was."""
        if run.ongoing is None or run.status is not RunStatus.ACTIVE:
            return run, None
        lesson, seen = self._lesson(run), Reported({observed.target: observed.value}, {observed.target: True})
        lesson.judge(self._step(run, run.ongoing), Looks(fields=seen.fields, visible=seen.visible))
        said = self._remark(run, observed)
        if returning and said.kind in MISTAKES:
            return run, replace(said, kind=RemarkKind.DETOUR)
        if said.kind in MISTAKES:  # or is it right for a step that has been reached in this very moment?
            looked = self._look(run, seen)
            run = self._keep_begin(looked.run) if looked.passed else looked.run
            said = self._remark(run, observed)
        now = run.ongoing
        if now is None:
            return run, None
        if said.kind is RemarkKind.WRONG and (effect := self._effect(observed.target)):
            said = replace(said, effect=self._translate(run.lang)(effect))
        if said.kind in MISTAKES:
            now = replace(now, mistakes=now.mistakes + 1)
        elif said.kind is RemarkKind.RIGHT:
            step, ours = self._step(run, now), lesson.scenario.target is None
            now = self._mark(
                step, now, lambda action: action.matches(observed) and _holds(action, observed, ours=ours)
            )
        return replace(run, ongoing=now), said

    def _remark(self, run: Run, observed: Observed) -> Remark:
        lesson = self._lesson(run)
        if run.ongoing is None:
            return Remark(RemarkKind.DETOUR, observed)
        position = _position(lesson, run.ongoing)
        said = remark(lesson.steps, position, observed, passed=_passed(run))
        if said.kind in MISTAKES and (observed.target in lesson.way_back or _ends_last(lesson, run, observed)):
            return replace(said, kind=RemarkKind.DETOUR)
        todo = _todo(lesson.steps[position], run.ongoing.done)
        return replace(said, expected=(todo.aim() if todo else None) or said.expected)

    def help(self, run_id: str) -> Helping | None:
        """Climb one rung of the hint ladder; the rung is written down. None at the top.

        The last one, `DO`, is written down once something was performed: see `performed`.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            progress = self._progress(run)
            rung, step, now = progress.next_help, progress.step, run.ongoing
            if rung is None or step is None or now is None:
                return None
            actions: tuple[Action, ...] = (progress.todo,) if progress.todo else ()
            if rung is Help.DO:
                actions = progress.other_way or tuple(_doable(step, now.done, player=self._player))
                self._lesson(run).tried.add(step.id)
            if rung is not Help.DO and rung not in now.helps:
                self._save(replace(run, ongoing=replace(now, helps=(*now.helps, rung))))
            return Helping(rung, _hint(step, progress.mode.helps.index(rung)), actions, step.id)

    def performed(self, run_id: str, verb: str, target: str = "", *, helped: str = "") -> None:
        """Note that an Action was performed for the trainee: a window action, or by "do it for me".

        Args:
            run_id: The Run.
            verb: Its verb.
            target: Its test id or role, "" where the verb has none.
            helped: Id of the Step that counts as done with help by it, also when it has passed meanwhile; "" for
                none.
        """
        with self._alone(run_id):
            self._performed(self._get(run_id), verb, target, helped=helped)

    def _performed(self, run: Run, verb: str, target: str, *, helped: str = "") -> None:
        if run.status is not RunStatus.ACTIVE:
            return
        before, run = run, _with_help(run, helped)
        if run.ongoing is not None:
            run = replace(run, ongoing=self._mark_performed(run, run.ongoing, verb, target))
        if run != before:
            self._save(run)

    def _mark_performed(self, run: Run, ongoing: Ongoing, verb: str, target: str) -> Ongoing:
        """Mark an Action that was performed in the first open Step that asks for it."""
        lesson, wanted = self._lesson(run), (verb, target)
        for position in open_steps(lesson.steps, _position(lesson, ongoing), _passed(run)):
            step = lesson.steps[position]
            now = ongoing if step.id == ongoing.step else _begin_of(step, ongoing, self._clock())
            marked = self._mark(step, now, lambda action: (action.verb, _object(action)) == wanted)
            if marked != now:
                return marked
        return ongoing

    def strike(self, run_id: str) -> str:
        """Let the fault strike, or end, that the current Step announces and return its name: once, whoever asks.

        Raises:
            BadInput: The Step does not ask for a fault now.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            due = _due(self._progress(run))
            if due is None:
                raise BadInput(_("No fault is due in this step."))
            if isinstance(due, Inject):
                self._control.inject(run.sandbox, due.fault, due.lasting)
            else:
                self._control.clear(run.sandbox, due.fault)
            self._performed(run, due.verb, due.fault)
        return due.fault

    def link(self, run_id: str, role: str | None = None) -> str:
        """Return a fresh sign-in address (path and query) of the trainee's role, or of another role.

        Raises:
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        run = self._get(run_id)
        return self._control.sign_in_link(run.sandbox, role or self._progress(run).role)

    def start_again(self, run_id: str) -> None:
        """Forget which Actions of the current Step were seen done, so that it can be pointed at from its begin."""
        with self._alone(run_id):
            run = self._get(run_id)
            if run.ongoing is not None and run.status is RunStatus.ACTIVE:
                step = self._step(run, run.ongoing)
                kept = tuple(number for number in run.ongoing.done if step.do[number].by != "trainee")
                if kept != run.ongoing.done:
                    self._save(replace(run, ongoing=replace(run.ongoing, done=kept)))

    def put_back(self, run_id: str, *, free: bool = False) -> Progress:
        """Bring the Sandbox back to where it was when the current Step began.

        It counts as help, unless it is `free`: an instructor does it. The trainee's open pages learn of it by
        `Ongoing.backs`, whoever did it.

        Raises:
            BadInput: The mode does not offer it, or the Sandbox was not kept.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            progress = self._progress(run)
            if not progress.can_go_back or progress.step is None or run.ongoing is None:
                raise BadInput(_("There is no way back to the beginning of this step."), _("Start over instead."))
            for number in run.ongoing.done:
                struck = progress.step.do[number]
                if isinstance(struck, Inject):
                    self._control.clear(run.sandbox, struck.fault)
            self._control.restore(run.sandbox, CHECKPOINT)
            self._lesson(run).forget(progress.step)
            helps = run.ongoing.helps
            if not free and Help.BACK not in helps:
                helps = (*helps, Help.BACK)
            backs = run.ongoing.backs + 1
            now = replace(run.ongoing, done=(), helps=helps, moved=self._clock(), backs=backs)
            run = replace(run, ongoing=now)
            self._save(run)
            return self._progress(run)

    # -- the end --------------------------------------------------------------------------------------------

    def hand_in(self, run_id: str, reported: Reported) -> Progress:
        """End a Run with a limited time, once: every Step that is not done is judged as it stands.

        A Step that was not reached may have been done all the same; it then passes, and so does one whose checks
        hold although nobody saw how its page was come to. Of any other the checks that hold although they did not
        hold when the lesson began count as a part. When the Sandbox cannot be looked at, nothing is handed in, and
        `Progress.trouble` says why; ask again.

        Raises:
            BadInput: Runs of this mode are not handed in.
            BrokenEnvironment: The sandbox HRMS cannot be reached.
        """
        with self._alone(run_id):
            run = self._get(run_id)
            if not MODES[run.mode].timed:
                raise BadInput(_("This exercise is not handed in: it ends with its last step."))
            return self._hand_in(self._look(run, reported), reported)

    def _hand_in(self, progress: Progress, reported: Reported) -> Progress:
        run = progress.run
        if progress.trouble or run.ongoing is None or run.status is not RunStatus.ACTIVE:
            return progress
        looks = self._gather(run, replace(run.ongoing, after=run.ongoing.since), reported)
        if SNAPSHOT in looks.errors:
            return replace(progress, trouble=looks.errors[SNAPSHOT])
        tries = self._as_they_stand(run, self._lesson(run), looks)
        run = replace(run, attempts=(*run.attempts, *tries), ongoing=None)
        self._save(run)
        return self._progress(run)

    def _as_they_stand(self, run: Run, lesson: _Lesson, looks: Looks) -> Iterator[Attempt]:
        """Yield an Attempt at every Step that is asked for and has not passed."""
        given, moment = self._given(run, lesson), self._clock()
        now = run.ongoing or Ongoing("", moment, moment)
        used = now.used
        for position, step in enumerate(lesson.steps):
            current = step.id == now.step
            if step.id in _passed(run) or step.optional or not (current or is_asked_for(step, looks)):
                continue
            seen = since(looks, now.after if current else now.since, used)
            outcomes = lesson.judge(step, seen)
            earned = [found for found in outcomes if (step.id, found.check) not in given]
            gone = [number for number, action in enumerate(step.do) if isinstance(action, Goto)]
            if passes(step, outcomes, (*(now.done if current else ()), *gone)) and (earned or only_seen(step)):
                used = (*used, *used_up(lesson.steps, position, seen))
            else:
                outcomes = _in_part(step, outcomes, earned)
            mine = now if current else Ongoing(step.id, moment, moment)
            yield Attempt(step.id, outcomes, mine.started, moment, mine.mistakes, mine.helps, mine.assisted)

    def _given(self, run: Run, lesson: _Lesson) -> frozenset[tuple[str, str]]:
        """Return Step and check of everything that is stored before anybody has done anything."""
        scenario = lesson.scenario
        if scenario.target is not None:
            return frozenset(run.ongoing.given if run.ongoing else ())
        box = self._control.create(scenario.profile, run.lang, scenario.seed)
        try:
            fresh = steps_in(scenario, box, self._translate(run.lang))
            return _holding(lesson.steps, fresh, Looks(self._control.snapshot(box.id)))
        finally:
            with suppress(TrainerError):
                self._control.delete(box.id)

    def finish(self, run_id: str) -> Run:
        """Look in the other roles and close a Run whose Steps are all done.

        A look that failed leaves `unknown` in `Run.final`; calling again looks again. A Run that is not complete,
        has been judged already, or has no Sandbox any more, is returned as it is. Who calls while another one
        looks takes what that look comes to.

        Raises:
            BadInput: There is no such Run, or its lesson was changed.
            BrokenEnvironment: The Run cannot be stored.
        """
        with self._guard:
            under_way = self._finishing.get(run_id)
            mine = self._finishing.setdefault(run_id, Future())
        if under_way is not None:
            return under_way.result()
        try:
            mine.set_result(self._finish(run_id))
        except BaseException as error:  # noqa: BLE001  # whoever waits for this look is told the same
            mine.set_exception(error)
        finally:
            with self._guard:
                del self._finishing[run_id]
        return mine.result()

    def _finish(self, run_id: str) -> Run:
        with self._alone(run_id):
            self._catch_up(run_id)
            run = self._get(run_id)
        if not _wants_a_last_look(run):
            return run
        finals = self._lesson(run).finals
        sights = tuple(sight for _, check in finals for sight in check.sights())
        looks = Looks()
        for _try in range(LAST_LOOKS if sights else 0):
            looks = self._observer.look(run.sandbox, sights, lang=run.lang)
            if not looks.errors:
                break
        with self._alone(run_id):
            try:
                run = self._get(run_id)
                if _wants_a_last_look(run):  # meanwhile it may have been left, or deleted
                    ended = run.ended or self._clock()
                    final = judge([check for _, check in finals], looks)
                    tries = tuple(_with_sights(attempt, finals, looks) for attempt in run.attempts)
                    run = replace(run, status=RunStatus.FINISHED, ended=ended, attempts=tries, final=final)
                    self._save(run)
            finally:
                self._drop(run, looks)
        return run

    def _drop(self, run: Run, looks: Looks) -> None:
        """Delete the pictures of a look that are no evidence of the Run: nobody would know of them any more."""
        if self._pictures is not None:
            self._pictures.forget(set(looks.pictures.values()).difference(run.pictures))

    # -- inside ---------------------------------------------------------------------------------------------

    def _get(self, run_id: str) -> Run:
        run = self._unsaved.get(run_id) or self._runs.get(run_id)
        if run is None:
            raise BadInput(_("This exercise does not exist any more."))
        return run

    def _save(self, run: Run) -> None:
        """Store a Run; one that cannot be stored now is kept here, and stored by the next look at it."""
        self._unsaved[run.id] = run
        self._runs.update(run)
        del self._unsaved[run.id]

    def _catch_up(self, run_id: str) -> None:
        """Store what could not be stored before."""
        if run_id in self._unsaved:
            self._save(self._unsaved[run_id])

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
        lesson = _Lesson(
            scenario,
            steps,
            tuple(last_sights(steps)),
            box.screen,
            box.way_back,
            stored_parts(steps),
            context=box.context,
        )
        if MODES[run.mode].tells:
            lesson = replace(lesson, seen={})
        with self._guard:
            self._lessons[run.id] = lesson
            while len(self._lessons) > KEPT_LESSONS:
                self._locks.pop(self._lessons.popitem(last=False)[0], None)
        return lesson

    def _progress(self, run: Run) -> Progress:
        lesson = self._lesson(run)
        mode, left = MODES[run.mode], self._left(run, lesson)
        if run.ongoing is None:
            return Progress(
                run, mode, _role(lesson, run), lesson.steps, len(lesson.steps), screen=lesson.screen, left=left
            )
        position = _position(lesson, run.ongoing)
        return Progress(
            run,
            mode,
            _role(lesson, run),
            lesson.steps,
            position,
            todo=_todo(lesson.steps[position], run.ongoing.done),
            idle=self._clock() - run.ongoing.moved,
            screen=lesson.screen,
            left=left,
            way_back=lesson.way_back,
            player=self._player,
            tried=lesson.steps[position].id in lesson.tried,
        )

    def _left(self, run: Run, lesson: _Lesson) -> timedelta | None:
        if not MODES[run.mode].timed:
            return None
        unnoted = self._clock() - (run.ticked or run.started)
        spent = run.spent + (unnoted if unnoted <= AWAY else timedelta())
        return max(timedelta(), lesson.scenario.time_limit - spent)

    def _step(self, run: Run, now: Ongoing) -> Step:
        lesson = self._lesson(run)
        return lesson.steps[_position(lesson, now)]

    def _gather(self, run: Run, now: Ongoing, reported: Reported) -> Looks:
        try:
            snapshot, events = self._control.look(run.sandbox, self._lesson(run).parts, now.after)
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

    def _pass(self, run: Run, lesson: _Lesson, position: int, now: Ongoing, looks: Looks) -> Run:
        step, moment = lesson.steps[position], self._clock()
        seen = since(looks, now.after, now.used)
        left_out = step.any_order is None or step.any_order != self._step(run, now).any_order
        mine = now if left_out or step.id == now.step else _begin_of(step, now, now.started)
        attempt = Attempt(
            step=step.id,
            outcomes=lesson.judge(step, seen),
            started=mine.started,
            ended=moment,
            mistakes=mine.mistakes,
            helps=mine.helps,
            assisted=mine.assisted,
        )
        run = replace(run, attempts=(*run.attempts, attempt))
        used = (*now.used, *used_up(lesson.steps, position, seen))
        following = next_step(lesson.steps, position, _passed(run))
        return self._go_to(run, lesson, following, replace(now, used=used))

    def _go_to(self, run: Run, lesson: _Lesson, position: int | None, now: Ongoing) -> Run:
        """Make the Step at `position` the current one; the events used up so far are gone with a group's end."""
        if position is None:
            return replace(run, ongoing=None)
        step = lesson.steps[position]
        if step.id == now.step:
            return replace(run, ongoing=now)
        before = lesson.steps[_position(lesson, now)]
        if before.any_order is None or step.any_order != before.any_order:
            now = replace(now, after=max((now.after, *now.used)), used=())
        return replace(run, ongoing=_begin_of(step, now, self._clock()))

    def _tick(self, run: Run, *, after_a_break: bool) -> Run:
        """Note how much of a limited time is used up: none while its page was away, or in a break of the class."""
        moment = self._clock()
        gap = moment - (run.ticked or run.started)
        if not MODES[run.mode].timed or gap < TICK:
            return run
        if after_a_break:
            return replace(run, ticked=moment)
        if gap > AWAY:
            return replace(run, ticked=moment, breaks=run.breaks + 1)
        return replace(run, ticked=moment, spent=run.spent + gap)


def _worked(looks: Looks, since: datetime) -> timedelta:
    """Return for how long somebody worked in the sandbox while the exam's own page was away."""
    times = [datetime.fromisoformat(event["at"]) for event in looks.events if event["role"] != "system"]
    return max((at - since for at in times if at > since), default=timedelta())


def _with_help(run: Run, helped: str) -> Run:
    """Return a Run in which the Step `helped` counts as done with help, also when it has just passed."""

    def more(helps: tuple[str, ...]) -> tuple[str, ...]:
        return helps if Help.DO in helps else (*helps, Help.DO)

    now = run.ongoing
    if now is not None and now.step == helped:
        return replace(run, ongoing=replace(now, assisted=True, helps=more(now.helps)))
    tries = tuple(
        replace(attempt, assisted=True, helps=more(attempt.helps)) if attempt.step == helped else attempt
        for attempt in run.attempts
    )
    return replace(run, attempts=tries)


def _holding(steps: Sequence[Step], fresh: Sequence[Step], looks: Looks) -> frozenset[tuple[str, str]]:
    """Return Step and check of `steps` whose twins in a `fresh` Sandbox hold in `looks` at it."""
    return frozenset(
        (step.id, outcome.check)
        for step, twin in zip(steps, fresh, strict=True)
        for check, same in zip(step.expect, twin.expect, strict=True)
        if not isinstance(check, See)
        for outcome, found in zip(check.judge(looks), same.judge(looks), strict=True)
        if found.status is Status.PASSED
    )


def _in_part(step: Step, outcomes: tuple[Outcome, ...], earned: list[Outcome]) -> tuple[Outcome, ...]:
    """Return what a Step that has not passed came to: a check that held from the begin earns nothing."""
    kept = tuple(found for found in outcomes if found in earned or found.status is not Status.PASSED)
    if any(found.status is not Status.PASSED for found in kept):
        return kept
    done = ", ".join(f"{action.verb} {_object(action)}".strip() for action in step.do)
    return (*kept, Outcome(Status.FAILED, "action", "do", done, "not done"))


def _with_sights(attempt: Attempt, finals: Sequence[tuple[Step, See]], looks: Looks) -> Attempt:
    """Return an Attempt with what other roles saw at the end, where only they prove its Step and did not yet."""
    sees = [check for step, check in finals if step.id == attempt.step and only_seen(step)]
    here = tuple(found for found in attempt.outcomes if found.level != "outcome")
    there = [found.status for found in attempt.outcomes if found.level == "outcome"]
    if not sees or (there and Status.UNKNOWN not in there):
        return attempt
    return replace(attempt, outcomes=(*here, *judge(sees, looks)))


def _passing(lesson: _Lesson, run: Run, now: Ongoing, looks: Looks) -> int | None:
    """Return the position of an open Step that is done, or None."""
    seen = since(looks, now.after, now.used)
    for position in open_steps(lesson.steps, _position(lesson, now), _passed(run)):
        step = lesson.steps[position]
        done = now.done if step.id == now.step else ()
        if is_asked_for(step, looks) or step.id == now.step:
            outcomes = lesson.judge(step, seen)
            if passes(step, outcomes, done):
                return position
    return None


def _passed(run: Run) -> frozenset[str]:
    return frozenset(attempt.step for attempt in run.attempts)


def _begin_of(step: Step, now: Ongoing, moment: datetime) -> Ongoing:
    """Return the begin of a Step; the events that belong to earlier ones stay theirs."""
    return Ongoing(
        step.id, moment, moment, now.after, used=now.used, since=now.after, given=now.given, backs=now.backs
    )


def _role(lesson: _Lesson, run: Run) -> str:
    """Return who the trainee is now: the lesson's role, until a Step has asked to sign in as another one."""
    passed, now, role = _passed(run), run.ongoing, lesson.scenario.role
    for step in lesson.steps:
        done = now.done if now is not None and step.id == now.step else ()
        for number, action in enumerate(step.do):
            if isinstance(action, SignIn) and (step.id in passed or number in done):
                role = action.role
    return role


def _wants_a_last_look(run: Run) -> bool:
    """Tell whether what other roles see is still to be judged: the Run is complete, or a look has failed.

    Once its Sandbox is gone nobody can look any more.
    """
    if run.status is RunStatus.FINISHED:
        return bool(run.sandbox) and Status.UNKNOWN in {seen.status for seen in run.final}
    return run.status is RunStatus.ACTIVE and run.ongoing is None


def _position(lesson: _Lesson, now: Ongoing) -> int:
    return next(number for number, step in enumerate(lesson.steps) if step.id == now.step)


def _todo(step: Step, done: tuple[int, ...]) -> Action | None:
    return next((action for number, action in enumerate(step.do) if number not in done), None)


def _can_be_shown(action: Action, *, player: bool) -> bool:
    """Tell whether an Action can be done for the trainee in the trainee's own window."""
    return action.in_page or action.by == "window" or (player and action.by == "trainee")


def _doable(step: Step, done: tuple[int, ...], *, player: bool) -> Iterator[Action]:
    """Yield the Actions that can be done for the trainee now, up to the first that cannot."""
    for number, action in enumerate(step.do):
        if number in done:
            continue
        if not _can_be_shown(action, player=player):
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
    """Return what a verb that is not the trainee's acts on: the role, the address, the fault, the element."""
    if isinstance(action, SignIn | Goto):
        return action.role if isinstance(action, SignIn) else action.path
    return action.fault if isinstance(action, Inject | Clear) else action.aim() or ""


def _holds(action: Action, observed: Observed, *, ours: bool) -> bool:
    """Tell whether the content is right too, where the Action fixes one that can be seen at once.

    Of somebody else's list the lesson knows the text of an option, and the page reports its code: any choice will
    do, as any text does. What was stored tells whether it was the right one.
    """
    if isinstance(action, Choose) and ours:
        return observed.value == action.option
    if isinstance(action, Tick):
        return observed.value == ("true" if action.on else "false")
    return not isinstance(action, Fill | Choose) or bool(observed.value.strip())


def _hint(step: Step, rung: int) -> str:
    """Return the author's hint of a rung; the last one is never shown twice."""
    return step.hints[rung] if rung < len(step.hints) else ""


def _ends_last(lesson: _Lesson, run: Run, observed: Observed) -> bool:
    """The end of a Step is often reported after the Step has passed: no mistake."""
    last = run.attempts[-1].step if run.attempts else ""
    return any(action.matches(observed) for step in lesson.steps if step.id == last for action in step.actions())


def _with_awaited(step: Step, done: tuple[int, ...], looks: Looks, *, arrived: bool) -> tuple[int, ...]:
    """Add the `wait_for` Actions that are due and fulfilled, as the trainee's window reports.

    So is a `goto` of somebody who has `arrived`: a page may be come to by another address.
    """
    for number, action in enumerate(step.do):
        if number in done:
            continue
        shown = isinstance(action, WaitFor) and looks.visible.get(action.target) is action.visible
        if not shown and not (isinstance(action, Goto) and arrived):
            return done
        done = (*done, number)
    return done


__all__ = ["STUCK", "UNPROVEN", "Coach", "Helping", "Progress", "Reported"]
