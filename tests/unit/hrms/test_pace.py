"""Pace and pauses come from the times of words, in both languages, and are told only where there is enough."""

from sandbox_hrms.core.pace import Pace, Timed, pace


def timed(*words: tuple[str, float, float]) -> list[Timed]:
    return [Timed(*one) for one in words]


def test_words_a_minute_and_long_pauses() -> None:
    said = timed(("we", 1, 1.5), ("asked", 1.5, 2), ("why", 4.1, 5), ("and", 7, 7.2), ("listened", 10.2, 11))
    assert pace(said, "en") == Pace(per_minute=30, pauses=(2.1, 3.0))


def test_characters_a_minute_in_chinese() -> None:
    said = timed(("我们", 0, 1), ("先", 1, 2), ("问", 2, 3), ("清楚", 3, 4), ("原因", 4, 6))
    assert pace(said, "zh_CN") == Pace(per_minute=80, pauses=())


def test_too_few_words_tell_nothing() -> None:
    assert pace(timed(("yes", 0, 1)), "en") is None
    assert pace([], "en") is None
    assert pace(timed(*[("word", 0.0, 0.0)] * 9), "en") is None
