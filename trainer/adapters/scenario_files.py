"""Scenario files: from strict YAML to Scenarios, with everything that is wrong told at once."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trainer.adapters.strict_yaml import Node, Source
from trainer.app.lint import (
    Finding,
    did_you_mean,
    lint_action,
    lint_application,
    lint_branch,
    lint_check,
    lint_detour,
    lint_head,
    lint_heading,
    lint_hidden,
    lint_order,
    lint_proof,
    lint_step,
    lint_text,
    names_of,
)
from trainer.core.actions import VERBS, Action, Detour, Reload, WaitFor
from trainer.core.application import SECRET, Account, Application, Request
from trainer.core.checks import CHECKS, Check
from trainer.core.contract import Contract
from trainer.core.errors import BadInput
from trainer.core.model import Model
from trainer.core.paths import LearningPath, Part
from trainer.core.problems import BrokenScenario, Problem, in_order
from trainer.core.scenario import Scenario, Seed, Step
from trainer.i18n import N_, speaking
from trainer.i18n import gettext as _
from trainer.paths import data_dir

__all__ = ["BrokenScenario", "Checked", "ScenarioFiles", "ServedScenarios", "check_files", "read_contract"]

log = logging.getLogger(__name__)

SCHEMA = "schema.json"
PATHS = "paths"
"""The folder of learning paths, beside those of the lessons."""
M = TypeVar("M", bound=Model)
_State = tuple[tuple[Path, int, int], ...]
"""Files, when each was last written (nanoseconds), and how many bytes it holds."""
_ID_LINE = re.compile(r"^id: *['\"]?([^\s'\"#]+)", re.MULTILINE)


def read_contract(folder: Path) -> Contract:
    """Return the contract kept in the folder's ``schema.json``; raises `BadInput` when there is none."""
    file = folder / SCHEMA
    try:
        return Contract.model_validate(json.loads(file.read_text("utf-8"))["x-contract"])
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            _("{file} is missing or damaged.").format(file=file), _("`trainer scenario schema --write` writes it.")
        ) from error


