"""Attacks on the trainer by people with programs: each of them is refused. docs/security.md lists all."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import re
import socket
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

import aiohttp
import httpx
import psutil
import pypdf
import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.ui.practice.trainees import Trainer
from tests.unit.serve.test_workshops import a_run
from trainer import bootstrap
from trainer.adapters.database import Database, sqlite_url
from trainer.adapters.people_store import StoredPeople
from trainer.adapters.raw_page import RawPage
from trainer.adapters.workshop_store import StoredWorkshops
from trainer.app.people import People
from trainer.cli.bench_typist import session
from trainer.core.checks import Outcome, Status
from trainer.core.people import Role
from trainer.core.workshop import Phase, Seat, Workshop
from trainer.web.services import PERSON_COOKIE, TRAINEE_COOKIE

PROGRAM = "import sys; sys.argv.append('--verbose'); from trainer.cli import main; main()"
PASSWORD = "a password of a test"
MEGABYTE = 1024 * 1024
ENDED = ("not signed in", "不在登录状态", "location.reload")
EVIL = "http://evil.example"
SCRIPT = "<script>console.log('hacked')</script>"
PICTURE = "<img src='/etc/passwd' onerror=x()>"
FORMULA = "=HYPERLINK(1)"
SHUT = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)
"""What a client sees when the door is shut while it is still talking."""


class Place:
    """A trainer with an administrator, two instructors, a workshop of the first one, and two trainees in it.

    Attributes:
        trainer: The server.
        workshop: Ann's workshop; it runs.
        clients: Login or name → a browser without a screen that is signed in, or sits in the workshop.
        seats: Name → seat.
    """

    def __init__(self, trainer: Trainer, stack: ExitStack) -> None:
        self.trainer = trainer
        self._stack = stack
        self.clients: dict[str, httpx.Client] = {}
        self.seats: dict[str, Seat] = {}
        for login, role in (
            ("root", Role.ADMINISTRATOR),
            ("ann", Role.INSTRUCTOR),
            ("bob", Role.INSTRUCTOR),
        ):
            self.account(login, role)
            self.clients[login] = self.sign_in(login)
        made = self.clients["ann"].post(
            "/console/create", files={"roster": b""}, data={"path": "candidate", "mode": "guided"}
        )
        with self.database() as database:
            workshops = bootstrap.workshops(database)
            self.workshop = workshops.turn(made.headers["location"].rpartition("/")[2], Phase.RUNNING)
        for name in ("Eve", "Tom"):
            self.clients[name] = self.join(name)
            self.seats[name] = self.seat(name)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open what the trainer stores."""
        with closing(Database(sqlite_url(self.trainer.home / "platform.sqlite"))) as database:
            yield database

    def account(self, login: str, role: Role = Role.INSTRUCTOR, name: str = "") -> None:
        """Make an account."""
        with self.database() as database:
            people = bootstrap.people(database)
            people.set_password(people.link(login, role=role, name=name), PASSWORD)

    def browser(self, **headers: str) -> httpx.Client:
        """Return a browser without a screen that nobody has used before."""
        client = httpx.Client(base_url=self.trainer.url, headers={"accept-language": "en"} | headers, timeout=60)
        return self._stack.enter_context(client)

    def sign_in(self, login: str, **headers: str) -> httpx.Client:
        """Return a browser in which somebody is signed in."""
        client = self.browser(**headers)
        client.get("/sign-in")
        assert (
            client.post("/sign-in", data={"login": login, "password": PASSWORD}).headers["location"] == "/console"
        )
        return client

    def join(self, name: str) -> httpx.Client:
        """Return a browser that has just joined the workshop."""
        client = self.browser()
        answer = client.post("/join", data={"code": self.workshop.code, "name": name})
        assert answer.headers["location"] == "/class"
        return client

    def seat(self, name: str) -> Seat:
        """Return somebody's seat as it is stored."""
        with self.database() as database:
            return next(one for one in StoredWorkshops(database).seats(self.workshop.id) if one.name == name)

    def phase(self) -> Phase:
        """Return where the workshop is, as it is stored."""
        return self.stored().phase

    def stored(self) -> Workshop:
        """Return the workshop as it is stored."""
        with self.database() as database:
            return bootstrap.workshops(database).get(self.workshop.id)

    def logins(self) -> set[str]:
        """Return the logins of all accounts."""
        with self.database() as database:
            return {one.login for one in StoredPeople(database).accounts()}

    def memory(self) -> int:
        """Return what trainer and practice system take, in bytes."""
        process = psutil.Process(self.trainer.pid)
        return sum(one.memory_info().rss for one in [process, *process.children()])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    running = Trainer(tmp_path_factory.mktemp("home"), PROGRAM)
    with ExitStack() as stack:
        stack.callback(running.stop)
        yield Place(running, stack)
    assert "Traceback" not in running.log(), running.log()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: Playwright keeps a loop running in ours."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, main).result()


