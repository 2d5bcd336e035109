"""In memory: a shipped double of each port, which passes the same contract tests as the real adapter."""

from __future__ import annotations

import copy
import io
import math
import struct
import sys
import threading
import wave
import zlib
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from trainer.app.ports import NOWHERE, Place, SandboxInfo, Speech
from trainer.core.actions import NotDone
from trainer.core.changes import Element
from trainer.core.checks import Looks, Sight
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed, TrainerError
from trainer.core.invitation import About, Channel, Delivery, Item, Kit
from trainer.core.paths import LearningPath
from trainer.core.problems import Problem
from trainer.core.runs import Run
from trainer.core.scenario import Scenario, Seed
from trainer.core.walkthrough import Box
from trainer.i18n import gettext as _
from trainer.i18n import speaking

QUESTIONS = tuple(
    {"id": f"q{number}", "kind": kind, "text": f"Question {number}?", "sample": f"A good answer to {number}."}
    for number, kind in enumerate(("structured", "structured", "structured", "situational"), start=1)
)


class InMemoryRuns:
    """Keeps Runs as long as it lives; implements `trainer.app.ports.Runs`.

    Attributes:
        broken: Why nothing can be kept; set it to let it fail.
    """

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self.broken = ""

    def save(self, run: Run) -> None:
        """Keep the Run."""
        if self.broken:
            raise BrokenEnvironment(self.broken)
        self._runs[run.id] = run

    def update(self, run: Run) -> None:
        """Keep a Run that was saved before; one that was forgotten meanwhile stays forgotten."""
        if run.id in self._runs:
            self.save(run)

    def get(self, run: str) -> Run | None:
        """Return a Run, or None."""
        return self._runs.get(run)

    def owner(self, run: str) -> str | None:
        """Return whose Run it is, None when there is none."""
        found = self.get(run)
        return found.owner if found else None

    def of(self, owner: str) -> tuple[Run, ...]:
        """Return the Runs of one trainee, newest first."""
        own = [run for run in self._runs.values() if run.owner == owner]
        return tuple(sorted(own, key=lambda run: run.started, reverse=True))

    def of_all(self, owners: Sequence[str], since: datetime | None = None) -> tuple[Run, ...]:
        """Return the Runs of several trainees, newest first: those in which something has happened since then."""
        found = [run for owner in owners for run in self.of(owner) if since is None or _moved(run) >= since]
        return tuple(sorted(found, key=lambda run: run.started, reverse=True))

    def idle(self, before: datetime) -> tuple[Run, ...]:
        """Return the Runs that still have a Sandbox and in which nothing has happened since `before`."""
        return tuple(run for run in self._runs.values() if run.sandbox and _moved(run) < before)

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that Runs have."""
        return frozenset(run.sandbox for run in self._runs.values() if run.sandbox)

    def pictures(self) -> frozenset[str]:
        """Return the names of all pictures that are evidence of Runs."""
        return frozenset(name for run in self._runs.values() for name in run.pictures)

    def forget(self, owner: str) -> tuple[str, ...]:
        """Delete all Runs of one trainee and return the ids of their Sandboxes."""
        own = self.of(owner)
        for run in own:
            del self._runs[run.id]
        return tuple(run.sandbox for run in own if run.sandbox)


def _moved(run: Run) -> datetime:
    moments = [run.started, run.ended, run.ongoing and run.ongoing.moved, run.ticked]
    moments += [attempt.ended for attempt in run.attempts]
    return max(moment for moment in moments if moment)


class InMemoryPictures:
    """Keeps given pictures, taken long ago; implements `trainer.app.ports.Pictures`."""

    def __init__(self, **pictures: bytes) -> None:
        self._pictures = {f"{name}.png": content for name, content in pictures.items()}

    def read(self, name: str) -> bytes | None:
        """Return a PNG, or None when there is none of that name."""
        return self._pictures.get(name)

    def older(self, than: datetime) -> frozenset[str]:  # noqa: ARG002  # all are
        """Return the names of all pictures."""
        return frozenset(self._pictures)

    def forget(self, names: Iterable[str]) -> None:
        """Delete pictures; one that is gone already is no error."""
        for name in names:
            self._pictures.pop(name, None)


class InMemoryScenarios:
    """A catalogue of given lessons and paths; implements `trainer.app.ports.Scenarios`."""

    def __init__(self, *scenarios: Scenario, paths: Sequence[LearningPath] = ()) -> None:
        self._paths = tuple(sorted(paths, key=lambda path: path.id))
        self._scenarios = {scenario.id: scenario for scenario in sorted(scenarios, key=lambda one: one.id)}

    def all(self) -> tuple[Scenario, ...]:
        """Return every lesson, ordered by id."""
        return tuple(self._scenarios.values())

    def get(self, scenario: str) -> Scenario:
        """Return one lesson; raises `BadInput` naming the nearest id when there is none."""
        if scenario in self._scenarios:
            return self._scenarios[scenario]
        near = get_close_matches(scenario, self._scenarios, 1)
        raise BadInput(
            _("There is no lesson {scenario}.").format(scenario=scenario),
            _("Did you mean {name}?").format(name=near[0]) if near else "",
        )

    def paths(self) -> tuple[LearningPath, ...]:
        """Return every learning path, ordered by id."""
        return self._paths

    def broken(self) -> tuple[Problem, ...]:
        """Nothing is wrong with what is given as it is."""
        return ()


class InMemoryVoice:
    """Hums for as long as speaking would take; implements `trainer.app.ports.Voice`.

    Attributes:
        said: What it was asked to say, in order.
        broken: Why it cannot speak; set it to let it fail.
    """

    RATE = 16_000

    def __init__(self) -> None:
        self.said: list[str] = []
        self.broken = ""

    def say(self, text: str, lang: str) -> Speech:  # noqa: ARG002  # it hums the same in all languages
        """Hum: longer for a Chinese character than for a letter."""
        if self.broken:
            raise BrokenEnvironment(self.broken)
        self.said.append(text)
        seconds = max(0.5, sum(0.2 if letter > "\u2e80" else 0.06 for letter in text))
        tone = array("h", (round(9000 * math.sin(step / 9)) for step in range(round(seconds * self.RATE))))
        if sys.byteorder == "big":
            tone.byteswap()
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.RATE)
            file.writeframes(tone.tobytes())
        return Speech(out.getvalue(), seconds)


@dataclass
class _Paper:
    """One Sandbox on paper: what it stored and what happened in it."""

    data: dict[str, Any]
    seed: Seed
    lang: str
    profile: str
    revision: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=dict)
    numbered: int = 0
    moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def store(self, kind: str, role: str, **data: Any) -> None:  # noqa: ANN401  # JSON
        """Record an event of the change that was just made."""
        self.revision += 1
        self.numbered += 1
        at = self.moment.isoformat()
        self.events.append({"seq": self.numbered, "at": at, "kind": kind, "role": role, "data": data})


class InMemoryControl:
    """A sandbox HRMS on paper, profile `web`, one candidate; implements `trainer.app.ports.Control`.

    Attributes:
        broken: Why it cannot be reached; set it to let it fail.
        faults: Faults that struck: id of the Sandbox, name, seconds (None until cured or cleared).
    """

    def __init__(self) -> None:
        self.broken = ""
        self.faults: list[tuple[str, str, float | None]] = []
        self._papers: dict[str, _Paper] = {}
        self._looked: dict[str, int] = {}
        self._made = 0

    def create(self, profile: str, lang: str, seed: Seed) -> SandboxInfo:
        """Make a new Sandbox."""
        if profile != "web":
            raise BadInput(_("There is no profile {profile}.").format(profile=profile))
        return self._add(_Paper(_fresh(), seed, lang, profile))

    def _add(self, paper: _Paper) -> SandboxInfo:
        self._check()
        self._made += 1
        name = f"s{self._made}"
        self._papers[name] = paper
        return self.info(name)

    def _check(self) -> None:
        if self.broken:
            raise BrokenEnvironment(self.broken)

    def paper(self, sandbox: str) -> _Paper:
        """Return a Sandbox; raises `BadInput` when there is none of that id."""
        self._check()
        if sandbox not in self._papers:
            raise BadInput(_("There is no sandbox {sandbox}.").format(sandbox=sandbox))
        return self._papers[sandbox]

    def info(self, sandbox: str) -> SandboxInfo:
        """Describe a Sandbox."""
        paper = self.paper(sandbox)
        context = {
            "lang": paper.lang,
            "candidate": {"id": "c1", "name": "Robin"},
            "post": {"id": "p1", "title": "Sales", "department": "Sales"},
            "interview": {"id": "i1"},
            "questions": QUESTIONS,
        }
        return SandboxInfo(sandbox, paper.revision, context, way_back=("resume.continue", "home.start"))

    def reset(self, sandbox: str) -> SandboxInfo:
        """Bring a Sandbox back to its seed."""
        paper = self.paper(sandbox)
        paper.data = _fresh()
        paper.events.clear()
        paper.numbered = 0
        paper.revision += 1
        return self.info(sandbox)

    def clone(self, sandbox: str) -> SandboxInfo:
        """Copy a Sandbox as it is now."""
        return self._add(copy.deepcopy(self.paper(sandbox)))

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that there are."""
        self._check()
        return frozenset(self._papers)

    def delete(self, sandbox: str) -> None:
        """Remove a Sandbox; one that is gone already is no error."""
        self._check()
        self._papers.pop(sandbox, None)

    def checkpoint(self, sandbox: str, name: str) -> None:
        """Keep the present state under `name`."""
        paper = self.paper(sandbox)
        paper.checkpoints[name] = copy.deepcopy((paper.data, paper.events))

    def restore(self, sandbox: str, name: str) -> None:
        """Bring the state kept under `name` back; events go on counting."""
        paper = self.paper(sandbox)
        if name not in paper.checkpoints:
            raise BadInput(_("There is no checkpoint {name}.").format(name=name))
        paper.data, paper.events = copy.deepcopy(paper.checkpoints[name])
        paper.revision += 1

    def inject(self, sandbox: str, fault: str, seconds: float | None) -> None:
        """Note a fault that strikes."""
        self.paper(sandbox).store("fault_injected", "system", fault=fault, seconds=seconds)
        self.faults.append((sandbox, fault, seconds))

    def clear(self, sandbox: str, fault: str) -> None:
        """Note that a fault has ended."""
        paper = self.paper(sandbox)
        if any(struck[:2] == (sandbox, fault) for struck in self.faults):
            self.faults = [struck for struck in self.faults if struck[:2] != (sandbox, fault)]
            paper.store("fault_cleared", "system", fault=fault)

    def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
        """Return an address of the form that the real one has."""
        self.paper(sandbox)
        return f"/s/{sandbox}/{role}/enter?key={'look' if read_only else 'act'}"

    def events(self, sandbox: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return the events after number `after`, oldest first, and the last number."""
        paper = self._look(sandbox)
        later = [event for event in paper.events if event["seq"] > after]
        return tuple(copy.deepcopy(later)), paper.numbered

    def snapshot(self, sandbox: str) -> Mapping[str, Any]:
        """Return all that is stored."""
        return copy.deepcopy(self._look(sandbox).data)

    def look(
        self, sandbox: str, parts: frozenset[str], after: int
    ) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """Return what is stored, only the `parts` unless there are none, and the events after number `after`."""
        stored = self.snapshot(sandbox)
        if sandbox in self._papers:
            self._looked[sandbox] = self._papers[sandbox].revision
        wanted = {name: part for name, part in stored.items() if not parts or name in parts}
        return wanted, self.events(sandbox, after)[0]

    def changed(self, sandbox: str) -> bool:
        """Tell whether something was stored since the last look."""
        paper = None if self.broken else self._papers.get(sandbox)
        return paper is None or paper.revision != self._looked.get(sandbox)

    @property
    def knows_changes(self) -> bool:
        """Everything is known here."""
        return True

    def _look(self, sandbox: str) -> _Paper:
        try:
            return self.paper(sandbox)
        except (BadInput, BrokenEnvironment) as error:
            raise LookFailed(error.message) from error


def _fresh() -> dict[str, Any]:
    return {
        "interview": {"id": "i1", "candidate": "c1", "status": "invited", "saved": "unsaved", "synced": "not_due"},
        "sitting": None,
        "candidates": [{"id": "c1", "name": "Robin", "status": "invited"}],
    }


@dataclass(frozen=True)
class _Element:
    """One element of a page on paper; `act` is what a click does, None for what cannot be clicked."""

    text: str = ""
    state: str | None = None
    act: Callable[[], None] | None = None
    enabled: bool = True


class InMemoryStage:
    """Windows on paper; implements `trainer.app.ports.Stage`.

    Attributes:
        broken: Why no window works any more; set it to let the browser end.
        told: Captions that were shown, in order.
        left: Names under which Sandboxes were left.
    """

    def __init__(self, control: InMemoryControl) -> None:
        self.control = control
        self.broken = ""
        self.told: list[str] = []
        self.left: list[str] = []
        self._windows: dict[tuple[str, str, bool], InMemoryWindow] = {}

    def window(self, sandbox: str, role: str, *, read_only: bool = False, page: str = "") -> InMemoryWindow:
        """Return the window in which `role` is signed in, opening it on `page` when there is none."""
        key = (sandbox, role, read_only)
        if key not in self._windows:
            self.control.sign_in_link(sandbox, role, read_only=read_only)
            self._windows[key] = InMemoryWindow(self, sandbox, role, page)
        return self._windows[key]

    def leave(self, sandbox: str, name: str) -> None:
        """Close the windows of a Sandbox."""
        self.left.append(name)
        self._windows = {key: window for key, window in self._windows.items() if key[0] != sandbox}


class InMemoryObserver:
    """Looks at windows on paper; implements `trainer.app.ports.Observer`."""

    def __init__(self, control: InMemoryControl) -> None:
        self._control = control

    def look(self, sandbox: str, sights: Sequence[Sight], *, lang: str) -> Looks:
        """Return what stands at the `sights`; a look that failed is in `Looks.errors`."""
        seen: dict[Sight, str | None] = {}
        errors: dict[str | Sight, str] = {}
        with speaking(lang):
            for sight in sights:
                try:
                    window = InMemoryStage(self._control).window(sandbox, sight.role, read_only=True)
                    window.go(sight.page)
                    seen[sight] = window.read_state(sight.target)
                except TrainerError as error:
                    errors[sight] = error.message
        return Looks(sights=seen, errors=errors)


class InMemoryWindow:
    """A window on paper: as much of the HRMS's pages as a normal interview needs.

    Implements `trainer.app.ports.StageWindow`.
    """

    def __init__(self, stage: InMemoryStage, sandbox: str, role: str, page: str = "") -> None:
        self._stage = stage
        self._sandbox = sandbox
        self._role = role
        self._page = page or "home"
        self._dialog = False
        self._fields: dict[str, str] = {}

    # -- what an actor does ------------------------------------------------------------------------------------

    def click(self, target: str) -> None:
        """Click an element."""
        element = self._usable(target)
        if element.act is not None:
            element.act()

    def fill(self, target: str, text: str) -> None:
        """Replace what stands in a field."""
        self._usable(target)
        self._fields[target] = text

    def press(self, key: str, target: str | None) -> None:
        """Press a key; Enter on what can be clicked is a click, and nothing else listens to keys."""
        if target is not None:
            element = self._usable(target)
            if key == "Enter" and element.act is not None:
                element.act()

    def choose(self, target: str, option: str) -> None:
        """Open a list and click an option."""
        self.click(target)
        self.click(f"{target}.option[{option}]")

    def tick(self, target: str, *, on: bool) -> None:
        """Bring a box into the wanted state."""
        self._usable(target)
        self._fields[target] = str(on).lower()

    def hover(self, target: str) -> None:
        """Rest the pointer on the target."""
        self._usable(target)

    def wait_for(self, target: str, *, visible: bool) -> None:
        """Pages on paper are still: what is not so now never comes."""
        self._work()
        if (target in self._elements()) is not visible:
            raise NotDone(target, _("it is not on the page") if visible else _("it is still there"))

    def goto(self, path: str) -> None:
        """Open a page below the role's start page."""
        self._work()
        self._page = path or "home"

    def reload(self) -> None:
        """Load the page again: what was typed is gone."""
        self._work()
        self._fields.clear()
        self._dialog = False

    def close_tab(self) -> None:
        """Close the tab."""
        self._work()
        self._fields.clear()
        self._page = ""

    def sign_in(self, role: str) -> None:
        """Open a personal link of `role`."""
        if self._stage.broken:
            raise BrokenEnvironment(self._stage.broken)
        self._stage.control.sign_in_link(self._sandbox, role)
        self._role = role
        self._page = "home"

    def inject(self, fault: str, seconds: float | None) -> None:
        """Let a fault strike."""
        self._stage.control.inject(self._sandbox, fault, seconds)

    def clear(self, fault: str) -> None:
        """End a fault."""
        self._stage.control.clear(self._sandbox, fault)

    def go(self, page: str) -> None:
        """Open a page below the role's start page."""
        if self._stage.control.broken:
            raise LookFailed(self._stage.control.broken)
        self._work()
        self._page = page or "home"

    def tell(self, caption: str) -> None:
        """Note the caption."""
        self._stage.told.append(caption)

    # -- what can be seen --------------------------------------------------------------------------------------

    def read_field(self, target: str) -> str | None:
        """Return the content of a field, or None when it is not on the page."""
        element = self._seen(target)
        return None if element is None else self._fields.get(target, element.text)

    def read_state(self, target: str) -> str | None:
        """Return the state code of an element, else its text; None when it is not on the page."""
        element = self._seen(target)
        return None if element is None else element.state or self._fields.get(target, element.text)

    def is_visible(self, target: str) -> bool:
        """Tell whether an element can be seen now."""
        return self._seen(target) is not None

    def choices(self) -> tuple[str, ...]:
        """Return the test ids of all that can be clicked now."""
        self._work(looking=True)
        return tuple(name for name, one in self._elements().items() if one.act is not None and one.enabled)

    def options(self, target: str) -> tuple[str, ...]:
        """There are no lists on paper."""
        self._usable(target)
        return ()

    def place(self) -> Place | None:
        """Return which page is shown."""
        return Place(self._role, self._page) if self._page else NOWHERE

    def is_at(self, path: str) -> bool:
        """Tell whether the page is shown that `goto` opens."""
        return self._page == (path or "home")

    def box(self, target: str) -> Box | None:
        """Return where an element is: they stand one below the other."""
        if self._seen(target) is None:
            return None
        return Box(20.0, 20.0 + 40.0 * list(self._elements()).index(target), 200.0, 30.0)

    def elements(self) -> tuple[Element, ...]:
        """Return all that is on the page."""
        self._work(looking=True)
        return tuple(
            Element(
                id=name,
                role="text" if one.act is None else "button",
                control=one.act is not None,
                name=one.text,
                state="" if one.enabled else "disabled",
                style="",
                box=box,
            )
            for name, one in self._elements().items()
            if (box := self.box(name)) is not None
        )

    def picture(self, hide: Sequence[str] = ()) -> bytes:  # noqa: ARG002  # there is nothing to be seen
        """Return a PNG of one white pixel."""
        self._work(looking=True)
        if not self._page:
            raise LookFailed(_("The tab is closed."))
        return _png()

    def trouble(self) -> str:
        """Return why nobody could act here, or ""."""
        return self._stage.broken or self._stage.control.broken

    # -- the pages ---------------------------------------------------------------------------------------------

    def _work(self, *, looking: bool = False) -> None:
        if self._stage.broken:
            raise BrokenEnvironment(self._stage.broken)
        if self._stage.control.broken:
            raise (LookFailed if looking else BrokenEnvironment)(self._stage.control.broken)

    def _seen(self, target: str) -> _Element | None:
        self._work(looking=True)
        return self._elements().get(target)

    def _usable(self, target: str) -> _Element:
        self._work()
        element = self._elements().get(target)
        if element is None:
            raise NotDone(target, _("it is not on the page"))
        if not element.enabled:
            raise NotDone(target, _("it is disabled"))
        return element

    def _elements(self) -> dict[str, _Element]:
        if not self._page:
            return {}
        if self._role != "candidate":
            candidates = self._paper.data["candidates"]
            return {f"candidates.row[{one['id']}].status": _Element(state=one["status"]) for one in candidates}
        if self._dialog:
            return {
                "dialog.confirm": _Element(act=self._end),
                "dialog.cancel": _Element(act=lambda: setattr(self, "_dialog", False)),
            }
        status = self._paper.data["interview"]["status"]
        open_to_start = status in {"invited", "in_progress"}
        pages: dict[str, Callable[[], dict[str, _Element]]] = {
            "home": lambda: {
                "home.interview_status": _Element(state=status),
                **({"home.start": _Element(act=self._start)} if open_to_start else {}),
            },
            "notice": lambda: {
                "consent.agree": _Element("false"),
                "consent.begin": _Element(act=self._begin, enabled=self._fields.get("consent.agree") == "true"),
            },
            "device": lambda: {"device.skip": _Element(act=lambda: self._turn("room"))},
            "resume": lambda: {"resume.continue": _Element(act=lambda: self._turn("room"))},
            "room": self._room,
        }
        return pages[self._page]()

    def _room(self) -> dict[str, _Element]:
        if self._paper.data["sitting"] is None:  # the sandbox was brought back to a time before it
            return {}
        question = self._question()
        if question is None:
            asked = {"interview.all_answered": _Element("✓")}
        else:
            asked = {
                "interview.question": _Element(question["text"]),
                "interview.answer": _Element(),
                "interview.submit": _Element(act=self._submit),
            }
        return {**asked, "interview.end": _Element(act=lambda: setattr(self, "_dialog", True))}

    @property
    def _paper(self) -> _Paper:
        return self._stage.control.paper(self._sandbox)

    def _turn(self, page: str) -> None:
        self._fields.clear()
        self._page = page

    def _start(self) -> None:
        self._turn("resume" if self._paper.data["sitting"] else "notice")

    def _begin(self) -> None:
        self._set_status("in_progress")
        self._paper.data["sitting"] = {"status": "open", "consent": True, "answers": []}
        self._paper.store("interview_started", "candidate")
        self._turn("device")

    def _question(self) -> Mapping[str, str] | None:
        answered = {answer["question"] for answer in self._paper.data["sitting"]["answers"]}
        return next((question for question in QUESTIONS if question["id"] not in answered), None)

    def _submit(self) -> None:
        question, text = self._question(), self._fields.get("interview.answer", "").strip()
        if question is not None and text:
            answer = {"question": question["id"], "kind": question["kind"], "saved": "saved", "text": text}
            self._paper.data["sitting"]["answers"].append(answer)
            self._paper.store("answer_submitted", "candidate", question=question["id"])
            self._fields.clear()

    def _end(self) -> None:
        complete = self._question() is None
        self._set_status("to_review" if complete else "incomplete")
        self._paper.data["interview"].update(saved="saved", synced="done" if complete else "not_due")
        self._paper.data["sitting"]["status"] = "ended"
        self._paper.store("interview_ended", "candidate")
        self._dialog = False
        self._turn("home")

    def _set_status(self, status: str) -> None:
        self._paper.data["interview"]["status"] = status
        self._paper.data["candidates"][0]["status"] = status


def _png() -> bytes:
    """Return one white pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\xff")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class InMemoryOutbox:
    """Keeps letters for as long as it lives; implements `trainer.app.outbox.Outbox`."""

    def __init__(self) -> None:
        self._kits: dict[str, Kit] = {}
        self._items: dict[str, Item] = {}
        self._out: set[str] = set()
        self._sending = threading.Lock()

    def add(self, kit: Kit, items: Iterable[Item]) -> int:
        """Note letters and return how many are new; a known key changes nothing.

        Those that wait and tell what the same interview was before a change are withdrawn.
        """
        self._kits[kit.id] = kit
        new = [item for item in items if item.key not in self._items]
        for item in new:
            out = item.address.lower() in self._out
            self._items[item.key] = replace(item, state=Delivery.OPTED_OUT) if out else item
        for old in self._open():
            told = old.invitation
            now = [one.invitation for one in new if one.invitation.interview == told.interview]
            if any(told.sequence < one.sequence for one in now):
                self._items[old.key] = replace(old, state=Delivery.WITHDRAWN)
        return len(new)

    def withdraw(self, keys: Collection[str]) -> int:
        """Let letters that did not go yet never go, and return how many those are."""
        gone = [one for one in self._open() if one.key in keys]
        for one in gone:
            self._items[one.key] = replace(one, state=Delivery.WITHDRAWN)
        return len(gone)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Tell whether nobody else is in such a block."""
        ours = self._sending.acquire(blocking=False)
        try:
            yield ours
        finally:
            if ours:
                self._sending.release()

    def claim(
        self, now: datetime, lease: timedelta, channels: Collection[Channel], abouts: Collection[About]
    ) -> tuple[Item, Kit] | None:
        """Take the letter of these kinds that is due first, for the time of `lease`; None when none is due."""
        due = [one for one in self._open() if one.due <= now and one.channel in channels and one.about in abouts]
        if not due:
            return None
        taken = replace(due[0], state=Delivery.SENDING, tries=due[0].tries + 1, due=now + lease)
        self._items[taken.key] = taken
        return taken, self._kits[taken.kit]

    def settle(self, key: str, state: Delivery, said: str, due: datetime) -> None:
        """Note what became of a letter that was claimed, and was not forgotten meanwhile."""
        if self._items[key].state is Delivery.SENDING:
            self._items[key] = replace(self._items[key], state=state, said=said, due=due)

    def release(self, key: str, said: str, due: datetime) -> None:
        """Let a letter that was claimed wait again; it does not count as tried."""
        one = self._items[key]
        if one.state is Delivery.SENDING:
            back = replace(one, state=Delivery.WAITING, tries=one.tries - 1, said=said, due=due)
            self._items[key] = back

    def next_due(self, channels: Collection[Channel], abouts: Collection[About]) -> datetime | None:
        """Return when the next letter of these kinds is due that was tried before, or None."""
        kinds = [one for one in self._open() if one.channel in channels and one.about in abouts]
        return next((item.due for item in kinds if item.tries), None)

    def opt_out(self, address: str, now: datetime) -> None:  # noqa: ARG002  # the port's signature
        """Note that somebody wants no letters, however it is spelt; what did not go yet never does."""
        self._out.add(address.lower())
        for item in self._open():
            if item.address.lower() == address.lower():
                self._items[item.key] = replace(item, state=Delivery.OPTED_OUT)

    def wants_none(self, address: str) -> bool:
        """Tell whether somebody wants no letters, however the address is spelt."""
        return address.lower() in self._out

    def of(self, candidate: str) -> tuple[tuple[Item, Kit], ...]:
        """Return the letters to a candidate with what they share, in the order of due dates."""
        return tuple((item, self._kits[item.kit]) for item in self.all() if item.candidate == candidate)

    def next_to(self, candidate: str) -> Item | None:
        """Return the letter that goes to a candidate next, or None."""
        return next((item for item in self._open() if item.candidate == candidate), None)

    def forget(self, candidate: str) -> None:
        """Let no letter go to a candidate any more, and delete who it was from those that went."""
        for item in self.all():
            if item.candidate == candidate:
                self._items[item.key] = item.erased

    def all(self) -> tuple[Item, ...]:
        """Return every letter, in the order of due dates."""
        return tuple(sorted(self._items.values(), key=lambda item: (item.due, item.key)))

    def _open(self) -> list[Item]:
        return [item for item in self.all() if item.state in {Delivery.WAITING, Delivery.SENDING}]
