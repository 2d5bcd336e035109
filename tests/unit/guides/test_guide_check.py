"""`trainer guide --check` of guides whose lessons are gone, or changed: what it advises can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from guides.record import Record, Records
from trainer.cli.guide_check import RECORDS, check_guides
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode


def old(lesson: str) -> Record:
    return Record(
        scenario=lesson, lang="en", digest="", texts="", brand="", trainer="", files=(f"{lesson}.en.pdf",)
    )


def checked(folder: Path, *lessons: str) -> int:
    records = Records(guides={f"{lesson}.en": old(lesson) for lesson in lessons})
    (folder / RECORDS).write_text(records.model_dump_json(), "utf-8")
    return check_guides(folder, (), ("en",), None, Brand())


def test_of_a_lesson_that_is_gone_no_guide_can_be_made_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for lesson in ("gone-web", "normal-exit-web"):
        (tmp_path / f"{lesson}.en.pdf").touch()
    assert checked(tmp_path, "gone-web", "normal-exit-web") == ExitCode.CHECK_FAILED
    data, talk = capfd.readouterr()
    assert data.splitlines()[0] == "gone-web.en: there is no such lesson any more"
    assert talk.splitlines() == [
        "2 of 2 guides are stale.",
        "→ delete the files of these guides: gone-web.en",
        f"→ trainer guide normal-exit-web -o {tmp_path} --to pdf",
    ]


def test_what_was_deleted_with_its_lesson_is_no_guide_any_more(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, "gone-web", "normal-exit-web") == ExitCode.CHECK_FAILED
    data, talk = capfd.readouterr()
    assert [line.partition(":")[0] for line in data.splitlines()] == ["normal-exit-web.en"]
    assert "1 of 1 guides are stale." in talk
    with pytest.raises(BadInput, match="There are no guides"):
        checked(tmp_path, "gone-web")
