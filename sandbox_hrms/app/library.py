"""The profiles and sample data that come with the product."""

import json
from functools import cache
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import yaml
from pydantic import BaseModel, ValidationError

from sandbox_hrms.core.datasets import Bank, Dataset, RubricSource, Skill, Skills
from sandbox_hrms.core.errors import Broken, NotFound
from sandbox_hrms.core.profiles import Profile
from sandbox_hrms.core.texts import N_

_PACKAGE = Path(__file__).resolve().parent.parent
_PROFILES = _PACKAGE / "profiles"
_DATASETS = _PACKAGE / "datasets"
_BANKS = _DATASETS / "banks"
_PARTS = ("rubric_", "skills")
"""How the names of files begin that are part of datasets."""


def profile_ids() -> tuple[str, ...]:
    """Return the ids of all profiles, sorted."""
    return tuple(sorted(file.stem for file in _PROFILES.glob("*.yaml")))


def dataset_ids() -> tuple[str, ...]:
    """Return the ids of all datasets, sorted."""
    return tuple(sorted(file.stem for file in _DATASETS.glob("*.yaml") if not file.stem.startswith(_PARTS)))


def bank_ids() -> tuple[str, ...]:
    """Return the families of posts that have a bank of questions, sorted."""
    return tuple(sorted(file.stem for file in _BANKS.glob("*.yaml")))


@cache
def profile(profile_id: str) -> Profile:
    """Return a profile.

    Raises:
        NotFound: There is none with that id.
        Broken: Its file does not fit the model; the message says where.
    """
    if profile_id not in profile_ids():
        raise NotFound(
            N_("There is no profile {id}."),
            N_("Known profiles: {known}."),
            id=profile_id,
            known=", ".join(profile_ids()),
        )
    return _load(_PROFILES / f"{profile_id}.yaml", Profile)


@cache
def dataset(dataset_id: str) -> Dataset:
    """Return a dataset.

    Raises:
        NotFound: There is none with that id.
        Broken: Its file does not fit the model; the message says where.
    """
    if dataset_id not in dataset_ids():
        raise NotFound(
            N_("There is no dataset {id}."),
            N_("Known datasets: {known}."),
            id=dataset_id,
            known=", ".join(dataset_ids()),
        )
    return _load(_DATASETS / f"{dataset_id}.yaml", Dataset)


@cache
def rubric(rubric_id: str) -> RubricSource:
    """Return a rubric in both languages."""
    return _load(_DATASETS / f"rubric_{rubric_id}.yaml", RubricSource)


@cache
def bank(family: str) -> Bank:
    """Return the bank of questions of a family of posts.

    Raises:
        NotFound: The family has none.
        Broken: Its file does not fit the model; the message says where.
    """
    if family not in bank_ids():
        raise NotFound(
            N_("There is no bank of questions for {id}."),
            N_("Known banks: {known}."),
            id=family,
            known=", ".join(bank_ids()),
        )
    return _load(_BANKS / f"{family}.yaml", Bank)


@cache
def skills() -> dict[str, Skill]:
    """Return all skills that posts ask for, by code."""
    return {one.code: one for one in _load(_DATASETS / "skills.yaml", Skills).skills}


def digest(profile_id: str, dataset_id: str) -> str:
    """Return a short mark that changes whenever the shipped data behind a template changes."""
    source = dataset(dataset_id)
    banks = () if source.questions else tuple(bank(one.family) for one in source.posts)
    parts = (profile(profile_id), source, rubric(source.rubric), *banks)
    return f"{crc32(''.join(part.model_dump_json() for part in parts).encode()):08x}"


_Model = TypeVar("_Model", bound=BaseModel)


def _load(file: Path, model: type[_Model]) -> _Model:
    """Read strictly: through JSON, so that YAML's own types must already be the right ones."""
    try:
        return model.model_validate_json(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8"))))
    except (yaml.YAMLError, TypeError, ValidationError) as error:
        raise Broken(
            N_("{file} does not fit: {reason}"),
            N_("Correct the file and start again."),
            file=file.name,
            reason=error,
        ) from error
