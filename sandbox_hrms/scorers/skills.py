"""Skills named in a résumé: exactly, with a slip of the pen, or in other words; in both languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from sandbox_hrms.core.datasets import Skill
from sandbox_hrms.scorers.text import cut_han, normalise

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAS_HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(r"[a-z0-9][a-z0-9+#/.-]*")
_CLAUSE = re.compile(r"[.!?。;\n,:、]")
_DENIED = re.compile(
    r"\b(?:no|not|without|never|lack|lacking|little)\b|不会|不熟|不懂|没有|未曾|从未|缺乏|无(?!锡)"
)
_MIN_FUZZY = 6
_ALIKE = 90.0
"""From here on two words of at least six letters are taken for the same one."""
_REACH = 16
"""Within so many characters the words of a Chinese skill may stand apart."""


@dataclass(frozen=True, slots=True)
class _Term:
    """One wording of a skill; ``pattern`` finds it word by word."""

    text: str
    pattern: re.Pattern[str]
    parts: tuple[str, ...]


def find_skills(text: str, skills: Iterable[Skill]) -> dict[str, str]:
    """Return the words of ``text`` that name each skill, by its code; what is denied does not count.

    Args:
        text: A résumé in either language.
        skills: What to look for.
    """
    plain, origin = normalise(text)
    words = [(one[0].rstrip(".-/"), one.start()) for one in _WORD.finditer(plain)]
    found: dict[str, str] = {}
    for skill in skills:
        span = _look(plain, words, skill)
        if span is not None:
            start, end = span
            found[skill.code] = text[origin[start] : origin[end - 1] + 1]
    return found


def _look(plain: str, words: list[tuple[str, int]], skill: Skill) -> tuple[int, int] | None:
    """Find the first place that names the skill: exactly anywhere before roughly anywhere."""
    terms = _terms(skill)
    for term in terms:
        for hit in term.pattern.finditer(plain):
            if not _is_denied(plain, hit.start()):
                return hit.span()
    for term in terms:
        span = _apart(plain, term) if term.parts else _alike(words, term)
        if span is not None and not _is_denied(plain, span[0]):
            return span
    return None


def _is_denied(plain: str, at: int) -> bool:
    """Say whether the same clause says, before ``at``, that there is none of it."""
    begin = max((one.end() for one in _CLAUSE.finditer(plain, max(0, at - 60), at)), default=max(0, at - 60))
    return bool(_DENIED.search(plain, begin, at))


def _apart(plain: str, term: _Term) -> tuple[int, int] | None:
    """Find all the words of a Chinese skill close to each other, in order."""
    begin = plain.find(term.parts[0])
    while begin >= 0:
        at = begin + len(term.parts[0])
        for part in term.parts[1:]:
            at = plain.find(part, at, begin + _REACH)
            if at < 0:
                break
            at += len(part)
        if at > 0 and not _CLAUSE.search(plain, begin, at):
            return begin, at
        begin = plain.find(term.parts[0], begin + 1)
    return None


def _alike(words: list[tuple[str, int]], term: _Term) -> tuple[int, int] | None:
    """Find words that differ from the skill's by a slip of the pen."""
    count = term.text.count(" ") + 1
    if len(term.text) < _MIN_FUZZY or not term.text.isascii() or len(words) < count:
        return None
    runs = [" ".join(word for word, _ in words[at : at + count]) for at in range(len(words) - count + 1)]
    best = process.extractOne(term.text, runs, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if best is None:
        return None
    at = best[2]
    last, start_of_last = words[at + count - 1]
    return words[at][1], start_of_last + len(last)


@cache
def _terms(skill: Skill) -> tuple[_Term, ...]:
    """Return all wordings of a skill, the longest first."""
    wordings = {normalise(one)[0] for one in (*skill.words.en, *skill.words.zh)}
    return tuple(_term(one) for one in sorted(wordings, key=lambda one: (-len(one), one)))


def _term(wording: str) -> _Term:
    body = r"\s+".join(re.escape(part) for part in wording.split())
    pattern = re.compile(body if _HAS_HAN.search(wording) else rf"(?<![a-z0-9]){body}(?![a-z0-9+#])")
    parts = tuple(cut_han(wording)) if _HAS_HAN.search(wording) else ()
    return _Term(wording, pattern, parts if len(parts) > 1 else ())
