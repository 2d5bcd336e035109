"""The command `score`: a file of answers in, the same with scores out."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from trainer.adapters.hrms_scoring import HrmsScoring
from trainer.core.errors import BadInput, ExitCode
from trainer.i18n import gettext as _


@click.command(
    help=_("Score answers against reference answers: JSON lines in, the same with score and flags out.")
)
@click.option(
    "-i",
    "--in",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("JSON lines with question_id, question, reference (a list), answer, and human (0-1) where known."),
)
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_("File to write.")
)
@click.option(
    "--graded",
    type=click.IntRange(min=0),
    default=0,
    help=_("Calibrate each question on its first N rows that carry human."),
)
def score(source: Path, out: Path, graded: int) -> int:
    """Score; the file appears when it is whole."""
    try:
        lines = source.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            _("{file} cannot be read: {reason}").format(file=source, reason=error), _("It must be UTF-8 text.")
        ) from error
    count = sum(bool(line.strip()) for line in lines)
    if not count:
        raise BadInput(_("{file} holds no answers.").format(file=source), "")
    with HrmsScoring(graded) as process:
        scored = process.all(lines)
        bar = click.progressbar(scored, length=count, label=_("Scoring"), file=sys.stderr)
        with bar:
            text = "".join(bar)
    write(out, text)
    click.echo(_("{count} answers scored: {file}").format(count=count, file=out), err=True)
    return ExitCode.PASSED


def write(out: Path, text: str) -> None:
    """Put the file in place when it is whole.

    Raises:
        BadInput: Nothing can be written there.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=out.parent, delete=False
        ) as file:
            file.write(text)
        Path(file.name).replace(out)
        out.chmod(0o666 & ~_umask())
    except OSError as error:
        raise BadInput(
            _("{file} cannot be written: {reason}").format(file=out, reason=error.strerror or error),
            _("Name another file with --out."),
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