class ScenarioFiles:
    """The catalogue of lessons: ``<family>/<id>.yaml`` below one or more folders; the first folder wins.

    Learning paths are in ``paths/<id>.yaml``. Files directly in a folder are no lessons (such as
    ``all_verbs.yaml``), but can be had by their id.

    Args:
        folders: Where lessons are; without any, the ones that come with the trainer.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders or (data_dir("scenarios"),)
        self._lessons: tuple[_State, tuple[Scenario, ...]] = ((), ())

    def files(self) -> tuple[Path, ...]:
        """Return the files of all lessons, ordered by name."""
        return self._below("*/*.yaml", lambda file: file.parent.name != PATHS)

    def path_files(self) -> tuple[Path, ...]:
        """Return the files of all learning paths, ordered by name."""
        return self._below(f"{PATHS}/*.yaml", lambda _file: True)

    def _below(self, pattern: str, is_one: Callable[[Path], bool]) -> tuple[Path, ...]:
        every = (file for folder in reversed(self._folders) for file in folder.glob(pattern))
        found = {file.name: file for file in every if is_one(file)}
        return tuple(found[name] for name in sorted(found))

    def all(self) -> tuple[Scenario, ...]:
        """Return every lesson, ordered by id; raises `BrokenScenario` with the problems of all files.

        They are read anew only when a file has changed.
        """
        files = self.files()
        state = _state(files)
        if self._lessons[0] != state:
            lessons = self._read(files)
            self._lessons = (state, tuple(sorted(lessons, key=lambda scenario: scenario.id)))
        return self._lessons[1]

    def paths(self) -> tuple[LearningPath, ...]:
        """Return every learning path, ordered by id; raises `BrokenScenario` with the problems of all files."""
        return tuple(path for one in self._sound(self._check_paths(self.path_files())) if (path := one.path))

    def get(self, scenario: str) -> Scenario:
        """Return one lesson by its id, or any file by its path (which ends in ``.yaml``).

        Raises:
            BadInput: There is no such lesson or file.
            BrokenScenario: There is, but it cannot be used.
        """
        return self._read([self._find(scenario)])[0]

    def several(self, names: Iterable[str]) -> tuple[Scenario, ...]:
        """Return lessons as `get` does, each once, in the order given.

        Raises:
            BadInput: There is no such lesson or file, or two files have the same id, so that nobody could tell
                of which one a report, a guide or a film is.
            BrokenScenario: One cannot be used.
        """
        found: dict[str, tuple[str, Scenario]] = {}
        for name in names:
            lesson = self.get(name)
            first, known = found.setdefault(lesson.id, (name, lesson))
            if known != lesson:
                taken = _("the id `{scenario}` is taken by {file}").format(scenario=lesson.id, file=first)
                raise BadInput(f"{name}: {taken}", _("Each scenario needs an id of its own."))
        return tuple(lesson for _name, lesson in found.values())

    def ids(self) -> dict[str, Path]:
        """Return id → file of everything that `get` finds by an id."""
        return {_id_of(file): file for file in (*self._others(), *self.files())}

    def check(self, files: Sequence[Path] = ()) -> tuple[Checked, ...]:
        """Check `files`, or all there are; raises `BadInput` for one that cannot be read."""
        asked = files or (*sorted((*self._others(), *self.files())), *self.path_files())
        paths = [file for file in asked if file.absolute().parent.name == PATHS]
        lessons = check_files([file for file in asked if file not in paths], self.contract())
        return (*lessons, *self._check_paths(paths))

    def _check_paths(self, files: Iterable[Path]) -> tuple[Checked, ...]:
        """Read paths as one catalogue, in which each id is unique and each lesson has one place."""
        lessons = frozenset(_id_of(file) for file in self.files())
        seen: dict[str, str] = {}
        places: dict[str, str] = {}
        return tuple(_check_path(file, self.contract(), lessons, (seen, places)) for file in files)

    def look(self) -> dict[Path, Checked]:
        """Return file → what became of it, of lessons and paths, also where it cannot be read."""
        contract, seen = self.contract(), dict[str, str]()
        found = {file: _looked(file, partial(_check_file, file, contract, seen)) for file in self.files()}
        ids, taken = frozenset(map(_id_of, found)), (dict[str, str](), dict[str, str]())
        paths = {
            file: _looked(file, partial(_check_path, file, contract, ids, taken)) for file in self.path_files()
        }
        return found | paths

    def broken(self) -> tuple[Problem, ...]:
        """Return what is wrong with the files of lessons and paths."""
        return in_order([problem for one in self.look().values() for problem in one.problems])

    def contract(self) -> Contract:
        """Return what scenarios may point at."""
        own = [folder for folder in self._folders if (folder / SCHEMA).is_file()]
        contract = read_contract(own[0] if own else data_dir("scenarios"))
        return contract.model_copy(update={"profiles": (*contract.profiles, *_added_profiles())})

    def _others(self) -> list[Path]:
        return [file for folder in self._folders for file in sorted(folder.glob("*.yaml"))]

    def _find(self, scenario: str) -> Path:
        if scenario.endswith((".yaml", ".yml")):
            return Path(scenario)
        ids = self.ids()
        if scenario in ids:
            return ids[scenario]
        raise BadInput(
            _("There is no scenario `{scenario}`.").format(scenario=scenario),
            did_you_mean(scenario, ids) or _("`trainer scenario list` shows all."),
        )

    def _read(self, files: Iterable[Path]) -> list[Scenario]:
        return [one.scenario for one in self._sound(check_files(files, self.contract())) if one.scenario]

    def _sound(self, checked: tuple[Checked, ...]) -> tuple[Checked, ...]:
        """Return what was checked if nothing is wrong with it."""
        if problems := [problem for one in checked for problem in one.problems]:
            raise BrokenScenario(problems, _("Mend the file, then run `trainer scenario check` again."))
        return checked


@dataclass(frozen=True)
class _Sound:
    """Lessons and paths that can be used, and what is wrong with the others."""

    lessons: tuple[Scenario, ...] = ()
    paths: tuple[LearningPath, ...] = ()
    problems: tuple[Problem, ...] = ()


class ServedScenarios:
    """The catalogue of a trainer that runs: a file that is broken costs no other lesson.

    A lesson whose file broke meanwhile stays as it was; one that was never whole is left out, also of its path.
    What is wrong is logged once. Implements `trainer.app.ports.Scenarios`; safe to use from several threads.

    Args:
        files: The files.
    """

    def __init__(self, files: ScenarioFiles) -> None:
        self._files = files
        self._guard = threading.Lock()
        self._state: _State | None = None
        self._sound = _Sound()
        self._last: dict[Path, Checked] = {}

    def all(self) -> tuple[Scenario, ...]:
        """Return every lesson that can be used, ordered by id."""
        return self._look().lessons

    def paths(self) -> tuple[LearningPath, ...]:
        """Return every learning path with what can be used of it, ordered by id."""
        return self._look().paths

    def get(self, scenario: str) -> Scenario:
        """Return one lesson; raises `BadInput` when there is none, or none that can be used."""
        found = next((lesson for lesson in self.all() if lesson.id == scenario), None)
        return found or self._files.get(scenario)

    def broken(self) -> tuple[Problem, ...]:
        """Return what is wrong with the files, in the language of the moment."""
        return self._files.broken() if self._look().problems else ()

    def _look(self) -> _Sound:
        """Read the files anew if one has changed."""
        with self._guard:
            state = _state((*self._files.files(), *self._files.path_files()))
            if state != self._state:
                with speaking("en"):  # for the log
                    looked = self._files.look()
                problems = in_order([problem for one in looked.values() for problem in one.problems])
                for new in (problem for problem in problems if problem not in self._sound.problems):
                    log.warning("Left out until it is mended: %s:%s: %s", new.file, new.line, new.message)
                whole = {file: one for file, one in looked.items() if not one.problems}
                self._last = {file: one for file, one in self._last.items() if file in looked} | whole
                self._sound = replace(_sound((*whole.values(), *self._last.values())), problems=problems)
                self._state = state
            return self._sound


def _sound(checked: Iterable[Checked]) -> _Sound:
    """Return the catalogue of what was checked; of two with the same id the first one counts."""
    lessons: dict[str, Scenario] = {}
    paths: dict[str, LearningPath] = {}
    for one in checked:
        if one.scenario:
            lessons.setdefault(one.scenario.id, one.scenario)
        if one.path:
            paths.setdefault(one.path.id, one.path)
    usable = (_usable(paths[path], lessons) for path in sorted(paths))
    return _Sound(tuple(lessons[one] for one in sorted(lessons)), tuple(path for path in usable if path))


def _usable(path: LearningPath, lessons: Mapping[str, Scenario]) -> LearningPath | None:
    """Return the path without lessons that are not there, or None when too little is left of it."""
    parts = [
        part.model_copy(update={"lessons": there})
        for part in path.parts
        if (there := tuple(one for one in part.lessons if one in lessons))
    ]
    return path.model_copy(update={"parts": tuple(parts)}) if parts and path.test in lessons else None


def _state(files: Iterable[Path]) -> _State:
    """Return what tells whether a file has changed; one that has just gone counts as empty."""
    found = []
    for file in files:
        try:
            about = file.stat()
        except OSError:
            found.append((file, 0, 0))
        else:
            found.append((file, about.st_mtime_ns, about.st_size))
    return tuple(found)


def _looked(file: Path, check: Callable[[], Checked]) -> Checked:
    """Check a file; that it cannot be read is one more thing that can be wrong with it."""
    try:
        return check()
    except BadInput as error:
        return Checked(file.as_posix(), None, (Problem(file.as_posix(), 0, 0, error.message, error.hint),))


def _added_profiles() -> list[str]:
    """Return the names of the profiles in the folders that the sandbox HRMS is told to look into, too."""
    folders = [Path(one) for one in os.environ.get("HRMS_PROFILES", "").split(os.pathsep) if one]
    names = [file.stem for folder in folders for file in sorted(folder.glob("*.yaml"))]
    return [*names, *sorted({name.partition("@")[0] for name in names} - set(names))]


def _id_of(file: Path) -> str:
    """Return the id in a file, or what its name says where that cannot be read."""
    try:
        found = _ID_LINE.search(file.read_text("utf-8", "replace"))
    except OSError:
        return file.stem
    return found[1] if found else file.stem


@dataclass(frozen=True)
class Checked:
    """What became of one file.

    Attributes:
        file: Its name in messages.
        scenario: The Scenario, or None when there are problems, or when the file holds a path.
        problems: All that is wrong, from top to bottom.
        path: The learning path, or None.
    """

    file: str
    scenario: Scenario | None
    problems: tuple[Problem, ...]
    path: LearningPath | None = None


def check_files(files: Iterable[Path], contract: Contract) -> tuple[Checked, ...]:
    """Read files as one catalogue, in which each id is unique; raises `BadInput` for one that cannot be read."""
    seen: dict[str, str] = {}
    return tuple(_check_file(file, contract, seen) for file in files)


def _check_file(file: Path, contract: Contract, seen: dict[str, str]) -> Checked:
    author = _Author(_source(file), contract)
    scenario = author.scenario(seen)
    problems = in_order(author.source.problems)
    return Checked(author.source.file, None if problems else scenario, problems)


def _check_path(
    file: Path, contract: Contract, lessons: frozenset[str], taken: tuple[dict[str, str], dict[str, str]]
) -> Checked:
    author = _Author(_source(file), contract)
    path = author.path(lessons, *taken)
    problems = in_order(author.source.problems)
    return Checked(author.source.file, None, problems, None if problems else path)


def _source(file: Path) -> Source:
    here = Path.cwd()
    name = (file.relative_to(here) if file.is_absolute() and file.is_relative_to(here) else file).as_posix()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(
            _("{file} cannot be read: {reason}").format(file=name, reason=error.strerror),
            _("`trainer scenario list` shows the lessons that are there."),
        ) from error
    return Source(name, content)


_MESSAGES = {
    "missing": N_("`{name}` is missing"),
    "string_type": N_("`{name}` must be text, not {found}"),
    "int_type": N_("`{name}` must be a whole number, not {found}"),
    "bool_type": N_("`{name}` must be true or false, not {found}"),
    "float_type": N_("`{name}` must be a number, not {found}"),
    "literal_error": N_("`{value}` cannot be the {name}"),
    "tuple_type": N_("`{name}` must be a list, not {found}"),
    "dict_type": N_("`{name}` must be a mapping, not {found}"),
    "string_pattern_mismatch": N_("`{value}` cannot be the {name}"),
    "greater_than_equal": N_("`{name}` must be {ge} or more"),
    "less_than_equal": N_("`{name}` must be {le} or less"),
    "too_short": N_("`{name}` must not be empty"),
    "bad_expression": N_("not a JMESPath expression: {reason}"),
    "bad_pattern": N_("not a regular expression: {reason}"),
    "bad_address": N_("`{address}` is no address on the web"),
}
"""Kind of pydantic error → what an author is told."""

_DASHES = N_("Put each item on a line of its own behind a dash.")
_HINTS = {
    "string_type": N_("Put it in quotes if it is meant as text."),
    "bool_type": N_("Write true or false."),
    "int_type": N_("Write a number without quotes."),
    "float_type": N_("Write a number without quotes."),
    "bad_expression": N_("A comparison looks like this: interview.status == 'to_review'"),
    "bad_address": N_("Write it whole, such as http://127.0.0.1:5000."),
    "tuple_type": _DASHES,
    "method": N_("Write GET, POST, PUT, PATCH or DELETE."),
    "id": N_("Use lower-case letters, digits and hyphens, beginning with a letter."),
    "family": N_("Use lower-case letters, digits and hyphens, beginning with a letter."),
    "repeat": N_("Write ${{questions}}, or ${{questions[0:2]}} for the first two."),
    "any_order": N_("Use lower-case letters, digits and hyphens, beginning with a letter."),
    "required": N_("Known: guided, practice, exam."),
}
"""Kind of pydantic error, or name of a field with a pattern → what to do about it."""


class _Author:
    """Builds one Scenario or path from the nodes of its file, piece by piece, noting what is wrong with each."""

    def __init__(self, source: Source, contract: Contract) -> None:
        self.source = source
        self._contract = contract

    def scenario(self, seen: dict[str, str]) -> Scenario | None:
        """Build it; `seen` knows the ids of the files before and learns this one's."""
        root = self.source.read()
        if root is None or not self._is_mapping(root, _("a scenario")):
            return None
        data, get = root.plain(), root.value.get
        seed = None
        if "target" in data:
            data["target"] = self._application(get("target")) or _APPLICATION
        self._tell_place(root)
        for text in (get("title"), get("summary")):
            if text is not None and isinstance(text.value, str):
                self._lint(lint_heading(text.value), text, Scenario)
        if "seed" in data:
            seed = self._seed(get("seed"))
            data["seed"] = seed or Seed(dataset="")
        if "steps" in data:
            steps = self._items(get("steps"), "steps")
            data["steps"] = None if steps is None else tuple(self._step(node) or _STEP for node in steps)
        built = self._model(Scenario, root, data)
        self._tell_twice(_nodes(get("steps")))
        if built:
            self._lint(lint_order(built.steps), root, Scenario)
            self._lint(lint_hidden(built.hide, self._contract), root, Scenario)
        ours = self._contract.application is None
        profile, dataset = (data.get("profile"), seed and seed.dataset) if ours else (None, None)
        self._lint(lint_head(profile, dataset, data.get("as"), self._contract), root, Scenario)
        self._tell_taken(get("id"), seen)
        return built

    def _tell_place(self, root: Node) -> None:
        """Tell when the file does not say where it plays, or says it twice."""
        for key in ("profile", "seed"):
            if key in root.value and "target" in root.value:
                self.source.report(
                    root.keys[key],
                    _("`{name}` does not go with `target`").format(name=key),
                    _("Delete one: `target` is somebody else's application, `profile` and `seed` are ours."),
                )
            elif key not in root.value and "target" not in root.value:
                self.source.report(next(iter(root.keys.values())), _("`{name}` is missing").format(name=key))

    def _application(self, node: Node) -> Application | None:
        """Build the target, and let the rest be checked by what it offers."""
        if not self._is_mapping(node, "`target`"):
            self._contract = Contract.of(_APPLICATION)
            return None
        data, get = node.plain(), node.value.get
        before = len(self.source.problems)
        roles = get("sign_in")
        ways: dict[str, Node] = roles.value if roles is not None and isinstance(roles.value, dict) else {}
        data["sign_in"] = dict.fromkeys(ways, ()) if ways else data.get("sign_in")
        if account := get("account"):
            data["account"] = self._piece(Account, account, "`account`")
        if "reset" in data:
            items = self._items(get("reset"), "reset") or ()
            requests = (self._piece(Request, item, _("a request")) for item in items)
            data["reset"] = tuple(request or Request(path="/") for request in requests)
        built = self._model(Application, node, {key: data[key] for key in data if data[key] is not None})
        self._contract = Contract.of(built or _rough(ways, get("snapshot")))
        secrets = {"secret": dict.fromkeys(SECRET.findall(str(node.plain())), "")}
        sign_in = {
            role: tuple(self._action(item, secrets) or _WAIT for item in self._items(way, role) or ())
            for role, way in ways.items()
        }
        if built is None or len(self.source.problems) > before:
            return None
        built = built.model_copy(update={"sign_in": sign_in})
        self._lint(lint_application(built), node, Application)
        return built

    def _piece(self, kind: type[M], node: Node, what: str) -> M | None:
        return self._model(kind, node, node.plain()) if self._is_mapping(node, what) else None

    def path(self, lessons: frozenset[str], seen: dict[str, str], places: dict[str, str]) -> LearningPath | None:
        """Build a learning path.

        Args:
            lessons: Ids of all lessons.
            seen: Knows the ids of the files before and learns this one's.
            places: Knows where lessons have a place already, and learns those of this file.
        """
        root = self.source.read()
        if root is None or not self._is_mapping(root, _("a learning path")):
            return None
        data, get = root.plain(), root.value.get
        if "parts" in data:
            parts = self._items(get("parts"), "parts")
            data["parts"] = None if parts is None else tuple(self._part(node) or _PART for node in parts)
        built = self._model(LearningPath, root, data)
        self._tell_taken(get("id"), seen)
        test = get("test")
        for part in _nodes(get("parts")):
            for node in _nodes(part.value.get("lessons") if isinstance(part.value, dict) else None):
                self._tell_unknown(node, lessons)
                if test is not None and node.value == test.value:
                    message = _("the test `{lesson}` is one of the lessons, too")
                    hint = _("A test shows what has changed only if it was not practised: choose another lesson.")
                    self.source.report(node, message.format(lesson=node.value), hint)
                elif node.value in places:
                    message = _("the lesson `{lesson}` has a place already, in {file}")
                    told = message.format(lesson=node.value, file=places[node.value])
                    self.source.report(node, told, _("Each lesson has one place in one path."))
                elif isinstance(node.value, str):
                    places[node.value] = f"{self.source.file}:{node.line}"
        if test is not None:
            self._tell_unknown(test, lessons)
        return built

    def _part(self, node: Node) -> Part | None:
        if not self._is_mapping(node, _("a part")):
            return None
        data = node.plain()
        if "lessons" in data:
            items = self._items(node.value["lessons"], "lessons")
            data["lessons"] = None if items is None else tuple(self._lesson(item) for item in items)
        return self._model(Part, node, data)

    def _lesson(self, node: Node) -> str:
        if isinstance(node.value, str):
            return node.value
        message = _("`{name}` must be text, not {found}").format(name="lessons", found=_kind(node.value))
        self.source.report(node, message, _("Write the id of a lesson."))
        return "x"

    def _tell_unknown(self, node: Node, lessons: frozenset[str]) -> None:
        if isinstance(node.value, str) and node.value not in lessons:
            message = _("there is no lesson `{word}`").format(word=node.value)
            self.source.report(node, message, did_you_mean(node.value, sorted(lessons)))

    def _seed(self, node: Node) -> Seed | None:
        return self._piece(Seed, node, "`seed`")

    def _step(self, node: Node) -> Step | None:
        if not self._is_mapping(node, _("a step")):
            return None
        before = len(self.source.problems)
        data, get = node.plain(), node.value.get
        repeat = get("repeat")
        names = names_of(repeat.value if repeat else None, self._contract)
        build = {
            "do": lambda item: self._action(item, names),
            "expect": lambda item: self._check(item, names),
            "accept": lambda item: self._way(item, names),
            "detour": self._detour,
        }
        for key, one in build.items():
            if key in data:
                data[key] = tuple(one(item) for item in self._items(get(key), key) or ())
        for text in (get("say"), get("sees"), *_nodes(get("hints"))):
            if text is not None and isinstance(text.value, str):
                self._lint(lint_text(text.value, self._contract, names), text, Step)
        broken = len(self.source.problems) > before
        if broken:
            data |= {key: getattr(_STEP, key) for key in build if key in data}
        step = self._model(Step, node, data)
        if step:
            self._lint(lint_step(step, self._contract), node, Step)
            self._lint(lint_branch(step, self._contract, names), node, Step)
        if step is None or broken:
            return None
        self._lint(lint_proof(step, self._contract), node, Step)
        return step

    def _action(self, node: Node, names: Mapping[str, Any]) -> Action | None:
        if isinstance(node.value, str):
            node = node.as_key()
        if not self._is_mapping(node, _("an action")):
            return None
        verb = self._only_one(node, VERBS, _("unknown verb `{word}`"), _("two verbs in one action: {words}"))
        if verb is None:
            return None
        kind, value, data = VERBS[verb], node.value[verb], node.plain()
        given = value.value not in (None, {})
        if given != (kind.primary is not None):
            self.source.report(
                value if given else node.keys[verb],
                (_("`{verb}` takes no value") if given else _("`{verb}` lacks its {primary}")).format(
                    verb=verb, primary=kind.primary
                ),
                (_("Write `- {verb}`.") if given else _("Write it behind the colon: `{verb}: …`.")).format(
                    verb=verb
                ),
            )
            return None
        primary = data.pop(verb)
        action = self._model(kind, node, {**data, kind.primary: primary} if kind.primary else data)
        if action:
            self._lint(lint_action(action, self._contract, names), node, kind)
        return action

    def _check(self, node: Node, names: Mapping[str, Any]) -> Check | None:
        if not self._is_mapping(node, _("a check")):
            return None
        name = self._only_one(node, CHECKS, _("unknown check `{word}`"), _("two checks in one: {words}"))
        check = self._model(CHECKS[name], node, node.plain()) if name else None
        if check:
            self._lint(lint_check(check, self._contract, names), node, type(check))
        return check

    def _way(self, node: Node, names: Mapping[str, Any]) -> tuple[Action | None, ...]:
        """One other right way: a list of actions, or a single one."""
        return tuple(self._action(item, names) for item in (_nodes(node) or (node,)))

    def _detour(self, node: Node) -> Detour | None:
        if isinstance(node.value, str):
            detour = Detour(target=node.value)
            self._lint(lint_detour(detour, self._contract), node, Detour)
            return detour
        self.source.report(
            node,
            _("`{name}` must be text, not {found}").format(name="detour", found=_kind(node.value)),
            _("Write the test id of the element.")
            if self._contract.application is None
            else _("Write the locator of the element."),
        )
        return None

    def _only_one(self, node: Node, table: Mapping[str, object], unknown: str, several: str) -> str | None:
        found: list[str] = [name for name in node.value if name in table]
        if len(found) == 1:
            return found[0]
        if found:
            message = several.format(words=", ".join(found))
            self.source.report(node.keys[found[1]], message, _("Begin a new item with a dash."))
        else:
            first = next(iter(node.value))
            self.source.report(node.keys[first], unknown.format(word=first), did_you_mean(first, table))
        return None

    def _is_mapping(self, node: Node, what: str) -> bool:
        if isinstance(node.value, dict) and node.value:
            return True
        found = _kind(None if node.value == {} else node.value)
        self.source.report(
            node,
            _("{what} must be a mapping, not {found}").format(what=what, found=found),
            _("Write it as lines of `key: value`."),
        )
        return False

    def _items(self, node: Node, key: str) -> tuple[Node, ...] | None:
        if isinstance(node.value, tuple):
            return _nodes(node)
        self.source.report(
            node,
            _("`{name}` must be a list, not {found}").format(name=key, found=_kind(node.value)),
            _(_DASHES),
        )
        return None

    def _model(self, kind: type[M], node: Node, data: Mapping[str, Any]) -> M | None:
        """Validate one piece whose keys stand in `node`."""
        known = list(kind.keys().values())
        strangers = [key for key in node.value if key not in known and key != getattr(kind, "verb", None)]
        for key in strangers:
            self.source.report(
                node.keys[key], _("unknown key `{word}`").format(word=key), did_you_mean(key, known)
            )
        try:
            built = kind.model_validate({key: value for key, value in data.items() if key not in strangers})
        except ValidationError as error:
            for details in error.errors():
                self._tell(details, node, kind)
            return None
        return None if strangers else built

    def _tell(self, details: ErrorDetails, node: Node, kind: type[Model]) -> None:
        name, path, sort = str(details["loc"][0]), _written(details["loc"], kind), details["type"]
        words = {
            "name": path[0],
            "value": details["input"],
            "found": _kind(details["input"]),
            **details.get("ctx", {}),
        }
        message = _(_MESSAGES[sort]).format(**words) if sort in _MESSAGES else details["msg"]
        hint = _HINTS.get(name if sort in {"string_pattern_mismatch", "literal_error"} else sort, "")
        if sort == "string_type" and isinstance(details["input"], tuple | dict | None):
            hint = ""
        place = next(iter(node.keys.values())) if sort == "missing" else _at(node, path)
        self.source.report(place, message, _(hint).format() if hint else "")

    def _lint(self, findings: Iterator[Finding], node: Node, kind: type[Model]) -> None:
        for finding in findings:
            path = _written(finding.path, kind)
            place = _at(node, path[:-1]).keys[str(path[-1])] if finding.at_key else _at(node, path)
            self.source.report(place, finding.message, finding.hint)

    def _tell_twice(self, steps: Iterable[Node]) -> None:
        lines: dict[str, int] = {}
        for node in steps:
            name = node.value.get("id") if isinstance(node.value, dict) else None
            if name is None or not isinstance(name.value, str):
                continue
            if name.value in lines:
                self.source.report(
                    name,
                    _("step `{step}` is there twice").format(step=name.value),
                    _("The first one is in line {line}. Each step needs an id of its own.").format(
                        line=lines[name.value]
                    ),
                )
            lines.setdefault(name.value, name.line)

    def _tell_taken(self, node: Node | None, seen: dict[str, str]) -> None:
        if node is None or not isinstance(node.value, str):
            return
        if node.value in seen:
            self.source.report(
                node,
                _("the id `{scenario}` is taken by {file}").format(scenario=node.value, file=seen[node.value]),
                _("Each scenario needs an id of its own."),
            )
        seen.setdefault(node.value, self.source.file)


