"""What `trainer bench letters` measures: personal invitations, beside reportlab that draws their page by heart."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import psutil
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from guides import invitation, typeface
from guides.pdf import BODY, CONTENT, KICKER, LEAD, SIDE, TITLE
from trainer import bootstrap
from trainer.cli.bench import Row
from trainer.core.brand import Brand
from trainer.core.invitation import About, Channel, Invitation, Kit, items
from trainer.i18n import LANGS, translator
from trainer.i18n import gettext as _

LETTERS = 1000
WARM = 100
"""So many letters are made before memory is looked at for the first time."""
ROUND = 50
"""Ours and the peer's are made in turn, so many at a time, so that a busy machine disturbs both."""
RATE_GOAL = 0.7
"""Of the rate of the peer."""
GROWTH_LIMIT = 8.0
"""Megabytes by which the process may grow from `WARM` letters to `LETTERS`."""
EXIT = "Press End interview at the top right and confirm."
"""As a lesson tells it (msgid of the lessons' catalogue)."""
SENDER = "HR <hr@example.com>"

Tell = Callable[[str], None]
Drawn = tuple[float, str, float, str]
"""A line of text: its height on the page, font, size, text."""


def letters(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, LETTERS)


def measure(tell: Tell, count: int) -> list[Row]:
    """Make the page of `count` invitations and draw the same page bare, in turn; then make the whole letters."""
    now = bootstrap.clock()
    kits = {lang: _kit(lang) for lang in LANGS}
    people = [_candidate(number) for number in range(count)]
    typeface.register()
    pages = [_by_heart(one, kits[one.lang], now) for one in people]
    tell(_("Making {count} pages, and the same pages bare …").format(count=count))
    ours = bare = 0.0
    for start in range(0, count, ROUND):
        some = list(zip(people, pages, strict=True))[start : start + ROUND]
        began = time.process_time()
        for one, _page in some:
            invitation.sheet(one, kits[one.lang], now)
        between = time.process_time()
        for one, page in some:
            _bare(page, kits[one.lang])
        ours += between - began
        bare += time.process_time() - between
    tell(_("Making {count} whole letters …").format(count=count))
    process, before, began = psutil.Process(), 0, time.process_time()
    for number, one in enumerate(people):
        item = next(
            item for item in items(kits[one.lang], one, About.ABANDONED, now) if item.channel is Channel.MAIL
        )
        invitation.message(item, kits[one.lang], SENDER, now).as_bytes()
        if number + 1 == min(WARM, count):
            before = process.memory_info().rss
    taken = time.process_time() - began
    grown = (process.memory_info().rss - before) / 1e6
    return [
        Row(
            _("invitations: pages a second of processor time"),
            count / ours,
            "/s",
            count / bare,
            _("reportlab drawing the same page by heart"),
            1 / RATE_GOAL,
            more_is_better=True,
        ),
        Row(_("invitations: whole letters a second of processor time"), count / taken, "/s"),
        Row(
            _("invitations: memory grown over {count}").format(count=count),
            grown,
            "MB",
            GROWTH_LIMIT,
            _("allowed"),
            1,
        ),
    ]


def _kit(lang: str) -> Kit:
    """Return what the letters share, with a picture of the size that a window's has."""
    out = io.BytesIO()
    Image.effect_noise((1168, 876), 30).convert("RGB").save(out, "JPEG", quality=60)
    exits = translator("scenarios", lang).gettext(EXIT)
    return Kit(
        lesson="normal-exit-web",
        profile="web",
        lang=lang,
        exits=(exits,),
        picture=out.getvalue(),
        alt=exits,
        width=1024,
        height=768,
        brand=Brand(name="Bench"),
    )


def _candidate(number: int) -> Invitation:
    return Invitation(
        name=f"Candidate {number}",
        email=f"candidate{number}@example.com",
        lang=LANGS[number % len(LANGS)],
        starts=bootstrap.clock() + timedelta(days=5, minutes=number),
        post="Sales representative",
        contact="Lin Yue, lin@example.com",
    )


def _by_heart(told: Invitation, kit: Kit, now: datetime) -> tuple[Drawn, ...]:
    """Return the lines of a candidate's page with their places, found once and not measured."""
    texts = translator("guides", kit.lang)
    subject = invitation.subject_of(About.INVITATION, told, texts, now)
    head = [(told.name, KICKER), (subject, TITLE), (invitation.when(told, texts), LEAD)]
    left = [invitation.saving(kit.profile, texts), *invitation.checklist(texts)]
    listed = [*kit.exits, *left, *invitation.rights(told, texts), told.contact]
    lines: list[Drawn] = []
    y = A4[1] - 20 * mm
    for text, style in [*head, *((text, BODY) for text in listed)]:
        wide = CONTENT if style is not BODY or text in kit.exits else CONTENT / 2
        for line in simpleSplit(typeface.printable(text), style.fontName, style.fontSize, wide):
            y -= style.leading
            lines.append((y, style.fontName, style.fontSize, line))
        if style is LEAD or text in kit.exits:
            y = A4[1] - invitation.BAND if style is LEAD else y - 92 * mm
    return tuple(lines)


def _bare(page: Sequence[Drawn], kit: Kit) -> bytes:
    """Draw a page of which every line has its place."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFillColor(HexColor(kit.brand.primary))
    canvas.rect(0, A4[1] - invitation.BAND, A4[0], invitation.BAND, stroke=0, fill=1)
    canvas.drawImage(ImageReader(io.BytesIO(kit.picture)), SIDE, 90 * mm, 122 * mm, 92 * mm)
    for y, font, size, text in page:
        canvas.setFont(font, size)
        canvas.drawString(SIDE, y, text)
    canvas.save()
    return out.getvalue()
