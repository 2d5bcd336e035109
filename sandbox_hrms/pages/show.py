"""How values are shown: state codes as labels, dates and numbers in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from nicegui.element import Element

from sandbox_hrms.core import labels
from sandbox_hrms.core.payroll import PayStatus
from sandbox_hrms.core.roles import SYSTEM, Role
from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.lean import properties

E = TypeVar("E", bound=Element)
Code = TypeVar("Code", bound=StrEnum)

_TONES = {
    Interview.INVITED: "info",
    Interview.IN_PROGRESS: "busy",
    Interview.INCOMPLETE: "warn",
    Interview.TO_REVIEW: "good",
    Interview.PASSED: "good",
    Interview.REJECTED: "bad",
    Interview.ON_HOLD: "warn",
    Saved.UNSAVED: "warn",
    Saved.SAVED: "good",
    Synced.PENDING: "busy",
    Synced.DONE: "good",
    Synced.FAILED: "bad",
    Placement.TO_ONBOARD: "good",
    Placement.IN_POST: "good",
    PayStatus.PROPOSED: "info",
    PayStatus.OFFERED: "busy",
    PayStatus.ACCEPTED: "good",
    PayStatus.DECLINED: "warn",
    PayStatus.WITHDRAWN: "warn",
    PayStatus.RECORDED: "good",
    SittingStatus.OPEN: "busy",
    SittingStatus.ENDED: "good",
}


class Tag(Element):
    """An HTML element with plain text (never markup).

    It is made in one go: the framework's own text elements tell the page of every class and property one by one,
    which doubles what a page costs.
    """

    def __init__(self, name: str, text: str, classes: str, attributes: str) -> None:
        super().__init__(name)
        self._text = text or None
        list.extend(self._classes, classes.split())
        dict.update(self._props, properties(attributes))

    @property
    def text(self) -> str:
        """What it says."""
        return self._text or ""

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self.text:
            self._text = text
            self.update()


def tag(name: str, text: str = "", classes: str = "", attributes: str = "") -> Tag:
    """Put an HTML element with plain text (never markup) on the page.

    Args:
        name: Of the element.
        text: What it says.
        classes: Of the element, separated by blanks.
        attributes: Fixed ones, as in ``type=button hidden``; texts are given with :func:`described`.
    """
    return Tag(name, text, classes, attributes)


def described(element: E, **attributes: object) -> E:
    """Give an element attributes at its making, in one go: no page has to be told of each. ``_`` stands for ``-``.

    Returns:
        The element.
    """
    dict.update(element.props, {name.replace("_", "-"): value for name, value in attributes.items()})
    return element


def data(element: Element, values: Mapping[str, object]) -> None:
    """Give an element ``data-`` attributes at its making: all in one go, so no page has to be told of each."""
    dict.update(element.props, {f"data-{key}": str(value) for key, value in values.items()})


def label_of(t: Texts, code: StrEnum) -> str:
    """Return the catalogue's label of a state code."""
    tables: tuple[Mapping[StrEnum, str], ...] = (
        labels.INTERVIEW,
        labels.SAVED,
        labels.SYNCED,
        labels.PLACEMENT,
        labels.SITTING,
        labels.PAY,
    )
    for table in tables:
        if type(code) is type(next(iter(table))):
            return t(table[code])
    raise KeyError(code)


def chip(t: Texts, code: StrEnum | None) -> Tag:
    """Put a state on the page; it carries its code as ``data-state``."""
    shown = t("Not invited") if code is None else label_of(t, code)
    tone = "calm" if code is None else _TONES.get(code, "calm")
    element = tag("span", shown, f"chip chip-{tone}")
    element.props["data-state"] = "" if code is None else code.value
    return element


def moment(t: Texts, at: datetime | None) -> str:
    """Return date and time on this machine's clock, or a dash."""
    return "–" if at is None else format_datetime(at.astimezone(), "medium", locale=t.lang)


def day(t: Texts, at: datetime) -> str:
    """Return the date on this machine's clock."""
    return format_date(at.astimezone(), "medium", locale=t.lang)


def doer(t: Texts, name: str) -> str:
    """Return the name of who did something, in words where the system did it by itself."""
    return t(labels.ROLE[Role.SYSTEM]) if name == SYSTEM.name else name


def number(t: Texts, value: float | None) -> str:
    """Return a number with at most one decimal, or a dash."""
    return "–" if value is None else format_decimal(value, "#,##0.#", locale=t.lang)


def money(t: Texts, value: float | None) -> str:
    """Return whole money in yuan, the currency of the sample data, or a dash."""
    return "–" if value is None else format_decimal(value, "¥#,##0;−¥#,##0", locale=t.lang)


def signed(t: Texts, value: float) -> str:
    """Return a number with its sign and at most one decimal."""
    return format_decimal(value, "+#,##0.#;−#,##0.#" if value else "0", locale=t.lang)
