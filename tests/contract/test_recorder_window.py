"""A window that is recorded: what was done is named, and what is gone meanwhile loses nothing else."""

from __future__ import annotations

import ast

import pytest
from playwright.sync_api import Page

from trainer.adapters.playwright_recorder import RecorderWindow, _parts
from trainer.core.actions import Click, Fill
from trainer.core.locators import BadLocator

PAGE = "data:text/html,<label>Name <input></label><button>Save</button>"


@pytest.mark.browser
def test_what_was_done_to_an_element_that_is_gone_is_left_out(page: Page) -> None:
    window = RecorderWindow(page, ours=False)
    page.goto(PAGE)
    page.get_by_role("textbox").fill("Robin")
    page.get_by_role("textbox").blur()
    page.evaluate("document.querySelector('label').remove()")
    page.get_by_role("button").click()
    assert window.next() == Click(target='button "Save"')
    assert window.next() is None


@pytest.mark.browser
def test_a_field_is_named_as_a_person_reads_it(page: Page) -> None:
    window = RecorderWindow(page, ours=False)
    page.goto(PAGE)
    page.get_by_role("textbox").fill("Robin")
    page.get_by_role("textbox").blur()
    assert window.next() == Fill(target='textbox "Name"', text="Robin")


def test_a_way_of_naming_that_lessons_do_not_have_is_told() -> None:
    told = ast.parse("get_by_role('row').filter(has_text='Tea')", mode="eval").body
    with pytest.raises(BadLocator):
        tuple(_parts(told))
