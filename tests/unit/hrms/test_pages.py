"""The parts of the pages that need no browser."""

import asyncio
from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.roles import SYSTEM
from sandbox_hrms.core.rubric import Evidence
from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced
from sandbox_hrms.i18n import LANGUAGES, texts
from sandbox_hrms.pages.audit import codes_text, subject_text
from sandbox_hrms.pages.guard import answered
from sandbox_hrms.pages.lean import properties, takes_arguments
from sandbox_hrms.pages.lines import Lines
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import is_known
from sandbox_hrms.pages.payroll import off_text
from sandbox_hrms.pages.review import marked
from sandbox_hrms.pages.show import label_of, number
from sandbox_hrms.pages.visit import Visit
from sandbox_hrms.tables.people import DepartmentRow


@given(text=st.text(max_size=30), spans=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_marking_quotations_changes_no_letter(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(start, end) for start, end in spans if start < end <= len(text)]
    evidence = [Evidence(question="q1", quote=text[start:end], start=start, end=end) for start, end in inside]
    parts = marked(text, evidence)
    assert "".join(part for part, _ in parts) == text
    quoted = {index for start, end in inside for index in range(start, end)}
    flags = [flag for part, flag in parts for _ in part]
    assert [index for index, flag in enumerate(flags) if flag] == sorted(quoted)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("codes", [Interview, Saved, Synced, Placement, SittingStatus])
def test_every_state_has_a_label_of_its_own_kind(lang: str, codes: type[Interview]) -> None:
    labels = [label_of(texts(lang), code) for code in codes]
    assert len(set(labels)) == len(labels)


def test_audit_codes_are_told_in_words() -> None:
    assert codes_text(texts("en"), "to_review/saved/done") == "To review · Saved · Synced"
    assert codes_text(texts("en"), "") == "–"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("forecast", "需求预测"),
        ("retention", "保留期限"),
        ("sales", "销售"),
        ("hr", "HR"),
        ("disk_full", "磁盘已满"),
        ("r-p1", "r-p1"),
    ],
)
def test_an_entry_about_no_person_and_no_post_says_in_words_what_it_is_about(subject: str, said: str) -> None:
    assert subject_text(texts("zh_CN"), subject) == said


def test_numbers_have_at_most_one_decimal() -> None:
    assert number(texts("en"), 66.666) == "66.7"
    assert number(texts("en"), 100.0) == "100"
    assert number(texts("en"), None) == "–"


@pytest.mark.parametrize(
    ("short", "en", "zh"),
    [
        (2000, "¥2,000 short", "少 ¥2,000"),
        (-500, "¥500 too much", "多 ¥500"),
        (0, "another grade", "等级不同"),
    ],
)
def test_a_wrong_payroll_record_says_in_which_way(short: int, en: str, zh: str) -> None:
    assert (off_text(texts("en"), short), off_text(texts("zh_CN"), short)) == (en, zh)


def test_names_with_an_index_are_known_by_their_pattern() -> None:
    assert is_known("candidates.row[c1].status")
    assert is_known("interview.answer")
    assert not is_known("candidates.row[c1].colour")
    assert not is_known("interview.anwser")


def test_a_cut_line_ends_as_if_the_server_had_gone() -> None:
    sent, ended = [], []

    async def talk() -> None:
        lines = Lines()
        talking = asyncio.Event()

        async def app(_scope: object, receive, send) -> None:  # noqa: ANN001  # the two ASGI callables
            talking.set()
            ended.append(await receive())
            await send({"type": "websocket.send", "text": "too late"})

        async def receive() -> dict[str, str]:
            await asyncio.Event().wait()
            return {}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"type": "websocket", "query_string": b"EIO=4&client_id=one"}
        line = asyncio.create_task(lines.carry(app, scope, receive, send))
        await talking.wait()
        lines.cut("another")
        lines.cut("one")
        await asyncio.wait_for(line, 5)
        lines.cut("one")

    asyncio.run(talk())
    assert [one["type"] for one in ended] == ["websocket.disconnect"]
    assert [one["type"] for one in sent] == ["websocket.close"]


def _answer(message: str) -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        raise AssertionError("nobody is there")

    asyncio.run(answered(app, {"type": "http"}, receive, send))


def test_that_a_visitor_left_before_the_page_was_built_is_no_error() -> None:
    _answer("No response returned.")
    with pytest.raises(RuntimeError, match="broken"):
        _answer("broken")


def test_what_a_listener_takes_is_known_as_the_framework_says_it() -> None:
    class Listener:
        def nothing(self, *_: int, often: int = 1) -> None: ...

        def something(self, event: int) -> None: ...

    one = Listener()
    tried = (one.nothing, one.something, Listener.nothing, lambda: None, lambda event: event)
    for _again in range(2):
        assert [takes_arguments(each) for each in tried] == [False, True, True, False, True]


def test_properties_are_known_as_the_framework_reads_them_and_belong_to_one_element() -> None:
    text = "type=button aria-label='Say \\'yes\\'' :rows=[1,2] disabled"
    for _again in range(2):
        found = properties(text)
        assert found == {"type": "button", "aria-label": "Say 'yes'", ":rows": [1, 2], "disabled": True}
        found.clear()
    assert properties(None) == {}


def test_a_list_reads_again_only_when_something_was_stored(sandbox: Sandbox) -> None:
    class Rows(FollowingList):
        drawn = 0

        def _draw(self) -> None:
            self.drawn += 1

        def drawn_after_a_look(self) -> int:
            self._look_again()
            return self.drawn

    visit = SimpleNamespace(sandbox=lambda: sandbox, actor=lambda: SYSTEM, telling=nullcontext)
    rows = Rows(cast("Visit", visit))
    assert [rows.drawn_after_a_look(), rows.drawn_after_a_look()] == [0, 0]
    with sandbox.change(SYSTEM) as change:
        change.session.add(DepartmentRow(id="d8", name="Eight"))
    assert [rows.drawn_after_a_look(), rows.drawn_after_a_look()] == [1, 1]
