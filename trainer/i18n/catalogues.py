"""Catalogues: from marked texts to .po files, from .po to .mo, and what is still wrong with them.

Uses Babel only, so that a build can compile catalogues with nothing else installed.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE_LANG = "en"
"""The language of the msgids: its translations are the msgids themselves."""

PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "zh_CN": "nplurals=1; plural=0;",
}

HEADER = r"""# {domain}, {lang}
msgid ""
msgstr ""
"Language: {lang}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plural}\n"

"""
"""Fixed, without dates or tools, so that a .po file changes only when a text does."""

_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|\{[^{}]*\}|%\([^)]*\)[a-z]")

Key = tuple[str, str]
"""Context ("" for none) and msgid (the singular one)."""


def po_file(folder: Path, lang: str, domain: str) -> Path:
    """Return where a catalogue lies in the locales `folder`."""
    return folder / lang / "LC_MESSAGES" / f"{domain}.po"


def read(file: Path) -> Catalog:
    """Read a .po file; one that does not exist is empty."""
    if not file.is_file():
        return Catalog(locale=file.parent.parent.name, domain=file.stem)
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parent.parent.name, domain=file.stem)


def update(file: Path, wanted: Catalog) -> bool:
    """Bring one .po file up to the texts found in the source, and say whether it changed.

    Existing translations stay; those whose text has gone are kept at the end as obsolete, and come back with it.
    In the source language every translation is the msgid. The file is replaced in one move.
    """
    lang = file.parent.parent.name
    old = read(file)
    known = {_key(message): message for message in (*old.obsolete.values(), *_texts(old))}
    new = Catalog(locale=lang, domain=file.stem)
    for message in _texts(wanted):
        before = known.pop(_key(message), None)
        string = message.id if lang == SOURCE_LANG else _kept(message, before)
        new.add(message.id, string, auto_comments=sorted(set(message.auto_comments)), context=message.context)
    for key, message in known.items():
        if lang != SOURCE_LANG and all(_strings(message)):
            message.flags.clear()
            new.obsolete[key[1]] = message
    return _replace(file, _to_po(new, lang, file.stem))


def to_mo(file: Path) -> bytes:
    """Compile one .po file in memory."""
    stream = io.BytesIO()
    write_mo(stream, read(file))
    return stream.getvalue()


def compile_catalogues(folder: Path) -> list[Path]:
    """Compile every .po file below the locales `folder` that is newer than its .mo; returns the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.is_file() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _replace(target, to_mo(source))
            written.append(target)
    return written


def problems(file: Path, wanted: Catalog) -> Iterator[str]:
    """Yield what is missing or wrong in one .po file, one line each."""
    have = {_key(message): message for message in _texts(read(file))}
    where = f"{file.parent.parent.name}/{file.stem}"
    for message in _texts(wanted):
        found = have.pop(_key(message), None)
        text = _forms(message.id)[0]
        if found is None:
            yield f"{where}: not extracted yet: {text!r}"
        elif found.fuzzy:
            yield f"{where}: fuzzy: {text!r}"
        elif not all(_strings(found)):
            yield f"{where}: not translated: {text!r}"
        elif wrong := _wrong_placeholders(found):
            yield f"{where}: placeholders differ ({', '.join(wrong)}): {text!r}"
    for _context, text in have:
        yield f"{where}: no longer in the source: {text!r}"


def counted(file: Path, wanted: Catalog) -> tuple[int, int]:
    """Return how many of the texts found in the source are translated, and how many there are."""
    have = {_key(message): message for message in _texts(read(file))}
    found = [have.get(_key(message)) for message in _texts(wanted)]
    return sum(one is not None and all(_strings(one)) for one in found), len(found)


def _texts(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _forms(text: str | Iterable[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def _strings(message: Message) -> list[str]:
    return _forms(message.string)


def _key(message: Message) -> Key:
    return message.context or "", _forms(message.id)[0]


def _kept(message: Message, before: Message | None) -> str | list[str] | tuple[str, ...]:
    """Return the old translation where its shape (one text or plural forms) still fits, else none."""
    if before is None or isinstance(before.id, str) != isinstance(message.id, str):
        return ""
    return before.string or ""


def _wrong_placeholders(message: Message) -> list[str]:
    """Return the placeholders that the last form lacks, or that any form has beyond those of the msgid."""
    ids = [set(_PLACEHOLDER.findall(text)) for text in _forms(message.id)]
    strings = [set(_PLACEHOLDER.findall(text)) for text in _strings(message)]
    return sorted((ids[-1] ^ strings[-1]) | (set().union(*strings) - set().union(*ids)))


def _to_po(catalog: Catalog, lang: str, domain: str) -> bytes:
    stream = io.BytesIO()
    write_po(stream, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    plural = PLURAL_FORMS.get(lang) or str(catalog.plural_forms).rstrip(";") + ";"
    header = HEADER.format(domain=domain, lang=lang, plural=plural)
    return header.encode() + stream.getvalue().rstrip(b"\n") + b"\n"


def _replace(file: Path, content: bytes) -> bool:
    if file.is_file() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(file)
    return True


def merged(texts: Iterable[tuple[str | tuple[str, ...], str | None, list[str]]]) -> Catalog:
    """Build the catalogue of all texts (msgid or its forms, context, comments) found in the source."""
    catalog = Catalog()
    for text, context, comments in texts:
        catalog.add(text, auto_comments=comments, context=context)
    return catalog
