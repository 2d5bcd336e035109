"""`trainer guide --check` of guides whose lessons are gone, or changed: what it advises can be done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from guides.record import Record, Records
from tests.builders import a_scenario
from tests.unit.guides.walks import walkthrough
from trainer.cli import guide
from trainer.cli.guide_check import RECORDS, check_guides, keep_record, read_records
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode


def old(lesson: str, lang: str = "en") -> Record:
    return Record(
        scenario=lesson, lang=lang, digest="", texts="", brand="", trainer="", files=(f"{lesson}.en.pdf",)
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


def test_guides_are_made_again_with_the_language_and_the_brand_that_were_given(tmp_path: Path) -> None:
    records = Records(guides={"normal-exit-web.en": old("normal-exit-web")})
    (tmp_path / RECORDS).write_text(records.model_dump_json(), "utf-8")
    brand = tmp_path / "our brand.yaml"
    brand.write_text("name: Harbour\n", "utf-8")
    words = ["--check", "-o", str(tmp_path), "--lang", "en", "--brand", str(brand)]
    done = CliRunner().invoke(guide.guide, words, standalone_mode=False)
    assert done.return_value == ExitCode.CHECK_FAILED, done.output
    again = done.stderr.splitlines()[-1]
    assert again == f"→ trainer guide normal-exit-web -o {tmp_path} --to pdf --lang en --brand '{brand}'"


def test_what_was_deleted_with_its_lesson_is_no_guide_any_more(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, "gone-web", "normal-exit-web") == ExitCode.CHECK_FAILED
    data, talk = capfd.readouterr()
    assert [line.partition(":")[0] for line in data.splitlines()] == ["normal-exit-web.en"]
    assert "1 of 1 guides are stale." in talk
    with pytest.raises(BadInput, match="There are no guides"):
        checked(tmp_path, "gone-web")


def test_formats_that_are_made_one_after_the_other_are_all_checked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def make(form: str, version: int) -> tuple[str, ...]:
        (tmp_path / f"a.en.{form}").touch()
        keep_record(tmp_path, "a.en", a_scenario(version=version), walkthrough(), Brand(), [f"a.en.{form}"])
        return read_records(tmp_path).guides["a.en"].files

    assert make("pdf", 1) == ("a.en.pdf",)
    assert make("html", 1) == ("a.en.html", "a.en.pdf")
    assert make("html", 1) == ("a.en.html", "a.en.pdf")
    assert capfd.readouterr().err == ""
    assert make("docx", 2) == ("a.en.docx",)
    assert capfd.readouterr().err.startswith("a.en.html, a.en.pdf: older than this guide")
    (tmp_path / "a.en.docx").unlink()
    assert make("pdf", 2) == ("a.en.pdf",)


def test_guides_in_a_language_that_is_only_begun_are_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "languages", lambda: ("en", "zh_CN", "ja"))
    records = Records(guides={"normal-exit-web.ja": old("normal-exit-web", "ja")})
    (tmp_path / RECORDS).write_text(records.model_dump_json(), "utf-8")
    found = CliRunner().invoke(guide.guide, ["--check", "-o", str(tmp_path)], standalone_mode=False)
    assert found.return_value == ExitCode.CHECK_FAILED
    assert found.stdout.startswith("normal-exit-web.ja: the lesson has changed")


def test_damaged_records_are_told_before_anything_is_performed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "perform_all", lambda *_asked: pytest.fail("it was performed"))
    (tmp_path / RECORDS).write_text("{", "utf-8")
    with pytest.raises(BadInput, match="missing or damaged"):
        CliRunner().invoke(
            guide.guide, ["normal-exit-web", "-o", str(tmp_path)], standalone_mode=False, catch_exceptions=False
        )
