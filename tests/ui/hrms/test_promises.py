"""Every kind of HR system keeps every promise it makes: each cell of promises.yaml, in a real browser.

The whole grid belongs to `make proof`; `make test` runs the cells of SAMPLE. From the JUnit file of a proof
`python -m tests.promise_table` makes the table in docs/coverage.md.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import BrowserType, expect

from tests.ui.hrms.leaving import BY_HAND, MORE, Leaver, Starting
from tests.ui.hrms.people import Server, wait_until

Promise = dict[str, Any]
ORACLE: dict[str, dict[str, Promise]] = yaml.safe_load(
    Path(__file__).with_name("promises.yaml").read_text(encoding="utf-8")
)
ORG_CHART = ("integrated", "suite")
SAMPLE = {
    ("finish_offline", "app"),
    ("end_with_answers_missing", "suite"),
    ("close_the_tab", "local"),
    ("network_cut_1", "cloud"),
    ("browser_killed", "cloud"),
    ("sandbox_killed", "integrated"),
    ("disk_full", "local"),
    ("database_locked", "web"),
}
CUTS = (1, 12, 60)
NOBODY_HIRED = {"placement": "none", "payroll": "none", "open": 0}
"""What holds where a promise says nothing else: an exit alone gives nobody a place or pay."""
CELLS = [
    (f"{event}_{seconds}" if seconds else event, profile)
    for event, promises in ORACLE.items()
    for seconds in (CUTS if event == "network_cut" else (0,))
    for profile in promises
]

pytestmark = pytest.mark.browser


def _promise(event: str, profile: str) -> Promise:
    name = "network_cut" if event.startswith("network_cut_") else event
    return ORACLE[name][profile]


# -- what happens ----------------------------------------------------------------------------------------------


def _finish(person: Leaver) -> None:
    person.begin()
    for number in range(1, 5):
        person.answer(number)
    person.finish()


def _hired(person: Leaver) -> None:
    _finish(person)
    wait_until(lambda: person.sandbox.snapshot()["interview"]["synced"] == "done", "the result is carried over")
    person.be_hired()


def _finish_offline(person: Leaver) -> None:
    person.begin()
    for number in range(1, 5):
        person.answer(number)
    with person.fault("offline"):
        person.finish()
        wait_until(lambda: person.sandbox.snapshot()["interview"]["synced"] == "failed", "the sync fails")


def _end_with_answers_missing(person: Leaver) -> None:
    person.begin()
    person.answer(1)
    person.answer(2)
    person.finish()


def _cancel_the_dialog(person: Leaver) -> None:
    person.half_way()
    person.press_end()
    person["dialog.cancel"].click()
    expect(person["dialog.cancel"]).to_be_hidden()
    expect(person["interview.answer"]).to_have_value(person.typed)


def _stop_half_way(person: Leaver) -> None:
    person.begin()
    person.answer(1)
    person.answer(2)
    person.type("A third answer, typed and not submitted")
    person.settled()
    person.leave_properly()


def _close_the_tab(person: Leaver) -> None:
    person.half_way()
    person.close_tab()


def _network_cut(seconds: float) -> Callable[[Leaver], None]:
    def happen(person: Leaver) -> None:
        person.half_way()
        with person.cut(seconds):
            _go_on_meanwhile(person, refused=person.profile == "cloud")
        _have_it_saved(person)

    return happen


def _browser_killed(person: Leaver) -> None:
    person.half_way()
    person.kill_browser()


def _sandbox_killed(person: Leaver) -> None:
    person.half_way()
    person.server.kill()
    person.server.start()


def _database_locked(person: Leaver) -> None:
    person.half_way()
    with person.fault("db_locked"):
        _go_on_meanwhile(person, refused=person.profile in BY_HAND)
    _have_it_saved(person)


def _disk_full(person: Leaver) -> None:
    person.half_way()
    with person.fault("disk_full"):
        _go_on_meanwhile(person, refused=person.profile in BY_HAND)
    _have_it_saved(person)


def _discard(person: Leaver) -> None:
    person.half_way()
    person.leave_properly()
    person.go(f"/s/{person.sandbox.id}/candidate/interview")
    person["resume.discard"].click()
    person["dialog.confirm"].click()
    wait_until(lambda: len(person.sandbox.snapshot()["sittings"]) > 1, "a new sitting begins")
    person["device.skip"].click()


def _go_on_meanwhile(person: Leaver, *, refused: bool) -> None:
    """Type on, and try to save where one saves by hand."""
    person.type(MORE)
    if person.profile not in BY_HAND:
        expect(person["interview.saved_state"]).not_to_have_attribute("data-state", "saved")
        return
    person.try_to_save()
    if refused:
        expect(person["record.refusal"]).to_be_visible()
        expect(person["record.mark"]).to_have_attribute("data-state", "unsaved")
    else:
        expect(person["record.mark"]).to_have_attribute("data-state", "saved")


def _have_it_saved(person: Leaver) -> None:
    if person.profile in BY_HAND:
        person.save()
    else:
        expect(person["interview.saved_state"]).to_have_attribute("data-state", "saved", timeout=15_000)


HAPPENINGS: dict[str, Callable[[Leaver], None]] = {
    "finish": _finish,
    "hired": _hired,
    "finish_offline": _finish_offline,
    "end_with_answers_missing": _end_with_answers_missing,
    "cancel_the_dialog": _cancel_the_dialog,
    "stop_half_way": _stop_half_way,
    "close_the_tab": _close_the_tab,
    **{f"network_cut_{seconds}": _network_cut(seconds) for seconds in CUTS},
    "browser_killed": _browser_killed,
    "sandbox_killed": _sandbox_killed,
    "database_locked": _database_locked,
    "disk_full": _disk_full,
    "discard": _discard,
}


# -- what is true afterwards -----------------------------------------------------------------------------------


def _facts(person: Leaver, promise: Promise, before: Promise) -> Promise:
    """Return what holds now, in the words of the oracle and for the names that `promise` uses."""
    if "prompt" in promise:
        prompt = person.come_back()
    kinds = person.results_and_events()
    seen = person.sandbox.snapshot()
    sitting = seen["sitting"]
    mine = seen["interview"]
    facts: Promise = {"interview": mine["status"], "saved": mine["saved"], "synced": mine["synced"]}
    facts["answers"] = sum(one["saved"] == "saved" for one in (sitting or {}).get("answers", ()))
    facts["counted"] = seen["requisition"]["interviewed"] - before["requisition"]["interviewed"]
    facts["open"] = before["requisition"]["open"] - seen["requisition"]["open"]
    facts["placement"] = next(one["placement"] for one in seen["candidates"] if one["id"] == mine["candidate"])
    facts["payroll"] = seen["payroll"]["status"]
    if "org" in promise and person.profile in ORG_CHART:
        facts["org"] = next(
            (one["status"] for one in seen["org"]["cases"] if one["interview"] == mine["id"]), None
        )
    if "prompt" in promise:
        facts["prompt"] = prompt
    if "sittings" in promise:
        facts["sittings"] = [one["status"] for one in seen["sittings"]]
    facts["draft"] = _draft(person, promise, facts["interview"])
    facts["audit"] = _in_order(promise.get("audit", ()), kinds)
    facts["never"] = [kind for kind in promise.get("never", ()) if kind in kinds]
    return facts


def _in_order(wanted: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Return those of `wanted` that happened, each after the one before it."""
    left = iter(kinds)
    return [kind for kind in wanted if kind in left]


