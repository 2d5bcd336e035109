"""Two hostile clients get nothing: one with a program, one with a keyboard."""

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from playwright.sync_api import Error as PlaywrightError

from tests.ui.hrms.people import Sandbox, Server
from trainer.adapters.raw_page import RawPage, sign_in
from trainer.cli.bench_typist import session

ROLES = ("candidate", "hr", "head", "admin")
REFUSED = {401, 403, 404, 405, 409, 413, 422}
MEGABYTE = 1024 * 1024
TICKED = (True,)
ID = re.compile(r"/[a-z]+\d[\w-]*(?=/|$)")
SHUT = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)
"""What a client sees when the door is shut while it is still talking."""
PAYLOADS = (
    "<img src=x onerror=\"console.log('hacked {mark}')\">",
    "<script>console.log('hacked {mark}')</script>",
    '"><svg onload="console.log(\'hacked {mark}\')">',
    "{{{{ constructor.constructor(\"console.log('hacked {mark}')\")() }}}}",
    "javascript:console.log('hacked {mark}')",
)
BAD_NAMES = (
    "../../../_sessions.sqlite",
    "..\\..\\hrms.sqlite",
    "/etc/cron.d/evil.txt",
    "a/../../hrms.sqlite",
    "C:\\Windows\\evil.txt",
    "evil\x00.txt",
    "..",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    running = Server(data)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def mine(server: Server) -> Sandbox:
    return server.sandbox("en")


@pytest.fixture
def theirs(server: Server) -> Sandbox:
    return server.sandbox("en")


def cookie(sandbox: Sandbox, role: str) -> dict[str, str]:
    return dict(httpx.get(sandbox.link(role)).cookies)


def files(folder: Path) -> dict[Path, int]:
    """Return every file below a folder, those of SQLite's own log left out."""
    return {
        file: file.stat().st_size
        for file in folder.rglob("*")
        if file.is_file() and not file.name.endswith(("-wal", "-shm")) and file.name != "server.log"
    }


# -- forged events ---------------------------------------------------------------------------------------------


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: Playwright keeps a loop running in ours."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, main).result()


def test_an_event_for_another_persons_element_does_nothing(mine: Sandbox, theirs: Sandbox) -> None:
    async def forge() -> None:
        async with session() as http:
            address = mine.server.address
            open_pages = []
            for sandbox in (theirs, mine):
                link = sandbox.link("candidate").removeprefix(address)
                signed_in = await sign_in(http, address, link)
                page = RawPage(http, address, f"/s/{sandbox.id}/candidate/interview", signed_in)
                await page.open()
                open_pages.append(page)
            victim, attacker = open_pages
            for test_id, kind, arguments in (
                ("consent.agree", "change", TICKED),
                ("consent.begin", "click", ()),
                ("consent.decline", "click", ()),
            ):
                await attacker.forge(victim, test_id, kind, *arguments)
            before = attacker.updates
            await attacker.do("consent.agree", *TICKED, kind="change")
            await attacker.updated(before)  # so the forged events were handled before
            assert victim.updates == 0
            for page in open_pages:
                await page.close()

    run(forge())
    assert theirs.snapshot()["interview"]["status"] == "invited"
    assert theirs.events() == ["signed_in"]


def test_who_knows_the_id_of_a_page_gets_no_socket_for_it(mine: Sandbox, theirs: Sandbox) -> None:
    async def knock(client_id: str, **headers: str) -> int:
        query = f"EIO=4&transport=websocket&client_id={client_id}&implicit_handshake=false"
        address = f"{mine.server.address}/_nicegui_ws/socket.io/?{query}"
        async with aiohttp.ClientSession() as http:
            try:
                async with http.ws_connect(address, headers=headers):
                    return 101
            except aiohttp.WSServerHandshakeError as error:
                return error.status

    async def knock_everywhere() -> None:
        async with session() as http:
            address = mine.server.address
            own, others = [
                await sign_in(http, address, sandbox.link("candidate").removeprefix(address))
                for sandbox in (theirs, mine)
            ]
            async with RawPage(http, address, f"/s/{theirs.id}/candidate/interview", own) as victim:
                assert await knock(victim.client_id, Cookie=own) == 101
                assert await knock(victim.client_id, Cookie=own, Origin="http://evil.example") == 403
                assert await knock(victim.client_id, Cookie=others) == 403
                assert await knock(victim.client_id) == 403
                assert await knock("", Cookie=own) == 403

    run(knock_everywhere())


def test_events_that_make_no_sense_do_nothing_and_break_nothing(mine: Sandbox) -> None:
    async def send_nonsense() -> None:
        async with session() as http:
            address = mine.server.address
            signed_in = await sign_in(http, address, mine.link("candidate").removeprefix(address))
            async with RawPage(http, address, f"/s/{mine.id}/candidate/interview", signed_in) as page:
                for message in (
                    {"id": 999_999, "listener_id": "none", "args": []},
                    {"id": "../1", "listener_id": None, "args": []},
                ):
                    await page.send_raw("event", message)
                before = page.updates
                await page.do("consent.agree", *TICKED, kind="change")
                await page.updated(before)

    run(send_nonsense())
    assert mine.snapshot()["interview"]["status"] == "invited"


# -- another person's sandbox ----------------------------------------------------------------------------------


def links_of(sandbox: Sandbox, role: str, signed_in: dict[str, str]) -> set[str]:
    """Return the addresses of a role's pages, below its base: one of each kind, and those of our candidate."""
    base = f"/s/{sandbox.id}/{role}"
    found: dict[str, str] = {}
    waiting = [f"{base}/"]
    if role == "hr":
        waiting.insert(0, f"{base}/candidates/{sandbox.candidate}")
    while waiting:
        path = waiting.pop(0)
        ours = path.endswith(f"/{sandbox.candidate}")
        kind = path if ours else ID.sub("/*", path)
        if kind not in found:
            found[kind] = path
            text = httpx.get(sandbox.server.address + path, cookies=signed_in).text
            waiting += re.findall(rf'"href":"({base}/[^"?#]*)', text)
    return {path.removeprefix(base) for path in found.values()}


def stored(sandbox: Sandbox) -> dict[str, Any]:
    """Return everything but the time."""
    return {key: value for key, value in sandbox.snapshot().items() if key != "sandbox"}


@pytest.mark.parametrize("role", ROLES)
def test_the_own_cookie_opens_nobody_elses_sandbox(mine: Sandbox, theirs: Sandbox, role: str) -> None:
    signed_in = cookie(mine, role)
    paths = links_of(mine, role, signed_in)
    assert paths
    before = stored(theirs)
    with httpx.Client(base_url=mine.server.address, cookies=signed_in) as client:
        for other in ROLES:
            for path in paths:
                for sandbox in (theirs, mine):
                    if sandbox is mine and other == role:
                        continue
                    answer = client.get(f"/s/{sandbox.id}/{other}{path}")
                    to_sign_in = answer.status_code == 303 and answer.headers["location"].endswith("/sign-in")
                    assert to_sign_in or answer.status_code in REFUSED, (other, path, answer.status_code)
        for path in (
            "draft",
            "leave",
            "save",
            "data/upload?name=a.txt",
            "data/export",
            "resumes/upload?name=a.txt",
        ):
            for other in ROLES:
                answer = client.post(f"/s/{theirs.id}/{other}/{path}", content=b"{}")
                assert answer.status_code in REFUSED, (other, path, answer.status_code)
    assert stored(theirs) == before


def test_the_control_api_is_not_for_visitors(mine: Sandbox) -> None:
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        for path in ("sandboxes", f"sandboxes/{mine.id}/snapshot", f"sandboxes/{mine.id}/sign-in-links"):
            url = f"{mine.server.address}/control/v1/{path}"
            assert httpx.get(url, headers=headers).status_code == 401
            assert httpx.post(url, headers=headers, json={"role": "admin"}).status_code == 401


# -- files -----------------------------------------------------------------------------------------------------


def upload(sandbox: Sandbox, role: str, name: str, content: Any, **headers: str) -> httpx.Response:
    path = "/candidate/data/upload" if role == "candidate" else "/hr/resumes/upload"
    query = {"name": name} if role == "candidate" else {"name": name, "post": "p1"}
    return httpx.post(
        sandbox.url(path),
        params=query,
        content=content,
        headers=headers,
        cookies=cookie(sandbox, role),
        timeout=60,
    )


@pytest.mark.parametrize("role", ["candidate", "hr"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_a_path_leads_nowhere(data: Path, mine: Sandbox, role: str, name: str) -> None:
    before = files(data)
    answer = upload(mine, role, name, b"a text that is long enough to be a resume")
    refused = answer.status_code in REFUSED or bool(answer.json()["refused"])
    assert refused, answer.text
    assert set(files(data)) == set(before)


def test_paths_inside_an_archive_lead_nowhere(data: Path, mine: Sandbox) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../../evil.txt", "/evil.txt", "good.txt"):
            archive.writestr(name, "a text that is long enough to be a resume")
    before = files(data)
    upload(mine, "hr", "all.zip", packed.getvalue())
    fresh = set(files(data)) - set(before)
    media = data / mine.id
    assert all(file.is_relative_to(media) for file in fresh)
    assert not list(data.parent.rglob("evil*"))


def memory_of(server: Server) -> int:
    process = psutil.Process(server.pid)
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])


@pytest.mark.parametrize("told", [True, False], ids=["with its length told", "in parts without a length"])
@pytest.mark.parametrize("role", ["candidate", "hr"])
def test_two_hundred_megabytes_are_refused_and_kept_nowhere(
    server: Server, data: Path, mine: Sandbox, role: str, told: bool
) -> None:
    before, used = files(data), memory_of(server)
    headers = {"Content-Length": str(200 * MEGABYTE)} if told else {}
    with suppress(*SHUT):
        assert (
            upload(mine, role, "large.txt", (b"x" * MEGABYTE for _part in range(200)), **headers).status_code
            in REFUSED
        )
    assert memory_of(server) - used < 50 * MEGABYTE
    assert set(files(data)) == set(before)
    assert httpx.get(f"{server.address}/healthz").is_success


@pytest.mark.parametrize("path", ["draft", "leave", "save"])
def test_no_other_address_takes_two_hundred_megabytes(server: Server, mine: Sandbox, path: str) -> None:
    used = memory_of(server)
    with suppress(*SHUT):
        answer = httpx.post(
            mine.url(f"/candidate/{path}"),
            content=(b"x" * MEGABYTE for _part in range(200)),
            cookies=cookie(mine, "candidate"),
            timeout=60,
        )
        assert answer.status_code in REFUSED
    assert memory_of(server) - used < 50 * MEGABYTE


@pytest.mark.parametrize("told", [True, False], ids=["with its length told", "in parts without a length"])
def test_no_form_and_no_socket_takes_two_hundred_megabytes(server: Server, mine: Sandbox, told: bool) -> None:
    used = memory_of(server)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers |= {"content-length": str(200 * MEGABYTE)} if told else {}
    base = f"/s/{mine.id}/hr"
    socket = "/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id=x&sid=x"
    for path in (
        f"{base}/sign-in",
        f"{base}/sign-in/code",
        f"{base}/data/export",
        socket,
        "/control/v1/sandboxes",
    ):
        with suppress(*SHUT):
            answer = httpx.post(
                server.address + path,
                content=(b"x" * MEGABYTE for _part in range(200)),
                headers=headers,
                cookies=cookie(mine, "hr"),
                timeout=60,
            )
            assert answer.status_code in REFUSED, path
    assert memory_of(server) - used < 50 * MEGABYTE


def test_a_message_of_ten_megabytes_ends_its_socket_and_nothing_else(server: Server, mine: Sandbox) -> None:
    async def shout() -> None:
        async with session() as http:
            signed_in = await sign_in(http, server.address, mine.link("candidate").removeprefix(server.address))
            async with RawPage(http, server.address, f"/s/{mine.id}/candidate/interview", signed_in) as page:
                with suppress(ConnectionError):  # it may end while we still talk
                    await page.send_raw("event", {"args": ["x" * (10 * MEGABYTE)]})
                async with asyncio.timeout(30):
                    with pytest.raises(ConnectionError):
                        await page.updated(page.updates)

    run(shout())
    assert httpx.get(f"{server.address}/healthz").is_success


# -- what a page tells others ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_no_cache_keeps_a_page_and_no_other_site_frames_it(mine: Sandbox, role: str) -> None:
    headers = httpx.get(mine.url(f"/{role}/"), cookies=cookie(mine, role)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["referrer-policy"] == "same-origin"


# -- formulas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"])
def test_no_cell_of_an_export_is_a_formula(mine: Sandbox, formula: str) -> None:
    begin(mine, formula)
    assert mine.snapshot()["sitting"]["answers"][0]["text"] == formula
    export = mine.url("/candidate/data/export")
    answer = httpx.post(export, data={"form": "csv"}, cookies=cookie(mine, "candidate"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert any(formula in cell for cell in cells), "what was typed is in the export"
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def begin(sandbox: Sandbox, answer: str = "") -> None:
    """Take the candidate to the first question, and let them answer it if there is an answer."""

    async def through() -> None:
        async with session() as http:
            address = sandbox.server.address
            signed_in = await sign_in(http, address, sandbox.link("candidate").removeprefix(address))
            async with RawPage(http, address, f"/s/{sandbox.id}/candidate/interview", signed_in) as page:
                await page.do("consent.agree", *TICKED, kind="change")
                await page.do("consent.begin")
                await page.do("device.skip")
                area, _element = await page.wait_for("interview.answer")
                if answer:
                    await page.do("interview.submit", {"text": answer, "seq": 1})
                    while area in page.elements:
                        await page.updated(page.updates)

    run(through())


# -- scripts in every text field -------------------------------------------------------------------------------

FIELDS = "input:not([type]), input[type=text], input[type=search], input[type=email], textarea"


class Hostile:
    """Somebody at a browser who types scripts wherever text goes."""

    def __init__(self, page: Page, sandbox: Sandbox, role: str) -> None:
        self.page = page
        self.role = role
        self.sandbox = sandbox
        self.filled = 0
        self.ran: list[str] = []
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("console", self.heard)

    def heard(self, said: ConsoleMessage) -> None:
        """Keep what a script of ours said, and what only the browser's policy kept from running."""
        if said.text.startswith("hacked ") or "Content Security Policy" in said.text:
            self.ran.append(f"{self.page.url}: {said.text}")

    def enter(self) -> None:
        self.page.goto(self.sandbox.link(self.role))
        self.ready()

    def go(self, path: str) -> None:
        for _try in range(3):
            with suppress(PlaywrightError):  # a page that was just left may still be on its way elsewhere
                self.page.goto(self.sandbox.url(f"/{self.role}{path}"))
                self.ready()
                return

    def ready(self) -> None:
        self.page.wait_for_function("window.did_handshake === true")

    def paths(self) -> list[str]:
        signed_in = {
            one["name"]: one["value"] for one in self.page.context.cookies(self.sandbox.url(f"/{self.role}/"))
        }
        return sorted(links_of(self.sandbox, self.role, signed_in))

    def attack(self, path: str) -> None:
        """Fill every text field of a page and press what is beside it."""
        self.go(path)
        fields = self.page.locator(FIELDS)
        for number in range(fields.count()):
            field = fields.nth(number)
            try:
                if not field.is_visible() or not field.is_editable():
                    continue
                payload = PAYLOADS[self.filled % len(PAYLOADS)].format(mark=f"{self.role}{path}")
                field.fill(payload, timeout=2000)
                field.press("Tab", timeout=2000)
                self.filled += 1
            except PlaywrightError:
                continue  # the page was drawn anew meanwhile
        if self.filled:
            self.press()

    def press(self) -> None:
        """Press the first buttons of the page's main part."""
        buttons = self.page.locator("#main button:enabled, main button:enabled")
        for number in range(min(4, buttons.count())):
            try:
                buttons.nth(number).click(timeout=1000, no_wait_after=True)
            except PlaywrightError:
                continue

    def look(self, path: str) -> bool:
        """Open a page again: nothing runs; says whether a script is shown as the text it is."""
        self.go(path)
        assert self.page.locator("img[src=x], svg[onload]").count() == 0, path
        return "hacked " in (self.page.locator("#main").text_content() or "")


@pytest.mark.browser
@pytest.mark.proof
def test_a_script_in_every_text_field_is_only_ever_text(browser: Browser, mine: Sandbox) -> None:
    contexts: list[BrowserContext] = []
    people = []
    for role in ROLES:
        context = browser.new_context()
        context.set_default_timeout(30_000)
        contexts.append(context)
        people.append(Hostile(context.new_page(), mine, role))
    try:
        candidate = people[0]
        begin(mine)
        for person in people:
            person.enter()
        candidate.page.goto(mine.url("/candidate/interview"))
        candidate.ready()
        candidate.page.get_by_test_id("resume.continue").click()
        for number, _question in enumerate(mine.questions):
            area = candidate.page.get_by_test_id("interview.answer")
            area.fill(PAYLOADS[number % len(PAYLOADS)].format(mark="answer"))
            candidate.page.get_by_test_id("interview.submit").click()
            candidate.page.wait_for_function(
                "(n) => !document.querySelector('[data-testid=\"interview.answer\"]') || "
                "document.querySelector('[data-testid=\"interview.answer\"]').value === ''",
                arg=number,
            )
        candidate.page.get_by_test_id("interview.end").click()
        candidate.page.get_by_test_id("dialog.confirm").click()
        candidate.page.get_by_test_id("home.interview_status").wait_for()
        staff = people[1]
        assert any(staff.look(path) for path in staff.paths() if "/interviews/" in path), "shown as text"
        for person in people:
            for path in person.paths():
                person.attack(path)
        for person in people:
            for path in person.paths():
                person.look(path)
        assert [said for person in people for said in person.ran] == []
        assert sum(person.filled for person in people) >= 5
    finally:
        for context in contexts:
            context.close()
