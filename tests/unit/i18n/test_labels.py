"""Lessons and results call what is on a page as the page does."""

import re
from pathlib import Path

import pytest
import yaml

from sandbox_hrms.core.labels import INTERVIEW, SAVED, SYNCED
from sandbox_hrms.i18n import texts
from trainer.i18n import LANGS, translator
from trainer.i18n.catalogues import po_file, read
from trainer.web.pages.words import STATES

ROOT = Path(__file__).resolve().parents[3]
QUOTED = re.compile("“([^“”]+)”")
FILLED = re.compile(r"\\\{[^{}]*\\\}")
WORD = re.compile("[\u4e00-\u9fff]{2}")


def told(domain: str) -> list[str]:
    """Return what a catalogue says in Chinese."""
    catalogue = read(po_file(ROOT / "locales", "zh_CN", domain))
    strings = [message.string for message in catalogue if message.id]
    return [text for string in strings for text in ([string] if isinstance(string, str) else string)]


def labels() -> re.Pattern[str]:
    """Return what matches every text of the pages, filled in, and every grade of the sample data."""
    texts = [text for domain in ("sandbox_hrms", "trainer") for text in told(domain)]
    tables = yaml.safe_load((ROOT / "sandbox_hrms/datasets/pay/grades.yaml").read_text("utf-8"))
    texts += re.findall(r"'zh_CN': '([^']+)'", str(tables))
    shapes = [FILLED.sub(".+", re.escape(text)) for text in texts]
    return re.compile("|".join(shape for shape in shapes if ".+" not in shape or WORD.search(shape)))


def test_lessons_call_everything_as_the_pages_do() -> None:
    known = labels()
    quoted = {word for text in told("scenarios") for word in QUOTED.findall(text) if "${" not in word}
    assert {"提交答案", "待评估", "优先级 1", "初级工程师"} <= quoted
    assert {word for word in quoted if not known.fullmatch(word)} == set()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", sorted(set(STATES) - {"passed"}))
def test_a_result_calls_a_state_as_the_pages_do(code: str, lang: str) -> None:
    """`passed` alone is told with what was passed, as the verdict of the lesson stands beside it."""
    shown = {str(state): label for state, label in (*INTERVIEW.items(), *SAVED.items(), *SYNCED.items())}
    assert translator("trainer", lang).gettext(STATES[code]) == texts(lang)(shown[code])
