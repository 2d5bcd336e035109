"""The command line: thin doors to the use cases."""

from __future__ import annotations

import importlib
import io
import sys

import click

from trainer.core.errors import ExitCode, TrainerError

COMMANDS = {
    "serve": "trainer.cli.serve:serve",
    "workshop": "trainer.cli.workshop:workshop",
    "account": "trainer.cli.account:account",
    "backup": "trainer.cli.backup:backup",
    "restore": "trainer.cli.backup:restore",
    "doctor": "trainer.cli.doctor:doctor",
    "scenario": "trainer.cli.scenario:scenario",
    "demo": "trainer.cli.demo:demo",
    "practice": "trainer.cli.practice:practice",
    "exam": "trainer.cli.practice:exam",
    "verify": "trainer.cli.verify:verify",
    "guide": "trainer.cli.guide:guide",
    "record": "trainer.cli.record:record",
    "diff": "trainer.cli.diff:diff",
    "bench": "trainer.cli.bench:bench",
    "score": "trainer.cli.score:score",
    "models": "trainer.cli.models:models",
    "broadcast": "trainer.cli.broadcast:broadcast",
}
"""Name → where the command lives; a command is imported only when it is called."""


class LazyGroup(click.Group):
    """A group whose commands are imported on use, so that `trainer --help` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command, or return None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trainer")
def app() -> None:
    """Teach, practise, check and document work in a web application, from one scenario file."""


def main() -> None:
    """Run the command line; a person's mistake ends in one sentence and an exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a pipe on Windows may know neither ✓ nor Chinese
    try:
        code = app.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.BAD_INPUT)
    except TrainerError as error:
        click.echo(error.message, err=True)
        if error.hint:
            click.echo(f"→ {error.hint}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