def sent_by(client: httpx.Client, lang: str = "en") -> str:
    """Return what a browser sends as `Cookie`."""
    return "; ".join((f"lang={lang}", *(f"{one.name}={one.value}" for one in client.cookies.jar)))


async def all_is_handled(eve: RawPage, place: Place) -> None:
    """Return when what Eve's page has sent so far was handled: ask for help, see it stored, and take it back."""
    for asks in (True, False):
        await eve.do("class.help")
        async with asyncio.timeout(30):
            while (place.seat("Eve").asked is not None) != asks:  # noqa: ASYNC110  # another process stores it
                await asyncio.sleep(0.02)


def refused(answer: httpx.Response) -> bool:
    """Tell whether an answer gives nothing: not found, or the way to the sign-in page."""
    where = answer.headers.get("location", "")
    return answer.status_code == 404 or (answer.is_redirect and where.startswith("/sign-in"))


# -- what is somebody else's -----------------------------------------------------------------------------------


def of_the_console(workshop: str) -> tuple[str, ...]:
    at = f"/console/{workshop}"
    return (at, f"{at}/results", f"{at}/projector", f"{at}/report.pdf", f"{at}/report.csv")


def test_a_guest_reads_and_makes_nothing_at_the_console(place: Place) -> None:
    for client in (place.browser(), place.clients["Eve"]):
        for path in ("/console", "/console/account", "/console/people", *of_the_console(place.workshop.id)):
            assert refused(client.get(path)), path
        made = client.post("/console/create", files={"roster": b""}, data={"path": "candidate", "mode": "guided"})
        assert refused(made)


def test_an_instructor_gets_at_nothing_of_another_one(place: Place) -> None:
    bob = place.clients["bob"]
    for path in ("/console/people", *of_the_console(place.workshop.id)):
        assert bob.get(path).status_code == 404, path
    assert place.workshop.id not in bob.get("/console").text
    assert place.clients["ann"].get(f"/console/{place.workshop.id}").status_code == 200


def test_ids_of_other_trainees_lead_nowhere(place: Place) -> None:
    tom = replace(a_run(place.seats["Tom"], "normal-exit-web"), id="run-of-tom", sandbox="")
    with place.trainer.runs() as runs:
        runs.save(tom)
    paths = ("/practice/run-of-tom", "/result/run-of-tom", "/evidence/run-of-tom/x.png")
    for client in (place.clients["Eve"], place.clients["ann"], place.browser()):
        assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert place.clients["Tom"].get("/result/run-of-tom").status_code == 200


# -- the socket ------------------------------------------------------------------------------------------------


def test_nobody_becomes_more_by_an_event_of_somebody_elses_page(place: Place) -> None:
    """A trainee presses what only the administrator's page shows, and another trainee's button."""

    async def forge() -> None:
        async with session() as http:
            root, tom, eve = (
                RawPage(http, place.trainer.url, path, sent_by(place.clients[who]))
                for who, path in (("root", "/console/people"), ("Tom", "/class"), ("Eve", "/class"))
            )
            for page in (root, tom, eve):
                await page.open()
            await eve.forge(root, "people.login", "change", "evil")
            await eve.forge(root, "people.invite", "click")
            await eve.forge(tom, "class.help", "click")
            await all_is_handled(eve, place)
            for page in (root, tom, eve):
                await page.close()

    run(forge())
    assert "evil" not in place.logins()
    assert place.seat("Tom").asked is None


