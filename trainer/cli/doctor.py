"""`trainer doctor`: what this machine lacks, and the command that cures it."""

from __future__ import annotations

import click


@click.command()
@click.option("--fix", is_flag=True, help="Cure what is missing.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, fix: bool, as_json: bool) -> int:
    """Say what this machine lacks, and what cures it."""
    from trainer.doctor import main

    return main(fix=fix, as_json=as_json, quiet=False)
