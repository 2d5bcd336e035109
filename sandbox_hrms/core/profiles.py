"""A kind of HR system as data: layout, labels, and what it promises about saving and leaving."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox_hrms.core.texts import N_

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Field(min_length=1, max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ExitButton(_Strict):
    """Where the button that ends the interview sits, and what it looks like."""

    place: Literal["top_right", "bottom", "bottom_bar", "more_menu"]
    look: Literal["text", "cross", "tick"]


class Layout(_Strict):
    """The frame in which the pages are shown.

    Attributes:
        width: ``phone`` is a true phone screen of 390 by 844 with a bar at the bottom.
        room: What the interview room looks like: a page, a chat beside a video window, or a record to fill in.
    """

    width: Literal["desktop", "phone"]
    room: Literal["page", "chat", "record"]
    exit_button: ExitButton


class Labels(_Strict):
    """What this kind of system calls its buttons and places (msgids).

    Attributes:
        save: The button that saves a record by hand.
        close: The button that closes a saved record.
        quit: The button that leaves the program after that.
        back_up: The button that copies everything to a folder.
        more: The menu that holds the rarer buttons.
    """

    product: Label
    dashboard: Label
    submit: Label
    save_progress: Label
    end: Label
    confirm: Label
    cancel: Label
    save: Label = N_("Save")
    close: Label = N_("Close")
    quit: Label = N_("Quit")
    back_up: Label = N_("Back up data")
    more: Label = N_("More")


class SavePolicy(_Strict):
    """What is kept without asking.

    Attributes:
        automatic: A submitted answer counts as saved at once; otherwise only what was saved by hand counts.
        progress_button: The candidate can stop half-way and keep everything.
        tab_closed: What becomes of what is not saved when the tab is closed on purpose: all is kept, the open
            draft is dropped, it stays on this device marked unsaved, or it is lost.
        backup: Offers to copy everything to a folder, and to restore a chosen copy.
    """

    automatic: bool
    progress_button: bool
    tab_closed: Literal["keep_all", "drop_draft", "keep_on_device", "lose"]
    backup: bool = False


class ExitPolicy(_Strict):
    """How the interview is left.

    Attributes:
        style: ``confirm`` asks, then ends. ``save_record`` stops the recording and asks whether to save the
            record. ``save_then_close`` closes a record that was saved before; closing an unsaved one loses it.
    """

    style: Literal["confirm", "save_record", "save_then_close"]


class SyncPolicy(_Strict):
    """How the result travels to the org side.

    Attributes:
        carry: ``at_once`` right after the end; ``by_hr`` when HR asks for it.
        org_chart: Results and placements reach the org chart.
        payroll: Placements reach payroll, too.
        self_check: After every exit interview, org chart and payroll are compared: differences are shown, or
            mended at once.
    """

    carry: Literal["at_once", "by_hr"]
    org_chart: bool = False
    payroll: bool = False
    self_check: Literal["show", "mend"] = "show"


class DecisionPolicy(_Strict):
    """Who decides between score and placement.

    Attributes:
        by: ``human`` with a reason, or ``automatic`` from ``pass_mark`` on (marked as such everywhere).
        pass_mark: Total score, 0 to 100; 80 is what the source documents claim.
    """

    by: Literal["human", "automatic"] = "human"
    pass_mark: Annotated[float, Field(ge=0, le=100)] = 80.0


class RecoverPolicy(_Strict):
    """What happens when somebody comes back to an unfinished interview.

    Attributes:
        prompt: Ask whether to continue or to discard; otherwise continue.
    """

    prompt: bool


class SignInPolicy(_Strict):
    """How staff prove who they are.

    Attributes:
        second_factor: ``none``; ``totp`` asks for a code; ``face`` is a simulation that says so.
    """

    second_factor: Literal["none", "totp", "face"] = "none"


class Policy(_Strict):
    """The promises of a profile."""

    save: SavePolicy
    exit: ExitPolicy
    sync: SyncPolicy
    recover: RecoverPolicy
    decision: DecisionPolicy = DecisionPolicy()
    sign_in: SignInPolicy = SignInPolicy()


class Profile(_Strict):
    """One kind of HR system."""

    id: Code
    version: Annotated[int, Field(ge=1)]
    title: Label
    inspired_by: tuple[str, ...]
    layout: Layout
    labels: Labels
    policy: Policy
