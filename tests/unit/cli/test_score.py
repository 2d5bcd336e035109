"""`trainer score` and the figures of `trainer bench scoring`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainer.cli import bench, bench_scoring
from trainer.cli.score import score
from trainer.core.errors import BadInput

REFERENCE = "The parcel is looked up and a refund is offered to the customer."


def rows(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"r{n}",
            "question_id": f"q{n % 2}",
            "question": "What do you do?",
            "reference": [REFERENCE],
            "answer": "I offer a refund and look the parcel up." if n % 3 else "客",
            "human": 1.0 if n % 3 else 0.0,
        }
        for n in range(count)
    ]


def run(source: Path, out: Path, *options: str) -> list[dict[str, object]]:
    told = ["--in", str(source), "--out", str(out), *options]
    CliRunner().invoke(score, told, standalone_mode=False, catch_exceptions=False)
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_file_in_the_same_form_comes_out(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    given = rows(7)
    source.write_text("\ufeff" + "\n\n".join(json.dumps(one) for one in given), "utf-8")
    found = run(source, out)
    assert [{key: one[key] for key in given[0]} for one in found] == given
    assert all(0 <= float(str(one["score"])) <= 1 and isinstance(one["flags"], list) for one in found)
    graded = run(source, out, "--graded", "2")
    assert sum(bool(one["graded"]) for one in graded) == 4
    assert [one["id"] for one in graded] == [one["id"] for one in given]


@pytest.mark.parametrize(
    ("text", "why"), [("", "no answers"), ('{"answer": "a"}', "Line 1"), ("\xff\xfe", "cannot be read")]
)
def test_what_cannot_be_scored_is_said_and_nothing_is_written(text: str, why: str, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(text, "latin-1")
    with pytest.raises(BadInput, match=why):
        run(source, out)
    assert not out.exists()


def test_the_bench_takes_no_other_set(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        bench_scoring.read(tmp_path / bench_scoring.TEST)
    file = tmp_path / bench_scoring.TEST
    file.write_text("\n".join(json.dumps(one) for one in rows(540)), "utf-8")
    with pytest.raises(BadInput, match="540/2"):
        bench_scoring.read(file)


def test_scoring_is_measured_on_a_folder_only() -> None:
    with pytest.raises(BadInput, match="graded answers"):
        CliRunner().invoke(bench.bench, ["scoring"], standalone_mode=False, catch_exceptions=False)


def test_the_threshold_parts_right_from_wrong() -> None:
    scores, humans = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    limit = bench_scoring.threshold(scores, humans)
    assert 0.3 < limit <= 0.7
    assert bench_scoring.macro_f1(scores, humans, limit) == 1
    assert bench_scoring.macro_f1(scores, humans, 0.0) == pytest.approx(1 / 3)


def test_kappa_is_1_for_the_same_and_0_for_one_grade() -> None:
    humans = [0.0, 0.3, 0.7, 1.0]
    assert bench_scoring.kappa(humans, humans) == 1
    assert bench_scoring.kappa([0.5] * 4, humans) == pytest.approx(0, abs=0.01)
    assert bench_scoring.kappa(humans[::-1], humans) < 0


def test_grades_of_a_question_come_from_the_others() -> None:
    answers = [{"question_id": q, "human": h} for q, h in [("a", 0.0), ("a", 0.0), ("b", 0.4), ("b", 0.8)]]
    grades = bench_scoring.leave_one_out(answers, [0.5, 0.6, 0.5, 0.6])
    assert grades == pytest.approx([0.4, 0.8, 0.0, 0.0])


def test_plain_ways_prefer_the_answer_that_says_it() -> None:
    right, wrong = rows(2)[1], rows(1)[0]
    assert bench_scoring.overlap(right) > bench_scoring.overlap(wrong) == 0
    told = bench_scoring.tf_idf([right, wrong])
    assert told[0] > told[1] == 0
