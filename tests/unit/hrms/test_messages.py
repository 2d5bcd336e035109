"""The message centre: each role its own, read and unread, texts in the reader's language."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox_hrms.app import audit, library, messages
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.core.errors import Broken, Forbidden, NotFound, ReadOnly
from sandbox_hrms.core.messages import MessageKind, release_notes
from sandbox_hrms.core.roles import SYSTEM, Actor, Role
from sandbox_hrms.i18n import texts


def tell(sandbox: Sandbox, role: Role, title: str = "Sync") -> None:
    with sandbox.change(SYSTEM) as change:
        messages.send(change, role, MessageKind.SYNC, title, "{name}", {"name": "Lee"})


def test_a_new_system_holds_its_release_notes(sandbox: Sandbox, hr: Actor, head: Actor) -> None:
    for actor in (hr, head, Actor(Role.ADMIN, "admin", "Kim")):
        found = messages.messages(sandbox, actor)
        assert (found.unread, {one.kind for one in found.messages}) == (2, {"release"})


def test_a_later_version_says_that_the_button_moved() -> None:
    app = library.profile("app")
    place = app.layout.exit_button.model_copy(update={"place": "bottom_bar"})
    moved = app.model_copy(update={"version": 2, "layout": app.layout.model_copy(update={"exit_button": place})})
    titles = [one.title for one in release_notes(moved)]
    assert "The exit button moved to the bottom bar" in titles
    assert texts("zh_CN")(titles[-1]) == "退出按钮移到了底部栏"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of somebody's own profiles; the library forgets it afterwards."""
    own = (tmp_path / "own").resolve()
    own.mkdir()
    library.add_profiles(own)
    yield own
    library._added.remove(own)  # noqa: SLF001  # nothing else forgets one
    library.profile.cache_clear()


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "“Leave the interview” is now called “End”."), ("zh_CN", "“退出面试”现在叫“结束”。")]
)
def test_the_notice_that_diff_made_of_a_version_is_its_release_note(hrms: Hrms, lang: str, said: str) -> None:
    pat = Actor(Role.HR, "hr", "Pat")
    after, before = (hrms.sandboxes.create(name, lang, "sales_two_openings", 7) for name in ("app@2", "app@1"))
    note, *others = messages.messages(after, pat).messages
    shown = note.body.format(**note.data)
    assert shown == library.notice("app@2", lang)
    assert said in shown
    assert "app@1" in shown
    assert not any("notice" in one.data for one in (*others, *messages.messages(before, pat).messages))


def test_a_notice_that_is_added_or_changed_is_in_the_next_system_and_braces_are_text(
    hrms: Hrms, folder: Path
) -> None:
    (folder / "noticed.yaml").write_text(
        "id: noticed\nversion: 1\nbase: web\ntitle: Own\ninspired_by: []\n", "utf-8"
    )
    pat, file = Actor(Role.HR, "hr", "Pat"), folder / "noticed.en.notice.txt"

    def body() -> str:
        sandbox = hrms.sandboxes.create("noticed", "en", "sales_two_openings", 7)
        note = messages.messages(sandbox, pat).messages[0]
        return note.body.format(**note.data)

    assert body().startswith("Version 1: with this button")
    for told in ("{name} is new.", "{name} is not there any more."):
        file.write_text(f"What has changed\n\n- {told}\n", "utf-8")
        assert body() == f"- {told}"
    file.write_bytes(b"\xff")
    with pytest.raises(Broken, match=r"noticed\.en\.notice\.txt"):
        library.notice("noticed", "en")


def test_a_message_is_for_one_role_the_newest_first(sandbox: Sandbox, hr: Actor, head: Actor) -> None:
    tell(sandbox, Role.HR, "first")
    tell(sandbox, Role.HR, "second")
    assert [one.title for one in messages.messages(sandbox, hr).messages][:2] == ["second", "first"]
    assert messages.unread(sandbox, hr) == messages.unread(sandbox, head) + 2


def test_messages_are_read_and_put_back(sandbox: Sandbox, hr: Actor) -> None:
    newest = messages.messages(sandbox, hr).messages[0]
    unread = messages.unread(sandbox, hr)
    messages.mark(sandbox, hr, newest.id, read=True)
    assert messages.unread(sandbox, hr) == unread - 1
    assert newest.id not in {one.id for one in messages.messages(sandbox, hr, unread_only=True).messages}
    revision = sandbox.revision
    messages.mark(sandbox, hr, newest.id, read=True)
    assert sandbox.revision == revision
    messages.mark(sandbox, hr, newest.id, read=False)
    assert messages.unread(sandbox, hr) == unread
    assert messages.mark_all(sandbox, hr) == unread
    assert messages.mark_all(sandbox, hr) == 0
    assert audit.entries(sandbox, hr).entries[0].action == "message_marked"


def test_nobody_reads_or_marks_what_is_for_others(
    sandbox: Sandbox, hr: Actor, head: Actor, candidate: Actor
) -> None:
    tell(sandbox, Role.HEAD)
    theirs = messages.messages(sandbox, head).messages[0].id
    with pytest.raises(NotFound):
        messages.mark(sandbox, hr, theirs, read=True)
    with pytest.raises(NotFound):
        messages.mark(sandbox, hr, 10_000, read=True)
    with pytest.raises(Forbidden):
        messages.messages(sandbox, candidate)
    assert messages.unread(sandbox, candidate) == 0
    looking = Actor(Role.HR, "hr", "Pat", read_only=True)
    with pytest.raises(ReadOnly):
        messages.mark_all(sandbox, looking)


def test_pages_are_turned(sandbox: Sandbox, hr: Actor) -> None:
    for _ in range(10):
        tell(sandbox, Role.HR)
    first, last = messages.messages(sandbox, hr), messages.messages(sandbox, hr, page=99)
    assert (first.pages, last.page, len(first.messages), len(last.messages)) == (2, 2, 10, 2)
