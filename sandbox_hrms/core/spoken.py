"""How a text is read aloud: dates, times, money, ranges and numbers as words, in Chinese and English."""

import re

_ZH_DIGITS = "零一二三四五六七八九"
_ZH_SMALL = ("", "十", "百", "千")
_ZH_LARGE = ("", "万", "亿", "万亿")
_EN_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_NOON = 12
_EN_LARGE = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_MOST_DIGITS = 12
"""Longer numbers are no amounts: they are read digit by digit."""

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ALONE = rf"(?<![A-Za-z0-9_.])({_NUMBER})(?![A-Za-z0-9_]|\.\d)"
_CURRENCIES = {
    "¥": ("元", "yuan", "yuan"),
    "￥": ("元", "yuan", "yuan"),
    "$": ("美元", "dollar", "dollars"),
    "€": ("欧元", "euro", "euros"),
    "£": ("英镑", "pound", "pounds"),
}
_TO = r"\s?[-–—~～]\s?"
_APART = r"(?<![A-Za-z0-9_.,/:-])"
"""Before what is a whole by itself, not the rest of something longer."""
_MONEY = re.compile(
    rf"([¥￥$€£])\s?({_NUMBER})(?:{_TO}({_NUMBER}))?(\s?(?:thousand|million|billion)\b|万亿|[万亿千])?"
)
_DATE = re.compile(rf"{_APART}((?:19|20)\d\d)([-/])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![0-9/-])")
_MONTH = re.compile(rf"{_APART}((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![0-9/-])")
_TIME = re.compile(rf"{_APART}([01]?\d|2[0-3]):([0-5]\d)(?![0-9:])(?P<half>(?=\s?[ap]\.?m\b))?", re.IGNORECASE)
_TIMES = re.compile(rf"{_APART}(\d?\d:\d\d){_TO}(?=\d?\d:\d\d(?![0-9:]))")
_GROUPS = re.compile(rf"{_APART}(?:0\d+-\d+|\d+-\d+-\d+)(?:-\d+)*(?![A-Za-z0-9_-])")
"""Telephone numbers and the like."""
_PERCENT = re.compile(rf"({_NUMBER})\s?[%％]")
_RANGE = re.compile(rf"{_APART}({_NUMBER}){_TO}(?={_NUMBER})")
_PLAIN = re.compile(_ALONE)
_ZH_YEAR = re.compile(r"(?<!\d)(\d{4})(?=\s?年)")
_ZH_PAIR = re.compile(r"(?<![\d.,])2(?=\s?[个位名种次家条件天周项轮份])")
_EN_YEAR = re.compile(r"(?<![\w.,$€£¥￥])((?:1[1-9]|20)\d{2})(?![\w%％]|[.,]\d)")


def spoken(text: str, lang: str) -> str:
    """Return ``text`` with everything made of digits written out as it is read aloud.

    Args:
        text: What a page shows.
        lang: ``zh_CN`` or ``en``.
    """
    return _spoken_zh(text) if lang == "zh_CN" else _spoken_en(text)


def chinese(number: str) -> str:
    """Read a number such as ``8,000`` or ``12.5`` in Chinese."""
    whole, _, part = number.replace(",", "").partition(".")
    after = f"点{_zh_digits(part)}" if part else ""
    if _by_digits(whole):
        return _zh_digits(whole) + after
    return _zh_whole(int(whole)) + after


def english(number: str) -> str:
    """Read a number such as ``8,000`` or ``12.5`` in English."""
    whole, _, part = number.replace(",", "").partition(".")
    after = f" point {_en_digits(part)}" if part else ""
    if _by_digits(whole):
        return _en_digits(whole) + after
    return _en_whole(int(whole)) + after


def _spoken_zh(text: str) -> str:
    text = _DATE.sub(lambda found: f"{found[1]}年{int(found[3])}月{int(found[4])}日", text)
    text = _MONTH.sub(lambda found: f"{found[1]}年{int(found[2])}月", text)
    text = _GROUPS.sub(lambda found: "，".join(map(_zh_digits, found[0].split("-"))), text)
    text = _TIME.sub(_zh_time, _TIMES.sub(r"\1到", text))
    text = _RANGE.sub(r"\1到", _MONEY.sub(_zh_money, text))
    text = _PERCENT.sub(lambda found: f"百分之{chinese(found[1])}", text)
    text = _ZH_YEAR.sub(lambda found: _zh_digits(found[1]), text)
    text = _ZH_PAIR.sub("两", text)
    return _PLAIN.sub(lambda found: chinese(found[1]), text)


