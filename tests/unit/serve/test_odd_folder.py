"""Where a command is called matters not: files lying there are never taken for modules."""

from pathlib import Path

import pytest

from trainer.adapters.hrms_process import HrmsProcess


def test_the_sandbox_starts_in_a_folder_with_a_file_named_like_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pickle", "json", "sandbox_hrms"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong file')")
    monkeypatch.chdir(tmp_path)
    with HrmsProcess(tmp_path / "data") as process:
        assert process.alive()
