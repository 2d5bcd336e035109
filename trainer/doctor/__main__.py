"""`python3 -m trainer.doctor`: the door that works with nothing but Python."""

import argparse
import sys

from trainer.core.errors import TrainerError
from trainer.doctor import main, setup
from trainer.doctor.environment import say

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


def run() -> int:
    """Do what the command line says, and say in one sentence what went wrong."""
    parser = argparse.ArgumentParser(
        prog="trainer.doctor", description="Says what this machine lacks, and cures it."
    )
    parser.add_argument("--setup", action="store_true", help="prepare this checkout: browser, fonts, .venv")
    parser.add_argument("--fix", action="store_true", help="cure what is missing")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--quiet", action="store_true", help="say only what is missing")
    options = parser.parse_args()
    try:
        if options.setup:
            setup()
            return 0
        return main(fix=options.fix, as_json=options.json, quiet=options.quiet)
    except TrainerError as error:
        say(error.message)
        if error.hint:
            say(f"→ {error.hint}")
        return error.exit_code
    except KeyboardInterrupt:
        return STOPPED


if __name__ == "__main__":
    sys.exit(run())