def _spoken_en(text: str) -> str:
    text = _DATE.sub(lambda found: f"{_EN_MONTHS[int(found[3]) - 1]} {int(found[4])}, {found[1]}", text)
    text = _MONTH.sub(lambda found: f"{_EN_MONTHS[int(found[2]) - 1]} {found[1]}", text)
    text = _GROUPS.sub(lambda found: ", ".join(map(_en_digits, found[0].split("-"))), text)
    text = _TIME.sub(_en_time, _TIMES.sub(r"\1 to ", text))
    text = _RANGE.sub(r"\1 to ", _MONEY.sub(_en_money, text))
    text = _PERCENT.sub(lambda found: f"{english(found[1])} percent", text)
    text = _EN_YEAR.sub(lambda found: _en_year(int(found[1])), text)
    return _PLAIN.sub(lambda found: english(found[1]), text)


def _by_digits(whole: str) -> bool:
    return len(whole) > _MOST_DIGITS or (len(whole) > 1 and whole.startswith("0"))


def _zh_digits(digits: str) -> str:
    return "".join(_ZH_DIGITS[int(digit)] for digit in digits)


def _zh_whole(number: int) -> str:
    if number == 0:
        return _ZH_DIGITS[0]
    said, gap = "", False
    for power in range(len(_ZH_LARGE) - 1, -1, -1):
        group = number // 10 ** (4 * power) % 10**4
        if group:
            if said and (gap or group < 10**3):
                said += _ZH_DIGITS[0]
            said += _zh_group(group) + _ZH_LARGE[power]
        gap = bool(said) and not group
    return said.removeprefix("一") if said.startswith("一十") else said


def _zh_group(number: int) -> str:
    said, gap = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit:
            said += (_ZH_DIGITS[0] if gap else "") + _ZH_DIGITS[digit] + _ZH_SMALL[power]
        gap = bool(said) and not digit
    return said


def _en_digits(digits: str) -> str:
    return " ".join(_EN_SMALL[int(digit)] for digit in digits)


def _en_whole(number: int) -> str:
    said: list[str] = []
    for size, name in _EN_LARGE:
        if number >= size:
            said.append(f"{_en_whole(number // size)} {name}")
            number %= size
    if number >= 100:  # noqa: PLR2004  # a hundred
        said.append(f"{_EN_SMALL[number // 100]} hundred")
        number %= 100
    if number or not said:
        said.append(_en_tens(number))
    return " ".join(said)


def _en_tens(number: int) -> str:
    if number < len(_EN_SMALL):
        return _EN_SMALL[number]
    tens, ones = divmod(number, 10)
    return _EN_TENS[tens] + (f"-{_EN_SMALL[ones]}" if ones else "")


def _en_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if year in range(2000, 2010):
        return _en_whole(year)
    if not rest:
        return f"{_en_tens(century)} hundred"
    return f"{_en_tens(century)} {_en_tens(rest) if rest >= 10 else f'oh {_EN_SMALL[rest]}'}"  # noqa: PLR2004


def _en_money(found: re.Match[str]) -> str:
    one, many = _CURRENCIES[found[1]][1:]
    amount = english(found[2]) + (f" to {english(found[3])}" if found[3] else "") + (found[4] or "")
    return f"{amount} {one if amount == 'one' else many}"


def _zh_money(found: re.Match[str]) -> str:
    amount = chinese(found[2]) + (f"到{chinese(found[3])}" if found[3] else "")
    return amount + (found[4] or "") + _CURRENCIES[found[1]][0]


def _en_time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2]
    if minute != "00":
        return f"{english(str(hour))} {f'oh {english(minute[1])}' if minute[0] == '0' else english(minute)}"
    if found["half"] is not None:
        return english(str(hour))
    return english(str(hour)) + (" o'clock" if 0 < hour <= _NOON else " hundred")


def _zh_time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2]
    at = "两" if hour == 2 else chinese(str(hour))  # noqa: PLR2004  # 两点, never 二点
    return f"{at}点{'整' if minute == '00' else f'{chinese(minute)}分'}"
