"""A résumé's text, read: who it is of, how long they worked, what they learned. In both languages."""

import re
from dataclasses import dataclass

from sandbox_hrms.core.datasets import Education

MAX_TEXT = 50_000
"""Characters of a résumé that are read."""
MAX_YEARS = 45

_ANY_CASE = re.IGNORECASE
_SHORTEST, _LONGEST, _MOST_WORDS = 2, 40, 4
"""Of a name: letters, letters, words."""
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"(?<![\w-])\+?\d(?:[\d ()./-]{6,18})\d(?![\w-])")
_LABELLED_NAME = re.compile(
    r"^[^\w\n]{0,8}(?:name|full name|姓\s{0,4}名)\s{0,4}[:：][ \t]{0,4}(?P<name>[^\n|,，;；]{2,40})",
    _ANY_CASE | re.MULTILINE,
)
_NO_NAME = re.compile(r"r[ée]sum[ée]|curriculum|\bcv\b|简历|履历|[@\d:：/\\]", _ANY_CASE)
_NEXT_FIELD = re.compile(r"\s(?:tel|phone|mobile|e-?mail|电\s?话|手\s?机|邮\s?箱|性\s?别|年\s?龄)\b", _ANY_CASE)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,12}")
_SPAN = re.compile(
    r"(?P<since>(?:19|20)\d\d)(?:\s?[./年-]\s?\d{1,2}月?)?\s{0,3}(?:-|–|—|~|至|到|to|until)\s{0,3}"
    r"(?:(?P<until>(?:19|20)\d\d)|(?P<now>now|today|present|至今|今|现在))",
    _ANY_CASE,
)
_YEARS = re.compile(r"(?<!\d)(?P<number>\d{1,2})\s?\+?\s?(?:years?\b|年(?!级|度|\s?\d))", _ANY_CASE)
_HAN_YEARS = (
    re.compile(r"(?P<number>[一二两三四五六七八九十]{1,3})年(?=[^级度\n]{0,8}(?:经验|工作|从事))"),
    re.compile(r"(?:经验|工作|从事)[^。\n]{0,10}?(?P<number>[一二两三四五六七八九十]{1,3})年(?!级|度)"),
)
_HAN = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LEVELS: tuple[tuple[Education, re.Pattern[str]], ...] = (
    ("doctor", re.compile(r"\bph\.?\s?d\b|\bdoctorate\b|\bdoctor of\b|博士", _ANY_CASE)),
    (
        "master",
        re.compile(
            r"(?<!scrum )\bmaster'?s?\b(?! data)|\bm\.?sc\b|\bmba\b|\bm\.?a\.? in\b|硕士|研究生", _ANY_CASE
        ),
    ),
    (
        "bachelor",
        re.compile(r"\bbachelor'?s?\b|\bb\.?sc\b|\bb\.?a\.?\b|\bb\.?eng\b|\bdegree in\b|本科|学士", _ANY_CASE),
    ),
    ("diploma", re.compile(r"\bdiploma\b|\bassociate'?s? degree\b|\bcollege\b|大专|专科|高职", _ANY_CASE)),
    ("school", re.compile(r"\bhigh school\b|\bsecondary school\b|\bvocational\b|高中|中专|职高|技校", _ANY_CASE)),
)
_SCHOOLING = re.compile(
    r"school|universit|college|degree|bachelor|master|diploma|学校|大学|学院|本科|大专|硕士|教育|education",
    _ANY_CASE,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who a résumé is of; a field is empty when the text does not say."""

    name: str
    email: str
    phone: str


def person_of(text: str, file_name: str) -> Person:
    """Read name, e-mail and phone; without a name in the text it is taken from the file's name."""
    email, phone = _EMAIL.search(text), _PHONE.search(text)
    return Person(
        name=_name(text) or _from_file(file_name),
        email=email[0] if email else "",
        phone=phone[0].strip() if phone else "",
    )


def years_of(text: str, year_now: int) -> float:
    """Return the years of work: those of the spans that are told, or else the highest number that is claimed."""
    worked: set[int] = set()
    for line in text.splitlines():
        if not _SCHOOLING.search(line):
            for span in _SPAN.finditer(line):
                until = year_now if span["now"] else min(year_now, int(span["until"]))
                worked.update(range(int(span["since"]), until))
    if worked:
        return float(min(MAX_YEARS, len(worked)))
    claimed = [int(one["number"]) for one in _YEARS.finditer(text)]
    claimed += [_han_number(one["number"]) for pattern in _HAN_YEARS for one in pattern.finditer(text)]
    return float(max((one for one in claimed if one <= MAX_YEARS), default=0))


def education_of(text: str) -> Education:
    """Return the highest level of education that is named."""
    return next((level for level, words in _LEVELS if words.search(text)), "none")


def _name(text: str) -> str:
    labelled = _LABELLED_NAME.search(text)
    if labelled:
        name = _short(_NEXT_FIELD.split(labelled["name"])[0])
        han = _HAN_NAME.match(name)
        return han[0] if han else name
    for line in text.splitlines()[:5]:
        candidate = _short(line)
        fits = _SHORTEST <= len(candidate) <= _LONGEST and len(candidate.split()) <= _MOST_WORDS
        if fits and not _NO_NAME.search(candidate):
            return candidate
    return ""


def _short(line: str) -> str:
    return " ".join(line.split())


def _from_file(file_name: str) -> str:
    stem = file_name.rsplit(".", 1)[0]
    return _short(re.sub(r"[_\W]+", " ", stem))[:_LONGEST] or "?"


def _han_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN.get(text, 0)
    return (_HAN.get(tens, 1) if tens else 1) * 10 + (_HAN.get(ones, 0) if ones else 0)
