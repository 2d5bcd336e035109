"""The profiles and sample data that come with the product, and the profiles that others add.

A profile or a skin is a file ``<id>.yaml`` (its first version) or ``<id>@2.yaml`` (its second). A skin says
``base:`` and only what differs from it. An id without a number means the newest version.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from sandbox_hrms.app import first_rows
from sandbox_hrms.app.data_files import Model, Problem, Source, Unfit, fit
from sandbox_hrms.core.datasets import Bank, Dataset, Grown, RubricSource, Situation, Skill, Skills
from sandbox_hrms.core.errors import Broken, NotFound
from sandbox_hrms.core.profiles import Profile
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import LANGUAGES

_PACKAGE = Path(__file__).resolve().parent.parent
_PROFILES = _PACKAGE / "profiles"
_SHIPPED = (_PROFILES, _PROFILES / "skins")
_DATASETS = _PACKAGE / "datasets"
_BANKS = _DATASETS / "banks"
_GROWN = _DATASETS / "grown"
"""Datasets that are another one with a larger organisation."""
_SITUATIONS = _DATASETS / "situations"
"""Datasets that are another one with other applicants."""
_PARTS = ("rubric_", "skills")
"""How the names of files begin that are part of datasets."""
_NAME = re.compile(r"([a-z][a-z0-9-]{0,39})(?:@([1-9][0-9]{0,3}))?")
_FROM_BASE = ("layout", "labels", "policy", "words")

_added: list[Path] = []
"""Folders that hold profiles of others."""


def add_profiles(folder: Path) -> None:
    """Look for profiles and skins in ``folder``, too; what is read already is read again."""
    if folder.resolve() not in _added:
        _added.append(folder.resolve())
    profile.cache_clear()


def profile_ids() -> tuple[str, ...]:
    """Return the ids of all profiles and skins, sorted."""
    return tuple(sorted({name for name, _ in _files()}))


def profile_names() -> tuple[str, ...]:
    """Return every name that :func:`profile` takes: the ids, and ``id@version`` where there are several."""
    found = _files()
    several = {name for name, version in found if version > 1}
    return tuple(sorted({*profile_ids(), *(f"{name}@{version}" for name, version in found if name in several)}))


def dataset_ids() -> tuple[str, ...]:
    """Return the ids of all datasets, sorted."""
    whole = {file.stem for file in _DATASETS.glob("*.yaml") if not file.stem.startswith(_PARTS)}
    made = {file.stem for folder in (_GROWN, _SITUATIONS) for file in folder.glob("*.yaml")}
    return tuple(sorted(whole | made))


def bank_ids() -> tuple[str, ...]:
    """Return the families of posts that have a bank of questions, sorted."""
    return tuple(sorted(file.stem for file in _BANKS.glob("*.yaml")))


@cache
def profile(name: str) -> Profile:
    """Return a profile or a skin.

    Args:
        name: ``app`` for the newest version, ``app@1`` for that one.

    Raises:
        NotFound: There is none of that name.
        Broken: Its file does not fit the model; the message says where.
    """
    file = _file_of(name)
    if file is None:
        raise NotFound(
            N_("There is no profile {id}."),
            N_("Known profiles: {known}."),
            id=name,
            known=", ".join(profile_names()),
        )
    return _whole(file, _profile)


def notice(name: str, lang: str) -> str:
    """Return what a version of a profile says is new in it: the file of `trainer diff` beside its own, or "".

    ``app@2.en.notice.txt`` belongs to ``app@2.yaml``. Its first line, the title, is left out.

    Raises:
        Broken: The file is no text in UTF-8.
    """
    file = _file_of(name)
    beside = file and file.with_name(f"{file.stem}.{lang}.notice.txt")
    if beside is None or not beside.is_file():
        return ""
    try:
        return beside.read_text("utf-8").partition("\n")[2].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Broken(
            N_("{file} does not fit: {reason}"),
            N_("Correct the file and start again."),
            file=beside.name,
            reason=error,
        ) from error


def check_profiles(files: tuple[Path, ...] = ()) -> list[Problem]:
    """Return everything that is wrong with profiles and skins.

    Args:
        files: Which; all that are known when empty.
    """
    found: list[Problem] = []
    for file in files or tuple(_yaml_files()):
        try:
            _profile(file)
        except Unfit as unfit:
            found += sorted(unfit.problems, key=lambda one: (one.line, one.column))
    return found


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
    large = _GROWN / f"{dataset_id}.yaml"
    if large.exists():
        grown = _load(large, Grown)
        return grown.over(dataset(grown.base))
    changed = _SITUATIONS / f"{dataset_id}.yaml"
    if changed.exists():
        situation = _load(changed, Situation)
        return situation.over(dataset(situation.base))
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
    notices = (notice(profile_id, lang) for lang in LANGUAGES)
    whole = "".join((*(part.model_dump_json() for part in parts), first_rows.digest(), *notices))
    return f"{crc32(whole.encode()):08x}"


def _yaml_files() -> Iterator[Path]:
    for folder in (*_SHIPPED, *_added):
        yield from sorted(folder.glob("*.yaml"))


def _files() -> dict[tuple[str, int], Path]:
    """Return the files of profiles by id and version; what ships cannot be replaced."""
    found: dict[tuple[str, int], Path] = {}
    for file in _yaml_files():
        name = _NAME.fullmatch(file.stem)
        if name:
            found.setdefault((name[1], int(name[2] or 1)), file)
    return found


def _file_of(name: str) -> Path | None:
    wanted = _NAME.fullmatch(name)
    if wanted is None:
        return None
    files = _files()
    version = int(wanted[2]) if wanted[2] else max((one for known, one in files if known == wanted[1]), default=0)
    return files.get((wanted[1], version))


def _profile(file: Path) -> Profile:
    """Read a profile, or lay a skin over its base; raises :class:`Unfit`."""
    source = Source(file)
    problems = list(_name_problems(source, file))
    data = source.data
    try:
        if "base" in data:
            data = _dressed(source)
        found = fit(source, Profile, data)
    except Unfit as unfit:
        raise Unfit([*problems, *unfit.problems]) from unfit
    if problems:
        raise Unfit(problems)
    return found


def _name_problems(source: Source, file: Path) -> Iterator[Problem]:
    """Yield what is wrong with the file's name: it must say id and version, and nobody else's."""
    named = _NAME.fullmatch(file.stem)
    if named is None:
        yield source.problem((), "the file's name is not an id", "Call it like my-hr.yaml, or my-hr@2.yaml.")
        return
    told = (source.data.get("id"), source.data.get("version"))
    if told != (named[1], int(named[2] or 1)):
        right = f"id: {named[1]} and version: {named[2] or 1}"
        yield source.problem(("id",), f"the file's name says {right}", "Let name and content say the same.")
    first = _files().get((named[1], int(named[2] or 1)))
    if first is not None and first.resolve() != file.resolve():
        yield source.problem(("id",), f"there is a profile {file.stem} already, in {first}", "Choose another id.")


def _dressed(source: Source) -> dict[str, Any]:
    """Lay a skin over its base."""
    name = source.data["base"]
    file = _file_of(name) if isinstance(name, str) else None
    if file is None:
        known = ", ".join(profile_names())
        raise Unfit([source.problem(("base",), f"base: there is no profile {name}", f"Known: {known}.")])
    base = Source(file)
    if "base" in base.data:
        raise Unfit([source.problem(("base",), f"base: {name} is a skin itself", "Name a profile.")])
    _whole(file, _profile)
    given = {key: base.data[key] for key in _FROM_BASE if key in base.data}
    return _over(given, source.data) | {"base": base.data["id"]}


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with what ``own`` says instead, name by name down to the leaves."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        merged[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _whole(file: Path, read: Callable[[Path], Model]) -> Model:
    try:
        return read(file)
    except Unfit as unfit:
        raise Broken(
            N_("{file} does not fit: {reason}"),
            N_("Correct the file and start again."),
            file=file.name,
            reason=unfit,
        ) from unfit


def _load(file: Path, model: type[Model]) -> Model:
    return _whole(file, lambda one: fit(Source(one, trusted=True), model))