def _draft(person: Leaver, promise: Promise, status: str) -> str:
    if status != "in_progress" or promise.get("prompt") == "device":
        stored = person.sandbox.stored_draft()
        return "device" if promise.get("prompt") == "device" and not stored else "whole" if stored else "none"
    there = person.draft()
    if there == person.typed:
        return "near" if promise["draft"] == "near" else "whole"
    if promise["draft"] == "near" and there == person.typed[: len(there)] and len(person.typed) - len(there) <= 1:
        return "near"
    return f"part: {there!r}" if there else "none"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("hrms"))
    yield running
    running.stop()


@pytest.fixture
def starting(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Starting:
    return Starting(browser_type, browser_type_launch_args, tmp_path / "browser")


@pytest.mark.parametrize(
    ("event", "profile"),
    [pytest.param(*cell, id="-".join(cell), marks=() if cell in SAMPLE else pytest.mark.proof) for cell in CELLS],
)
def test_the_promise_is_kept(event: str, profile: str, server: Server, starting: Starting) -> None:
    promise = _promise(event, profile)
    person = Leaver(starting, server, profile)
    before = person.sandbox.snapshot()
    try:
        HAPPENINGS[event](person)
        facts = _facts(person, promise, before)
    finally:
        person.close()
    expected = {name: value for name, value in promise.items() if name in facts}
    expected = NOBODY_HIRED | expected | {"never": []}
    kept = {name: facts[name] for name in expected}
    assert kept == expected


def test_the_sample_holds_every_kind_of_system_and_only_cells_that_exist() -> None:
    assert set(CELLS) >= SAMPLE
    assert {profile for _event, profile in SAMPLE} == {"web", "app", "integrated", "cloud", "local", "suite"}
