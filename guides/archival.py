"""Archival: what makes a PDF of ours PDF/A-1b, so that it reads the same in decades."""

from __future__ import annotations

import struct
from datetime import date
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import (
    NoEncryption,
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFObject,
    PDFStream,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas

from guides.typeface import REGULAR

rl_config.useA85 = 0  # binary streams: a fifth smaller, and each ends as `_Stream` says

PRINTED = 4
"""Flag of a link that is there on paper, too."""

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer><pdf:Keywords>{keywords}</pdf:Keywords>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate><xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


class _Stream(bytes, PDFObject):  # type: ignore[misc]  # reportlab has no types
    """Content of a stream, written with the end of line that has to follow it and is no part of its length."""

    def format(self, _document: PDFDocument) -> bytes:
        """Return what is written to the file."""
        return self + b"\n"


class _Readable(NoEncryption):  # type: ignore[misc]  # reportlab has no types
    """Leaves everything readable; reportlab passes each stream through here just before it is written."""

    def encode(self, content: str | bytes) -> str | bytes:
        """Return `content` as it is."""
        return _Stream(content) if isinstance(content, bytes) else content


class ArchivalCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose file is PDF/A-1b, as long as only embedded fonts and opaque RGB are drawn on it.

    Args:
        made: Day told as the one on which the file was made.
    """

    def __init__(self, made: date, *args: Any, **options: Any) -> None:  # noqa: ANN401  # whatever reportlab gives
        super().__init__(*args, **{**options, "initialFontName": REGULAR})
        self._made = made
        self.setDateFormatter(lambda *_: f"D:{made:%Y%m%d}000000Z")
        self.setViewerPreference("DisplayDocTitle", "true")

    def save(self) -> None:
        """Describe the file, then write it."""
        document = self._doc
        document.encrypt = _Readable()
        catalog, info = document.Catalog, document.info
        told = ("title", "author", "subject", "keywords", "creator", "producer")
        described = XMP.format(
            day=self._made.isoformat(), **{name: escape(getattr(info, name) or "") for name in told}
        )
        metadata = PDFStream(PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}))
        metadata.content = described.encode()
        catalog.Metadata = metadata
        profile = PDFStream(PDFDictionary({"N": 3}))
        profile.content = srgb()
        catalog.__Defaults__ = {**catalog.__Defaults__, "OutputIntents": None}
        catalog.OutputIntents = PDFArray(
            [
                PDFDictionary(
                    {
                        "Type": PDFName("OutputIntent"),
                        "S": PDFName("GTS_PDFA1"),
                        "OutputConditionIdentifier": PDFString("sRGB IEC61966-2.1"),
                        "Info": PDFString("sRGB IEC61966-2.1"),
                        "DestOutputProfile": document.Reference(profile),
                    }
                )
            ]
        )
        super().save()

    def _addAnnotation(self, annotation: Any, name: str | None = None, addtopage: int = 1) -> None:  # noqa: ANN401, N802
        """Mark a link as printed, which PDF/A asks for."""
        annotation.otherkw = {**getattr(annotation, "otherkw", {}), "F": PRINTED}
        super()._addAnnotation(annotation, name, addtopage)


@cache
def srgb() -> bytes:
    """Return the sRGB colour space as an ICC profile of version 2.1, which is what PDF/A-1 knows."""
    steps = [value / 1023 for value in range(1024)]
    light = [step / 12.92 if step <= 0.04045 else ((step + 0.055) / 1.055) ** 2.4 for step in steps]  # noqa: PLR2004
    curve = b"curv" + struct.pack(">II", 0, 1024) + struct.pack(">1024H", *(round(65535 * one) for one in light))
    name = b"sRGB IEC61966-2.1\0"
    described = b"desc" + struct.pack(">II", 0, len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    tags = {
        b"desc": described,
        b"cprt": b"text" + bytes(4) + b"No rights reserved\0",
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": _xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": _xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": _xyz(0.14307, 0.06061, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        if content not in places:
            places[content] = start + len(data)
            data += content + bytes(-len(content) % 4)
        table += tag + struct.pack(">II", places[content], len(content))
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sIIIIII3I4s44s",
        128 + len(table) + len(data),
        b"\0\0\0\0",
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        b"\0\0\0\0",
        *(0, 0, 0, 0, 0, 0),
        *(0xF6D6, 0x10000, 0xD32D),
        b"\0\0\0\0",
        b"",
    )
    return header + table + data


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(65536 * value) for value in values))
