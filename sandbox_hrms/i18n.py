"""The sandbox's own catalogue: English texts in, texts of the reader's language out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, reduce
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.lists import format_list

from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.texts import N_

LANGUAGES = ("zh_CN", "en")
DOMAIN = "sandbox_hrms"

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE.parent / "locales", _PACKAGE / "_data" / "locales")
"""In a checkout, and in an installed package."""


class Texts:
    """All texts in one language; call it with an English text to get the translated one.

    Args:
        lang: One of :data:`LANGUAGES`; an unknown one gives English.
        words: Translations that go before the catalogue's.
    """

    def __init__(self, lang: str, words: Mapping[str, str] | None = None) -> None:
        self.lang = lang
        self._words = words or {}
        self._catalogue = catalogue(lang)

    def __call__(self, text: str) -> str:
        """Translate ``text``; an empty text stays empty."""
        if text in self._words:
            return self._words[text]
        return self._catalogue.gettext(text) if text else ""

    @property
    def ngettext(self) -> Callable[[str, str, int], str]:
        """Translate the singular or the plural, whichever fits the number."""
        return self._catalogue.ngettext

    def listed(self, items: Sequence[str]) -> str:
        """Return a list as this language writes it: a, b and c."""
        return format_list(list(items), locale=self.lang)

    def row(self, items: Iterable[str]) -> str:
        """Return items one after the other, as this language separates them: a, b, c."""
        return self(N_(", ")).join(items)

    def labelled(self, label: str, value: str) -> str:
        """Return a label and what it says, with this language's colon between them."""
        return self(N_("{label}: {value}")).format(label=label, value=value)

    def sentences(self, *parts: str) -> str:
        """Return sentences one after the other, with a space between them where the language has one."""
        both = self(N_("{first} {second}"))
        return reduce(lambda first, second: both.format(first=first, second=second), parts)

    def refusal(self, error: HrmsError) -> tuple[str, str]:
        """Return message and hint of a refusal, filled in."""
        return self(error.message).format(**error.params), self(error.hint).format(**error.params)


@cache
def texts(lang: str) -> Texts:
    """Return the texts of ``lang``, read once."""
    return Texts(lang)


@cache
def catalogue(lang: str) -> NullTranslations:
    """Read the compiled catalogue, or compile its source in memory when that is newer or alone."""
    for place in _PLACES:
        folder = place / lang / "LC_MESSAGES"
        source, compiled = folder / f"{DOMAIN}.po", folder / f"{DOMAIN}.mo"
        if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
            with compiled.open("rb") as file:
                return GNUTranslations(file)
        if source.exists():
            return GNUTranslations(_compile(source))
    return NullTranslations()


def _compile(source: Path) -> BytesIO:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    out = BytesIO()
    with source.open("rb") as file:
        write_mo(out, read_po(file))
    out.seek(0)
    return out
