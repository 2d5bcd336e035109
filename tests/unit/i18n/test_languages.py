"""A third language needs a translator and no programmer: what is missing stands in English, and is counted."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import lxml.html
import pytest

from guides.edition import edition
from guides.html import render
from tests.unit.guides.walks import walkthrough
from trainer import i18n
from trainer.i18n import LANGS, languages, missing, translator
from trainer.i18n.catalogues import counted, merged, po_file, update

ROOT = Path(__file__).parents[3]


def test_begun_languages_follow_the_complete_ones() -> None:
    assert languages()[: len(LANGS)] == LANGS
    assert "ja" in languages()


@pytest.mark.parametrize("lang", ["../../etc", "", "EN", "ja/../zh_CN"])
def test_no_language_leads_out_of_the_catalogues(lang: str) -> None:
    assert translator("guides", lang).gettext("Contents") == "Contents"


def test_missing_texts_are_named_and_those_that_stay_as_they_are_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "data_dir", lambda _name: tmp_path)
    file = po_file(tmp_path, "ja", "guides")
    wanted = merged((text, None, []) for text in ("Contents", "PDF", "Steps"))
    update(file, wanted)
    text = file.read_text("utf-8")
    assert 'Plural-Forms: nplurals=1; plural=0;\\n"' in text
    for msgid, msgstr in (("Contents", "もくじ"), ("PDF", "PDF")):
        text = text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    file.write_text(text, "utf-8")
    assert missing("guides", "ja", ["Contents", "PDF", "Steps", ""]) == ("Steps",)
    assert missing("guides", "fr", ["Contents", ""]) == ("Contents",)
    assert counted(file, wanted) == (2, 3)
    assert languages() == (*LANGS, "ja")


def test_a_guide_says_how_much_is_not_translated() -> None:
    walk = replace(walkthrough(), lang="ja", title="面接を正しくおえて出る")
    page = lxml.html.fromstring(render(edition(walk, date(2026, 3, 4), lacking=5)).decode())
    assert page.get("lang") == "ja"
    notes = [note.text_content() for note in page.find_class("note")]
    assert (
        translator("guides", "ja")
        .gettext("Texts that are not translated yet and stand here in English: {n}")
        .format(n=5)
        in notes
    )
    assert "このように見えます" in page.text_content()
    whole = render(edition(replace(walk, lang="en"), date(2026, 3, 4))).decode()
    assert "not translated" not in whole


@pytest.mark.proof
def test_one_command_counts_every_language() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trainer.i18n", "status"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == list(languages())
    assert all(line.split()[1] == "100%" for line in lines[: len(LANGS)])
