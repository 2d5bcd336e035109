"""The skin of docs/add-a-profile.md is made from its text, and a sandbox opens with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from sandbox_hrms.app import library
from sandbox_hrms.app.service import Settings, build
from sandbox_hrms.core.profiles import ExitButton, Labels, Layout, Policy, SavePolicy, SyncPolicy, Theme
from sandbox_hrms.i18n import Texts
from trainer.adapters.scenario_files import ScenarioFiles

DOCUMENT = (Path(__file__).parents[2] / "docs/add-a-profile.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder that a reader has after following the text."""
    before = list(library._added)  # noqa: SLF001  # put back what the process had
    text = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    for name, content in text:
        (tmp_path / name).write_text(content, encoding="utf-8")
    library.add_profiles(tmp_path)
    yield tmp_path
    library._added[:] = before  # noqa: SLF001
    library.profile.cache_clear()


def test_the_file_of_the_text_fits_and_opens_a_sandbox(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert library.check_profiles((folder / "house-hr.yaml",)) == []
    hrms = build(tmp_path_factory.mktemp("data"), lambda: datetime(2026, 3, 2, 9, tzinfo=UTC), Settings())
    try:
        profile = hrms.sandboxes.create("house-hr", "zh_CN", "sales_two_openings", 7).profile
    finally:
        hrms.close()
    assert profile.layout.exit_button == ExitButton(place="bottom", look="tick")
    assert Texts("zh_CN", profile.words_in("zh_CN"))(profile.labels.end) == "交卷"


def test_the_second_version_of_the_text_is_the_newest(folder: Path) -> None:
    first = (folder / "house-hr.yaml").read_text("utf-8")
    (folder / "house-hr@2.yaml").write_text(first.replace("version: 1", "version: 2"), encoding="utf-8")
    library.add_profiles(folder)
    assert (library.profile("house-hr").version, library.profile("house-hr@1").version) == (2, 1)


def test_scenarios_may_name_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRMS_PROFILES", str(folder))
    assert "house-hr" in ScenarioFiles().contract().profiles


def test_the_mistake_shown_is_the_one_that_is_told(folder: Path) -> None:
    file = folder / "house-hr.yaml"
    file.write_text(file.read_text("utf-8").replace("look: tick", "look: star"), encoding="utf-8")
    assert str(library.check_profiles((file,))[0]) in DOCUMENT


def test_every_name_and_value_is_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", DOCUMENT, re.MULTILINE))
    told = {row: set(re.findall(r"`([a-z_]+)`", text)) for row, text in rows.items()}
    assert told["labels"] == set(Labels.model_fields)
    assert set(Theme.model_fields) <= told["layout.theme"]
    assert set(SavePolicy.model_fields) <= told["policy.save"]
    assert set(SyncPolicy.model_fields) <= told["policy.sync"]
    for row, model, name in (
        ("layout.width", Layout, "width"),
        ("layout.room", Layout, "room"),
        ("layout.exit_button.place", ExitButton, "place"),
        ("layout.exit_button.look", ExitButton, "look"),
        ("policy.save", SavePolicy, "tab_closed"),
    ):
        assert set(get_args(model.model_fields[name].annotation)) <= told[row]
    assert set(Policy.model_fields) == {row.split(".")[1] for row in rows if row.startswith("policy.")}
