"""A figure is compared with its bound, and only a limit makes it over."""

import json

import pytest
from click.testing import CliRunner

from trainer.cli import bench
from trainer.cli.bench import Row, as_data
from trainer.cli.bench_letters import GROWTH_LIMIT, RATE_GOAL, measure
from trainer.core.errors import BrokenEnvironment


@pytest.mark.parametrize(
    ("row", "ratio", "verdict"),
    [
        (Row("a", 2.0, "s", 4.0, "limit", 1.0), 0.5, "ok"),
        (Row("a", 4.0, "s", 4.0, "limit", 1.0), 1.0, "ok"),
        (Row("a", 5.0, "s", 4.0, "limit", 1.0), 1.25, "over"),
        (Row("a", 5.0, "s", 4.0, "peer", 1.25), 1.25, "ok"),
        (Row("a", 5.0, "/s", 10.0, "goal", 1.0, more_is_better=True), 2.0, "over"),
        (Row("a", 5.0, "s", 4.0, "peer"), 1.25, "-"),
        (Row("a", 5.0, "s"), None, "-"),
        (Row("a", None, "s", beside="only elsewhere"), None, "-"),
        (Row("lost", 0, "", 0, "limit", 1.0), None, "ok"),
        (Row("lost", 1, "", 0, "limit", 1.0), None, "over"),
        (Row("seen", 0, "", 1, "limit", 1.0, more_is_better=True), None, "over"),
        (Row("seen", 3, "", 1, "limit", 1.0, more_is_better=True), 1 / 3, "ok"),
    ],
)
def test_a_figure_has_a_ratio_and_a_verdict(row: Row, ratio: float | None, verdict: str) -> None:
    assert (row.ratio, row.verdict) == (ratio, verdict)


@pytest.mark.parametrize(("figure", "code"), [(1.0, 0), (9.0, 1)])
def test_a_figure_over_its_limit_is_code_1(figure: float, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row("start", figure, "s", 3.0, "limit", 1.0), Row("other", None, "s", beside="only elsewhere")]
    monkeypatch.setattr(bench, "_benches", lambda: {"start": lambda _tell: rows})
    done = CliRunner().invoke(bench.bench, ["start", "--json"], standalone_mode=False)
    assert done.return_value == code
    data = json.loads(done.stdout)
    assert (data["shape"], len(data["rows"])) == (1, 2)
    assert data["rows"][0] == as_data(rows)["rows"][0]  # type: ignore[index]
    told = CliRunner().invoke(bench.bench, [], standalone_mode=False)
    assert "only elsewhere" in told.stdout
    assert ("Over the limit: start" in told.stderr) is bool(code)


def test_what_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(_tell: object) -> list[Row]:
        raise TimeoutError

    monkeypatch.setattr(bench, "_benches", lambda: {"start": hang})
    with pytest.raises(BrokenEnvironment, match="did not answer"):
        CliRunner().invoke(bench.bench, [], standalone_mode=False, catch_exceptions=False)


def test_letters_are_measured_beside_a_bare_page() -> None:
    pages, whole, memory = measure(lambda _what: None, 4)
    assert all(row.figure and row.figure > 0 for row in (pages, whole))
    assert pages.bound is not None
    assert pages.bound > 0
    assert (pages.allowed, memory.bound) == (1 / RATE_GOAL, GROWTH_LIMIT)
    assert memory.figure is not None
