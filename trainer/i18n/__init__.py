"""Texts in the reader's language: gettext catalogues and the language of the moment."""

from __future__ import annotations

import copy
import gettext as stdlib_gettext
import io
import locale
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from trainer.paths import data_dir

LANGS = ("zh_CN", "en")
"""Languages in which everything is complete."""

_WIDE_STOPS = ("。", "！", "？", "。”", "！”", "？”")

_NAME = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?")

Translations = stdlib_gettext.NullTranslations
"""What `translator` returns: `gettext`, `ngettext` and `pgettext` of one domain in one language."""

_chosen: ContextVar[str | None] = ContextVar("lang", default=None)


def translator(domain: str, lang: str) -> Translations:
    """Return the texts of `domain` (``trainer``, ``guides``, ``scenarios``) in `lang`.

    An unknown language, or a msgid without translation, gives the English source text. A compiled catalogue is
    used when it is newer than its source, so that a changed translation is seen without a further command.
    """
    source = _source(data_dir("locales"), domain, lang)
    return _load(source, _age(source)) if source is not None else Translations()


def sentences(*told: str) -> str:
    """Join sentences, leaving out what is empty: with a space, but not after a full-width stop."""
    joined = ""
    for one in filter(None, told):
        gap = " " if joined and not joined.endswith(_WIDE_STOPS) else ""
        joined += gap + one
    return joined


def languages() -> tuple[str, ...]:
    """Return every language that has catalogues: the complete ones, then those that a translator has begun."""
    folders = data_dir("locales").glob("*/LC_MESSAGES")
    return (*LANGS, *sorted({folder.parent.name for folder in folders} - set(LANGS)))


def missing(domain: str, lang: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return those of `texts` that have no translation: readers of `lang` see them in English."""
    known = copy.copy(translator(domain, lang))
    if type(known) is Translations:  # there is no catalogue
        return tuple(text for text in texts if text)
    known.add_fallback(_Nothing())
    return tuple(text for text in texts if text and not known.gettext(text))


class _Nothing(Translations):
    """Has no text."""

    def gettext(self, message: str) -> str:  # noqa: ARG002  # the signature of gettext
        """Return nothing."""
        return ""


@lru_cache(maxsize=64)
def _source(folder: Path, domain: str, lang: str) -> Path | None:
    return folder / lang / "LC_MESSAGES" / f"{domain}.po" if _NAME.fullmatch(lang) else None


def _age(source: Path) -> int:
    try:
        return source.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _load(source: Path, age: int) -> Translations:
    compiled = source.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime_ns >= age:
        return stdlib_gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    if not age:
        return Translations()
    try:
        from trainer.i18n.catalogues import to_mo
    except ModuleNotFoundError:  # Babel is not installed yet: the doctor is at work
        return Translations()

    return stdlib_gettext.GNUTranslations(io.BytesIO(to_mo(source)))


def current_lang() -> str:
    """Return the language chosen by `speaking`, else the one of the environment, else English."""
    return _chosen.get() or _lang_of(os.environ)


def _lang_of(environ: os._Environ[str] | dict[str, str]) -> str:
    names = [environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return "zh_CN" if name.lower().startswith(("zh", "chinese")) else "en"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Let `gettext` and `ngettext` speak `lang` within the block, for this thread or task only."""
    token = _chosen.set(lang)
    try:
        yield
    finally:
        _chosen.reset(token)


def gettext(message: str) -> str:
    """Return a text of the trainer in the language of the moment (imported as ``_``)."""
    return translator("trainer", current_lang()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form for `number` of a text of the trainer in the language of the moment."""
    return translator("trainer", current_lang()).ngettext(one, many, number)


def N_(message: str) -> str:  # noqa: N802  # the name that extraction tools look for
    """Mark a msgid that is translated later, where it is shown."""
    return message
