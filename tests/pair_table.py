"""The table of pairs in docs/scoring.md: the levels of the same answer, written in English and in Chinese.

`python -m tests.pair_table` writes it anew.
"""

from collections.abc import Sequence
from pathlib import Path

import yaml

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Lang, QuestionSource
from sandbox_hrms.scorers.lexical import LexicalScorer

ROOT = Path(__file__).parents[1]
PAIRS = yaml.safe_load((ROOT / "tests" / "unit" / "hrms" / "pairs.yaml").read_text("utf-8"))
DOCUMENT = ROOT / "docs" / "scoring.md"
BEGIN, END = "<!-- pairs: begin -->", "<!-- pairs: end -->"
_WORDS = 9


def question_of(question_id: str) -> QuestionSource:
    """Return a question of the banks."""
    family = question_id.split("_", maxsplit=1)[0]
    return next(one for one in library.bank(family).questions if one.id == question_id)


def levels(lang: Lang, source: QuestionSource, text: str) -> dict[str, int]:
    """Return the level (0-5) of one answer in each competency that its question bears on."""
    question = source.within(lang, 1)
    result = LexicalScorer().score(library.rubric("standard").within(lang), [question], {question.id: text})
    return {one.code: one.level for one in result.competencies if one.level is not None}


def apart(english: dict[str, int], chinese: dict[str, int]) -> list[int]:
    """Return by how many levels the same answer differs, competency by competency."""
    return [abs(english[code] - chinese[code]) for code in english]


def rows() -> list[tuple[dict[str, int], dict[str, int]]]:
    """Return the levels of each pair, English and Chinese."""
    sources = [question_of(one["question"]) for one in PAIRS]
    return [
        (levels("en", source, one["en"]), levels("zh_CN", source, one["zh_CN"]))
        for source, one in zip(sources, PAIRS, strict=True)
    ]


def table(found: Sequence[tuple[dict[str, int], dict[str, int]]]) -> str:
    """Return the pairs and their levels as a Markdown table."""
    lines = ["| | question | answer | English | Chinese | apart |", "|---|---|---|---|---|---|"]
    for number, (one, (english, chinese)) in enumerate(zip(PAIRS, found, strict=True), start=1):
        words = one["en"].split()
        begins = " ".join(words[:_WORDS]) + " …"
        told = " | ".join(
            ", ".join(f"{code} {level}" for code, level in each.items()) for each in (english, chinese)
        )
        differ = " + ".join(str(by) for by in apart(english, chinese))
        lines.append(f"| {number} | `{one['question']}` | {begins} | {told} | {differ} |")
    return "\n".join(lines)


def write() -> None:
    """Put the table between its marks."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(rows())}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    write()
