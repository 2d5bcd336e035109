"""No runtime dependency forbids what Apache-2.0 allows: none is AGPL, non-commercial or of unknown licence."""

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FREE = re.compile(
    r"apache|\bmit\b|mit-0|mit-cmu|bsd|psf|python software foundation|mpl|mozilla public|public domain",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"agpl|affero|\bgpl|gnu general|non-?commercial|\bnc\b|proprietary|unknown", re.IGNORECASE)
REVIEWED = {
    "docutils": "public domain and BSD; its GPL part is an Emacs mode that the wheel does not install",
    "espeakng-loader": "names no licence: MIT code around espeak-ng, a GPL-3.0 library that users get from PyPI; "
    "we neither copy nor ship it, and the trainer works without a voice",
    "text-unidecode": "Artistic Licence or GPL, at our choice: Artistic",
}
"""Packages whose metadata does not settle it, and what reading their licence said."""


def runtime_closure() -> list[str]:
    """Return every package that `pip install trainer` brings on this machine."""
    seen: set[str] = set()
    waiting = [("trainer", frozenset({""}))]
    while waiting:
        name, extras = waiting.pop()
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            wanted = not need.marker or any(need.marker.evaluate({"extra": extra}) for extra in extras)
            if wanted and canonicalize_name(need.name) not in seen:
                seen.add(canonicalize_name(need.name))
                waiting.append((need.name, frozenset({"", *need.extras})))
    return sorted(seen)


def licence(name: str) -> str:
    """Return what a package's metadata says of its licence, in its most exact form."""
    told = metadata.metadata(name)
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    classifiers = [line for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    return "; ".join(classifiers) or (told.get("License") or "unknown").partition("\n")[0]


@pytest.mark.parametrize("name", runtime_closure())
def test_licence_is_free_for_commercial_use(name: str) -> None:
    text = licence(name)
    assert name in REVIEWED or (FREE.search(text) and not FORBIDDEN.search(text)), text


def test_reviews_are_still_needed() -> None:
    assert set(REVIEWED) <= set(runtime_closure())


@pytest.mark.parametrize(
    "text",
    ["AGPL-3.0-only", "License :: Free for non-commercial use", "CC-BY-NC-4.0", "GPL-3.0-or-later", "unknown"],
)
def test_the_check_itself_refuses(text: str) -> None:
    assert FORBIDDEN.search(text) or not FREE.search(text)
