"""Refusing, deleting and the second step of a sign-in, by browser."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser


@pytest.fixture
def suite(server: Server) -> Sandbox:
    """A system that asks for codes."""
    return server.sandbox("en", "integrated")


def test_who_ticks_not_by_a_program_is_not_scored(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.open(sandbox.link("candidate"))
    candidate["home.start"].click()
    candidate["consent.no_ai_scoring"].check()
    candidate["consent.agree"].check()
    candidate["consent.begin"].click()
    candidate["device.skip"].click()
    candidate.answer(sandbox, range(4))
    candidate.end("to_review")
    assert sandbox.snapshot()["score"] == {"status": "refused", "total": None, "competencies": []}
    assert sandbox.snapshot()["privacy"]["ai_scoring"] is False
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/interviews/i1"))
    expect(hr["review.score"]).to_have_attribute("data-state", "refused")


def test_a_candidate_has_everything_deleted(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("The blue heron nests behind the warehouse.")
    name = sandbox.snapshot()["candidates"][0]["name"]
    candidate.open(sandbox.url("/candidate/data"))
    candidate["my.delete"].click()
    candidate["dialog.confirm"].click()
    expect(candidate["refusal.message"]).to_be_visible()
    data = sandbox.snapshot()
    assert data["privacy"]["deletions"] == [{"candidate": "c1", "reason": "wish", "by": "candidate"}]
    assert data["interview"]["status"] == "abandoned"
    folder = sandbox.server._data / sandbox.id  # noqa: SLF001  # what is left on its disk
    stored = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert name.encode() not in stored
    assert b"blue heron" not in stored


def test_an_administrator_deletes_and_sees_the_record(sandbox: Sandbox, candidate: Person) -> None:
    candidate.open(sandbox.link("admin"))
    candidate.open(sandbox.url("/admin/privacy"))
    candidate["privacy.row[c24].delete"].click()
    candidate["dialog.cancel"].click()
    assert sandbox.snapshot()["privacy"]["deletions"] == []
    candidate["privacy.row[c24].delete"].click()
    candidate["dialog.confirm"].click()
    expect(candidate["privacy.deletion[1]"]).to_be_visible()
    assert "data_deleted" in sandbox.events()


def test_copies_of_others_are_refused(sandbox: Sandbox) -> None:
    cookie = dict(httpx.get(sandbox.link("candidate")).cookies)
    form = {"form": "json", "candidate": "c2"}
    mine = httpx.post(sandbox.url("/candidate/data/export"), data=form, cookies=cookie)
    assert mine.json()["person"]["id"] == "c1"
    assert "attachment" in mine.headers["content-disposition"]
    assert httpx.post(sandbox.url("/admin/data/export"), data=form, cookies=cookie).status_code == 401
    assert httpx.post(sandbox.url("/candidate/data/export"), data=form).status_code == 401
    assert (
        httpx.post(sandbox.url("/candidate/data/export"), data={"form": "exe"}, cookies=cookie).status_code == 422
    )


def test_a_second_step_stands_between_password_and_system(suite: Sandbox, candidate: Person) -> None:
    candidate.open(suite.url("/hr/"))
    shown = candidate.page.locator(".practice-note").inner_text()
    found = re.search(r"[0-9a-f]{8}", shown)
    assert found
    candidate["sign_in.name"].fill("hr")
    candidate["sign_in.password"].fill(found[0])
    candidate["sign_in.submit"].click()
    expect(candidate["sign_in.qr"]).to_be_visible()
    assert httpx.get(suite.url("/hr/resumes"), cookies=cookies_of(candidate)).status_code == 303
    candidate["sign_in.code"].fill("000000")
    candidate["sign_in.code_submit"].click()
    expect(candidate["sign_in.error"]).to_be_visible()
    candidate["sign_in.code"].fill(candidate["sign_in.practice_code"].inner_text())
    candidate["sign_in.code_submit"].click()
    expect(candidate["candidates.search"]).to_be_visible()
    assert suite.events()[-2:] == ["signed_in", "second_factor_set"]


def cookies_of(person: Person) -> dict[str, str]:
    return {one["name"]: one["value"] for one in person.page.context.cookies()}
