"""Who has no business here gets nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Error, expect

from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser


def cookies(sandbox: Sandbox, role: str) -> tuple[dict[str, str], str]:
    answer = httpx.get(sandbox.link(role), follow_redirects=False)
    assert answer.status_code == 303
    return dict(answer.cookies), answer.headers["set-cookie"]


def test_a_session_holds_for_one_sandbox_and_one_role(server: Server, sandbox: Sandbox) -> None:
    other = server.sandbox()
    cookie, header = cookies(sandbox, "candidate")
    assert f"Path=/s/{sandbox.id}/candidate" in header
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert httpx.get(sandbox.url("/candidate/"), cookies=cookie).status_code == 200
    assert httpx.get(sandbox.url("/hr/"), cookies=cookie).headers["location"].endswith("/hr/sign-in")
    assert httpx.get(other.url("/candidate/"), cookies=cookie).status_code == 401
    staff, _ = cookies(sandbox, "hr")
    assert httpx.get(other.url("/hr/"), cookies=staff).headers["location"] == f"/s/{other.id}/hr/sign-in"
    assert httpx.get(sandbox.url("/admin/"), cookies=staff).status_code == 303


def test_a_candidate_by_browser_lands_at_the_sign_in_of_hr(sandbox: Sandbox, candidate: Person) -> None:
    candidate.open(sandbox.link("candidate"))
    candidate.open(sandbox.url("/hr/"))
    expect(candidate["sign_in.submit"]).to_be_visible()


def test_links_of_others_and_unknown_places_are_refused(server: Server, sandbox: Sandbox) -> None:
    other = server.sandbox()
    foreign = sandbox.link("hr").replace(sandbox.id, other.id)
    assert httpx.get(foreign).status_code == 401
    assert httpx.get(sandbox.link("candidate").replace("/candidate/", "/hr/")).status_code == 401
    assert httpx.get(f"{server.address}/s/nowhere/hr/").status_code == 404
    assert httpx.get(f"{server.address}/s/..%2F..%2Fetc/hr/").status_code == 404
    assert httpx.get(sandbox.url("/wizard/")).status_code == 404


def test_a_draft_needs_session_origin_and_sense(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("mine")
    sitting = sandbox.snapshot()["sitting"]
    good = {"sitting": sitting["id"], "question": "q1", "seq": 1000, "text": "theirs"}
    url = sandbox.url("/candidate/draft")
    cookie, _ = cookies(sandbox, "candidate")

    def post(json: Any, **more: Any) -> httpx.Response:
        return httpx.post(url, json=json, **({"cookies": cookie} | more))

    assert post(good, cookies={}).status_code == 401
    assert post(good, cookies={"hrms_session": "forged"}).status_code == 401
    assert post(good, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert post(good | {"sitting": "i2-1"}).status_code == 404
    assert post(good | {"page": "some-other-page"}).status_code == 409
    assert post(good | {"seq": "many"}).status_code == 422
    assert post(["no", "object"]).status_code == 422
    assert post(good | {"text": "x" * 250_000}).status_code == 422
    assert httpx.post(url, content=b"\xff{", cookies=cookie).status_code == 422
    looker = dict(httpx.get(sandbox.link("candidate", read_only=True)).cookies)
    assert post(good, cookies=looker).status_code == 403
    assert sandbox.stored_draft() == "mine"
    assert post(good).json() == {"seq": 1000}
    assert post(good | {"seq": 999, "text": "older"}).json() == {"seq": 1000}
    assert sandbox.stored_draft() == "theirs"


def test_pages_of_other_origins_get_no_socket(server: Server) -> None:
    for headers, expected in (({}, 200), ({"Origin": "https://elsewhere.example"}, 403)):
        url = f"{server.address}/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id=gone"
        assert httpx.get(url, headers=headers).status_code == expected


def test_a_socket_speaks_for_its_own_page_only(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    candidate.start(sandbox)
    victim = candidate.page.evaluate("window.clientId")
    attacker = somebody()
    attacker.open(sandbox.link("hr"))
    event = candidate.page.evaluate("""() => {
      const button = document.querySelector('[data-testid="interview.save_progress"]');
      const id = Number(button.id.slice(1));
      return {id, listener_id: mounted_app.elements[id].events[0].listener_id};
    }""")
    message = event | {"client_id": victim, "args": ['{"text": "forged", "seq": 99999}']}
    attacker.page.evaluate("(message) => window.socket.emit('event', message)", message)
    attacker["candidates.search"].fill("nobody has this name")
    expect(attacker["candidates.empty"]).to_be_visible()  # so the forged message was handled before
    assert sandbox.snapshot()["sitting"]["status"] == "open"
    assert sandbox.stored_draft() == ""


def test_an_open_page_is_powerless_once_its_session_is_over(sandbox: Sandbox, candidate: Person) -> None:
    candidate.start(sandbox)
    candidate.type("words")
    candidate.page.context.request.post(
        sandbox.url("/candidate/sign-out"), form={"page": candidate["interview.answer"].get_attribute("data-page")}
    )
    candidate.page.once("dialog", lambda dialog: dialog.accept())
    candidate["interview.submit"].click()
    expect(candidate["refusal.message"]).to_be_visible()
    assert sandbox.snapshot()["interview"]["answered"] == 0


def test_markup_in_an_answer_stays_text(
    sandbox: Sandbox, candidate: Person, somebody: Callable[[], Person]
) -> None:
    nasty = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'> ${1+1} {{ 7*7 }}"
    candidate.start(sandbox)
    candidate.answer(sandbox, range(3))
    candidate["interview.answer"].fill(nasty)
    candidate["interview.submit"].click()
    expect(candidate["interview.all_answered"]).to_be_visible()
    candidate.end("to_review")
    hr = somebody()
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url(f"/hr/interviews/{sandbox.snapshot()['interview']['id']}"))
    expect(hr[f"review.answer[{sandbox.questions[3]['id']}]"]).to_contain_text(nasty)
    assert hr.page.evaluate("window.owned") is None


def test_only_our_own_scripts_run(sandbox: Sandbox, candidate: Person) -> None:
    answer = candidate.page.goto(sandbox.link("candidate"))
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "frame-ancestors 'self'" in policy
    candidate.page.wait_for_function("window.did_handshake === true")
    with pytest.raises(Error):
        candidate.page.add_script_tag(content="window.owned = 1")
    assert candidate.page.evaluate("window.owned") is None
    candidate.complaints.clear()


def test_a_companion_script_runs_on_every_page_and_its_port_may_frame_us(
    tmp_path: Path, somebody: Callable[[], Person]
) -> None:
    script = tmp_path / "companion.js"
    script.write_text("window.companion = document.currentScript.dataset.parentPort;")
    server = Server(tmp_path, "--companion", str(script), "--parent-port", "4321")
    try:
        sandbox = server.sandbox("en")
        candidate = somebody()
        candidate.open(sandbox.link("candidate"))
        answer = candidate.page.reload()
        assert answer is not None
        assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self' *:4321")
        candidate.page.wait_for_function("window.companion === '4321'")
        candidate["nav.sign_out"].click()
        expect(candidate.page.get_by_text("Open your link again to come back.")).to_be_visible()
        candidate.page.wait_for_function("window.companion === '4321'")
        candidate.page.goto(candidate.page.url)
        expect(candidate["refusal.message"]).to_have_text("You are not signed in.")
        candidate.page.wait_for_function("window.companion === '4321'")
        candidate.complaints.clear()
        candidate.open(sandbox.link("candidate"))
        candidate["home.start"].click()
        candidate.page.wait_for_function("window.companion === '4321'")
        sandbox.crash(seconds=30)
        expect(candidate["banner.maintenance"]).to_be_visible()
        candidate.page.wait_for_function("window.companion === '4321'")
    finally:
        server.stop()