_STEP = Step(id="x", say="x", do=(Reload(),))
"""Stands in for a Step with problems while the rest is looked at."""
_PART = Part(title="x", lessons=("x",))
"""Stands in for a part with problems."""

_WAIT = WaitFor(target="document")
"""Stands in for an Action with problems."""

_APPLICATION = Application(url="http://localhost", sign_in={"nobody": ()})
"""Stands in for a target with problems."""


def _rough(roles: Iterable[str], snapshot: Node | None) -> Application:
    """Return what can be told of a target with problems, so that the rest of the file can be looked at."""
    names = snapshot.value if snapshot is not None and isinstance(snapshot.value, dict) else {}
    return _APPLICATION.model_copy(
        update={"sign_in": dict.fromkeys(roles, ()) or _APPLICATION.sign_in, "snapshot": dict.fromkeys(names, "/")}
    )


def _nodes(node: Node | None) -> tuple[Node, ...]:
    return node.value if node is not None and isinstance(node.value, tuple) else ()


def _written(path: tuple[str | int, ...], kind: type[Model]) -> tuple[str | int, ...]:
    """Return the path with its first part as it stands in the file."""
    if not path:
        return ()
    return kind.keys().get(str(path[0]), path[0]), *path[1:]


def _at(node: Node, path: Iterable[str | int]) -> Node:
    """Follow `path` down from `node` as far as it goes."""
    for part in path:
        inside = node.value if isinstance(node.value, dict) else dict(enumerate(_nodes(node)))
        if part not in inside:
            break
        node = inside[part]
    return node


def _kind(value: object) -> str:
    """Name the kind of a value as an author would."""
    kinds = {
        str: _("text"),
        bool: _("true or false"),
        int: _("a number"),
        float: _("a number"),
        tuple: _("a list"),
        dict: _("a mapping"),
    }
    return kinds.get(type(value), _("nothing"))
