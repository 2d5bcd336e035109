"""Résumés come in, are matched to a post, and the best are invited."""

import hashlib
import json
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlmodel import Session, col, func, select

from sandbox_hrms.app import library
from sandbox_hrms.app.case import interview_of
from sandbox_hrms.app.extract import MAX_ARCHIVE, MAX_FILE, MAX_IN_ARCHIVE, Kind, kind_of, open_zip
from sandbox_hrms.app.match import Matched
from sandbox_hrms.app.present import are_present, is_present, need_present
from sandbox_hrms.app.reading import Order, Readers
from sandbox_hrms.app.recruit import invite
from sandbox_hrms.app.sample_resumes import sample_files
from sandbox_hrms.app.sandboxes import RESUMES, Change, Named, Sandbox
from sandbox_hrms.core.datasets import Requirements
from sandbox_hrms.core.errors import HrmsError, Invalid, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind as Told
from sandbox_hrms.core.matching import Match, Need, Reason, match
from sandbox_hrms.core.paging import cut
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.tables.interviews import InterviewRow
from sandbox_hrms.tables.people import CandidateRow, PostRow
from sandbox_hrms.tables.privacy import DeletionRow
from sandbox_hrms.tables.resumes import MatchRow, RequirementRow, ResumeFileRow

MAX_SAMPLES = 1_000
_MAX_NAME = 100
_BAD_NAME = re.compile(r"[/\\\x00]|^\.+$")
_PART = 65_536
_SHOWN_TEXT = 600
_ENDINGS: dict[Kind, str] = {"pdf": "pdf", "docx": "docx", "text": "txt", "zip": "zip"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: how many files were taken, and why the others were not (name, refusal)."""

    count: int
    refused: tuple[tuple[str, Invalid], ...] = ()


@dataclass(frozen=True, slots=True)
class RankRow:
    """One candidate in the order of the match.

    Attributes:
        status: None before an invitation.
        can_invite: There is no interview under way or finished.
    """

    rank: int
    candidate_id: str
    name: str
    score: float
    reasons: tuple[Reason, ...]
    status: Interview | None
    can_invite: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One uploaded file that could not be read, and why (msgid)."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of one post, the best first.

    Attributes:
        posts: All posts.
        wanted: What the post asks for, in words of the sandbox's language.
        unmatched: Candidates and files that a match would look at.
        total: Number of candidates that are matched.
    """

    post: Named
    posts: tuple[Named, ...]
    wanted: Requirements
    skills: dict[str, str]
    rows: tuple[RankRow, ...]
    page: int
    pages: int
    total: int
    unmatched: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """How many were invited, and why the others were not (name, refusal)."""

    count: int
    refused: tuple[tuple[str, HrmsError], ...]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The résumé that a candidate uploaded."""

    name: str
    size: int
    uploaded_at: datetime


def wanted_of(session: Session, post: str) -> Requirements:
    """Return what a post asks for; nothing when nobody has said."""
    row = session.get(RequirementRow, post)
    return Requirements() if row is None else Requirements.model_validate_json(_json(row.wanted))


def check_name(name: str) -> str:
    """Return the name of a file as it may be shown.

    Raises:
        Invalid: It is a path, or no name at all.
    """
    plain = unicodedata.normalize("NFC", name)
    if _BAD_NAME.search(plain):
        raise Invalid(N_("This is no name for a file."), N_("Rename the file, then upload it again."))
    shown = "".join(char for char in plain if unicodedata.category(char)[0] != "C").strip(". ")
    if not shown:
        raise Invalid(N_("This is no name for a file."), N_("Rename the file, then upload it again."))
    return shown if len(shown) <= _MAX_NAME else f"{shown[: _MAX_NAME - 10]}…{shown[-9:]}"


def take_in(sandbox: Sandbox, actor: Actor, post: str, name: str, file: Path) -> Taken:
    """Keep an uploaded file, or every file of an uploaded archive, for the next match.

    Args:
        sandbox: Where.
        actor: HR.
        post: Id of the post it is for.
        name: As the sender calls it.
        file: Where it was put; it may be moved from there.

    Raises:
        Invalid: The whole upload is refused; nothing of it was kept.
        NotFound: No such post.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    shown = check_name(name)
    with file.open("rb") as content:
        kind = kind_of(content)
        if kind != "zip":
            _check_size(file.stat().st_size, MAX_FILE)
            return _keep(sandbox, actor, post, [(shown, content)])
    _check_size(file.stat().st_size, MAX_ARCHIVE)
    try:
        with file.open("rb") as content, open_zip(content, MAX_IN_ARCHIVE) as archive:
            return _keep(sandbox, actor, post, _members(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Invalid(
            N_("The archive is damaged or protected by a password."),
            N_("Pack it again, then upload it once more."),
        ) from error


def add_samples(sandbox: Sandbox, actor: Actor, post: str, count: int) -> Taken:
    """Keep made-up résumés for the next match; more each time it is called.

    Raises:
        Invalid: More than there may be at once.
        NotFound: No such post.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    if not 1 <= count <= MAX_SAMPLES:
        raise Invalid(N_("Between 1 and {max} can be made at once."), N_("Choose fewer."), max=MAX_SAMPLES)
    with sandbox.store.read() as session:
        wanted = wanted_of(session, _post(session, post).id)
        known = session.exec(select(func.count(col(ResumeFileRow.id)))).one()
    source = library.dataset(sandbox.seed[0])
    made = sample_files(source, wanted, sandbox.lang, sandbox.seed[1] * 1_000_003 + known, count)
    return _keep(sandbox, actor, post, ((name, BytesIO(content)) for name, content in made))


def take_own(sandbox: Sandbox, actor: Actor, readers: Readers, name: str, file: Path) -> OwnFile:
    """Keep the candidate's own résumé in place of an earlier one, and match it.

    Raises:
        Invalid: The file is too large, of the wrong kind, or there is no text in it.
        NotAllowed: Their data was deleted meanwhile.
        StorageFailed: The disk did not take it; nothing of it is left.
    """
    sandbox.admit(actor, Right.TAKE_INTERVIEW, write=True)
    shown = check_name(name)
    _check_size(file.stat().st_size, MAX_FILE)
    content = file.read_bytes()
    with file.open("rb") as stream:
        kind = kind_of(stream)
    with sandbox.store.read() as session:
        post = session.get_one(CandidateRow, actor.id).post
        wanted = wanted_of(session, post)
    order = Order(shown, content, (*wanted.required, *wanted.nice), sandbox.now().year)
    reading = readers.one(order)
    if not reading.text:
        raise Invalid(reading.message, reading.hint)
    fit = match(reading.facts, wanted)
    folder = _folder(sandbox)
    kept = ResumeFileRow(
        id=secrets.token_hex(8),
        post=post,
        candidate=actor.id,
        name=shown,
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        status="done",
        text=reading.text,
        uploaded_at=sandbox.now(),
    )
    place = folder / _file_name(kept)
    try:
        place.write_bytes(content)
        with sandbox.change(actor) as change:
            need_present(change.session, actor.id)
            old = change.session.exec(select(ResumeFileRow).where(ResumeFileRow.candidate == actor.id)).all()
            for row in old:
                change.session.delete(row)
            change.session.add(kept)
            _store_match(change, actor.id, post, fit)
            change.tell(Told.RESUME_UPLOADED, actor.id, form=kind, size=len(content))
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    for row in old:
        (folder / _file_name(row)).unlink(missing_ok=True)
    return OwnFile(kept.name, kept.size, kept.uploaded_at)


def own_file(sandbox: Sandbox, actor: Actor) -> OwnFile | None:
    """Return what the candidate has uploaded."""
    sandbox.admit(actor, Right.TAKE_INTERVIEW)
    with sandbox.store.read() as session:
        row = session.exec(select(ResumeFileRow).where(ResumeFileRow.candidate == actor.id)).first()
    return None if row is None else OwnFile(row.name, row.size, row.uploaded_at)


def waiting(sandbox: Sandbox, post: str) -> tuple[tuple[str, str], ...]:
    """Return what a match looks at: new files, then everybody who applied; pairs of kind and id."""
    with sandbox.store.read() as session:
        fresh = session.exec(
            select(ResumeFileRow.id)
            .where(ResumeFileRow.post == post, ResumeFileRow.status == "waiting")
            .order_by(col(ResumeFileRow.uploaded_at), ResumeFileRow.id)
        ).all()
        people = session.exec(
            select(CandidateRow.id)
            .where(CandidateRow.post == post, are_present())
            .order_by(func.length(CandidateRow.id), CandidateRow.id)
        ).all()
    return (*(("file", one) for one in fresh), *(("person", one) for one in people))


def contents(sandbox: Sandbox, items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Read name and content of each item, one by one; what is gone meanwhile is empty."""
    for item in items:
        yield _content(sandbox, *item)


def store_matches(
    sandbox: Sandbox, actor: Actor, post: str, found: Sequence[tuple[tuple[str, str], Matched]]
) -> None:
    """Store some matches at once; a new file becomes a new candidate."""
    if not found:
        return
    sandbox.admit(actor, Right.INVITE, write=True)
    with sandbox.change(actor) as change:
        for (kind, key), one in found:
            if kind == "person":
                known = change.session.get(CandidateRow, key)
                if known is not None and one.match is not None and is_present(change.session, key):
                    _store_match(change, key, post, one.match)
                continue
            row = change.session.get(ResumeFileRow, key)
            if row is None or row.status != "waiting":
                continue
            if one.match is None:
                row.status, row.problem = "failed", one.reading.message
            else:
                row.status, row.text = "done", one.reading.text
                row.candidate = _new_candidate(sandbox, change, post, one)
                _store_match(change, row.candidate, post, one.match)
            change.session.add(row)


def ranking(
    sandbox: Sandbox, actor: Actor, post: str | None = None, page: int = 1, page_size: int = 20
) -> Ranking:
    """Return the candidates of a post in the order of the match; without ``post`` those of the first one.

    Raises:
        Forbidden: The role may not see candidates.
        NotFound: No such post.
    """
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    lang = sandbox.lang
    with sandbox.store.read() as session:
        posts = session.exec(select(PostRow).order_by(PostRow.id)).all()
        chosen = _post(session, post or sandbox.context.post.id)
        query = (
            select(MatchRow, CandidateRow)
            .join(CandidateRow, col(CandidateRow.id) == MatchRow.candidate)
            .where(MatchRow.post == chosen.id)
            .order_by(col(MatchRow.score).desc(), func.length(CandidateRow.id), CandidateRow.id)
        )
        count = select(func.count()).select_from(MatchRow).where(MatchRow.post == chosen.id)
        total = session.exec(count).one()
        at = cut(total, page, page_size)
        rows = [
            _rank_row(session, at.start + number, found, person)
            for number, (found, person) in enumerate(session.exec(query.offset(at.start).limit(page_size)), 1)
        ]
        bad = session.exec(
            select(ResumeFileRow).where(ResumeFileRow.post == chosen.id, ResumeFileRow.status == "failed")
        ).all()
        fresh = session.exec(
            select(func.count())
            .select_from(ResumeFileRow)
            .where(ResumeFileRow.post == chosen.id, ResumeFileRow.status == "waiting")
        ).one()
        people = session.exec(
            select(func.count()).select_from(CandidateRow).where(CandidateRow.post == chosen.id, are_present())
        ).one()
        wanted = wanted_of(session, chosen.id)
    return Ranking(
        post=Named(chosen.id, chosen.title),
        posts=tuple(Named(one.id, one.title) for one in posts),
        wanted=wanted,
        skills={code: skill.title.within(lang) for code, skill in library.skills().items()},
        rows=tuple(rows),
        page=at.page,
        pages=at.pages,
        total=total,
        unmatched=fresh + people - total,
        problems=tuple(Problem(one.name, one.problem) for one in bad),
    )


def best(sandbox: Sandbox, actor: Actor, post: str, count: int) -> tuple[str, ...]:
    """Return the ids of the best candidates of a post who can be invited."""
    sandbox.admit(actor, Right.SEE_CANDIDATES)
    query = (
        select(MatchRow.candidate)
        .join(CandidateRow, col(CandidateRow.id) == MatchRow.candidate)
        .where(MatchRow.post == post)
        .order_by(col(MatchRow.score).desc(), func.length(CandidateRow.id), CandidateRow.id)
    )
    with sandbox.store.read() as session:
        found = (one for one in session.exec(query).all() if _can_invite(interview_of(session, one)))
        return tuple(one for one, _ in zip(found, range(max(0, count)), strict=False))


def invite_many(sandbox: Sandbox, actor: Actor, candidates: Sequence[str]) -> Invited:
    """Invite several candidates; who cannot be invited is told, the others are.

    Raises:
        Forbidden: The role may not invite.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    if not candidates:
        raise NotAllowed(N_("Nobody is chosen."), N_("Tick some candidates first."))
    done, refused = 0, []
    for one in candidates:
        try:
            invite(sandbox, actor, one)
        except (NotAllowed, NotFound) as error:
            with sandbox.store.read() as session:
                row = session.get(CandidateRow, one)
            refused.append((row.name if row else one, error))
        else:
            done += 1
    return Invited(done, tuple(refused))


def resume_text(resume: dict[str, Any]) -> str:
    """Return a stored résumé as text."""
    jobs = [f"{one['years']} {one['title']}, {one['company']}" for one in resume.get("jobs", ())]
    skills = ", ".join(resume.get("skills", ()))
    lines = [resume.get("headline", ""), resume.get("summary", ""), *jobs, skills, resume.get("education", "")]
    return "\n".join(line for line in lines if line)


def files_of(sandbox: Sandbox, rows: Iterable[ResumeFileRow]) -> tuple[Path, ...]:
    """Return where uploaded files lie."""
    return tuple(_folder(sandbox) / _file_name(one) for one in rows)


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, BinaryIO | Invalid]]:
    """Give each file of an archive, or why it is refused; folders and hidden files are passed over."""
    for part in archive.infolist():
        inner = part.filename.replace("\\", "/")
        last = inner.rsplit("/", 1)[-1]
        if part.is_dir() or last.startswith(".") or inner.startswith("__MACOSX/"):
            continue
        try:
            if inner.startswith("/") or ".." in inner.split("/"):
                raise _path_in_archive()
            shown = check_name(last)
            _check_size(part.file_size, MAX_FILE)
        except Invalid as refused:
            yield last[:_MAX_NAME], refused
            continue
        with archive.open(part) as content:
            yield shown, content  # type: ignore[misc]  # a ZipExtFile is read like any other


def _keep(sandbox: Sandbox, actor: Actor, post: str, files: Iterable[tuple[str, BinaryIO | Invalid]]) -> Taken:
    """Write files into the media folder first, then note all of them in one change."""
    folder = _folder(sandbox)
    rows: list[ResumeFileRow] = []
    refused: list[tuple[str, Invalid]] = []
    with sandbox.store.read() as session:
        _post(session, post)
        seen = set(session.exec(select(ResumeFileRow.digest).where(ResumeFileRow.post == post)).all())
    try:
        for name, content in files:
            if isinstance(content, Invalid):
                refused.append((name, content))
                continue
            row = ResumeFileRow(
                id=secrets.token_hex(8),
                post=post,
                name=name,
                kind="",
                size=0,
                digest="",
                uploaded_at=sandbox.now(),
            )
            try:
                _write(folder, row, content, seen)
            except Invalid as error:
                refused.append((name, error))
            else:
                rows.append(row)
        if rows:
            with sandbox.change(actor) as change:
                change.session.add_all(rows)
                change.tell(Told.RESUME_UPLOADED, post, count=len(rows), refused=len(refused))
    except BaseException:
        for row in rows:
            (folder / _file_name(row)).unlink(missing_ok=True)
        raise
    if not rows and len(refused) == 1:
        raise refused[0][1]
    return Taken(len(rows), tuple(refused))


def _write(folder: Path, row: ResumeFileRow, content: BinaryIO, seen: set[str]) -> None:
    """Copy one file, watching its size, and fill in its row."""
    fresh = folder / f"{row.id}.new"
    digest = hashlib.sha256()
    try:
        with fresh.open("wb+") as out:
            while part := content.read(_PART):
                row.size += len(part)
                _check_size(row.size, MAX_FILE)
                digest.update(part)
                out.write(part)
            kind = kind_of(out)
        if kind == "zip":
            raise Invalid(N_("This is no PDF, DOCX or text file."), N_("Save it as PDF, then upload it again."))
        row.kind, row.digest = kind, digest.hexdigest()
        if row.digest in seen:
            raise Invalid(N_("This file is there already."), N_("Choose another file."))
        seen.add(row.digest)
        fresh.replace(folder / _file_name(row))
    finally:
        fresh.unlink(missing_ok=True)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise too_large(most)


def too_large(most: int) -> Invalid:
    """Return the refusal of a file that is larger than ``most`` bytes."""
    refused = Invalid(
        N_("The file is larger than {max} MB."), N_("Upload a smaller one."), max=most // (1024 * 1024)
    )
    refused.http = 413
    return refused


def _path_in_archive() -> Invalid:
    return Invalid(N_("This is no name for a file."), N_("Rename the file, then upload it again."))


def _folder(sandbox: Sandbox) -> Path:
    folder = sandbox.folder / RESUMES
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _file_name(row: ResumeFileRow) -> str:
    """Name a stored file by its id and what is in it; the sender's name never reaches the disk."""
    return f"{row.id}.{_ENDINGS.get(row.kind, 'new')}"  # type: ignore[call-overload]


def _post(session: Session, post: str) -> PostRow:
    row = session.get(PostRow, post)
    if row is None:
        raise NotFound(N_("There is no post {id}."), N_("Choose another one."), id=post)
    return row


def _content(sandbox: Sandbox, kind: str, key: str) -> tuple[str, bytes]:
    with sandbox.store.read() as session:
        if kind == "file":
            row = session.get(ResumeFileRow, key)
            place = _folder(sandbox) / _file_name(row) if row else None
            return (row.name, place.read_bytes()) if row and place and place.exists() else ("", b"")
        person = session.get(CandidateRow, key)
        uploaded = session.exec(
            select(ResumeFileRow.text).where(ResumeFileRow.candidate == key, ResumeFileRow.status == "done")
        ).first()
    if person is None:
        return "", b""
    return person.name, (uploaded or resume_text(person.resume)).encode()


def _new_candidate(sandbox: Sandbox, change: Change, post: str, one: Matched) -> str:
    """Make a candidate of a résumé that came as a file."""
    last = [
        change.session.exec(select(one).order_by(func.length(one).desc(), one.desc())).first()
        for one in (col(CandidateRow.id), col(DeletionRow.candidate))  # no number means two people
    ]
    number = max(int((one or "c0").removeprefix("c")) for one in last) + 1
    person, facts, t = one.reading.person, one.reading.facts, texts(sandbox.lang)
    known = library.skills()
    first, _, rest = one.reading.text.partition("\n")
    row = CandidateRow(
        id=f"c{number}",
        name=person.name,
        email=person.email,
        phone=person.phone,
        source=t(N_("Résumé upload")),
        post=post,
        placement=Placement.NONE,
        applied_at=change.at,
        resume={
            "headline": first[:120],
            "summary": rest.strip()[:_SHOWN_TEXT],
            "jobs": [],
            "skills": [known[code].title.within(sandbox.lang) for code in facts.skills],
            "education": "",
        },
    )
    change.session.add(row)
    change.session.flush()
    return row.id


def _store_match(change: Change, candidate: str, post: str, fit: Match) -> None:
    reasons = [
        {
            "need": one.need,
            "points": one.points,
            "of": one.of,
            "found": list(one.found),
            "missing": list(one.missing),
            "quotes": list(one.quotes),
        }
        for one in fit.reasons
    ]
    row = MatchRow(candidate=candidate, post=post, score=fit.score, reasons=reasons, at=change.at)
    change.session.merge(row)


def _rank_row(session: Session, rank: int, found: MatchRow, person: CandidateRow) -> RankRow:
    interview = interview_of(session, person.id)
    return RankRow(
        rank=rank,
        candidate_id=person.id,
        name=person.name,
        score=found.score,
        reasons=reasons_of(found.reasons),
        status=Interview(interview.status) if interview else None,
        can_invite=_can_invite(interview),
    )


def reasons_of(stored: Sequence[dict[str, Any]]) -> tuple[Reason, ...]:
    """Return stored reasons as what they were."""
    return tuple(
        Reason(
            need=_NEEDS[one["need"]],
            points=one["points"],
            of=one["of"],
            found=tuple(one["found"]),
            missing=tuple(one["missing"]),
            quotes=tuple(one["quotes"]),
        )
        for one in stored
    )


_NEEDS: dict[str, Need] = {"required": "required", "nice": "nice", "years": "years", "education": "education"}


def _can_invite(interview: InterviewRow | None) -> bool:
    return interview is None or interview.status in {Interview.INCOMPLETE, Interview.ABANDONED}


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data)
