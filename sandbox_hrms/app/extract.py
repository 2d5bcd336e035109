"""The text of an uploaded file: PDF, DOCX or plain text, told apart by content; runs in a process of its own.

Kept free of everything heavy, as each reading process imports it.
"""

import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import BinaryIO, Literal

from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.resumes import MAX_TEXT
from sandbox_hrms.core.texts import N_

Kind = Literal["pdf", "docx", "text", "zip"]

MAX_FILE = 5 * 1024 * 1024
"""Bytes that one résumé may have."""
MAX_ARCHIVE = 50 * 1024 * 1024
"""Bytes that an archive of résumés may have."""
MAX_IN_ARCHIVE = 2_000
_MAX_PAGES = 20
_MAX_DOCX_PARTS = 1_000
_MAX_UNPACKED = 40 * 1024 * 1024
_MAX_RATIO = 200
"""Unpacked a part may be so many times larger; text rarely passes 20."""
_END = b"PK\x05\x06"
_END_RECORD = struct.Struct("<4s4H2LH")
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_END_SPAN = _END_RECORD.size + 65_535
"""The end record of an archive, and a comment after it."""
_DIRECTORY_ENTRY = 512
"""Bytes that a part may take in the directory of an archive, on average: its path and little else."""
_PDF_HEAD = 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
_ODD_SHARE = 0.02
_BLANKS = re.compile(r"[ \t\u00a0\u3000]+")
_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came out of a file: its text, or why there is none (msgids)."""

    text: str
    message: str = ""
    hint: str = ""


def kind_of(content: BinaryIO) -> Kind:
    """Say what a file is by what is in it; its name does not count.

    Raises:
        Invalid: It is none of the kinds that are read.
    """
    content.seek(0)
    head = content.read(_PDF_HEAD)
    content.seek(0)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx" if _is_docx(content) else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(N_("This is an old Word file."), N_("Save it as DOCX or PDF, then upload it again."))
    if not head.strip():
        raise Invalid(N_("The file is empty."), N_("Choose another file."))
    if _looks_like_text(head):
        return "text"
    raise _unknown()


def extract(content: bytes) -> Extracted:
    """Return the text of one file; what cannot be read is told, never raised."""
    try:
        text = tidy(_READ[kind_of(BytesIO(content))](content))
    except Invalid as refused:
        return Extracted("", refused.message, refused.hint)
    except Exception:  # noqa: BLE001  # three parsers of strangers' files: whatever they raise, the file is bad
        return Extracted("", N_("The file is damaged."), N_("Save it again as PDF, then upload it once more."))
    if not text:
        return Extracted(
            "", N_("There is no text in the file, only pictures."), N_("Upload a file with text, not a scan.")
        )
    return Extracted(text)


def tidy(text: str) -> str:
    """Return text with plain spaces and without what cannot be seen, cut to what is read."""
    kept = "".join(
        char for char in text.replace("\r\n", "\n").replace("\r", "\n")[: MAX_TEXT * 2]
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )  # fmt: skip
    lines = (_BLANKS.sub(" ", line).strip() for line in kept.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()[:MAX_TEXT]


@contextmanager
def open_zip(content: BinaryIO, most: int) -> Iterator[zipfile.ZipFile]:
    """Open an archive that will not unpack to far more than it is.

    What its end says about the directory is checked first: a directory is read whole, however large it is.

    Args:
        content: The archive.
        most: Parts that it may have.

    Raises:
        Invalid: It has too many parts, or too large ones.
        zipfile.BadZipFile: It is no archive, or damaged.
    """
    _check_end(content, most)
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        bomb = any(
            part.file_size > 1024 * 1024 and part.file_size > _MAX_RATIO * part.compress_size for part in parts
        )
        if len(parts) > most or unpacked > _MAX_UNPACKED * (5 if most > _MAX_DOCX_PARTS else 1) or bomb:
            raise _too_much()
        yield archive


def _check_end(content: BinaryIO, most: int) -> None:
    """Refuse an archive whose directory is too large to be read, by the end record that `zipfile` will find.

    What is beyond 4 GB (ZIP64) is far too large anyway.
    """
    size = content.seek(0, SEEK_END)
    content.seek(max(0, size - _END_SPAN))
    tail = content.read(_END_SPAN)
    content.seek(0)
    at = len(tail) - _END_RECORD.size
    if at < 0 or not (tail.startswith(_END, at) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        return  # it is no archive, which `zipfile` will say
    _, _, _, _, parts, directory, *_ = _END_RECORD.unpack_from(tail, at)
    beyond = at >= _LOCATOR_SIZE and tail.startswith(_LOCATOR, at - _LOCATOR_SIZE)
    if beyond or parts > most or directory > most * _DIRECTORY_ENTRY:
        raise _too_much()


def _too_much() -> Invalid:
    return Invalid(
        N_("The archive unpacks to far too much."), N_("Upload the files by themselves, or fewer at a time.")
    )


def _is_docx(content: BinaryIO) -> bool:
    try:
        with open_zip(content, MAX_IN_ARCHIVE) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Invalid(N_("The file is damaged."), N_("Save it again as PDF, then upload it once more.")) from error
    finally:
        content.seek(0)
    return {"[Content_Types].xml", "word/document.xml"} <= names


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Invalid(N_("The file is protected by a password."), N_("Upload it without one."))
    parts: list[str] = []
    for number, page in enumerate(reader.pages):
        if number >= _MAX_PAGES or sum(map(len, parts)) > MAX_TEXT:
            break
        parts.append(page.extract_text())
    return "\n".join(parts)


def _docx(content: bytes) -> str:
    from docx import Document
    from docx.oxml.ns import qn

    with open_zip(BytesIO(content), _MAX_DOCX_PARTS):
        pass
    body = Document(BytesIO(content)).element.body
    words = {qn("w:t"), qn("w:tab"), qn("w:br")}
    return "\n".join(
        "".join((one.text or "") if one.tag == qn("w:t") else " " for one in line.iter(*words))
        for line in body.iter(qn("w:p"))
    )


def _text(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(N_("The characters of this text cannot be read."), N_("Save it as UTF-8, or as PDF."))


def _archive(_: bytes) -> str:
    raise _unknown()


def _unknown() -> Invalid:
    return Invalid(N_("This is no PDF, DOCX or text file."), N_("Save it as PDF, then upload it again."))


_READ: dict[Kind, Callable[[bytes], str]] = {"pdf": _pdf, "docx": _docx, "text": _text, "zip": _archive}


def _looks_like_text(head: bytes) -> bool:
    odd = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)  # noqa: PLR2004  # below the space
    return odd <= _ODD_SHARE * len(head)
