"""A window that is recorded: what was done is named, and what is gone meanwhile loses nothing else."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from trainer.adapters.playwright_recorder import RecorderWindow, _parts, path_of
from trainer.core.actions import Action, Choose, Click, Fill, Goto, Press, Reload, Tick
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
@pytest.mark.parametrize(
    ("button", "sends"),
    [
        ("<button>Save</button>", Click(target='button "Save"')),
        ("", Press(key="Enter", target='textbox "Name"')),
    ],
    ids=["with a button, which is clicked", "without a button"],
)
def test_enter_sends_a_form(page: Page, button: str, sends: Action) -> None:
    form = f"<form><label>Name <input name=of></label>{button}</form>"
    page.context.route("http://budget.test/**", lambda route: route.fulfill(content_type="text/html", body=form))
    window = RecorderWindow(page, "http://budget.test/")
    page.goto("http://budget.test/people")
    page.get_by_role("textbox").focus()
    page.keyboard.type("Robin")
    page.keyboard.press("Enter")
    assert [window.next() for _turn in range(3)] == [Fill(target='textbox "Name"', text="Robin"), sends, None]
    page.wait_for_url("http://budget.test/people?of=Robin")


@pytest.mark.browser
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_that_stands_for_a_click_is_recorded_as_one_and_works_once(page: Page, key: str) -> None:
    """As pages do that draw their own controls: they listen to the key and let it go no further."""
    window = RecorderWindow(page, "http://localhost")
    page.goto("""data:text/html,<button>Save</button><p role=checkbox aria-checked=false tabindex=0>Agree</p>
      <script>
        window.done = [];
        for (const one of document.querySelectorAll("button,p")) {
          const act = () => {
            done.push(one.innerText);
            if (one.ariaChecked) one.ariaChecked = one.ariaChecked === "true" ? "false" : "true";
          };
          one.addEventListener("click", act);
          one.addEventListener("keydown", event => event.preventDefault());
          one.addEventListener("keyup", act);
        }
      </script>""")
    for role in ("button", "checkbox"):
        page.get_by_role(role).focus()
        page.keyboard.press(key)
    told = [window.next() for _turn in range(3)]
    assert told == [Click(target='button "Save"'), Tick(target='checkbox "Agree"', on=True), None]
    assert page.evaluate("done") == ["Save", "Agree"]


LIST = """data:text/html,<div data-testid=city>
<input id=box role=combobox readonly aria-label=City aria-expanded=false></div><div id=options></div><script>
  const city = document.querySelector("[data-testid]");
  city.addEventListener("click", () => {
    box.ariaExpanded = "true";
    const option = one => `<p id=${one} role=option data-testid="city.option[${one}]">${one}</p>`;
    options.innerHTML = ["bj", "sh"].map(option).join("");
    for (const one of options.children) one.addEventListener("click", () => {
      box.value = one.id;
      box.ariaExpanded = "false";
      options.innerHTML = "";
    });
  });
  box.addEventListener("keydown", event => {
    if (event.key !== "ArrowDown") return;
    const next = box.getAttribute("aria-activedescendant") === "bj" ? "sh" : "bj";
    box.setAttribute("aria-activedescendant", next);
  });
</script>"""


@pytest.mark.browser
def test_what_is_chosen_by_the_keyboard_in_a_list_that_the_page_draws_is_recorded(page: Page) -> None:
    window = RecorderWindow(page, "")
    page.goto(LIST)
    page.get_by_role("combobox").focus()
    page.keyboard.press("Enter")
    assert window.next() == Click(target="city")
    page.get_by_role("combobox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert window.next() == Choose(target="city", option="sh")
    assert window.next() is None
    assert page.get_by_role("combobox").input_value() == "sh"


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


@pytest.mark.browser
def test_what_is_typed_is_recorded_before_the_field_is_left(page: Page) -> None:
    """The window may be closed next."""
    window = RecorderWindow(page, "http://localhost")
    page.goto(PAGE)
    page.get_by_role("textbox").focus()
    page.keyboard.type("Rob")
    assert window.next() == Fill(target='textbox "Name"', text="Rob")
    assert window.next() is None
    page.keyboard.type("in")
    assert window.next() == Fill(target='textbox "Name"', text="Robin")
    page.get_by_role("textbox").blur()
    assert window.next() is None
