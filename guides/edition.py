"""Edition: a guide before it takes a format, told and arranged once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date

from guides.telling import Block, Figure, Texts, tell
from trainer.core.brand import Brand
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import translator


@dataclass(frozen=True)
class Edition:
    """What every format shows.

    Attributes:
        walkthrough: What was performed, and in which language.
        made: The day told as the one on which the guide was made.
        brand: Name, logo and colours.
        texts: Texts of guides in its language.
        blocks: The steps.
        lacking: So many of the lesson's texts are not translated yet.
    """

    walkthrough: Walkthrough
    made: date
    brand: Brand
    texts: Texts
    blocks: tuple[Block, ...]
    lacking: int = 0

    @property
    def tag(self) -> str:
        """Its language as web pages and documents call it, such as ``zh-CN``."""
        return self.walkthrough.lang.replace("_", "-")

    def joined(self, *sentences: str) -> str:
        """Return sentences one after another, as the language puts them; empty ones are left out."""
        gap = "" if self.walkthrough.lang.startswith(("zh", "ja")) else " "
        return gap.join(sentence for sentence in sentences if sentence)

    @property
    def kicker(self) -> str:
        """What kind of document it is."""
        return self.texts.gettext("Step-by-step guide")

    @property
    def kind(self) -> str:
        """What the kind of HR system is called, whatever its version; an unknown one by its code."""
        _ = self.texts.gettext
        names = {
            "web": _("HR system in the browser"),
            "app": _("HR system on the phone"),
            "integrated": _("HR system with org chart"),
            "cloud": _("HR system in the cloud"),
            "local": _("HR system on the own computer"),
            "suite": _("HR system with everything in one"),
        }
        return names.get(self.walkthrough.profile.partition("@")[0], self.walkthrough.profile)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of what one wants to know about the guide, most important first."""
        _ = self.texts.gettext
        locale = Locale.parse(self.walkthrough.lang)
        facts = (
            (_("HR system"), self.kind),
            (_("Language"), _own_name(locale)),
            (_("Made on"), format_date(self.made, "long", locale)),
            (_("Lesson"), self.walkthrough.scenario),
            (_("Version"), str(self.walkthrough.version)),
            (_("Steps"), str(len(self.blocks))),
        )
        return tuple((label, value) for label, value in facts if value)

    @property
    def reading(self) -> str:
        """How the pictures are to be read."""
        return self.texts.gettext(
            "Rings in the pictures show where to act; their numbers give the order within the step."
        )

    @property
    def synthetic(self) -> str:
        """That nobody in the pictures is real, or "" where that is not so."""
        told = self.texts.gettext("All people and data in the pictures are made up.")
        return told if self.walkthrough.synthetic else ""

    @property
    def unfinished(self) -> str:
        """That some texts are not translated yet, or ""."""
        told = self.texts.gettext("Texts that are not translated yet and stand here in English: {n}")
        return told.format(n=self.lacking) if self.lacking else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known before reading."""
        return tuple(note for note in (self.synthetic, self.unfinished) if note)

    @property
    def hero(self) -> Figure | None:
        """The picture that stands for the guide: where the lesson leads to, else where it begins."""
        results = [block.result for block in self.blocks if block.result]
        figures = [figure for block in self.blocks for figure in block.figures]
        return next(iter([*reversed(results), *figures]), None)

    @property
    def foot(self) -> str:
        """Who publishes the guide and the brand's own line, or ""."""
        return " · ".join(text for text in (self.brand.name, self.brand.footer) if text)

    @property
    def logo_type(self) -> str:
        """Media type of the brand's logo."""
        return "image/png" if self.brand.logo.startswith(b"\x89PNG") else "image/jpeg"

    def repeated(self, block: Block) -> str:
        """Return that a step is done several times in a row, or ""."""
        told = self.texts.gettext("Do this {times} times in a row.").format(times=block.times)
        return told if block.times > 1 else ""

    def elsewhere(self, block: Block) -> str:
        """Return which step's picture shows what this one led to, or ""."""
        told = self.texts.gettext("The picture of step {number} shows it.").format(number=block.shown_in)
        return told if block.shown_in else ""


def edition(walkthrough: Walkthrough, made: date, brand: Brand | None = None, *, lacking: int = 0) -> Edition:
    """Tell and arrange a walkthrough.

    Args:
        walkthrough: What was performed; its language is the language of the guide.
        made: Date shown in the guide and kept in the properties of its files.
        brand: Name, logo and colours; without it, ours.
        lacking: So many of the lesson's texts are not translated yet.
    """
    brand = brand or Brand()
    texts = translator("guides", walkthrough.lang)
    return Edition(walkthrough, made, brand, texts, tell(walkthrough, texts, brand.accent), lacking)


def _own_name(locale: Locale) -> str:
    """Return what a language calls itself, with its script where that matters."""
    return str(locale.languages.get(f"{locale.language}_{locale.script}") or locale.get_language_name())
