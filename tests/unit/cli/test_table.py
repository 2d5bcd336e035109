"""Tables line up in the terminal, also with Chinese characters."""

from trainer.cli.table import table, width


def test_a_chinese_character_takes_two_cells_and_an_accent_none() -> None:
    assert [width(text) for text in ("ab", "面试", "e\u0301", "")] == [2, 4, 1, 0]


def test_columns_line_up() -> None:
    told = table(("Lesson", "结果"), [("normal-exit-web", "通过"), ("面试", "FAILED")])
    assert told.splitlines() == [
        "Lesson           结果",
        "───────────────  ──────",
        "normal-exit-web  通过",
        "面试             FAILED",
    ]