def test_a_socket_cannot_take_another_page_by_a_later_handshake(place: Place) -> None:
    async def forge() -> None:
        async with session() as http:
            tom, eve = (
                RawPage(http, place.trainer.url, "/class", sent_by(place.clients[who])) for who in ("Tom", "Eve")
            )
            async with tom, eve:
                hands = {"client_id": tom.client_id, "tab_id": "x", "old_tab_id": None, "document_id": "x"}
                await eve.send_raw("handshake", hands)
                await eve.forge(tom, "class.help", "click")
                await all_is_handled(eve, place)

    run(forge())
    assert place.seat("Tom").asked is None


def test_no_socket_for_another_origin_another_trainee_or_nobodys_page(place: Place) -> None:
    async def knock(client_id: str, **headers: str) -> int:
        query = f"EIO=4&transport=websocket&client_id={client_id}&implicit_handshake=false"
        async with aiohttp.ClientSession() as http:
            try:
                async with http.ws_connect(f"{place.trainer.url}/_nicegui_ws/socket.io/?{query}", headers=headers):
                    return 101
            except aiohttp.WSServerHandshakeError as error:
                return error.status

    async def knock_everywhere() -> None:
        own, others = sent_by(place.clients["Tom"]), sent_by(place.clients["Eve"])
        async with session() as http, RawPage(http, place.trainer.url, "/class", own) as tom:
            assert await knock(tom.client_id, Cookie=own, Origin=place.trainer.url) == 101
            assert await knock(tom.client_id, Cookie=own, Origin=EVIL) == 403
            assert await knock(tom.client_id, Cookie=own, Origin="null") == 403
            assert await knock(tom.client_id, Cookie=others) == 403
            assert await knock(tom.client_id) == 403
            assert await knock("", Cookie=own) == 403

    run(knock_everywhere())


def test_messages_that_make_no_sense_or_are_too_large_break_nothing(place: Place) -> None:
    async def shout() -> None:
        cookie = sent_by(place.clients["Eve"])
        async with session() as http:
            async with RawPage(http, place.trainer.url, "/class", cookie) as page:
                for message in (
                    {"id": 999_999, "listener_id": "none", "args": []},
                    {"id": "../1", "listener_id": None, "args": ["{"]},
                    {"client_id": ["a"]},
                ):
                    await page.send_raw("event", message)
                await all_is_handled(page, place)
            async with RawPage(http, place.trainer.url, "/class", cookie) as page:
                with suppress(ConnectionError):
                    for _part in range(20):
                        await page.send_raw("event", {"args": ["x" * (10 * MEGABYTE)]})
                async with asyncio.timeout(30):
                    with pytest.raises(ConnectionError):
                        await page.updated(page.updates)

    before = place.memory()
    run(shout())
    assert place.memory() - before < 50 * MEGABYTE
    assert place.browser().get("/healthz").is_success


def test_an_open_console_is_powerless_once_its_sign_in_is_over(place: Place) -> None:
    """By signing out in another tab, and by an account that was closed; each is told in the reader's language."""

    async def press(client: httpx.Client, end: Callable[[], object], lang: str, refusal: str) -> None:
        path = f"/console/{place.workshop.id}"
        async with session() as http, RawPage(http, place.trainer.url, path, sent_by(client, lang)) as console:
            known = dict(console.elements)
            await asyncio.to_thread(end)
            for name, kind, typed in (
                ("console.message", "change", ("hacked",)),
                ("console.send", "click", ()),
                ("console.pause", "click", ()),
            ):
                console.elements |= known  # whatever the server has taken off the page meanwhile
                await console.do(name, *typed, kind=kind)
            async with asyncio.timeout(30):
                # refused, or its look at the class came first and has turned the page away
                while not any(any(one in told for one in ENDED) for told in (*console.notices, *console.scripts)):
                    await console.updated(console.updates)
            assert set(console.notices) <= {refusal}

    def close_carl() -> None:
        with place.database() as database:
            people: People = bootstrap.people(database)
            accounts = {one.login: one for one in people.all()}
            people.close(accounts["carl"].id, by=accounts["root"])

    ann = place.sign_in("ann")
    run(press(ann, lambda: ann.post("/sign-out"), "zh_CN", "您已不在登录状态。 请重新加载页面。"))
    place.account("carl", Role.ADMINISTRATOR)
    run(press(place.sign_in("carl"), close_carl, "en", "You are not signed in any more. Load the page again."))
    assert (place.stored().message, place.phase()) == ("", Phase.RUNNING)


