"""A kind of HR system as data: layout, labels, and what it promises about saving and leaving."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Field(min_length=1, max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ExitButton(_Strict):
    """Where the button that ends the interview sits, and what it looks like."""

    place: Literal["top_right", "bottom", "bottom_bar", "more_menu"]
    look: Literal["text", "cross", "tick"]


class Layout(_Strict):
    """The frame in which the pages are shown."""

    width: Literal["desktop", "phone"]
    exit_button: ExitButton


class Labels(_Strict):
    """What this kind of system calls its buttons and places (msgids)."""

    product: Label
    dashboard: Label
    submit: Label
    save_progress: Label
    end: Label
    confirm: Label
    cancel: Label


class SavePolicy(_Strict):
    """What is kept without asking.

    Attributes:
        automatic: A submitted answer counts as saved at once.
        progress_button: The candidate can stop half-way and keep everything.
        tab_closed: What becomes of the open draft when the tab is closed on purpose.
    """

    automatic: bool
    progress_button: bool
    tab_closed: Literal["keep_all", "drop_draft"]


class ExitPolicy(_Strict):
    """How the interview is left.

    Attributes:
        confirm: Ask before ending.
    """

    confirm: bool


class SyncPolicy(_Strict):
    """How the result travels to the org side.

    Attributes:
        carry: ``at_once`` right after the end; ``by_hr`` when HR asks for it.
    """

    carry: Literal["at_once", "by_hr"]


class RecoverPolicy(_Strict):
    """What happens when somebody comes back to an unfinished interview.

    Attributes:
        prompt: Ask whether to continue or to discard; otherwise continue.
    """

    prompt: bool


class Policy(_Strict):
    """The promises of a profile."""

    save: SavePolicy
    exit: ExitPolicy
    sync: SyncPolicy
    recover: RecoverPolicy


class Profile(_Strict):
    """One kind of HR system."""

    id: Code
    version: Annotated[int, Field(ge=1)]
    title: Label
    inspired_by: tuple[str, ...]
    layout: Layout
    labels: Labels
    policy: Policy
