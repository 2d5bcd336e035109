"""A window that is recorded: what was done is named, and what is gone meanwhile loses nothing else."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from trainer.adapters.playwright_recorder import RecorderWindow, _parts, path_of
from trainer.core.actions import Click, Fill, Goto, Press, Reload
from trainer.core.locators import BadLocator

PAGE = "data:text/html,<label>Name <input></label><button>Save</button>"


@pytest.mark.browser
def test_what_was_done_to_an_element_that_is_gone_is_left_out(page: Page) -> None:
    window = RecorderWindow(page, "http://localhost")
    page.goto(PAGE)
    page.get_by_role("textbox").fill("Robin")
    page.get_by_role("textbox").blur()
    page.evaluate("document.querySelector('label').remove()")
    page.get_by_role("button").click()
    assert window.next() == Click(target='button "Save"')
    assert window.next() is None


@pytest.mark.browser
def test_a_field_is_named_as_a_person_reads_it(page: Page) -> None:
    window = RecorderWindow(page, "http://localhost")
    page.goto(PAGE)
    page.get_by_role("textbox").fill("Robin")
    page.get_by_role("textbox").blur()
    assert window.next() == Fill(target='textbox "Name"', text="Robin")


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://budget.test/app/new?of=1", "/new?of=1"),
        ("http://budget.test/other", "http://budget.test/other"),
        ("http://budget.test/apple", "http://budget.test/apple"),
        ("http://budget.test.cn/app/new", "http://budget.test.cn/app/new"),
        ("about:blank", None),
        ("blob:http://budget.test/1", None),
    ],
)
def test_an_address_that_opened_by_itself_is_named_below_the_application(address: str, path: str | None) -> None:
    assert path_of(address, "http://budget.test/app/") == path


def test_an_empty_window_that_opens_by_itself_takes_nobody_away_from_the_page() -> None:
    """It is there for the printer: its page writes into it."""
    hears: dict[str, Any] = {}
    page: Any = SimpleNamespace(
        expose_binding=lambda *_told: None,
        on=lambda event, hear: hears.update({event: hear}),
        add_init_script=lambda _script: None,
        evaluate=lambda _script: None,
    )
    window = RecorderWindow(page, "http://budget.test/")
    hears["popup"](SimpleNamespace(url="about:blank", wait_for_load_state=lambda _state: None))
    assert window.next() is None


def test_a_way_of_naming_that_lessons_do_not_have_is_told() -> None:
    told = ast.parse("get_by_role('row').filter(has_text='Tea')", mode="eval").body
    with pytest.raises(BadLocator):
        tuple(_parts(told))


@pytest.mark.browser
def test_keys_that_do_something_are_recorded_after_what_was_typed_before_them(page: Page) -> None:
    window = RecorderWindow(page, "http://localhost")
    page.goto(PAGE)
    page.get_by_role("textbox").focus()
    page.keyboard.type("Robin")
    page.keyboard.press("Control+A")  # edits the text, as Tab and letters do
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button").focus()
    page.keyboard.press("Control+Shift+S")
    field = 'textbox "Name"'
    assert [window.next() for _turn in range(5)] == [
        Fill(target=field, text="Robin"),
        Press(key="Enter", target=field),
        Press(key="Escape", target=field),
        Press(key="Control+Shift+S", target='button "Save"'),
        None,
    ]


@pytest.mark.browser
def test_enter_in_a_form_is_the_click_on_its_button(page: Page) -> None:
    form = "<form><label>Name <input></label><button>Save</button></form>"
    page.context.route("http://budget.test/**", lambda route: route.fulfill(content_type="text/html", body=form))
    window = RecorderWindow(page, "http://budget.test/")
    page.goto("http://budget.test/people")
    page.get_by_role("textbox").focus()
    page.keyboard.type("Robin")
    page.keyboard.press("Enter")
    assert [window.next() for _turn in range(3)] == [
        Fill(target='textbox "Name"', text="Robin"),
        Click(target='button "Save"'),
        None,
    ]


@pytest.mark.browser
def test_a_reload_is_recorded_and_a_window_that_opens_by_itself_opens_in_this_one(page: Page) -> None:
    pages = {"/bills": "<a href='/new' target='_blank'>New</a>", "/new": "<h1>New bill</h1>"}
    page.context.route(
        "http://budget.test/**",
        lambda route: route.fulfill(content_type="text/html", body=pages[urlsplit(route.request.url).path]),
    )
    window = RecorderWindow(page, "http://budget.test/")
    page.goto("http://budget.test/bills")
    page.reload()
    page.get_by_role("link").click()
    assert window.next() == Reload()
    with page.expect_popup():
        assert window.next() == Click(target='link "New"')
    assert window.next() == Goto(path="/new")
    assert page.get_by_role("heading").inner_text() == "New bill"
    assert len(page.context.pages) == 1
