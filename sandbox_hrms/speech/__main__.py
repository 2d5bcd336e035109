"""``python -m sandbox_hrms.speech --cache FOLDER``: texts in, sound files out, as JSON lines (docs/speech.md)."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.speech.files import RATE_HZ
from sandbox_hrms.speech.speaker import RATE, NoVoice, Speaker
from sandbox_hrms.speech.voice import VOICES

PROTOCOL = 1
_ENVIRONMENT = 3
_SHAPE = "A line is an object of id, text, lang and, if need be, rate."


@click.command()
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of the sound files; what is in it already is not spoken anew.",
)
def main(cache: Path) -> None:
    """Speak JSON lines from standard input into WAV files until it ends."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n", line_buffering=True)  # type: ignore[union-attr]
    speaker = Speaker(cache.resolve())
    try:
        speaker.say("1", "en")
    except (NoVoice, OSError) as error:
        click.echo(f"The voice does not work here ({error}). Try: trainer doctor --fix", err=True)
        sys.exit(_ENVIRONMENT)
    _tell({"protocol": PROTOCOL, "languages": list(VOICES), "hz": RATE_HZ})
    try:
        for line in sys.stdin:
            if line.strip():
                _tell(_answer(speaker, line))
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nobody listens any more: no complaint at the end
    finally:
        speaker.close()


def _answer(speaker: Speaker, line: str) -> dict[str, Any]:
    """Speak what one line asks for; whatever is wrong with it is told in its answer."""
    name: Any = None
    try:
        asked = _read(line)
        name = asked.get("id")
        said = speaker.say(*_fields(asked))
    except HrmsError as error:
        told = f"{error} {error.hint.format(**error.params)}"
        return {"id": name, "error": error.code, "message": told}
    except OSError as error:
        return {"id": name, "error": "storage_failed", "message": f"The sound was not stored: {error}."}
    return {"id": name, "path": str(said.file), "seconds": round(said.seconds, 3)}


def _read(line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Invalid("This is no JSON object.", _SHAPE)
    return asked


def _fields(asked: dict[str, Any]) -> tuple[str, str, int]:
    text, lang, rate = asked.get("text"), asked.get("lang"), asked.get("rate", RATE)
    if "id" in asked and isinstance(text, str) and isinstance(lang, str) and isinstance(rate, int):
        return text, lang, rate
    raise Invalid("A field is missing or of the wrong kind.", _SHAPE)


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
