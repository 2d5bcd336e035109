"""The command `bench`: figures of this machine, each beside its limit or its peer of the same run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import click

from trainer.cli.table import table
from trainer.core.errors import BadInput, BrokenEnvironment, ExitCode
from trainer.i18n import gettext as _

SHAPE = 1
"""Version of what `--json` prints."""


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: What was measured.
        figure: How much; None where it could not be measured here, with the reason in `beside`.
        unit: Of what.
        bound: What it is compared with, in the same unit; None for a figure that only informs, 0 where none is
            allowed.
        beside: What the bound is.
        allowed: Greatest ratio of figure to bound (the reverse where more is better); None for no limit.
        more_is_better: Whether a greater figure is the better one.
    """

    name: str
    figure: float | None
    unit: str
    bound: float | None = None
    beside: str = ""
    allowed: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How the figure compares: above `allowed` is over; None where there is nothing to divide by."""
        if self.figure is None or not self.bound or (self.more_is_better and not self.figure):
            return None
        return self.bound / self.figure if self.more_is_better else self.figure / self.bound

    @property
    def verdict(self) -> str:
        """One of ``ok``, ``over``, and ``-`` for a figure without a limit."""
        if self.allowed is None or self.figure is None or self.bound is None:
            return "-"
        if self.ratio is None:  # nothing is allowed, or nothing came of what there should be more of
            return "over" if self.figure > self.bound or self.more_is_better else "ok"
        return "ok" if self.ratio <= self.allowed else "over"


def _benches() -> dict[str, Callable[[Callable[[str], None]], list[Row]]]:
    from trainer.cli.bench_crash import crash
    from trainer.cli.bench_film import film
    from trainer.cli.bench_judge import judge
    from trainer.cli.bench_letters import letters
    from trainer.cli.bench_load import load
    from trainer.cli.bench_pages import pages
    from trainer.cli.bench_resumes import resumes
    from trainer.cli.bench_soak import soak
    from trainer.cli.bench_start import start
    from trainer.cli.bench_typing import typing

    return {
        "start": start,
        "typing": typing,
        "pages": pages,
        "judge": judge,
        "load": load,
        "soak": soak,
        "resumes": resumes,
        "crash": crash,
        "film": film,
        "letters": letters,
    }


@click.command(help=_("Measure this machine; ratios compare what was measured in the same run."))
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=_("Print the figures as JSON."))
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Folder with graded answers, for `scoring`."),
)
def bench(names: tuple[str, ...], as_json: bool, data: Path | None) -> int:
    """Measure; the exit code is 1 when a figure is over its limit."""
    benches = _benches()
    if data is not None:
        from trainer.cli.bench_scoring import scoring

        benches["scoring"] = partial(scoring, data=data)
        names = names or ("scoring",)
    elif "scoring" in names:
        raise BadInput(
            _("Scoring is measured on graded answers, which are not part of this project."),
            "trainer bench scoring --data FOLDER",
        )
    for name in names:
        if name not in benches:
            raise BadInput(
                _("There is nothing called {name} to measure.").format(name=name),
                _("There is: {names}").format(names=", ".join(benches)),
            )
    try:
        rows = [row for name in names or benches for row in benches[name](lambda what: click.echo(what, err=True))]
    except TimeoutError as error:
        raise BrokenEnvironment(
            _("What is measured did not answer in time."),
            _("Let nothing else run on this machine meanwhile, and try again."),
        ) from error
    click.echo(json.dumps(as_data(rows), ensure_ascii=False, indent=2) if as_json else as_table(rows))
    over = [row.name for row in rows if row.verdict == "over"]
    click.echo(
        _("Over the limit: {names}").format(names=", ".join(over)) if over else "→ trainer verify", err=True
    )
    return ExitCode.CHECK_FAILED if over else ExitCode.PASSED


def as_table(rows: Sequence[Row]) -> str:
    """Return the figures as a table for a person."""
    labels = {"ok": _("ok"), "over": _("OVER"), "-": "–"}
    head = (_("What"), _("Figure"), _("Beside"), "", _("Ratio"), _("Verdict"))
    lines = [
        (
            row.name,
            "–" if row.figure is None else f"{row.figure:.4g} {row.unit}",
            "–" if row.bound is None else f"{row.bound:.4g} {row.unit}",
            row.beside,
            "–" if row.ratio is None else f"{row.ratio:.2f}",
            labels[row.verdict],
        )
        for row in rows
    ]
    return table(head, lines)


def as_data(rows: Sequence[Row]) -> dict[str, object]:
    """Return the figures as the data that `--json` prints."""
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    return {
        "shape": SHAPE,
        "machine": machine,
        "rows": [{**asdict(row), "ratio": row.ratio, "verdict": row.verdict} for row in rows],
    }
