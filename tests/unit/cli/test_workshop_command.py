"""`trainer workshop`, `account`, `backup` and `restore` as an operator types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trainer.adapters.scenario_files import ScenarioFiles
from trainer.cli import app
from trainer.core.errors import BadInput
from trainer.i18n import translator

CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def trainer(*words: str) -> Result:
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_a_workshop_is_made_listed_and_reported(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name\nAnn\n李雷\n", "utf-8")
    made = trainer("workshop", "create", "candidate", "--title", "Monday", "--roster", str(names), "--no-test")
    code = made.stdout.strip()
    assert CODE.fullmatch(code)
    assert re.search(r"李雷: personal code \S{4}-\S{4}-\S{4}", made.stderr)
    assert trainer("workshop", "report").stdout.split("\t")[::3] == [code, "Monday\n"]
    written = trainer("workshop", "report", code.lower(), "-o", str(tmp_path / "out"), "--lang", "zh_CN").stdout
    pdf, table = map(Path, written.split())
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "李雷" in table.read_text("utf-8")
    with pytest.raises(BadInput, match="No workshop"):
        trainer("workshop", "report", "XXXX-XXXX")


def test_a_workshop_that_is_called_like_its_path_is_listed_in_ones_own_language() -> None:
    trainer("workshop", "create", "candidate")
    listed = {lang: trainer("workshop", "report", "--lang", lang).stdout for lang in ("en", "zh_CN")}
    path = next(path for path in ScenarioFiles().paths() if path.id == "candidate")
    assert listed["en"].endswith(f"{path.title}\n")
    assert listed["zh_CN"].endswith(f"{translator('scenarios', 'zh_CN').gettext(path.title)}\n")
    assert listed["en"] != listed["zh_CN"]


def test_a_link_is_printed_for_an_account() -> None:
    with pytest.raises(BadInput, match="no account ann"):
        trainer("account", "link", "ann")
    assert re.fullmatch(r"/link/[0-9a-f]{32}\n", trainer("account", "link", "ann", "--role", "instructor").stdout)
    assert trainer("account", "link", "ann").stdout.startswith("/link/")


def test_everything_is_backed_up_and_brought_back(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = trainer("workshop", "create", "candidate").stdout.strip()
    assert trainer("backup", str(tmp_path / "copy")).stdout == "1 file copied and checked.\n"
    with pytest.raises(BadInput, match="holds data already"):
        trainer("restore", str(tmp_path / "copy"))
    monkeypatch.setenv("TRAINER_HOME", str(home.with_name("other")))
    assert trainer("restore", str(tmp_path / "copy")).stdout == "1 file brought back.\n"
    assert code in trainer("workshop", "report").stdout
