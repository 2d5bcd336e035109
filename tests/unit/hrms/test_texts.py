"""The sandbox's texts in the reader's language, compiled or not."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox_hrms import i18n
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.states import Interview


def test_states_have_the_words_of_the_trade() -> None:
    chinese, english = i18n.texts("zh_CN"), i18n.texts("en")
    words = {state: chinese(labels.INTERVIEW[state]) for state in Interview}
    assert (words[Interview.IN_PROGRESS], words[Interview.TO_REVIEW], words[Interview.INCOMPLETE]) == (
        "面试中",
        "待评估",
        "未完成",
    )
    assert english(labels.INTERVIEW[Interview.TO_REVIEW]) == "To review"


def test_who_scored_is_said_in_words() -> None:
    assert labels.program(i18n.texts("zh_CN"), "words@4") == "词语比对（第 4 版）"
    assert labels.program(i18n.texts("en"), "words@4") == "comparison of words, version 4"
    assert labels.program(i18n.texts("en"), "my-model") == "my-model"


@pytest.mark.parametrize(
    "table",
    [labels.INTERVIEW, labels.SAVED, labels.SYNCED, labels.PLACEMENT, labels.SITTING, labels.ROLE, labels.ACTION],
)
def test_every_code_has_a_word(table: dict[object, str]) -> None:
    assert set(table) == set(type(next(iter(table))))


def test_a_refusal_is_told_with_its_values() -> None:
    refused = NotFound("There is no candidate {id}.", "Load the page again.", id="c7")
    assert i18n.texts("zh_CN").refusal(refused) == ("没有编号为 c7 的候选人。", "请刷新页面。")
    assert i18n.texts("en").refusal(refused) == ("There is no candidate c7.", "Load the page again.")


def test_lists_and_sentences_follow_each_other_as_the_language_wants() -> None:
    chinese, english = i18n.texts("zh_CN"), i18n.texts("en")
    assert (chinese.row(["回款", "提成"]), english.row(["Revenue", "Margin"])) == ("回款、提成", "Revenue, Margin")
    assert chinese.sentences("已保存。", "请继续。", "谢谢。") == "已保存。请继续。谢谢。"
    assert english.sentences("Saved {once}.", "Go on.") == "Saved {once}. Go on."


def test_a_reader_is_addressed_in_one_way() -> None:
    catalogues = sorted((Path(i18n.__file__).parent.parent / "locales" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
    assert len(catalogues) == 4
    assert [one.name for one in catalogues if "你" in one.read_text("utf-8")] == []


def test_an_unknown_language_reads_english_and_nothing_stays_nothing() -> None:
    assert i18n.Texts("tlh")("To review") == "To review"
    assert i18n.Texts("zh_CN")("") == ""


@pytest.fixture
def forget() -> Iterator[Callable[[], None]]:
    """Let catalogues be read anew, now and after the test."""
    i18n.catalogue.cache_clear()
    yield i18n.catalogue.cache_clear
    i18n.catalogue.cache_clear()


def test_a_compiled_catalogue_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]
) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    shipped = Path(i18n.__file__).parent.parent / "locales" / "zh_CN" / "LC_MESSAGES" / "sandbox_hrms.po"
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(i18n, "_PLACES", (tmp_path,))
    with shipped.open("rb") as source, (folder / "sandbox_hrms.mo").open("wb") as target:
        write_mo(target, read_po(source))
    assert i18n.Texts("zh_CN")("To review") == "待评估"
    shutil.copy(shipped, folder)
    edited = (folder / "sandbox_hrms.po").read_text(encoding="utf-8").replace("待评估", "等待评估")
    (folder / "sandbox_hrms.po").write_text(edited, encoding="utf-8")
    os.utime(folder / "sandbox_hrms.mo", (0, 0))
    forget()
    assert i18n.Texts("zh_CN")("To review") == "等待评估"
