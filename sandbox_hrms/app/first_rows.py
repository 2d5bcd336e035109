"""What every new sandbox holds besides its people: grade tables and release notes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from zlib import crc32

import yaml
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from sandbox_hrms.core.errors import Broken
from sandbox_hrms.core.messages import MessageKind, release_notes
from sandbox_hrms.core.payroll import Family, Grade, GradeSource, checked, table_within
from sandbox_hrms.core.profiles import Profile
from sandbox_hrms.core.roles import RIGHTS, Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.messages import MessageRow
from sandbox_hrms.tables.pay import GradeRow

_FILE = Path(__file__).resolve().parent.parent / "datasets" / "pay" / "grades.yaml"
_TABLES = TypeAdapter(dict[Family, tuple[GradeSource, ...]])


@cache
def shipped() -> dict[Family, tuple[GradeSource, ...]]:
    """Return the tables that come with the product.

    Raises:
        Broken: The file does not fit the model; the message says where.
    """
    try:
        found = _TABLES.validate_json(json.dumps(yaml.safe_load(_FILE.read_text(encoding="utf-8"))))
        for lines in found.values():
            checked(table_within(lines, "en"))
    except (yaml.YAMLError, TypeError, ValidationError) as error:
        raise Broken(
            N_("{file} does not fit: {reason}"),
            N_("Correct the file and start again."),
            file=_FILE.name,
            reason=error,
        ) from error
    return found


def digest() -> str:
    """Return a short mark that changes whenever the shipped tables change."""
    return f"{crc32(_FILE.read_bytes()):08x}"


def write_grades(session: Session, lang: str) -> None:
    """Put the shipped tables into a new sandbox file."""
    for family in shipped():
        write_table(session, family, default_table(family, lang))


def default_table(family: Family, lang: str) -> tuple[Grade, ...]:
    """Return the shipped table of a family in one language."""
    return table_within(shipped()[family], lang)


def write_table(session: Session, family: Family, grades: Sequence[Grade]) -> None:
    """Write the lines of one family, which has none."""
    for number, one in enumerate(grades, start=1):
        session.add(GradeRow(id=f"{family}-{number}", family=family, **asdict(one)))
    session.flush()


def write_release_notes(session: Session, profile: Profile, notice: str, at: datetime) -> None:
    """Put the notes that come with a profile into a new sandbox file, for everybody with a message centre."""
    for role in (one for one in Role if Right.READ_MESSAGES in RIGHTS[one]):
        for note in release_notes(profile, notice):
            data = dict(note.data)
            session.add(
                MessageRow(role=role, kind=MessageKind.RELEASE, title=note.title, body=note.body, data=data, at=at)
            )
