"""Test ids: the one vocabulary by which scenarios, coach and judge point at things on our pages."""

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from nicegui.element import Element

E = TypeVar("E", bound="Element")

TEST_IDS: tuple[str, ...] = (
    "nav.home",
    "nav.dashboard",
    "nav.audit",
    "nav.menu",
    "nav.interview",
    "nav.me",
    "nav.sign_out",
    "banner.offline",
    "banner.maintenance",
    "banner.read_only",
    "banner.second_tab",
    "banner.take_over",
    "refusal.message",
    "sign_in.name",
    "sign_in.password",
    "sign_in.submit",
    "sign_in.error",
    "home.interview_status",
    "home.start",
    "home.empty",
    "consent.agree",
    "consent.begin",
    "consent.decline",
    "device.check",
    "device.result",
    "device.skip",
    "device.continue",
    "interview.question",
    "interview.progress",
    "interview.timer",
    "interview.answer",
    "interview.submit",
    "interview.save_progress",
    "interview.end",
    "interview.more",
    "interview.saved_state",
    "interview.all_answered",
    "dialog.text",
    "dialog.confirm",
    "dialog.cancel",
    "resume.message",
    "resume.continue",
    "resume.discard",
    "done.message",
    "done.back",
    "candidates.search",
    "candidates.filter_status",
    "candidates.filter_post",
    "candidates.clear",
    "candidates.total",
    "candidates.page",
    "candidates.next_page",
    "candidates.prev_page",
    "candidates.empty",
    "file.name",
    "file.status",
    "file.post",
    "file.resume",
    "file.history",
    "file.open_review",
    "file.invite",
    "review.status",
    "review.score",
    "review.coverage",
    "audit.page",
    "audit.next_page",
    "audit.prev_page",
    "audit.empty",
    "head.empty",
)

PATTERNS: tuple[str, ...] = (
    "candidates.row[*]",
    "candidates.row[*].name",
    "candidates.row[*].status",
    "candidates.row[*].open",
    "candidates.filter_status.option[*]",
    "candidates.filter_post.option[*]",
    "review.answer[*]",
    "review.competency[*]",
    "review.evidence[*]",
    "audit.row[*]",
    "head.row[*]",
)

_INDEX = re.compile(r"\[[^\]]*\]")


def is_known(name: str) -> bool:
    """Say whether ``name`` is a test id of ours; ``[…]`` may hold any id."""
    return name in TEST_IDS or _INDEX.sub("[*]", name) in PATTERNS


def named(element: E, name: str) -> E:
    """Give ``element`` its test id, for Playwright (``data-testid``) and for in-process tests (mark).

    It lands on the native input of inputs, and on the wrapper of selects and check boxes.

    Raises:
        KeyError: The name is not in the vocabulary above.
    """
    if not is_known(name):
        raise KeyError(name)
    element.mark(name)
    element.props["data-testid"] = name
    return element