def test_who_was_removed_from_the_workshop_does_nothing_more_there(place: Place) -> None:
    client = place.join("Max")

    def remove() -> None:
        with place.database() as database:
            StoredWorkshops(database).save_seats([replace(place.seat("Max"), removed=True)])

    async def press() -> None:
        cookie = sent_by(client, "zh_CN")
        async with session() as http, RawPage(http, place.trainer.url, "/class", cookie) as page:
            await asyncio.to_thread(remove)
            await page.do("class.start")
            async with asyncio.timeout(30):
                while not page.notices:
                    await page.updated(page.updates)
            assert page.notices[0] == "您已不在此培训班中。"

    run(press())
    assert client.get("/class").status_code == 404


# -- sessions --------------------------------------------------------------------------------------------------


def test_a_planted_cookie_is_worth_nothing_after_signing_in_or_joining(place: Place) -> None:
    planted = {TRAINEE_COOKIE: "a" * 32, PERSON_COOKIE: "b" * 32}
    victim = place.browser()
    for name, value in planted.items():
        victim.cookies.set(name, value, "127.0.0.1")
    victim.post("/sign-in", data={"login": "bob", "password": PASSWORD})
    victim.post("/join", data={"code": place.workshop.code, "name": "Ida"})
    assert victim.get("/console").is_success
    assert victim.get("/class").is_success
    attacker = place.browser()
    attacker.cookies.update(planted)
    assert refused(attacker.get("/console"))
    assert attacker.get("/class").status_code == 404


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(place: Place) -> None:
    bob, thief = place.sign_in("bob"), place.browser()
    thief.cookies.set(PERSON_COOKIE, bob.cookies[PERSON_COOKIE])
    assert thief.get("/console").is_success
    bob.post("/sign-out")
    assert refused(thief.get("/console"))


def test_nobody_is_signed_out_by_a_picture_and_no_form_comes_from_another_site(place: Place) -> None:
    bob = place.sign_in("bob")
    forms = ("sign-in", "sign-out", "join", "resume", "stand-up", "feedback", "language/en", "console/create")
    for path in (*(f"/{form}" for form in forms), f"/link/{'0' * 32}"):
        for origin in (EVIL, "null", place.trainer.url.replace("http:", "http://x@")):
            assert bob.post(path, headers={"origin": origin}).status_code == 403, path
    assert bob.get("/sign-out").status_code in {404, 405}
    assert bob.get("/console").is_success


def test_no_form_leads_to_another_site(place: Place) -> None:
    evil = (
        "//evil.example",
        f"{EVIL}/console",
        "/console//evil.example",
        "/console\\x",
        "/\\evil.example",
        "\t//x",
    )
    for path in evil:
        client = place.browser(referer=place.trainer.url + path)
        answers = [
            client.post("/sign-in", data={"login": "bob", "password": PASSWORD, "next": path}),
            client.post("/language/en"),
            client.post("/join", data={"code": "none", "name": "x"}),
        ]
        for answer in answers:
            where = urljoin(place.trainer.url, answer.headers["location"].replace("\\", "/"))
            assert where.startswith(f"{place.trainer.url}/"), where


def test_no_address_puts_words_into_our_mouth(place: Place) -> None:
    for path in ("/sign-in", "/join", f"/link/{'0' * 32}"):
        page = place.browser().get(path, params={"said": "Your password has expired, call us"})
        assert page.is_success
        assert "expired" not in page.text


