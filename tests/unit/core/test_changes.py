"""What is different between two versions is found element by element, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from trainer.adapters.playwright_stage import ELEMENTS
from trainer.core.changes import Changes, Element, Moment, _longest_rising, compare
from trainer.core.walkthrough import Box

PAGE = """<body style="margin:0;font:16px sans-serif"><header style="display:flex;gap:12px;height:60px">
<a data-testid="nav.home" href="#">Home</a><a data-testid="nav.people" href="#">People</a>
<button data-testid="nav.menu" aria-haspopup="menu">More</button></header>
<main style="width:700px">
<h1 data-testid="title">Leave request</h1>
<p data-testid="clock">12:30</p>
<div><label for="from">From</label><br><input id="from" data-testid="leave.from"></div>
<div><label for="until">Until</label><br><input id="until" data-testid="leave.until"></div>
<div><label for="why">Reason</label><br><textarea id="why" data-testid="leave.reason"></textarea></div>
<div style="display:flex;justify-content:flex-end;gap:12px;width:700px">
<button data-testid="leave.draft">Save draft</button><button data-testid="leave.send">Send (3)</button></div>
</main><footer data-testid="foot">© Harbour Foods</footer></body>"""

SEND = '<button data-testid="leave.send">Send (3)</button>'
UNTIL = '<div><label for="until">Until</label><br><input id="until" data-testid="leave.until"></div>\n'
FROM = '<div><label for="from">From</label><br><input id="from" data-testid="leave.from"></div>\n'

SEEDED: dict[str, tuple[str, str, dict[str, str]]] = {
    "a button goes to the top": (
        "",
        "",
        {"leave.send": "moved"},
    ),
    "a button goes to the other end of its row": (
        'justify-content:flex-end;gap:12px;width:700px">\n<button data-testid="leave.draft">Save draft</button>',
        'justify-content:space-between;width:700px">\n<button data-testid="leave.draft">Save draft</button>',
        {"leave.draft": "moved"},
    ),
    "two fields change places": (FROM + UNTIL, UNTIL + FROM, {"leave.until": "moved"}),
    "a button gets another name": (">Save draft<", ">Keep for later<", {"leave.draft": "renamed"}),
    "a field gets another label": (">Reason<", ">Why<", {"leave.reason": "renamed"}),
    "a button is hidden": (
        '<button data-testid="leave.draft">',
        '<button data-testid="leave.draft" style="display:none">',
        {"leave.draft": "vanished"},
    ),
    "a field is taken away": (UNTIL, "", {"leave.until": "vanished"}),
    "a button gets another colour": (
        '<button data-testid="leave.send">',
        '<button data-testid="leave.send" style="background:#c00">',
        {"leave.send": "colour"},
    ),
    "a new field": (
        UNTIL,
        UNTIL + '<div><label for="half">Half a day</label><br><input id="half" data-testid="leave.half"></div>',
        {"leave.half": "appeared"},
    ),
    "a button is disabled": (
        '<button data-testid="leave.send">',
        '<button disabled data-testid="leave.send">',
        {"leave.send": "state"},
    ),
}
"""Ten seeded changes: what is replaced by what, and what is to be found."""


@pytest.fixture(scope="module")
def window(request: pytest.FixtureRequest) -> Iterator[Page]:
    page = request.getfixturevalue("browser").new_page(viewport={"width": 1024, "height": 768})
    yield page
    page.close()


def seen(window: Page, html: str) -> tuple[Moment, ...]:
    """Return what can be seen on a page, as the only moment of a step."""
    window.set_content(html)
    found = window.evaluate(ELEMENTS)
    return (Moment("send", 0, tuple(Element(**{**one, "box": Box(**one["box"])}) for one in found)),)


def changed(name: str) -> str:
    before, after, _expected = SEEDED[name]
    if not before:
        return PAGE.replace(SEND, "").replace("</header>", f"{SEND}</header>")
    assert before in PAGE
    return PAGE.replace(before, after)


@pytest.mark.browser
@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_change_is_found_and_nothing_else(window: Page, name: str) -> None:
    found = compare(seen(window, PAGE), seen(window, changed(name)))
    assert {change.element: "+".join(change.kinds) for change in found.elements} == SEEDED[name][2]


@pytest.mark.browser
def test_what_only_looks_different_from_run_to_run_is_no_change(window: Page) -> None:
    later = (
        PAGE.replace("12:30", "12:31").replace("(3)", "(14)").replace("Leave request", "Leave request of today")
    )
    assert not compare(seen(window, PAGE), seen(window, later))


@pytest.mark.browser
def test_elements_without_test_ids_are_known_by_what_they_are(window: Page) -> None:
    html = "<button>Save</button><input name=amount aria-label=Amount><button id=go>Go</button>"
    (moment,) = seen(window, html)
    assert [element.id for element in moment.elements] == ['button "Save"', "amount", "#go"]
    assert [element.name for element in moment.elements] == ["Save", "Amount", "Go"]


BUTTON = Element(id="b", role="button", control=True, name="Send", state="", style="red", box=Box(10, 10, 80, 30))


def moment(*elements: Element, step: str = "send", place: int = 0, via: str = "") -> Moment:
    return Moment(step, place, elements, via)


def at(key: str, y: float, **more: object) -> Element:
    return replace(BUTTON, id=key, box=Box(10, y, 80, 30), **more)  # type: ignore[arg-type]


def test_a_button_that_left_its_menu_is_one_change() -> None:
    more = replace(at("more", 0), opens=True)
    answer, send = at("answer", 200), at("send", 60, role="menuitem", name="Leave")
    sent = at("send", 700, name="End")
    before = [moment(more, answer, step="answer"), moment(more, answer, send, step="end", via="more")]
    after = [moment(answer, sent, step="answer"), moment(answer, sent, step="end")]
    (change,) = compare(before, after).elements
    assert (change.element, change.kinds, change.step) == ("send", ("moved", "renamed"), "end")
    assert (change.via_before, change.via_after) == ("more", "")


def test_a_menu_that_goes_for_no_other_reason_is_a_change() -> None:
    more = replace(at("more", 0), opens=True)
    (change,) = compare([moment(more, at("a", 90))], [moment(at("a", 90))]).elements
    assert (change.element, change.kinds) == ("more", ("vanished",))


def test_steps_that_one_version_does_not_have_are_told() -> None:
    shared = at("a", 0)
    found = compare([moment(shared), moment(shared, step="old")], [moment(shared), moment(shared, step="new")])
    assert found == Changes((), ("new",), ("old",))
    assert found
    assert not Changes()


def test_a_change_that_is_seen_at_many_moments_is_told_once() -> None:
    before = [moment(at("a", 0), place=place) for place in range(3)]
    after = [moment(at("a", 0, name="Other"), place=place) for place in range(3)]
    (change,) = compare(before, after).elements
    assert (change.kinds, change.place) == (("renamed",), 0)


def named(name: str, y: float) -> Element:
    return at(f'button "{name}"', y, name=name)


def test_who_is_known_by_the_name_alone_and_has_got_another_one_is_renamed() -> None:
    before = [moment(named("New", 0), named("Settle", 60), named("End", 120), place=place) for place in range(2)]
    after = [moment(named("New", 0), named("Even up", 60), named("End", 120), place=place) for place in range(2)]
    (change,) = compare(before, after).elements
    assert (change.element, change.kinds, change.place) == ('button "Settle"', ("renamed",), 0)
    assert change.before
    assert change.after
    assert (change.before.name, change.after.name) == ("Settle", "Even up")


def test_a_counter_in_a_name_is_no_other_name() -> None:
    assert not compare([moment(named("Inbox (3)", 0))], [moment(named("Inbox (14)", 0))])


@pytest.mark.parametrize(
    "after",
    [
        named("Even up", 300),
        replace(named("Even up", 60), id='link "Even up"', role="link"),
        at("#even", 60, name="Even up"),
    ],
)
def test_what_comes_elsewhere_or_is_another_thing_was_not_renamed(after: Element) -> None:
    found = compare([moment(named("New", 0), named("Settle", 60))], [moment(named("New", 0), after)])
    assert {change.kinds for change in found.elements} == {("vanished",), ("appeared",)}


def test_what_many_have_as_id_is_compared_for_none_of_them() -> None:
    assert not compare([moment(at("a", 0), at("a", 50))], [moment(at("a", 300), at("a", 90, name="x"))])


def test_elements_that_make_room_have_not_moved() -> None:
    row = [replace(BUTTON, id=f"n{number}", box=Box(130 * number, 781, 130, 63)) for number in range(3)]
    narrower = [replace(one, box=Box(97.5 * number, 781, 97.5, 63)) for number, one in enumerate(row)]
    new = replace(BUTTON, id="new", box=Box(292.5, 781, 97.5, 63))
    found = compare([moment(*row)], [moment(*narrower, new)])
    assert [(change.element, change.kinds) for change in found.elements] == [("new", ("appeared",))]


def test_what_only_gives_way_to_a_neighbour_of_another_width_has_not_moved() -> None:
    def row(width: float, name: str) -> list[Element]:
        save = replace(BUTTON, id="save", box=Box(800 - width, 20, 120, 30))
        return [save, replace(BUTTON, id="end", name=name, box=Box(930 - width, 20, width, 30))]

    found = compare([moment(*row(150, "End interview"))], [moment(*row(90, "Hand in"))])
    assert [(change.element, change.kinds) for change in found.elements] == [("end", ("renamed",))]


def test_a_thing_is_known_again_that_is_called_after_the_moment_it_was_made_in() -> None:
    before = [at("backups.row[0001-20261127T074350]", 90), at("backups.row[0002-20261127T074355]", 130)]
    after = [at("backups.row[0001-20261127T074422]", 90)]
    found = compare([moment(*before)], [moment(*after)])
    assert [(change.element, change.kinds) for change in found.elements] == [
        ("backups.row[0002-…]", ("vanished",))
    ]


def test_what_lies_under_a_bar_that_stays_has_not_changed_places_with_it() -> None:
    bar = at("home", 800)
    before, after = moment(bar, at("record", 820, scrolls=True)), moment(bar, at("record", 790, scrolls=True))
    assert not compare([before], [after])


@pytest.mark.browser
def test_a_bar_that_stays_is_told_from_what_scrolls_under_it(window: Page) -> None:
    window.set_content(
        "<div style='height: 90px; overflow-y: auto'><button data-testid=record>Record</button></div>"
        "<nav><a href=/ data-testid=home>Home</a></nav>"
    )
    found = {one["id"]: one["scrolls"] for one in window.evaluate(ELEMENTS)}
    assert found == {"record": True, "home": False}


@given(st.lists(st.integers(0, 30), max_size=9, unique=True))
def test_the_longest_rising_part_rises_and_none_is_longer(numbers: list[int]) -> None:
    chosen = sorted(_longest_rising(numbers, [0.0] * len(numbers)))
    part = [numbers[place] for place in chosen]
    assert part == sorted(part)

    def longest(start: int, above: int) -> int:
        rest = [1 + longest(i + 1, numbers[i]) for i in range(start, len(numbers)) if numbers[i] > above]
        return max(rest, default=0)

    assert len(part) == longest(0, -1)
