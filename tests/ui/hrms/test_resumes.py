"""Résumés by browser: brought in, matched while the page is loaded anew, invited; and strangers' files refused."""

import socket
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server, Wait

pytestmark = pytest.mark.browser

RESUME = b"Name: Mia Example\nNegotiation, CRM and customer visits\n2015-2024 Sales\nBA in Marketing"


@pytest.fixture
def hr(somebody: Callable[[], Person], sandbox: Sandbox) -> Person:
    person = somebody()
    person.open(sandbox.link("hr"))
    return person


def cookies(sandbox: Sandbox, role: str, *, read_only: bool = False) -> dict[str, str]:
    return dict(httpx.get(sandbox.link(role, read_only=read_only)).cookies)


def send(sandbox: Sandbox, role: str, name: str, content: bytes, **more: Any) -> httpx.Response:
    place = "hr/resumes/upload" if role == "hr" else "candidate/data/upload"
    given = {"cookies": cookies(sandbox, role)} | more
    return httpx.post(sandbox.url(f"/{place}"), params={"post": "p1", "name": name}, content=content, **given)


def test_resumes_are_matched_and_the_ticked_ones_invited(hr: Person, sandbox: Sandbox, tmp_path: Path) -> None:
    mia, bad = tmp_path / "mia.txt", tmp_path / "tool.exe"
    mia.write_bytes(RESUME)
    bad.write_bytes(bytes(range(256)) * 8)
    hr.open(sandbox.url("/hr/resumes"))
    hr["resumes.file"].set_input_files([mia, bad])
    expect(hr["resumes.upload_status"]).to_have_attribute("data-state", "refused")
    expect(hr["resumes.upload_status"]).to_contain_text("tool.exe")
    hr["resumes.match"].click()
    hr.open(sandbox.url("/hr/resumes"))  # the match needs no open page
    expect(hr["resumes.status"]).to_have_attribute("data-state", "done", timeout=60_000)
    row = next(one for one in sandbox.snapshot()["resumes"]["best"] if one["candidate"] == "c25")
    assert row["score"] > 80
    hr["resumes.row[c25].reasons"].locator("summary").click()
    expect(hr["resumes.row[c25].reasons"]).to_contain_text("“Negotiation”")
    hr["resumes.row[c25].tick"].check()
    hr["resumes.invite_ticked"].click()
    expect(hr["resumes.row[c25].status"]).to_have_attribute("data-state", "invited")
    assert "candidate_invited" in sandbox.events()


@pytest.mark.proof  # a thousand résumés are made for it
def test_a_running_match_is_stopped(hr: Person, sandbox: Sandbox, until: Wait) -> None:
    hr.open(sandbox.url("/hr/resumes"))
    hr["resumes.samples"].click()
    hr["resumes.samples.option[1000]"].click()
    hr["resumes.add_samples"].click()
    until(lambda: sandbox.snapshot()["resumes"]["count"] >= 1000, "a thousand résumés are there")
    hr["resumes.match"].click()
    expect(hr["resumes.progress"]).to_be_visible()
    hr["resumes.stop"].click()
    expect(hr["resumes.status"]).to_have_attribute("data-state", "cancelled", timeout=30_000)


def test_strangers_bring_in_nothing(server: Server, sandbox: Sandbox) -> None:
    other = server.sandbox()
    assert send(sandbox, "hr", "x.txt", RESUME, cookies={}).status_code == 401
    assert send(sandbox, "hr", "x.txt", RESUME, cookies=cookies(other, "hr")).status_code == 401
    assert send(sandbox, "hr", "x.txt", RESUME, cookies=cookies(sandbox, "candidate")).status_code == 401
    assert send(sandbox, "hr", "x.txt", RESUME, cookies=cookies(sandbox, "hr", read_only=True)).status_code == 403
    away = {"Origin": "https://elsewhere.example"}
    assert send(sandbox, "hr", "x.txt", RESUME, headers=away).status_code == 403
    assert sandbox.snapshot()["resumes"]["count"] == 0


@pytest.mark.parametrize("role", ["hr", "candidate"])
def test_bad_files_are_refused_in_words(sandbox: Sandbox, role: str) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 50_000_000)
    for name, content, status in (
        ("../../../etc/cron.d/x", RESUME, 422),
        ("..\\..\\x.txt", RESUME, 422),
        ("bomb.zip", bomb.getvalue(), 422),
        ("page.html.pdf", bytes(range(256)) * 9, 422),
        ("large.txt", b"word " * 1_200_000, 413),
    ):
        answer = send(sandbox, role, name, content)
        assert answer.status_code == status, (name, answer.text)
        assert answer.json()["error"]["message"]
    assert sandbox.snapshot()["resumes"]["count"] == 0


def test_200_megabytes_are_refused_before_they_are_sent(server: Server, sandbox: Sandbox) -> None:
    cookie = cookies(sandbox, "hr")["hrms_session"]
    head = (
        f"POST /s/{sandbox.id}/hr/resumes/upload?post=p1&name=big.pdf HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{server.port}\r\nCookie: hrms_session={cookie}\r\n"
        f"Content-Length: {200 * 1024 * 1024}\r\n\r\n%PDF-1.7"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_stream_without_an_end_is_cut(server: Server, sandbox: Sandbox) -> None:
    cookie = cookies(sandbox, "candidate")["hrms_session"]
    head = (
        f"POST /s/{sandbox.id}/candidate/data/upload?name=big.pdf HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Cookie: hrms_session={cookie}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(head.encode())
        deadline = time.monotonic() + 20
        try:
            while sent < 100 and time.monotonic() < deadline:
                line.sendall(part)
                sent += 1
            answer = line.recv(4096)
        except ConnectionError:
            answer = b"HTTP/1.1 413"
    assert answer.startswith(b"HTTP/1.1 413")
    data = Path(server._data)  # noqa: SLF001  # what is left on its disk
    assert not list(data.rglob("incoming-*"))


def test_a_candidate_brings_a_file_and_takes_a_copy(sandbox: Sandbox, candidate: Person, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_bytes(RESUME)
    candidate.open(sandbox.link("candidate"))
    candidate.open(sandbox.url("/candidate/data"))
    candidate["my.resume_file"].set_input_files(mine)
    expect(candidate["my.resume"]).to_contain_text("mine.txt", timeout=30_000)
    with candidate.page.expect_download() as saved:
        candidate["my.export_json"].click()
    assert saved.value.suggested_filename == "my-data.json"
    copy = Path(saved.value.path()).read_text("utf-8")
    assert "Mia Example" in copy
    assert sandbox.snapshot()["candidates"][1]["name"] not in copy


def test_the_banks_are_read_by_family(hr: Person, sandbox: Sandbox) -> None:
    hr.open(sandbox.url("/hr/questions"))
    hr["questions.family[retail]"].click()
    expect(hr["questions.row[retail_1]"]).to_be_visible()
    expect(hr.page.locator('[data-testid^="questions.row["]')).to_have_count(12)