# -- texts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nasty:
    """A workshop whose texts are all scripts or formulas, with everything in it done.

    Attributes:
        host: The browser of its instructor, and the name of that browser is a script, too.
        guest: The browser of a trainee.
        paths: Path → who reads the page.
        certificate: Path of a certificate, without its ending.
        console: Path of its console.
    """

    host: httpx.Client
    guest: httpx.Client
    paths: dict[str, httpx.Client]
    certificate: str
    console: str


@pytest.fixture(scope="module")
def nasty(place: Place) -> Nasty:
    host, guest = place.sign_in("root", **{"user-agent": SCRIPT}), place.browser()
    form = {"path": "candidate", "mode": "guided", "title": SCRIPT}
    made = host.post("/console/create", files={"roster": f"{FORMULA}\n{PICTURE}".encode()}, data=form)
    at = made.headers["location"]
    with place.database() as database:
        workshops, runs = bootstrap.workshops(database), bootstrap.runs(database)
        workshop = workshops.turn(at.rpartition("/")[2], Phase.RUNNING)
        guest.post("/join", data={"code": workshop.code, "name": SCRIPT})
        for seat in workshops.seats(workshop.id):
            workshops.hint(seat.id, SCRIPT)
            workshops.ask(seat.id, asks=True)
            for number, (lesson, mode) in enumerate(workshops.parts(workshop)):
                runs.save(replace(a_run(seat, lesson, mode=mode, minute=number), sandbox=""))
        seat = next(seat for seat in workshops.seats(workshop.id) if seat.name == SCRIPT)
        workshops.tell(workshop.id, SCRIPT)
    guest.post("/feedback", data={"stars": "5", "text": SCRIPT})
    place.account("mallory", name=SCRIPT)
    certificate = f"/certificate/{seat.id}"
    of_host = (at, f"{at}/results", f"{at}/projector", "/console", "/console/account", "/console/people")
    of_guest = ("/class", "/join", certificate)
    paths = dict.fromkeys(of_host, host) | dict.fromkeys(of_guest, guest)
    return Nasty(host, guest, paths, certificate, at)


def test_a_script_in_a_text_of_a_workshop_is_only_ever_text(nasty: Nasty) -> None:
    for path, client in nasty.paths.items():
        page = client.get(path)
        assert page.is_success, path
        assert SCRIPT not in page.text, path
        assert PICTURE not in page.text, path
        assert SCRIPT in html.unescape(page.text), f"{path} shows none of them"


@pytest.mark.browser
@pytest.mark.proof
def test_no_browser_runs_a_script_from_a_text_of_a_workshop(place: Place, nasty: Nasty, browser: Browser) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.text.startswith("hacked") or "Content Security Policy" in message.text:
            said.append(f"{message.location['url']}: {message.text}")

    for path, client in nasty.paths.items():
        context = browser.new_context(user_agent=SCRIPT)
        context.add_cookies(
            [{"name": one.name, "value": one.value or "", "url": place.trainer.url} for one in client.cookies.jar]
        )
        page = context.new_page()
        page.on("console", hear)
        page.goto(place.trainer.url + path)
        page.wait_for_function("window.did_handshake === true")
        page.get_by_text(SCRIPT).first.wait_for(state="attached")
        assert page.locator("img[onerror]").count() == 0, path
        context.close()
    assert said == []


