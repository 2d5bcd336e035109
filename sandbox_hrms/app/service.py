"""Everything a door (pages, control API) needs, in one frozen bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox_hrms.app.matching_jobs import MatchingJobs
from sandbox_hrms.app.opening import opened
from sandbox_hrms.app.reading import Readers
from sandbox_hrms.app.sandboxes import Sandboxes
from sandbox_hrms.app.scheduler import Jobs
from sandbox_hrms.app.second_disk import SecondDisk
from sandbox_hrms.app.sign_in import Sessions
from sandbox_hrms.speech.hearing import Recogniser, Typed, Vosk
from sandbox_hrms.speech.speaker import Speaker
from sandbox_hrms.speech.whisper import Whisper


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process was started.

    Attributes:
        companion: Script served at ``/companion.js`` and included in every page; None for none.
        parent_port: Port of the page that may frame ours; None when nothing may.
        secure: Pages are served over TLS, so cookies carry ``Secure``.
        models: Folder of Vosk models for speech recognition, one a language; None for none.
        whisper: Folder of a model of faster-whisper, which then goes before Vosk; None for none.
        films: Folder of entry films; None for none.
        backup_dir: A second folder for backups, e.g. on another disk; None for none.
    """

    companion: Path | None = None
    parent_port: int | None = None
    secure: bool = False
    backup_dir: Path | None = None
    models: Path | None = None
    whisper: Path | None = None
    films: Path | None = None


@dataclass(frozen=True, slots=True)
class Hrms:
    """The running practice HR system."""

    sandboxes: Sandboxes
    sessions: Sessions
    settings: Settings
    readers: Readers
    matching: MatchingJobs
    jobs: Jobs
    speaker: Speaker
    recogniser: Recogniser

    def close(self) -> None:
        """Let go of all files and processes."""
        self.jobs.close()
        self.speaker.close()
        self.matching.close()
        self.readers.close()
        self.sandboxes.close()
        self.sessions.close()


def build(root: Path, now: Callable[[], datetime], settings: Settings) -> Hrms:
    """Put the practice HR system together.

    Args:
        root: Folder for all data; made when it does not exist.
        now: The clock (aware, UTC).
        settings: How the process was started.

    Raises:
        NoWhisper: The settings name a model of faster-whisper, and it cannot be had.
    """
    recogniser = _recogniser(settings)
    root.mkdir(parents=True, exist_ok=True)
    readers = Readers()
    second = None if settings.backup_dir is None else SecondDisk(settings.backup_dir)
    sandboxes = Sandboxes(root, now, on_open=opened, second=second)
    return Hrms(
        sandboxes=sandboxes,
        sessions=Sessions(root / "_sessions.sqlite", now),
        settings=settings,
        readers=readers,
        matching=MatchingJobs(readers),
        jobs=Jobs(sandboxes),
        speaker=Speaker(root / "_speech"),
        recogniser=recogniser,
    )


def _recogniser(settings: Settings) -> Recogniser:
    if settings.whisper is not None:
        return Whisper(settings.whisper)
    return Typed() if settings.models is None else Vosk(settings.models)
