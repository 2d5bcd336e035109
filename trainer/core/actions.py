"""Actions: what a Step does. One small class a verb, one row in `VERBS`.

A verb is written in a scenario as a mapping whose first key is the verb and whose value is the verb's
`primary` field: ``{fill: interview.answer, text: Hello}``. A verb without a value takes ``{}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from trainer.core.model import Model

By = Literal["trainee", "window", "system"]
"""Who does it in a practice run: the trainee in the page, the trainee with the window (tab, reload,
sign-in link), or the training system itself (a fault strikes)."""


FAULT_SECONDS: Mapping[str, float] = {"crash": 3.0, "disconnected": 3.0}
"""How long the faults last that end by themselves when a lesson does not say."""


class Window(Protocol):
    """One browser window in which a Scenario is acted. Targets are test ids, on another application locators.

    Every method waits until it could be done and raises `trainer.core.errors.BrokenEnvironment` when the browser
    or the application is gone, `NotDone` when the target did not allow it in time.
    """

    def click(self, target: str) -> None: ...  # noqa: D102  # named after its verb, described by it
    def fill(self, target: str, text: str) -> None: ...  # noqa: D102
    def press(self, key: str, target: str | None) -> None: ...  # noqa: D102
    def choose(self, target: str, option: str) -> None: ...  # noqa: D102
    def tick(self, target: str, *, on: bool) -> None: ...  # noqa: D102
    def hover(self, target: str) -> None: ...  # noqa: D102
    def wait_for(self, target: str, *, visible: bool) -> None: ...  # noqa: D102
    def goto(self, path: str) -> None: ...  # noqa: D102
    def reload(self) -> None: ...  # noqa: D102
    def close_tab(self) -> None: ...  # noqa: D102
    def sign_in(self, role: str) -> None: ...  # noqa: D102
    def inject(self, fault: str, seconds: float | None) -> None: ...  # noqa: D102
    def clear(self, fault: str) -> None: ...  # noqa: D102


class NotDone(Exception):
    """An action could not be done: the target is missing, hidden, disabled or covered.

    Args:
        target: The test id.
        reason: What the page said, one line.
    """

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"{target}: {reason}")
        self.target = target
        self.reason = reason


class Observed(Model):
    """What somebody was seen doing: reported by the in-frame script, so it explains but never proves."""

    verb: str
    target: str
    value: str = ""


class Action(Model):
    """Base of all verbs."""

    verb: ClassVar[str]
    primary: ClassVar[str | None] = "target"
    by: ClassVar[By] = "trainee"
    in_page: ClassVar[bool] = False
    """Whether the in-frame script can do it for the trainee ("do it for me")."""

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return field → key; the primary field is written as the value of the verb."""
        return {name: cls.verb if name == cls.primary else key for name, key in super().keys().items()}

    def perform(self, window: Window) -> None:
        """Do it in `window`; raises what the `Window` raises."""
        raise NotImplementedError

    def aim(self) -> str | None:
        """Return the target to point at, if there is one."""
        return getattr(self, "target", None)

    @model_serializer(mode="wrap")
    def _with_verb(self, fields: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"verb": self.verb, **fields(self)}

    def matches(self, seen: Observed) -> bool:
        """Tell whether `seen` is this very action (right verb, right element; values are for checks)."""
        return seen.verb == self.verb and seen.target == (self.aim() or "")


class Click(Action):
    """Press a button, a link or a row.

    Attributes:
        target: The element.
    """

    verb = "click"
    in_page = True
    target: str

    def perform(self, window: Window) -> None:
        """Click the middle of the target."""
        window.click(self.target)


class Fill(Action):
    """Type a text into a field; what stood there is replaced.

    Attributes:
        target: The field.
        text: What to type.
    """

    verb = "fill"
    in_page = True
    target: str
    text: str

    def perform(self, window: Window) -> None:
        """Type the text as a person would."""
        window.fill(self.target, self.text)


class Press(Action):
    """Press a key or a chord, in an element or wherever the focus is.

    Attributes:
        key: Its name, such as ``Enter`` or ``Control+S``.
        target: The element; without one, whatever has the focus.
    """

    verb = "press"
    primary = "key"
    key: str
    target: str | None = None

    def perform(self, window: Window) -> None:
        """Press and release."""
        window.press(self.key, self.target)

    def matches(self, seen: Observed) -> bool:
        """A press is recognised by its key, and by its target where one is given."""
        return seen.verb == "press" and seen.value == self.key and self.target in (None, seen.target)


