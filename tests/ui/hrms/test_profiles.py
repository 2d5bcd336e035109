"""Each profile and skin opens, and has its exit button where its file says; a phone is a phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from sandbox_hrms.app import library
from tests.ui.accessible import calm_context
from tests.ui.hrms.people import Person, Sandbox, Server

pytestmark = pytest.mark.browser

SAMPLE = ("web-cross", "web-bottom", "app@1", "app@2", "local", "cloud", "suite")
"""One for each place, look and room; the others take the same ways and belong to the long proof."""

PHONE: ViewportSize = {"width": 390, "height": 844}
TWO_LINES = 60
"""From so many pixels on, a button stands on more than one line."""


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[int, int], Person]]:
    """Open windows of a certain size."""
    contexts = []

    def make(width: int, height: int) -> Person:
        context = calm_context(browser, width, height)
        contexts.append(context)
        return Person(context.new_page())

    yield make
    for context in contexts:
        context.close()


def names() -> list[object]:
    """Return every profile, version and skin once."""
    every = sorted({library.profile(one).reference for one in library.profile_names()})
    sample = {library.profile(one).reference for one in SAMPLE}
    return [pytest.param(one, marks=() if one in sample else pytest.mark.proof) for one in every]


def box(person: Person, name: str) -> dict[str, float]:
    found = person[name].bounding_box()
    assert found is not None
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", names())
def test_a_profile_opens_and_has_its_exit_button_where_it_says(
    server: Server, window: Callable[[int, int], Person], name: str
) -> None:
    profile = library.profile(name)
    sandbox = server.sandbox("en", name)
    width, height = profile.layout.screen or (1280, 800)
    candidate = window(width, height)
    candidate.start(sandbox)
    button = profile.layout.exit_button
    closes = profile.policy.exit.style == "save_then_close"
    end = "record.close" if closes else "interview.end"
    label = profile.labels.close if closes else profile.labels.end
    if button.place == "more_menu":
        expect(candidate[end]).to_have_count(0)
        more = box(candidate, "interview.more")
        assert more["x"] > width / 2
        assert more["y"] < height / 3
        candidate["interview.more"].click()
    expect(candidate[end]).to_be_visible()
    place = box(candidate, end)
    if button.place in {"top_right", "more_menu"}:
        assert place["x"] + place["width"] / 2 > width / 2
        assert place["y"] < height / 3
    else:
        assert place["y"] > box(candidate, "interview.submit")["y"]
    if button.place == "bottom_bar":
        assert place["x"] > width * 0.7
        assert height - 70 < place["y"] < place["y"] + place["height"] <= height
    named = candidate.page.get_by_role("menuitem" if button.place == "more_menu" else "button")
    expect(named.and_(candidate[end])).to_have_accessible_name(label)
    expect(candidate[end]).to_have_text({"cross": "✕", "tick": "✓"}.get(button.look, label))
    hr = window(width, height)
    hr.open(sandbox.link("hr"))
    expect(hr.page.locator("h1")).to_have_text(profile.labels.dashboard)
    expect(hr["candidates.total"]).to_be_visible()
    for person in (candidate, hr):
        assert person.page.evaluate("document.documentElement.scrollWidth") <= width
        person.page.set_viewport_size(PHONE)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert person.complaints == []
    for one in candidate.page.locator(".room-bar .q-btn").all():
        assert one.evaluate("button => button.offsetHeight") < TWO_LINES, one.inner_text()


def test_a_phone_system_is_a_telephone_in_a_larger_window(
    server: Server, window: Callable[[int, int], Person]
) -> None:
    candidate = window(1280, 1000)
    candidate.open(server.sandbox("zh_CN", "app").link("candidate"))
    screen = candidate.page.locator(".system").bounding_box()
    assert screen is not None
    assert (screen["width"], screen["height"]) == (390, 844)
    assert screen["x"] == (1280 - 390) / 2
    bar = candidate.page.get_by_role("navigation").bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] == pytest.approx(screen["y"] + 844, abs=1)


def test_a_form_fits_a_phone_system_in_a_larger_window(
    server: Server, window: Callable[[int, int], Person]
) -> None:
    sandbox = server.sandbox("en", "app")
    hr = window(1280, 1000)
    hr.open(sandbox.link("hr"))
    hr.open(sandbox.url("/hr/payroll/grades"))
    hr["grades.edit"].click()
    expect(hr["grades.save"]).to_be_visible()
    assert hr.page.locator(".shell").evaluate("shell => shell.scrollWidth - shell.clientWidth") == 0


def test_the_bar_of_a_phone_says_that_an_interview_is_under_way(
    server: Server, window: Callable[[int, int], Person]
) -> None:
    sandbox = server.sandbox("zh_CN", "app")
    candidate = window(390, 844)
    candidate.open(sandbox.link("candidate"))
    places = [candidate[name] for name in ("nav.home", "nav.interview", "nav.me")]
    assert [one.inner_text().strip() for one in places] == ["首页", "面试", "我的"]
    expect(candidate["nav.home"]).to_have_attribute("aria-current", "page")
    candidate.start(sandbox)
    assert candidate["nav.interview"].inner_text().strip() == "正在面试"
    expect(candidate["interview.end"]).to_have_text("结束")
    candidate.answer(sandbox, range(4))
    expect(candidate["interview.all_answered"]).to_contain_text("底部导航栏右端")
    candidate.end("to_review")
    assert candidate["nav.interview"].inner_text().strip() == "面试"
    candidate["nav.me"].click()
    candidate["nav.sign_out"].click()
    expect(candidate["nav.me"]).to_have_count(0)


def test_the_way_out_of_the_first_version_is_in_the_menu(
    server: Server, window: Callable[[int, int], Person]
) -> None:
    sandbox = server.sandbox("zh_CN", "app@1")
    candidate = window(390, 844)
    candidate.start(sandbox)
    candidate.answer(sandbox, range(4))
    candidate["interview.more"].press("Enter")
    expect(candidate["interview.end"]).to_have_text("退出面试")
    candidate.end("to_review")


def test_the_navigation_of_hr_is_behind_a_button_on_a_small_screen(
    server: Server, window: Callable[[int, int], Person]
) -> None:
    sandbox = server.sandbox("en")
    small = window(390, 844)
    small.open(sandbox.link("hr"))
    expect(small["nav.audit"]).to_be_hidden()
    small["nav.menu"].click()
    expect(small["nav.menu"]).to_have_attribute("aria-expanded", "true")
    small.page.keyboard.press("Escape")
    expect(small["nav.audit"]).to_be_hidden()
    small["nav.menu"].click()
    small["nav.audit"].click()
    expect(small.page.locator("h1")).to_have_text("Audit log")
    large = window(1280, 800)
    large.open(sandbox.link("hr"))
    expect(large["nav.menu"]).to_be_hidden()
    expect(large["nav.dashboard"]).to_have_attribute("aria-current", "page")
    large["nav.audit"].click()
    expect(large["nav.audit"]).to_have_attribute("aria-current", "page")


def test_the_look_comes_from_the_profile(server: Server, window: Callable[[int, int], Person]) -> None:
    seen = set()
    for name in ("web", "integrated", "suite"):
        person = window(1280, 800)
        person.open(server.sandbox("en", name).link("hr"))
        seen.add(
            person.page.evaluate(
                "[getComputedStyle(document.querySelector('.top')).backgroundColor,"
                " getComputedStyle(document.body).fontFamily,"
                " getComputedStyle(document.documentElement).getPropertyValue('--brand')].join()"
            )
        )
    assert len(seen) == 3


def test_the_note_tells_whose_behaviour_is_shown(server: Server, window: Callable[[int, int], Person]) -> None:
    sandbox: Sandbox = server.sandbox("en", "web-cross")
    hr = window(1280, 800)
    hr.open(sandbox.link("hr"))
    expect(hr.page.get_by_text("SAP SuccessFactors")).to_be_hidden()
    hr.page.get_by_text("About this system").click()
    expect(hr.page.get_by_text("SAP SuccessFactors")).to_be_visible()


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("web", "sent as soon as it is back"),
        ("cloud", "Save it as soon as it is back"),
        ("local", "on this page only"),
    ],
)
def test_a_lost_connection_promises_what_the_system_does(
    profile: str, said: str, server: Server, candidate: Person
) -> None:
    candidate.open(server.sandbox("en", profile).link("candidate"))
    expect(candidate["banner.offline"]).to_contain_text(said)
