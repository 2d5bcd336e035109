"""Footage: what was performed for a film, as a file, so that a change of words needs no new performance."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trainer import __version__
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Box, Glimpse, Mark, Shot, WalkStep, Walkthrough
from trainer.paths import data_dir

TOLD = {"title", "summary", "say", "sees", "hints", "version", "minutes"}
"""Fields of a Scenario and its Steps that change what is said of it and not what is done."""


SEEN = {".py", ".yaml", ".txt", ".css", ".js"}
"""Endings of the files that decide how the practice HR system looks and what it does."""


def key_of(scenario: Scenario, lang: str, size: tuple[int, int], scale: float) -> str:
    """Return the key of a performance on the practice HR system: another lesson or system gives another one."""
    acted = json.dumps(_acted(scenario.model_dump(mode="json", by_alias=True)), sort_keys=True)
    texts = data_dir("locales") / lang / "LC_MESSAGES" / "sandbox_hrms.po"
    made_of = hashlib.sha256(f"{__version__} {acted} {lang} {size} {scale} {system()}".encode())
    if texts.is_file():
        made_of.update(texts.read_bytes())
    return f"{scenario.id}.{lang}.{made_of.hexdigest()[:32]}"


def _acted(dumped: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(dumped, dict):
        return {key: _acted(value) for key, value in dumped.items() if key not in TOLD}
    return [_acted(one) for one in dumped] if isinstance(dumped, list) else dumped


def system() -> str:
    """Return a digest of the practice HR system: its code, profiles and skins, also one's own, without texts."""
    made_of = hashlib.sha256()
    found = find_spec("sandbox_hrms")  # it is not imported for that
    folders = [Path(one) for one in (found.submodule_search_locations if found else None) or ()]
    folders += [Path(one) for one in os.environ.get("HRMS_PROFILES", "").split(os.pathsep) if one]
    for folder in folders:
        for file in sorted(file for file in folder.rglob("*") if file.suffix in SEEN and file.is_file()):
            made_of.update(file.name.encode())
            made_of.update(file.read_bytes())
    return made_of.hexdigest()


def pack(walkthrough: Walkthrough) -> bytes:
    """Return a walkthrough as a file; equal pictures are in it once."""
    pictures: dict[str, bytes] = {}

    def put(png: bytes) -> str:
        name = f"{hashlib.sha256(png).hexdigest()}.png"
        pictures[name] = png
        return name

    steps = [
        {
            "id": step.id,
            "shots": [
                {
                    "png": put(shot.png),
                    "scale": shot.scale,
                    "marks": [asdict(mark) for mark in shot.marks],
                    "after": [{"seconds": one.seconds, "png": put(one.png)} for one in shot.after],
                }
                for shot in step.shots
            ],
        }
        for step in walkthrough.steps
    ]
    told = {
        name: getattr(walkthrough, name)
        for name in ("scenario", "version", "digest", "profile", "lang", "synthetic", "context")
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("walkthrough.json", json.dumps({**told, "steps": steps}, ensure_ascii=False))
        for name, png in pictures.items():
            archive.writestr(name, png)
    return out.getvalue()


def unpack(content: bytes) -> Walkthrough:
    """Return the walkthrough in a file, without texts: they are told anew, see `trainer.app.publish.retold`.

    Raises:
        ValueError: It is none, or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            data = json.loads(archive.read("walkthrough.json"))
            steps = tuple(
                WalkStep(step["id"], "", "", tuple(_shot(shot, archive) for shot in step["shots"]))
                for step in data.pop("steps")
            )
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
    return Walkthrough(**data, title="", summary="", steps=steps)


def _shot(shot: dict[str, Any], archive: zipfile.ZipFile) -> Shot:
    return Shot(
        archive.read(shot["png"]),
        shot["scale"],
        tuple(Mark(mark["verb"], Box(**mark["box"])) for mark in shot["marks"]),
        tuple(Glimpse(one["seconds"], archive.read(one["png"])) for one in shot["after"]),
    )
