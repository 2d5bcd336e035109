"""On entering an interview one is offered a minute about its exit: a film, else a sketch with the steps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.ui.hrms.people import Person, Sandbox, Server

HINT = "[data-entry]"
FILMED = "web"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    films = tmp_path_factory.mktemp("films")
    for ending in ("mp4", "vtt", "jpg"):
        (films / f"entry.{FILMED}.en.0123456789abcdef.{ending}").write_text("WEBVTT\n", "utf-8")
    running = Server(tmp_path_factory.mktemp("hrms"), "--films", str(films))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()


def entered(sandbox: Sandbox, candidate: Person) -> None:
    candidate.open(sandbox.link("candidate"))
    candidate["home.start"].click()
    expect(candidate["consent.begin"]).to_be_visible()


def test_the_film_is_shown_when_asked_for_and_never_plays_by_itself(server: Server, candidate: Person) -> None:
    asked: list[str] = []
    candidate.page.on("request", lambda request: asked.append(request.url))
    sandbox = server.sandbox("en", FILMED)
    entered(sandbox, candidate)
    hint = candidate.page.locator(HINT)
    expect(hint.get_by_text("New here?")).to_be_visible()
    expect(hint.locator("video")).to_be_hidden()
    hint.get_by_role("button", name="Show me").click()
    film = hint.locator("video")
    expect(film).to_be_visible()
    expect(hint.get_by_role("listitem").first).to_have_text("Press End interview at the top to finish.")
    assert film.evaluate("film => [film.controls, film.autoplay, film.paused, film.preload]") == [
        True,
        False,
        True,
        "none",
    ]
    expect(film.locator("track[kind=captions][default]")).to_have_attribute("srclang", "en")
    assert [url for url in asked if url.endswith("/mp4")] == []
    for ending, kind in (("mp4", "video/mp4"), ("vtt", "text/vtt; charset=utf-8"), ("jpg", "image/jpeg")):
        answer = candidate.page.request.get(f"{server.address}/entry-film/{FILMED}/en/{ending}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
    for wrong in ("web/zh_CN/mp4", "web/..%2F/mp4", "nothing/en/mp4", "web/en/srt"):
        assert candidate.page.request.get(f"{server.address}/entry-film/{wrong}").status == 404


def test_without_a_film_there_is_a_sketch_and_who_skips_is_not_asked_again(
    server: Server, candidate: Person
) -> None:
    sandbox = server.sandbox("en", "local")
    entered(sandbox, candidate)
    hint = candidate.page.locator(HINT)
    hint.get_by_role("button", name="Skip").click()
    again = hint.get_by_role("button", name="How to leave this interview")
    expect(again).to_be_focused()
    candidate.page.reload()
    expect(again).to_be_visible()
    expect(hint.get_by_text("New here?")).to_be_hidden()
    again.click()
    expect(hint.locator(".sketch-bottom")).to_be_visible()
    expect(hint.locator("video")).to_have_count(0)
    expect(hint.get_by_role("listitem")).to_have_text(
        [
            "Press Save first: what is not saved is lost.",
            "Press Close below to finish.",
            "Confirm the question that follows, then press Quit.",
        ]
    )
    hint.get_by_role("button", name="Close").click()
    expect(hint.get_by_role("listitem").first).to_be_hidden()
    candidate["consent.decline"].click()
    expect(candidate["done.message"]).to_be_visible()
    expect(hint).to_have_count(0)
