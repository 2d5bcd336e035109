"""A keystroke's short way to the disk is taken where it is the same as the long one, and nowhere else."""

import gc
import sqlite3
from pathlib import Path

import pytest

from sandbox_hrms.app import conduct
from sandbox_hrms.app.quick_draft import typed_on
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import keep_draft, save_progress
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.core.errors import Down, HrmsError, StorageFailed
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.tables.interviews import DraftRow

SITTING = "i1-1"


def stored(sandbox: Sandbox) -> tuple[str | None, str, int]:
    with sandbox.store.read() as session:
        row = session.get_one(DraftRow, SITTING)
        return row.question, row.text, row.seq


def short(sandbox: Sandbox, candidate: str = "c1", question: str = "q1", seq: int = 9) -> bool:
    return typed_on(sandbox, candidate, SITTING, question, seq, "newer")


@pytest.fixture
def typing(sandbox: Sandbox, candidate: Actor, begun: conduct.Room) -> Sandbox:
    assert begun.sitting_id == SITTING
    assert not short(sandbox), "the first key of a question goes the long way"
    keep_draft(sandbox, candidate, SITTING, "q1", 3, "older")
    return sandbox


def test_the_next_key_goes_the_short_way_and_counts_as_a_change(typing: Sandbox, candidate: Actor) -> None:
    before = typing.revision
    assert short(typing)
    assert stored(typing) == ("q1", "newer", 9)
    assert typing.revision == before + 1
    room = conduct.room(typing, candidate, entering=False)
    assert room.draft is not None
    assert room.draft.text == "newer"


@pytest.mark.parametrize("seq", [1, 3])
def test_an_old_key_changes_nothing(typing: Sandbox, candidate: Actor, seq: int) -> None:
    before = typing.revision
    assert not short(typing, seq=seq)
    assert keep_draft(typing, candidate, SITTING, "q1", seq, "late copy") == 3
    assert (stored(typing), typing.revision) == (("q1", "older", 3), before)


def test_nobody_else_and_no_other_question_gets_in(typing: Sandbox) -> None:
    assert not short(typing, candidate="c2")
    assert not short(typing, question="q2")
    assert not typed_on(typing, "c1", "i2-1", "q1", 9, "newer")
    assert stored(typing) == ("q1", "older", 3)


def test_an_answered_question_takes_no_more(typing: Sandbox, candidate: Actor) -> None:
    conduct.submit_answer(typing, candidate, "q1", "my answer", 4)
    assert not short(typing)
    assert keep_draft(typing, candidate, SITTING, "q1", 9, "late") == 4
    assert not short(typing, question="q2")


@pytest.mark.parametrize("how", ["ended", "discarded"])
def test_a_sitting_that_is_over_takes_no_more(typing: Sandbox, candidate: Actor, how: str) -> None:
    if how == "ended":
        conduct.end(typing, candidate)
    else:
        conduct.discard(typing, candidate)
    assert not short(typing)
    with pytest.raises(HrmsError):
        keep_draft(typing, candidate, SITTING, "q1", 9, "late")


def test_a_paused_sitting_still_takes_what_was_on_its_way(typing: Sandbox, candidate: Actor) -> None:
    save_progress(typing, candidate)
    assert short(typing)


def test_a_file_that_does_not_take_it_leaves_the_saying_to_the_long_way(typing: Sandbox, candidate: Actor) -> None:
    other = sqlite3.connect(typing.folder / "hrms.sqlite", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert not short(typing)
        with pytest.raises(StorageFailed):
            keep_draft(typing, candidate, SITTING, "q1", 9, "newer")
    finally:
        other.close()
    assert short(typing)
    typing.store.close()
    with pytest.raises(Down):
        short(typing)


def test_every_connection_of_the_program_forces_its_commits_to_the_disk(
    hrms: Hrms, typing: Sandbox, root: Path
) -> None:
    clone = hrms.sandboxes.clone(typing.id)
    for sandbox in (typing, clone):
        link = hrms.sessions.issue_link(sandbox, Role.CANDIDATE)
        hrms.sessions.enter(sandbox, Role.CANDIDATE, link.partition("key=")[2])
    hrms.sandboxes.checkpoint(typing.id, "here")
    hrms.sandboxes.restore(typing.id, "here")
    seen = []
    for found in gc.get_objects():
        if isinstance(found, sqlite3.Connection):
            try:
                file = found.execute("SELECT file FROM pragma_database_list WHERE name='main'").fetchone()[0]
            except sqlite3.ProgrammingError:  # closed
                continue
            if file and Path(file).is_relative_to(root):
                seen.append((Path(file).name, found.execute("PRAGMA synchronous").fetchone()[0]))
    assert sorted(seen) == [("_sessions.sqlite", 2), ("hrms.sqlite", 2), ("hrms.sqlite", 2)]
