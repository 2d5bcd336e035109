"""The observer's process: asked, restarted, given up; what it could not see is unknown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from playwright.sync_api import Error

from tests.unit.serve.doubles import Deleting
from trainer.adapters import observer, observer_worker
from trainer.adapters.observer import BrowserObserver
from trainer.core.checks import Sight

STATUS = Sight("hr", "", "candidates.row[c1].status")
NAME = Sight("hr", "", "candidates.row[c1].name")
AUDIT = Sight("hr", "audit", "audit.row[1]")
BOARD = Sight("head", "", "head.empty")

ECHO = """
import json, sys
for line in sys.stdin:
    job = json.loads(line)
    seen = [{target: visit["url"] + " " + visit["page"] for target in visit["targets"]} for visit in job["visits"]]
    print(json.dumps({"visits": [{"seen": one} for one in seen]}), flush=True)
"""
BLIND = ECHO.replace('{"seen": one}', '{"error": "No browser was found."}')
PHOTOGRAPHER = ECHO.replace(
    "    seen =", "    [open(visit['picture'], 'wb').close() for visit in job['visits']]\n    seen ="
)
HALF_BLIND = PHOTOGRAPHER.replace("for one in seen]})", 'for one in seen[:1]] + [{"error": "gone"}]})')
DEAD = "import sys; sys.stdin.readline()"
ONCE = ECHO.replace("flush=True)", "flush=True); break")
STUCK = "import sys, time\nfor line in sys.stdin: time.sleep(60)"


@pytest.fixture
def control() -> Deleting:
    return Deleting()


@pytest.fixture
def seeing(request: pytest.FixtureRequest, control: Deleting) -> Iterator[BrowserObserver]:
    command = (sys.executable, "-c", request.param)
    with closing(BrowserObserver(control, "http://hrms", look_seconds=2, command=command)) as seeing:
        yield seeing


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


@pytest.mark.parametrize("seeing", [ECHO], indirect=True)
def test_each_page_is_visited_once_by_a_read_only_link_of_its_role(
    seeing: BrowserObserver, control: Deleting
) -> None:
    looks = seeing.look("s1", [STATUS, AUDIT, BOARD, NAME], lang="en")
    start = "http://hrms/s/s1/hr/enter?key=k "
    board = "http://hrms/s/s1/head/enter?key=k "
    assert looks.sights == {STATUS: start, NAME: start, AUDIT: f"{start}audit", BOARD: board}
    assert looks.errors == {}
    assert control.links == [("s1", "head", True), ("s1", "hr", True), ("s1", "hr", True)]


@pytest.mark.parametrize("seeing", [BLIND], indirect=True)
def test_without_a_browser_every_sight_is_unknown(seeing: BrowserObserver) -> None:
    looks = seeing.look("s1", [STATUS, AUDIT], lang="en")
    assert looks.sights == {}
    assert looks.errors == dict.fromkeys([STATUS, AUDIT], "No browser was found.")


@pytest.mark.parametrize("seeing", [DEAD], indirect=True)
def test_a_worker_that_ends_leaves_the_look_unknown(seeing: BrowserObserver) -> None:
    assert seeing.look("s1", [STATUS], lang="en").errors == {STATUS: "The observer's browser has ended."}


@pytest.mark.parametrize("seeing", [ONCE], indirect=True)
def test_a_worker_that_ended_is_started_again(seeing: BrowserObserver) -> None:
    before = set(children())
    for _ in range(2):
        assert STATUS in seeing.look("s1", [STATUS], lang="en").sights
        _ended, left = psutil.wait_procs(set(children()) - before, timeout=10)
        assert left == []


@pytest.mark.parametrize("seeing", [STUCK], indirect=True)
def test_a_look_that_takes_too_long_is_given_up(seeing: BrowserObserver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observer, "GRACE_SECONDS", 0.1)
    before = set(children())
    assert seeing.look("s1", [STATUS], lang="en").errors == {STATUS: "The observer's browser took too long."}
    assert set(children()) == before


@pytest.mark.parametrize("seeing", [ECHO], indirect=True)
def test_a_crowd_is_turned_away_at_once(seeing: BrowserObserver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeing, "_places", observer.threading.BoundedSemaphore(1))
    seeing._places.acquire()  # noqa: SLF001  # somebody is waiting already
    assert "Too many" in seeing.look("s1", [STATUS], lang="en").errors[STATUS]


@pytest.mark.parametrize(
    ("command", "kept"),
    [(PHOTOGRAPHER, 2), (ECHO, 0), (HALF_BLIND, 0), (PHOTOGRAPHER.replace("print", "sys.exit()  # "), 0)],
    ids=["all seen", "no picture taken", "one not seen", "worker ended"],
)
def test_only_pictures_of_a_whole_look_are_there_and_stay(
    command: str, kept: int, control: Deleting, tmp_path: Path
) -> None:
    whole = (sys.executable, "-c", command)
    with closing(BrowserObserver(control, "http://hrms", pictures=tmp_path, command=whole)) as seeing:
        looks = seeing.look("s1", [AUDIT, BOARD], lang="en")
    assert len(looks.pictures) == kept
    assert sorted(looks.pictures.values()) == sorted(path.name for path in tmp_path.iterdir())


def test_a_picture_that_fails_costs_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, page = observer_worker.Worker(), Mock()
    page.screenshot.side_effect = Error("no room")
    monkeypatch.setattr(worker, "_page", lambda _lang: page)
    monkeypatch.setattr(observer_worker, "_look", lambda *_visit: {"row": "here"})
    visit = {"url": "http://hrms", "page": "", "targets": ["row"], "picture": "row.png"}
    answer = worker.answer({"lang": "en", "seconds": 1, "visits": [visit]})
    assert answer == {"visits": [{"seen": {"row": "here"}}]}


def test_without_the_sandbox_every_sight_is_unknown() -> None:
    before = set(children())
    with closing(BrowserObserver(Deleting(broken=True), "http://hrms")) as seeing:
        assert seeing.look("s1", [STATUS], lang="en").errors == {STATUS: "The sandbox HRMS has gone."}
    assert set(children()) == before
