"""Who is asking, in which language, and what is whose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request

from tests.unit.serve.doubles import Deleting
from tests.unit.serve.test_housekeeping import NOW, a_run
from trainer import bootstrap
from trainer.adapters.candidate_store import StoredCandidates
from trainer.adapters.database import Database
from trainer.adapters.store import StoredRuns
from trainer.core.candidate import KEPT
from trainer.core.errors import BadInput, BrokenEnvironment
from trainer.i18n import gettext as _
from trainer.i18n import speaking
from trainer.web.services import (
    KEPT_SAYINGS,
    LONGEST_TYPED,
    Hrms,
    NotFound,
    Saying,
    Sayings,
    Services,
    explained,
    lang_of,
    referrer_of,
    trainee_of,
)

LANGUAGES = ("zh_CN", "en")


def asking(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


def services(runs: StoredRuns, control: Deleting) -> Services:
    unused: Any = None
    return Services(
        scenarios=unused,
        runs=runs,
        control=control,
        hrms=Hrms(8081, tls=False),
        observer=unused,
        people=unused,
        workshops=unused,
        candidates=unused,
        clock=lambda: NOW,
        languages=LANGUAGES,
    )


@pytest.mark.parametrize(
    ("headers", "lang"),
    [
        ({}, "zh_CN"),
        ({"accept_language": "en-GB,en;q=0.9,zh;q=0.8"}, "en"),
        ({"accept_language": "de-DE, zh-TW;q=0.8"}, "zh_CN"),
        ({"accept_language": "de"}, "zh_CN"),
        ({"accept_language": "en", "cookie": "lang=zh_CN"}, "zh_CN"),
        ({"accept_language": "en", "cookie": "lang=../x"}, "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_what_the_browser_prefers(headers: dict[str, str], lang: str) -> None:
    assert lang_of(asking(**headers), LANGUAGES) == lang


@pytest.mark.parametrize("cookie", ["", "trainer_id=", "trainer_id=abc", f"trainer_id={'A' * 32}"])
def test_without_a_proper_cookie_nobody_is_asking(cookie: str) -> None:
    with pytest.raises(NotFound):
        trainee_of(asking(cookie=cookie))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8081"),
        ("my-laptop.local", "http://my-laptop.local:8081"),
        ("[::1]:8080", "http://[::1]:8081"),
        ("a b", "http://localhost:8081"),
        ("x/@evil", "http://localhost:8081"),
    ],
)
def test_the_sandbox_is_on_the_same_host_as_the_page(host: str, address: str) -> None:
    assert Hrms(8081, tls=False).address(asking(host=host)) == address


@pytest.mark.parametrize(
    ("host", "public", "address"),
    [
        ("127.0.0.1:8080", "https://192.0.2.7:8080", "https://192.0.2.7:8080"),
        ("127.0.0.1:8080", "", "http://127.0.0.1:8080"),
        ("class.example", "https://192.0.2.7:8080", "http://class.example"),
    ],
)
def test_a_code_on_the_wall_leads_to_an_address_of_the_network(host: str, public: str, address: str) -> None:
    request = Request({"type": "http", "headers": [(b"host", host.encode())], "scheme": "http", "path": "/"})
    unused: Any = None
    assert replace(services(unused, Deleting()), public=public).address(request) == address


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "This page needs its cookie."), ("zh_CN", "此页面需要使用 Cookie。")],
)
def test_a_refusal_is_explained_in_the_readers_language_also_where_nobody_knew_it(lang: str, told: str) -> None:
    with pytest.raises(NotFound) as refused:
        trainee_of(asking())
    assert explained(refused.value, lang).startswith(told)
    with speaking(lang):
        full = BadInput(_("This workshop is full."))
    assert explained(full, lang) == full.message
    assert explained(BadInput(""), lang) == ""


@pytest.mark.parametrize(
    ("headers", "path"),
    [({"referer": "http://h:8080/join/A2?x=y"}, "/join/A2"), ({"referer": "http://["}, ""), ({}, "")],
)
def test_the_page_that_sent_a_form_is_none_where_its_address_is_odd(headers: dict[str, str], path: str) -> None:
    assert referrer_of(asking(**headers)).path == path


def test_a_run_belongs_to_its_owner() -> None:
    runs = StoredRuns(Database("sqlite://"))
    run = replace(a_run("r1", NOW), owner="alice")
    runs.save(run)
    mine = services(runs, Deleting())
    assert mine.owned_run("r1", "alice") == run
    for number, trainee in (("r1", "bob"), ("r1", ""), ("r2", "alice")):
        with pytest.raises(NotFound):
            mine.owned_run(number, trainee)


def test_forgetting_takes_the_sandboxes_along() -> None:
    runs, control = StoredRuns(Database("sqlite://")), Deleting()
    for name in ("r1", "r2"):
        runs.save(replace(a_run(name, NOW), owner="alice"))
    runs.save(replace(a_run("r3", NOW), owner="alice", sandbox=""))
    runs.save(replace(a_run("r4", NOW), owner="bob"))
    services(runs, control).forget("alice")
    assert sorted(control.deleted) == ["sandbox-of-r1", "sandbox-of-r2"]
    assert runs.of("alice") == ()
    assert len(runs.of("bob")) == 1


def test_what_is_begun_while_everything_is_forgotten_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, control = StoredRuns(Database("sqlite://")), Deleting()
    runs.save(replace(a_run("r1", NOW), owner="alice"))
    delete = control.delete

    def begun(sandbox: str) -> None:
        delete(sandbox)
        if sandbox == "sandbox-of-r1":
            runs.save(replace(a_run("r2", NOW), owner="alice"))

    monkeypatch.setattr(control, "delete", begun)
    services(runs, control).forget("alice")
    assert control.deleted == ["sandbox-of-r1", "sandbox-of-r2"]
    assert runs.of("alice") == ()


def test_a_browser_works_on_the_runs_of_its_seat_or_of_its_candidate_else_on_its_own() -> None:
    database, unused = Database("sqlite://"), Deleting()
    classes, kept = bootstrap.workshops(database), bootstrap.candidates(database)
    code = classes.create("candidate", test=False, host="").code
    seat = classes.join(code, "Ann", "laptop", "192.0.2.7")
    lin = kept.make("Lin", post="", lesson="normal-exit-web", lang="en", starts=None, host="")
    kept.open(kept.link(lin.id), "phone")
    found = replace(services(StoredRuns(database), unused), workshops=classes, candidates=kept)
    owners = [found.trainee_at(device) for device in ("laptop", "phone", "tablet")]
    assert owners == [seat.owner, lin.owner, "tablet"]


def test_candidates_whose_time_is_up_are_deleted_and_that_is_written_down() -> None:
    database = Database("sqlite://")
    runs, people = StoredRuns(database), bootstrap.people(database)
    kept = bootstrap.candidates(database)
    lin, ann = (
        kept.make(name, post="", lesson="normal-exit-web", lang="en", starts=None, host="")
        for name in ("Lin", "Ann")
    )
    StoredCandidates(database).save(replace(lin, created=bootstrap.clock() - KEPT))
    runs.save(replace(a_run("r1", NOW), owner=lin.owner))
    control = Deleting()
    found = replace(services(runs, control), people=people, candidates=kept, clock=bootstrap.clock)
    assert (found.erase_due_candidates(), found.erase_due_candidates()) == (1, 0)
    assert control.deleted == ["sandbox-of-r1"]
    assert [(one.name, one.erased is None) for one in (kept.get(lin.id), kept.get(ann.id))] == [
        ("", False),
        ("Ann", True),
    ]
    assert [(line.what, line.about) for line in people.audit()] == [("candidate_erased", lin.id)]


def test_a_candidate_who_cannot_be_deleted_keeps_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    database = Database("sqlite://")
    runs, kept = StoredRuns(database), bootstrap.candidates(database)
    for name in ("Lin", "Ann", "Bo"):
        made = kept.make(name, post="", lesson="normal-exit-web", lang="en", starts=None, host="")
        StoredCandidates(database).save(replace(made, created=bootstrap.clock() - KEPT))
        runs.save(replace(a_run(name, NOW), owner=made.owner))
    control = Deleting(stuck={"sandbox-of-Ann"})
    found = replace(
        services(runs, control), people=bootstrap.people(database), candidates=kept, clock=bootstrap.clock
    )
    assert found.erase_due_candidates() == 2
    ann = next(one for one in kept.all() if one.name)
    assert (ann.name, caplog.messages) == ("Ann", [f"candidate {ann.id}: The sandbox HRMS has gone."])
    control.stuck = ()
    assert found.erase_due_candidates() == 1


def test_nothing_is_forgotten_half() -> None:
    runs = StoredRuns(Database("sqlite://"))
    runs.save(replace(a_run("r1", NOW), owner="alice"))
    with pytest.raises(BrokenEnvironment):
        services(runs, Deleting(broken=True)).forget("alice")
    assert len(runs.of("alice")) == 1


def test_an_answer_to_a_form_is_told_once_with_what_was_typed() -> None:
    sayings = Sayings()
    ticket = sayings.keep("Done.", good=True, typed={"login": "x" * (LONGEST_TYPED + 1)})
    assert sayings.take(ticket) == Saying("Done.", good=True, typed={"login": "x" * LONGEST_TYPED})
    assert sayings.take(ticket) == sayings.take("") == Saying()
    oldest, second = sayings.keep("oldest"), sayings.keep("second")
    for _one in range(KEPT_SAYINGS - 1):
        sayings.keep("newer")
    assert (sayings.take(oldest), sayings.take(second).text) == (Saying(), "second")
