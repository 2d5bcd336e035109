"""What a list of candidates may hold, and what its author is told: no letter says what another line says."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.adapters.candidates_csv import read_candidates
from trainer.core.problems import BrokenScenario

HEAD = "name,email,phone,lang,starts,post,contact\n"
ANN = "Ann,ann@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin\n"
BOB = "Bob,bob@example.com,,en,2099-12-01T10:00+08:00,Sales,Lin\n"


def of(folder: Path, text: str) -> list[tuple[str, str]]:
    file = folder / "list.csv"
    file.write_text(text, "utf-8")
    return [(one.name, one.contact) for one in read_candidates(file, ("en", "zh_CN"))]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (ANN + BOB.replace("Sales", "Sales, Retail"), 3, "there are more values than columns"),
        (ANN.replace("Lin", '"Lin') + BOB, 2, "a quotation mark is not closed"),
        (ANN.replace("Ann", '"Ann') + BOB * 4000, 2, "a quotation mark is not closed"),
        (ANN + BOB.replace("Bob", '"Bob"y'), 3, "or text follows it"),
        (ANN + BOB.replace("Bob", "\u200b"), 3, "`name` cannot be"),
        (ANN + BOB.replace("Lin", "\u200b"), 3, "`contact` cannot be"),
        (ANN + BOB.replace("2099-12-01T10:00+08:00", "46357.4"), 3, "`starts` cannot be `46357.4`"),
        (ANN + BOB.replace("2099", "0001"), 3, "`starts` cannot be `0001-12"),
        (ANN + BOB.replace("2099", "9999"), 3, "`starts` cannot be `9999-12"),
        (",,,,,,\n", 1, "there is no candidate"),
    ],
)
def test_a_line_that_may_say_something_else_is_refused(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(BrokenScenario) as broken:
        of(tmp_path, HEAD + text)
    (problem,) = broken.value.problems
    assert said in problem.message
    assert problem.line == line


def test_what_a_spreadsheet_writes_is_read(tmp_path: Path) -> None:
    quoted = BOB.replace("Bob", '"Bob ""Bo"" Li"').replace("Lin", '"Lin, lin@hr.example"')
    text = (HEAD + ANN + quoted + ",,,,,,\n" * 3).replace("\n", "\r\n")
    assert of(tmp_path, "\ufeff" + text) == [("Ann", "Lin"), ('Bob "Bo" Li', "Lin, lin@hr.example")]
