"""Models for speech recognition: their sha256 is noted when they are first fetched, and compared from then on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import httpx

from trainer.core.errors import BadInput, BrokenEnvironment, TrainerError
from trainer.i18n import gettext as _

SITE = "https://alphacephei.com/vosk/models"
MIRROR = "TRAINER_MODELS_URL"
OFFICIAL = {"zh_CN": "vosk-model-small-cn-0.22", "en": "vosk-model-small-en-us-0.15"}
"""The small model of each language, 40 MB or so to fetch."""

_NOTES = "models.json"
_SECONDS = 30.0
_LARGEST = 2 * 1024**3
_BLOCK = 1024 * 1024


class ModelChanged(TrainerError):
    """A model is not what it was when it was first fetched."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was fetched: name of the model, sha256 of the archive, and sha256 over all files made of it."""

    name: str
    archive: str
    files: str


@dataclass(frozen=True, slots=True)
class Installed:
    """One language: the model for it, where it belongs, and the note; None while it was never fetched."""

    lang: str
    name: str
    folder: Path
    note: Note | None


class SpeechModels:
    """The models below one folder, a folder a language.

    Args:
        folder: Where they are; made at the first fetch.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Installed, ...]:
        """Return every language that has a model, fetched or not."""
        notes = self._notes()
        return tuple(
            Installed(lang, name, self._folder / lang, notes.get(lang) if (self._folder / lang).is_dir() else None)
            for lang, name in OFFICIAL.items()
        )

    def pull(self, lang: str) -> Note:
        """Fetch the model of a language and put it in place, whole or not at all.

        Raises:
            BadInput: There is no model for that language.
            BrokenEnvironment: It cannot be fetched, or the disk does not take it.
            ModelChanged: What was fetched is not what was fetched the first time.
        """
        name = _name_of(lang)
        url = f"{os.environ.get(MIRROR, SITE).rstrip('/')}/{name}.zip"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as beside:
                archive = Path(beside, "model.zip")
                found = _fetch(url, archive)
                known = self._notes().get(lang)
                if known is not None and known.name == name and known.archive != found:
                    raise ModelChanged(
                        _(
                            "{name} is not what it was when it was first fetched: {found} instead of {known}."
                        ).format(name=name, found=found, known=known.archive),
                        _("Ask who runs {url}; only if the change is right, remove {file}.").format(
                            url=url, file=self._folder / _NOTES
                        ),
                    )
                fresh = Path(beside, "model")
                _unpack(archive, fresh)
                note = Note(name, found, tree_digest(fresh))
                shutil.rmtree(self._folder / lang, ignore_errors=True)
                fresh.rename(self._folder / lang)
                self._write(self._notes() | {lang: note})
        except OSError as error:
            raise BrokenEnvironment(
                _("{folder} does not take the model: {reason}.").format(folder=self._folder, reason=error),
                _("Make room, or set TRAINER_HOME to another folder."),
            ) from error
        return note

    def verify(self) -> tuple[Installed, ...]:
        """Compare every model that is there with its note, and return them.

        Raises:
            ModelChanged: One is not what was fetched.
            BrokenEnvironment: None is there.
        """
        there = tuple(one for one in self.all() if one.folder.is_dir())
        if not there:
            raise BrokenEnvironment(
                _("No model is installed in {folder}.").format(folder=self._folder), "trainer models pull"
            )
        for one in there:
            if one.note is None or tree_digest(one.folder) != one.note.files:
                raise ModelChanged(
                    _("{folder} is not what was fetched.").format(folder=one.folder),
                    f"trainer models pull {one.lang}",
                )
        return there

    def _notes(self) -> dict[str, Note]:
        file = self._folder / _NOTES
        if not file.exists():
            return {}
        try:
            return {lang: Note(**note) for lang, note in json.loads(file.read_text("utf-8"))["models"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenEnvironment(
                _("{file} is damaged.").format(file=file), _("Remove it, then fetch the models again.")
            ) from error

    def _write(self, notes: dict[str, Note]) -> None:
        file = self._folder / _NOTES
        fresh = file.with_suffix(".new")
        kept = {"version": 1, "models": {lang: asdict(note) for lang, note in notes.items()}}
        fresh.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
        fresh.replace(file)


def tree_digest(folder: Path) -> str:
    """Return one sha256 over the names and contents of all files below a folder."""
    digest = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{_digest_of(file)}\n".encode())
    return digest.hexdigest()


def _name_of(lang: str) -> str:
    if lang not in OFFICIAL:
        raise BadInput(
            _("There is no model for {lang}.").format(lang=lang),
            _("Choose one of: {languages}.").format(languages=", ".join(OFFICIAL)),
        )
    return OFFICIAL[lang]


def _fetch(url: str, file: Path) -> str:
    """Write what is at ``url`` to a file and return its sha256."""
    digest = hashlib.sha256()
    size = 0
    try:
        with (
            file.open("wb") as out,
            httpx.stream("GET", url, timeout=_SECONDS, follow_redirects=True) as answer,
        ):
            answer.raise_for_status()
            for block in answer.iter_bytes(_BLOCK):
                size += len(block)
                if size > _LARGEST:
                    raise BrokenEnvironment(_("{url} is larger than any model.").format(url=url))
                digest.update(block)
                out.write(block)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BrokenEnvironment(
            _("{url} cannot be fetched: {reason}.").format(url=url, reason=str(error) or type(error).__name__),
            _(
                "Without a network, fetch that file elsewhere, put it on a web server of your own and set"
                " TRAINER_MODELS_URL to its folder. Without a model spoken answers are kept, and people type."
            ),
        ) from error
    return digest.hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive that holds one folder; its content becomes ``folder``."""
    try:
        with zipfile.ZipFile(archive) as content:
            for member, place in _members(content):
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                with content.open(member) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise BrokenEnvironment(_("What was fetched is no model: {reason}.").format(reason=error)) from error
    if not folder.is_dir():
        raise BrokenEnvironment(_("What was fetched is no model: {reason}.").format(reason=_("it is empty")))


def _members(content: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    total = 0
    for member in content.infolist():
        parts = PurePosixPath(member.filename).parts[1:]
        total += member.file_size
        if total > _LARGEST or ".." in parts:
            raise zipfile.BadZipFile(member.filename)
        if parts and not member.is_dir():
            yield member, PurePosixPath(*parts)


def _digest_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
