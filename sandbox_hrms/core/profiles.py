"""A kind of HR system as data: layout, labels, and what it promises about saving and leaving."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox_hrms.core.texts import N_

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Label = Annotated[str, Field(min_length=1, max_length=80)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Lang = Literal["zh_CN", "en"]

INK_SOFT = "#4a5a6a"
"""The colour of secondary text in every profile; its grounds must bear it."""

PHONE_SCREEN = (390, 844)
"""A common telephone, in CSS pixels."""

CONTRAST = 4.5
"""The least ratio of brightness between a text and its ground (WCAG 2.2, AA)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ExitButton(_Strict):
    """Where the button that ends the interview sits, and what it looks like."""

    place: Literal["top_right", "bottom", "bottom_bar", "more_menu"]
    look: Literal["text", "cross", "tick"]


class Theme(_Strict):
    """The colours and shapes of a profile, small letters: ``#1565c0``.

    Attributes:
        primary: Buttons that matter, with ``paper`` as their text.
        strong: Links, and the present place in the navigation; stands on ``paper`` and on ``tint``.
        tint: The ground of the present place and of notes.
        ground: Behind the cards.
        paper: Cards and fields.
        ink: Text on ``paper`` and on ``ground``.
        bar: The bar at the top.
        bar_ink: Text in it.
        corners: How round cards and buttons are.
        density: How much room lines and cards have.
        type: The family of letters.

    Raises:
        ValueError: A text would be hard to read; the message lists all such pairs.
    """

    primary: Colour = "#1565c0"
    strong: Colour = "#0d4a92"
    tint: Colour = "#e6f0fb"
    ground: Colour = "#f3f6f9"
    paper: Colour = "#ffffff"
    ink: Colour = "#1c2733"
    bar: Colour = "#ffffff"
    bar_ink: Colour = "#1c2733"
    corners: Literal["round", "soft", "square"] = "soft"
    density: Literal["roomy", "dense"] = "roomy"
    type: Literal["sans", "serif"] = "sans"

    @model_validator(mode="after")
    def _readable(self) -> Self:
        texts = {"soft text": INK_SOFT}
        pairs = (
            ("paper", "primary"),
            ("primary", "ground"),
            ("strong", "paper"),
            ("strong", "tint"),
            ("strong", "ground"),
            ("ink", "paper"),
            ("ink", "ground"),
            ("bar_ink", "bar"),
            ("soft text", "paper"),
            ("soft text", "ground"),
        )
        poor = []
        for text, ground in pairs:
            ratio = contrast(texts.get(text) or getattr(self, text), getattr(self, ground))
            if ratio < CONTRAST:
                poor.append(f"{text} on {ground} has {ratio:.1f}")
        if poor:
            raise ValueError(f"contrast must be {CONTRAST} or more, and {', '.join(poor)}")
        return self


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = 0.04045
    red, green, blue = (part / 12.92 if part <= linear else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Layout(_Strict):
    """The frame in which the pages are shown.

    Attributes:
        width: ``phone`` is a true phone screen of 390 by 844 with a bar at the bottom.
        room: What the interview room looks like: a page, a chat beside a video window, or a record to fill in.
        theme: Its colours and shapes.

    Raises:
        ValueError: The exit button has its place in a bar that only a phone has.
    """

    width: Literal["desktop", "phone"]
    room: Literal["page", "chat", "record"]
    exit_button: ExitButton
    theme: Theme = Theme()

    @model_validator(mode="after")
    def _has_that_place(self) -> Self:
        if self.exit_button.place == "bottom_bar" and self.width != "phone":
            raise ValueError("exit_button.place bottom_bar needs width phone: only a phone has that bar")
        return self

    @property
    def screen(self) -> tuple[int, int] | None:
        """Width and height that a window must have to be this screen; None for any desktop window."""
        return PHONE_SCREEN if self.width == "phone" else None


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
        retry: What failed is tried again by itself, or when HR asks for it.
        over_network: The org side is elsewhere, so that it cannot be reached while the network is down.
    """

    carry: Literal["at_once", "by_hr"]
    org_chart: bool = False
    payroll: bool = False
    self_check: Literal["show", "mend"] = "show"
    retry: Literal["automatic", "by_hr"] = "automatic"
    over_network: bool = True


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


class VoicePolicy(_Strict):
    """How answers may be spoken; typing is always possible.

    Attributes:
        takes: How often one answer may be recorded.
        camera: A picture may be recorded beside the sound, where the candidate agrees answer by answer. It is
            never scored.
    """

    takes: Annotated[int, Field(ge=1, le=9)] = 3
    camera: bool = False


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
    voice: VoicePolicy = VoicePolicy()


class Profile(_Strict):
    """One kind of HR system, or a skin of one.

    Attributes:
        id: Its name in scenarios.
        version: 1, 2, …; each is a file of its own, and the plain id means the newest.
        title: What it is called on pages (msgid); no trademarks.
        inspired_by: The systems whose behaviour it shows; told in files and notes only.
        base: Id of the profile that a skin is made from; None for a profile.
        words: Its own translations: language → English text → text. They go before the catalogue's.
    """

    id: Code
    version: Annotated[int, Field(ge=1)]
    title: Label
    inspired_by: tuple[str, ...]
    layout: Layout
    labels: Labels
    policy: Policy
    base: Code | None = None
    words: dict[Lang, dict[str, str]] = Field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Id and version, as a file and a sandbox keep them."""
        return f"{self.id}@{self.version}"

    def words_in(self, lang: str) -> dict[str, str]:
        """Return its own translations into a language."""
        return next((words for own, words in self.words.items() if own == lang), {})
