"""What everybody promises who looks at a Sandbox in another role."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from trainer import bootstrap
from trainer.adapters.in_memory import InMemoryControl, InMemoryObserver
from trainer.app.ports import Control, Observer
from trainer.core.checks import Sight
from trainer.core.scenario import Seed

SEED = Seed(dataset="sales_two_openings", random=7)

LOOK_AND_TIDY = """
import json, sys
from trainer.adapters.observer_worker import Worker

worker = Worker()
visit = {"url": sys.argv[1], "page": "", "targets": ["candidates.page"], "picture": ""}
seen = worker.answer({"lang": "en", "seconds": 30, "visits": [visit]})["visits"]
page = worker._page("en")
signed_in = len(page.context.cookies())
page.evaluate("localStorage.setItem('a', 'b'); sessionStorage.setItem('a', 'b')")
worker.tidy()
left = page.evaluate("[localStorage.length, sessionStorage.length]")
print(json.dumps([seen, signed_in, len(page.context.cookies()), *left, page.url]))
"""


@pytest.fixture(scope="module", params=["memory", pytest.param("browser", marks=pytest.mark.browser)])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Control, Observer]]:
    with ExitStack() as ending:
        if request.param == "memory":
            paper = InMemoryControl()
            yield paper, InMemoryObserver(paper)
            return
        process = ending.enter_context(bootstrap.passing_hrms())
        control = ending.enter_context(bootstrap.control(process))
        yield control, ending.enter_context(closing(bootstrap.observer(process, control)))


def trace_in(control: Control, sandbox: str) -> tuple[object, ...]:
    """Return what a visitor who changes something would change."""
    stored = {name: value for name, value in control.snapshot(sandbox).items() if name != "sandbox"}
    return control.events(sandbox, 0), stored


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_it_sees_codes_in_every_language_and_leaves_no_trace(pair: tuple[Control, Observer], lang: str) -> None:
    control, observer = pair
    box = control.create("web", lang, SEED)
    before = trace_in(control, box.id)
    status = Sight("hr", "", f"candidates.row[{box.context['candidate']['id']}].status")
    nothing = Sight("hr", "", "candidates.empty")
    looks = observer.look(box.id, [nothing, status], lang=lang)
    assert looks.errors == {}
    assert looks.sights == {status: "invited", nothing: None}
    assert trace_in(control, box.id) == before


def test_what_it_cannot_look_at_is_an_error_and_no_sight(pair: tuple[Control, Observer]) -> None:
    control, observer = pair
    box = control.create("web", "en", SEED)
    control.delete(box.id)
    sights = [Sight("hr", "", "candidates.page"), Sight("head", "", "head.empty")]
    looks = observer.look(box.id, sights, lang="en")
    assert looks.sights == {}
    assert set(looks.errors) == set(sights)
    assert all(looks.errors.values())


def test_nothing_to_look_at_is_nothing_seen(pair: tuple[Control, Observer]) -> None:
    control, observer = pair
    looks = observer.look(control.create("web", "en", SEED).id, [], lang="en")
    assert (looks.sights, looks.errors) == ({}, {})


@pytest.mark.browser
def test_between_two_looks_its_browser_knows_nothing_of_who_looked() -> None:
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        box = control.create("web", "en", SEED)
        url = process.base_url + control.sign_in_link(box.id, "hr", read_only=True)
        told = subprocess.run(
            [sys.executable, "-c", LOOK_AND_TIDY, url], capture_output=True, check=True, timeout=120
        ).stdout
        ([answer], signed_in, *left, place) = json.loads(told)
    assert "error" not in answer
    assert signed_in == 2  # the session, and which browser it is
    assert left == [0, 0, 0]
    assert box.id not in place
