"""What is heard of somebody else's application: elements by the names that the coach gave them, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from trainer.adapters.egress import Egress
from trainer.adapters.foreign_control import ForeignControl
from trainer.adapters.foreign_stage import ForeignStage
from trainer.adapters.playwright_stage import Setting
from trainer.core.application import Application

THEIRS = Application.model_validate({"url": "http://127.0.0.1:9", "sign_in": {"clerk": ()}})
TOLD = """names => names.forEach(([type, target]) => window.trainerTell({type, target}))"""


@pytest.mark.browser
def test_its_own_test_ids_are_not_heard(browser: Browser, tmp_path: Path) -> None:
    heard: list[Mapping[str, Any]] = []
    script = tmp_path / "empty.js"
    script.write_text("", "utf-8")
    with ForeignControl(THEIRS) as control, Egress(THEIRS.allowed) as egress:
        setting = Setting(THEIRS.url, control, control.inject, "en", companion=script, hear=heard.append)
        with closing(ForeignStage(browser, setting, control, egress)) as stage:
            stage.named.add('button "Save"')
            page = stage.new_context((800, 600), heard=True).new_page()
            told = [["observed", "their-save"], ["observed", 'button "Save"'], ["observed", ""], ["ready", ""]]
            page.evaluate(TOLD, told)
            page.wait_for_timeout(0)
            page.context.close()
    assert [(one["type"], one["target"]) for one in heard] == [
        ("observed", 'button "Save"'),
        ("observed", ""),
        ("ready", ""),
    ]
