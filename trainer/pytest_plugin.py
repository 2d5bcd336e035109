"""The pytest plugin: scenario files are collected as tests, and fixtures play lessons step by step.

It does nothing in a project that names no `scenario_files` and uses none of the fixtures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trainer.i18n import LANGS
from trainer.i18n import gettext as _

if TYPE_CHECKING:
    from trainer.core.errors import TrainerError
    from trainer.core.scenario import Scenario
    from trainer.pytest_room import Judge, Player, Room, Sandbox

ROOM = pytest.StashKey["Room"]()
SANDBOX = pytest.StashKey["Sandbox"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of `pyproject.toml` or `pytest.ini`."""
    files = _("globs of scenario files that are tests, such as lessons/*.yaml")
    langs = _("languages in which scenario files are played; all of them by default")
    results = _("folder for pictures and traces of what failed")
    parser.addini("scenario_files", files, "linelist", [])
    parser.addini("scenario_langs", langs, "linelist", list(LANGS))
    parser.addini("scenario_results", results, default="scenario-results")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    about = _("the lesson, by its id or file, that sandbox, player and judge are for")
    config.addinivalue_line("markers", f"scenario(name, lang='en'): {about}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End browser and sandbox HRMS, if they were started."""
    room = config.stash.get(ROOM, None)
    if room is not None:
        room.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Collect a file that a glob of `scenario_files` names."""
    if any(is_named(file_path, pattern) for pattern in parent.config.getini("scenario_files")):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A scenario file: one test in each language."""

    def collect(self) -> Iterator[Lesson]:
        """Read the file; all that is wrong with it is told at once."""
        from trainer.core.errors import BadInput

        try:
            scenario = read(str(self.path))
        except BadInput as error:
            raise self.CollectError(_said(error)) from None
        for lang in self.config.getini("scenario_langs"):
            if lang not in LANGS:
                found = _("scenario_langs: `{lang}` is none of {langs}").format(lang=lang, langs=", ".join(LANGS))
                raise self.CollectError(found)
            yield Lesson.from_parent(self, name=lang, scenario=scenario)


class Lesson(pytest.Item):
    """A lesson in one language, played and judged as `trainer verify` does.

    Args:
        name: The language.
        parent: Its file.
        scenario: The lesson.
    """

    def __init__(self, name: str, parent: ScenarioFile, scenario: Scenario) -> None:
        super().__init__(name, parent)
        self.scenario = scenario
        self.add_marker("scenario")

    def setup(self) -> None:
        """Open browser and place; where that cannot be done, the test is an error and has not failed."""
        from trainer.core.errors import TrainerError

        try:
            room_of(self.config).open(self.scenario, self.name)
        except TrainerError as error:
            pytest.fail(_said(error), pytrace=False)

    def runtest(self) -> None:
        """Play it, and fail with what a person needs to see why."""
        from trainer.pytest_room import told_replay, told_report

        room = room_of(self.config)
        report = room.verify(self.scenario, self.name)
        self.user_properties += _facts(self.scenario, self.name)
        if report.verdict == "passed":
            return
        traces = room.traces(f"{self.scenario.id}.{self.name}")
        step = next(one.id for one in report.steps if one.verdict != "passed")
        self.user_properties += [("step", step), *(("trace", str(path)) for path in traces)]
        again = told_replay(traces, os.path.relpath(self.path), self.name, room.address_of(self.scenario))
        pytest.fail(f"{told_report(report)}\n{again}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it is and how it is called."""
        return self.path, 0, f"{self.scenario.id} {self.name}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say how to see again what happened when a test with a sandbox fails."""
    report = yield
    sandbox = item.stash.get(SANDBOX, None)
    if sandbox is not None and call.when == "call" and report.failed:
        from trainer.pytest_room import told_replay

        sandbox.failed = True
        room = room_of(item.config)
        trace = room.results / f"{sandbox.name}.{sandbox.scenario.role}.zip"
        item.user_properties.append(("trace", str(trace)))
        again = told_replay([trace], lesson_of(item)[0], sandbox.lang, room.address_of(sandbox.scenario))
        report.sections.append(("scenario", again))
    return report


# -- fixtures -----------------------------------------------------------------------------------------------------


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The lesson that the test is marked with."""
    from trainer.core.errors import BadInput

    try:
        return read(lesson_of(request.node)[0])
    except BadInput as error:
        pytest.fail(_said(error), pytrace=False)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, scenario: Scenario) -> Iterator[Sandbox]:
    """A practice system of this test's own, as the lesson begins: what is stored, links, faults."""
    lang = lesson_of(request.node)[1]
    name = re.sub(r"[^\w.-]+", "-", request.node.nodeid).strip("-")
    request.node.user_properties += _facts(scenario, lang)
    with room_of(request.config).sandbox(scenario, lang, name) as made:
        request.node.stash[SANDBOX] = made
        yield made


@pytest.fixture
def judge(sandbox: Sandbox) -> Judge:
    """Judges by the checks of the lesson."""
    from trainer.pytest_room import Judge

    return Judge(sandbox)


@pytest.fixture
def player(sandbox: Sandbox, judge: Judge) -> Player:
    """Performs the lesson's steps in a window of its own."""
    from trainer.pytest_room import Player

    return Player(sandbox, judge)


# -- inside -------------------------------------------------------------------------------------------------------


def is_named(file: Path, pattern: str) -> bool:
    """Tell whether a glob of `scenario_files` names a file; ``**`` stands for any number of folders, or none."""
    depths = range(len(file.parts)) if "**/" in pattern else range(1)
    return any(file.match(pattern.replace("**/", "*/" * depth)) for depth in depths)


def room_of(config: pytest.Config) -> Room:
    """Return the room of this process."""
    if ROOM not in config.stash:
        from trainer.pytest_room import Room

        results = config.rootpath / config.getini("scenario_results")
        headed = bool(config.getoption("--headed", default=False))
        config.stash[ROOM] = Room(results, headed=headed, url=config.getoption("--base-url", default=None))
    return config.stash[ROOM]


def lesson_of(node: pytest.Item) -> tuple[str, str]:
    """Return lesson and language of a test's marker; a file's path is seen from the test's folder."""
    marker = node.get_closest_marker("scenario")
    if marker is None or not marker.args:
        told = _("Say which lesson the test is about: {marker}")
        pytest.fail(told.format(marker='@pytest.mark.scenario("normal-exit-web")'), pytrace=False)
    name = str(marker.args[0])
    if name.endswith((".yaml", ".yml")):
        name = os.path.relpath(node.path.parent / name)
    return name, str(marker.kwargs.get("lang", "en"))


def read(name: str) -> Scenario:
    """Return a lesson by its id or file; raises `BadInput`."""
    from trainer import bootstrap

    return bootstrap.scenarios().get(name)


def _facts(scenario: Scenario, lang: str) -> list[tuple[str, object]]:
    """Return what identifies a run, as properties of its test."""
    return [
        ("scenario", scenario.id),
        ("version", str(scenario.version)),
        ("digest", scenario.digest),
        ("profile", scenario.profile),
        ("lang", lang),
    ]


def _said(error: TrainerError) -> str:
    return f"{error.message}\n{error.hint}".rstrip()