def text_of(pdf: bytes) -> str:
    """Return what a PDF file says."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_no_text_brings_a_file_or_a_formula_into_a_paper(nasty: Nasty) -> None:
    paper, table = (nasty.host.get(f"{nasty.console}/report.{kind}") for kind in ("pdf", "csv"))
    certificate = nasty.guest.get(f"{nasty.certificate}.pdf")
    for text in (text_of(paper.content), text_of(certificate.content)):
        assert "hacked" in text
        assert "root:" not in text
    assert "/etc/passwd" in text_of(paper.content)
    cells = [cell for row in csv.reader(io.StringIO(table.text, newline="")) for cell in row]
    assert f"'{FORMULA}" in cells
    assert [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))] == []


# -- what a page tells others ----------------------------------------------------------------------------------


def test_pages_about_people_are_kept_by_no_cache_and_framed_by_nobody(nasty: Nasty) -> None:
    papers = {f"{nasty.console}/report.pdf": nasty.host, f"{nasty.certificate}.pdf": nasty.guest}
    for path, client in (nasty.paths | papers).items():
        headers = client.get(path).headers
        assert "no-store" in headers["cache-control"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path


def test_pictures_of_an_exercise_are_for_its_owner_and_kept_by_no_cache(place: Place) -> None:
    name = f"{'a' * 32}.png"
    (place.trainer.home / "evidence").mkdir(exist_ok=True)
    (place.trainer.home / "evidence" / name).write_bytes(b"png")
    seen = Outcome(Status.PASSED, "outcome", "see", "x", "x", name)
    with place.trainer.runs() as runs:
        run = a_run(place.seats["Tom"], "normal-exit-web")
        runs.save(replace(run, id="seen-by-tom", sandbox="", final=(seen,)))
    path = f"/evidence/seen-by-tom/{name}"
    own = place.clients["Tom"].get(path)
    assert (own.content, own.headers["cache-control"]) == (b"png", "private, no-store")
    assert place.clients["Eve"].get(path).status_code == 404
    for odd in ("..%2F..%2Fplatform.sqlite", "%2e%2e/platform.sqlite", "b.png"):
        assert place.clients["Tom"].get(f"/evidence/seen-by-tom/{odd}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/film/..%2F..%2Fplatform.sqlite/en/mp4",
        "/film/normal-exit-web/..%2F..%2Fen/mp4",
        "/film/normal-exit-web/en/..%2F..%2Fplatform.sqlite",
        "/guide/..%2F..%2Fplatform.sqlite",
        "/guide/..%2Fplatform.pdf",
        "/guides/..%2F..%2Fplatform.zip",
        "/static/practice/..%2F..%2Fsecurity.py",
        "/static/practice/%2e%2e/%2e%2e/security.py",
        "/certificate/..%2F..%2Fplatform.pdf",
        "/console/..%2F..%2Fplatform/report.csv",
    ],
)
def test_a_path_leads_out_of_no_folder(place: Place, path: str) -> None:
    with socket.create_connection(("127.0.0.1", place.trainer.port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.split()[1] == b"404"
    assert b"SQLite format 3" not in answer
    assert b"from __future__" not in answer


def test_figures_and_health_name_nobody_and_hold_no_secret(place: Place) -> None:
    client = place.browser()
    assert client.get("/healthz").json() == {"ok": True, "sandbox": True}
    assert client.get("/readyz").json() == {"database": True, "sandbox": True}
    figures = client.get("/metrics").text
    names = {line.split()[0].partition("{")[0] for line in figures.splitlines() if not line.startswith("#")}
    assert all(name.startswith(("trainer_", "process_")) for name in names)
    assert "{" not in figures
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 404


# -- too much --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False], ids=["with its length told", "in parts without a length"])
def test_two_hundred_megabytes_are_read_by_no_form(place: Place, told: bool) -> None:
    before = place.memory()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers |= {"content-length": str(200 * MEGABYTE)} if told else {}
    page = "_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id=x&sid=x"
    for path in ("join", "sign-in", "feedback", "language/en", "console/create", page):
        with suppress(*SHUT):
            content = (b"x" * MEGABYTE for _part in range(200))
            assert place.clients["ann"].post(f"/{path}", content=content, headers=headers).status_code == 413
    assert place.memory() - before < 50 * MEGABYTE


# -- what is left behind ---------------------------------------------------------------------------------------


def test_no_line_of_the_log_names_a_person_or_a_secret(place: Place, nasty: Nasty) -> None:
    for path, client in nasty.paths.items():
        client.get(path)
    refused(place.browser().post("/sign-in", data={"login": "ann", "password": "wrong password"}))
    log = place.trainer.log()
    assert "INFO" in log, "it is as talkative as it can be"
    secrets = [one.value or "" for client in (nasty.host, nasty.guest) for one in client.cookies.jar]
    people = ("ann", "mallory", "Eve", "Tom", "hacked", "wrong password", PASSWORD, place.workshop.code)
    codes = [seat.code for seat in place.seats.values()]
    for told in (*(one for one in secrets if len(one) > 8), *people, *codes):
        assert not re.search(rf"\b{re.escape(told)}\b", log), told
