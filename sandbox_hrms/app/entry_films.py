"""Entry films: short films of how an interview is left, made elsewhere and put into a folder."""

from pathlib import Path

from sandbox_hrms.app import library
from sandbox_hrms.core.profiles import Profile

ENDINGS = {"mp4": "video/mp4", "vtt": "text/vtt; charset=utf-8", "jpg": "image/jpeg"}
"""What a film consists of: picture and sound, captions, and a first picture."""


def find(folder: Path | None, profile: str, lang: str) -> dict[str, Path]:
    """Return the newest film for a kind of system: ending → file; empty when there is none.

    Args:
        folder: Holds files such as ``entry.web.en.mp4``; a mark may stand before the ending.
        profile: Id of a profile.
        lang: Language of the film.
    """
    if folder is None or profile not in library.profile_ids():
        return {}
    for film in sorted(folder.glob(f"entry.{profile}.{lang}*.mp4"), key=lambda file: file.name, reverse=True):
        files = {ending: film.with_suffix(f".{ending}") for ending in ENDINGS}
        if all(file.is_file() for file in files.values()):
            return files
    return {}


def shown_to(folder: Path | None, profile: Profile, lang: str) -> bool:
    """Tell whether there is a film that shows this very system: films are made of a profile's newest version."""
    newest = library.profile(profile.id).version
    return profile.version == newest and bool(find(folder, profile.id, lang))