class Choose(Action):
    """Choose one option of a list.

    Attributes:
        target: The list.
        option: Code of the option, so that it holds in every language.
    """

    verb = "choose"
    in_page = True
    target: str
    option: str

    def perform(self, window: Window) -> None:
        """Choose the option whose own test id is ``<target>.option[<code>]``."""
        window.choose(self.target, self.option)


class Tick(Action):
    """Tick a box, or clear it.

    Attributes:
        target: The box.
        on: ``false`` clears it.
    """

    verb = "tick"
    in_page = True
    target: str
    on: bool = True

    def perform(self, window: Window) -> None:
        """Bring the box into the wanted state."""
        window.tick(self.target, on=self.on)


class Hover(Action):
    """Rest the pointer on something to read what it shows.

    Attributes:
        target: The element.
    """

    verb = "hover"
    target: str

    def perform(self, window: Window) -> None:
        """Move the pointer there."""
        window.hover(self.target)


class WaitFor(Action):
    """Wait until something appears or has gone.

    Attributes:
        target: The element.
        visible: ``false`` waits until it has gone.
    """

    verb = "wait_for"
    by = "system"
    target: str
    visible: bool = True

    def perform(self, window: Window) -> None:
        """Wait for the condition."""
        window.wait_for(self.target, visible=self.visible)


class Goto(Action):
    """Open an address below that of somebody else's application.

    Attributes:
        path: The address, such as ``/bills``.
    """

    verb = "goto"
    primary = "path"
    by = "window"
    path: str

    def perform(self, window: Window) -> None:
        """Open it and wait until the page is ready."""
        window.goto(self.path)


class Reload(Action):
    """Load the page again with the browser's own button."""

    verb = "reload"
    primary = None
    by = "window"

    def perform(self, window: Window) -> None:
        """Reload and wait until the page is ready."""
        window.reload()


class CloseTab(Action):
    """Close the browser tab on purpose."""

    verb = "close_tab"
    primary = None
    by = "window"

    def perform(self, window: Window) -> None:
        """Close it as a person does; a warning of the page is accepted."""
        window.close_tab()


class SignIn(Action):
    """Open the personal link of a role in the window: coming back after leaving or after a failure.

    Attributes:
        role: Whose link.
    """

    verb = "sign_in"
    primary = "role"
    by = "window"
    role: str

    def perform(self, window: Window) -> None:
        """Open the link and wait until the page is ready."""
        window.sign_in(self.role)


class Inject(Action):
    """Let a declared fault of the sandbox strike now.

    Attributes:
        fault: Which one.
        seconds: How long it lasts; without it a crash or a cut lasts 3 seconds, and every other fault until it
            is cured or cleared.
    """

    verb = "inject"
    primary = "fault"
    by = "system"
    fault: str
    seconds: int | None = Field(default=None, ge=1, le=600)

    @property
    def lasting(self) -> float | None:
        """Seconds until it ends by itself; None when it lasts until it is cured or cleared."""
        return FAULT_SECONDS.get(self.fault) if self.seconds is None else float(self.seconds)

    def perform(self, window: Window) -> None:
        """Switch the fault on."""
        window.inject(self.fault, self.lasting)


class Clear(Action):
    """End a fault of the sandbox that the lesson has let strike.

    Attributes:
        fault: Which one.
    """

    verb = "clear"
    primary = "fault"
    by = "system"
    fault: str

    def perform(self, window: Window) -> None:
        """Switch the fault off; one that has ended already is no error."""
        window.clear(self.fault)


VERBS: dict[str, type[Action]] = {
    verb.verb: verb
    for verb in (Click, Fill, Press, Choose, Tick, Hover, WaitFor, Goto, Reload, CloseTab, SignIn, Inject, Clear)
}
"""The whole vocabulary of `do`, in the order in which the reference lists it."""


class Detour(Model):
    """Something a trainee may do without penalty although the lesson does not ask for it."""

    target: str = Field(description="Element that may be used freely during the step")
