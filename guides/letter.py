"""Letter: an e-mail that every mail program shows, as HTML by MJML and as text, with what comes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from mjml import mjml2html

from guides.templating import filled
from trainer.core.brand import Brand


class _Whole(UnstructuredHeader):
    """A header whose value stands there as it is: Python would encode an address that is longer than a line."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """Return the header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]  # a mixin, like those of Python
MAIL = SMTP.clone(header_factory=_HEADERS, cte_type="7bit")
"""How letters are written: in ASCII alone, which every mail server takes."""

WIDTH = 584
"""Widest picture in CSS pixels: the letter's own width without its margins."""


@dataclass(frozen=True)
class Inline:
    """A picture inside the letter.

    Attributes:
        cid: Its name within the letter.
        png: The picture, twice as sharp as it is wide.
        alt: The same for somebody who cannot see it.
        width: Width in CSS pixels.
        legend: What stands below it, or "".
    """

    cid: str
    png: bytes
    alt: str
    width: int
    legend: str = ""


@dataclass(frozen=True)
class Part:
    """A part with a heading.

    Attributes:
        title: The heading.
        told: Paragraphs.
        items: A list below them.
        counted: Whether the list's order matters.
        picture: A picture below all that.
        link: Text and address of what can be opened for it, or None.
    """

    title: str
    told: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    counted: bool = False
    picture: Inline | None = None
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class Attached:
    """A file that comes along.

    Attributes:
        name: File name.
        kind: Media type, such as ``application/pdf``.
        content: Its bytes.
    """

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What a letter says, to nobody in particular.

    Attributes:
        lang: Language.
        subject: Subject line.
        preview: What mail programs show beside the subject.
        kicker: What kind of letter it is.
        heading: Its title.
        opening: First paragraphs.
        parts: The rest.
        small: Small print at the end.
        brand: Name, logo and colours.
        button: Text and address of the one thing to do, or None.
        opt_out: Text and address for somebody who wants no further letters, or None.
        event: A calendar entry (iCalendar with its METHOD), or b"".
        attached: Files.
    """

    lang: str
    subject: str
    preview: str
    kicker: str
    heading: str
    opening: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    small: tuple[str, ...] = ()
    brand: Brand = field(default_factory=Brand)
    button: tuple[str, str] | None = None
    opt_out: tuple[str, str] | None = None
    event: bytes = b""
    attached: tuple[Attached, ...] = ()

    @property
    def tag(self) -> str:
        """Its language as mail programs call it, such as ``zh-CN``."""
        return self.lang.replace("_", "-")

    @property
    def logo(self) -> Inline | None:
        """The brand's logo."""
        if not self.brand.logo:
            return None
        return Inline("logo", self.brand.logo, self.brand.name, 140)

    @property
    def pictures(self) -> tuple[Inline, ...]:
        """Every picture inside."""
        found = [self.logo, *(part.picture for part in self.parts)]
        return tuple(picture for picture in found if picture)


def compose(
    letter: Letter, *, headers: Iterable[tuple[str, str]] = (), date: datetime | None = None
) -> EmailMessage:
    """Return the letter as a message: mixed[alternative[plain, related[html, pictures], calendar], files].

    Args:
        letter: What it says.
        headers: Further headers, such as From, To and Message-ID. None of their values may hold a line break.
        date: When it was written; without it, the message has no Date yet.

    Raises:
        ValueError: A header holds a line break.
    """
    message = EmailMessage(policy=MAIL)
    message["Subject"] = " ".join(letter.subject.split())
    for name, value in headers:
        message[name] = value
    if date:
        message["Date"] = format_datetime(date)
    message["Content-Language"] = letter.tag
    message.set_content("\n\n".join(_text(letter)) + "\n")
    message.add_alternative(as_html(letter), subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]  # the alternative just added
    for picture in letter.pictures:
        kind = "png" if picture.png.startswith(b"\x89PNG") else "jpeg"
        name = f"{picture.cid}.{kind}"
        html.add_related(  # type: ignore[union-attr]
            picture.png, "image", kind, cid=f"<{picture.cid}>", filename=name, disposition="inline"
        )
    if letter.event:
        message.add_alternative(letter.event.decode(), subtype="calendar", params={"method": "REQUEST"})
    for file in letter.attached:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    if letter.event:
        message.add_attachment(letter.event, maintype="text", subtype="calendar", filename="interview.ics")
    return message


def as_html(letter: Letter) -> str:
    """Return the letter as HTML whose pictures are called ``cid:…``."""
    made = mjml2html(filled("letter.mjml", letter=letter, brand=letter.brand), fonts={})
    return str(made)


def _text(letter: Letter) -> Iterator[str]:
    """Yield the paragraphs of the letter as text."""
    yield letter.heading
    yield from letter.opening
    if letter.button:
        yield f"{letter.button[0]}: {letter.button[1]}"
    for part in letter.parts:
        yield f"— {part.title} —"
        yield from part.told
        if part.items:
            yield "\n".join(_listed(part.items, counted=part.counted))
        if part.link:
            yield f"{part.link[0]}: {part.link[1]}"
        if part.picture:
            yield f"[{part.picture.alt}]"
    yield from letter.small
    if letter.opt_out:
        yield f"{letter.opt_out[0]}: {letter.opt_out[1]}"


def _listed(items: Sequence[str], *, counted: bool) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        yield f"{number}. {item}" if counted else f"- {item}"
