"""The lock pins and hashes everything, and holds on any machine: it names no address."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
SEMANTIC = (ROOT / "semantic.lock").read_text("utf-8")
APPLICATIONS = (ROOT / "tests/foreign/applications.lock").read_text("utf-8")
VOICE = (ROOT / "tests/voice/models.lock").read_text("utf-8")
LOCKS = pytest.mark.parametrize(
    "lock", [LOCK, SEMANTIC, APPLICATIONS, VOICE], ids=["lock", "semantic", "applications", "voice"]
)
ENTRY = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


def pins() -> dict[str, Version]:
    """Return the pinned version of each package."""
    return {entry["name"]: Version(entry["version"]) for entry in ENTRY.finditer(LOCK)}


@LOCKS
def test_every_line_is_part_of_a_pinned_and_hashed_entry(lock: str) -> None:
    rest = ENTRY.sub("", lock)
    assert [line for line in rest.splitlines() if line.strip() and not line.startswith("# ")] == []


@LOCKS
def test_it_names_no_address(lock: str) -> None:
    assert not re.search(r"://|index-url|find-links|trusted-host|file:/|\bhttps?\b|@", lock)


def test_the_extra_is_pinned_as_it_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert all(f"{need} \\\n" in SEMANTIC for need in project["optional-dependencies"]["semantic"])


def test_the_applications_are_pinned_as_they_are_asked_for() -> None:
    asked = (ROOT / "tests/foreign/applications.in").read_text("utf-8")
    assert all(f"{need} \\\n" in APPLICATIONS for need in asked.split())


def test_it_fits_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = pins()
    for need in map(Requirement, lines):
        assert pinned[canonicalize_name(need.name)] in need.specifier, f"{need}: run make lock"


def test_the_environment_is_the_lock() -> None:
    """What runs here is what the lock says, so that green here means green there."""
    here = {canonicalize_name(dist.name): Version(dist.version) for dist in metadata.distributions()}
    differing = {name: (here.get(name), version) for name, version in pins().items() if here.get(name) != version}
    assert not differing, "run make setup"
