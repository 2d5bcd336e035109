"""What is heard of somebody else's application: elements by the names that the coach gives them, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser

from trainer.adapters.egress import Egress
from trainer.adapters.foreign_control import ForeignControl
from trainer.adapters.foreign_stage import ForeignStage, ForeignWindow
from trainer.adapters.playwright_stage import Setting
from trainer.bootstrap import COMPANION
from trainer.core.application import Application

THEIRS = Application.model_validate({"url": "http://127.0.0.1:9", "sign_in": {"clerk": ()}})
PAGE = """data:text/html,<button data-testid="their-save"><b data-testid="their-word">Save</b></button>
<button data-testid="their-other">Other</button>"""


@pytest.mark.browser
def test_its_own_test_ids_are_neither_heard_nor_changed(browser: Browser) -> None:
    heard: list[Mapping[str, Any]] = []
    with ForeignControl(THEIRS) as control, Egress(THEIRS.allowed) as egress:
        setting = Setting(THEIRS.url, control, control.inject, "en", companion=COMPANION, hear=heard.append)
        with closing(ForeignStage(browser, setting, control, egress)) as stage:
            context = stage.new_context((800, 600), heard=True)
            window = ForeignWindow(stage, "s1", "clerk", context=context)
            window.page.goto(PAGE)
            window.order({"type": "point", "target": 'button "Save"'})
            window.page.get_by_test_id("their-word").click()
            window.page.get_by_test_id("their-other").click()
            theirs = "() => [...document.querySelectorAll('[data-testid]')].map(one => one.dataset.testid)"
            assert window.page.evaluate(theirs) == ["their-save", "their-word", "their-other"]
            context.close()
    assert [one["target"] for one in heard if one["type"] == "observed"] == ['button "Save"']
