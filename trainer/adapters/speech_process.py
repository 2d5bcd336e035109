"""The voice of films: the practice HR system's speech worker, a process that speaks lines of JSON."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import wave
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from trainer.app.ports import Speech
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

COMMAND = (sys.executable, "-P", "-m", "sandbox_hrms.speech", "--cache")
"""A folder follows."""
END_SECONDS = 5.0
ANSWER_SECONDS = 60.0
"""How long one text may take, also on a busy machine."""


class SpeechProcess:
    """Speaks with a process that it starts at the first text; implements `trainer.app.ports.Voice`.

    Args:
        cache: Folder of the sound files.
        command: What to start: it reads ``{"id", "text", "lang"}`` and answers ``{"id", "path"}`` or
            ``{"id", "error", "message"}``, a line each; see docs/speech.md.
    """

    def __init__(self, cache: Path, *, command: Sequence[str] = COMMAND) -> None:
        self._command = [*command, str(cache)]
        self._process: subprocess.Popen[str] | None = None
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def say(self, text: str, lang: str) -> Speech:
        """Speak a text."""
        self._asked += 1
        answer = self._ask({"id": self._asked, "text": text, "lang": lang})
        try:
            wav = Path(answer["path"]).read_bytes()
            with wave.open(io.BytesIO(wav)) as file:
                return Speech(wav, file.getnframes() / file.getframerate())
        except (KeyError, OSError, wave.Error, EOFError) as error:
            raise self._mute(str(answer.get("message", error))) from error

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with suppress(OSError):
                    stream.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request; a process that does not answer in time is ended."""
        process = self._running()
        late = threading.Timer(ANSWER_SECONDS, process.kill)
        late.start()
        try:
            if process.stdin is None or process.stdout is None or process.stderr is None:
                return {}
            with suppress(BrokenPipeError):  # it has ended; what it said last is told below
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
            for line in process.stdout:
                answer: dict[str, Any] = json.loads(line)
                if answer.get("id") == request["id"]:
                    return answer
            last_words = process.stderr.read().strip()
        except (OSError, ValueError) as error:
            raise self._mute(str(error)) from error
        finally:
            late.cancel()
        raise self._mute(last_words or _("it ended without an answer"))

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self._process

    def _mute(self, reason: str) -> BrokenEnvironment:
        self.close()
        return BrokenEnvironment(
            _("There is no voice: {reason}").format(reason=reason), _("See what is missing: trainer doctor --fix")
        )
