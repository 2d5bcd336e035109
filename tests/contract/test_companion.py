"""The coach's script in a page of its own: what it does for the trainee, and when it says so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from trainer.bootstrap import COMPANION

PAGE = """data:text/html,<div role="combobox" data-testid="city">City</div><div role="listbox"></div><script>
document.querySelector("[role=combobox]").addEventListener("click", () => {
  trainerTell({type: "opened"});
  document.querySelector("[role=listbox]").innerHTML =
    '<p role="option" data-testid="city.option[bj]" onclick="trainerTell({type: `chosen`})">Beijing</p>';
});
</script>"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("bj", [("opened", None), ("performed", True), ("chosen", None)]),
        ("sh", [("opened", None), ("performed", False)]),
    ],
)
def test_a_choice_is_done_once_its_option_was_found(page: Page, option: str, told: list[tuple[str, Any]]) -> None:
    heard: list[tuple[str, Any]] = []
    page.expose_binding("trainerTell", lambda _source, one: heard.append((one["type"], one.get("ok"))))
    page.add_init_script(path=COMPANION)
    page.clock.install()
    page.goto(PAGE)
    action = {"verb": "choose", "target": "city", "option": option}
    page.evaluate("action => { trainerOrder({type: 'perform', id: 1, action}) }", action)
    page.clock.run_for(10_000)
    assert [one for one in heard if one[0] in {"opened", "performed", "chosen"}] == told
