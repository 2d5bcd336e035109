"""Invitation: what a candidate gets before an interview: a letter, a sheet to print, a calendar entry, an SMS."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from urllib.parse import quote

from babel.dates import format_date, format_time, get_timezone_gmt
from icalendar import Alarm, Calendar, Event, vCalAddress, vText
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepInFrame,
    PageTemplate,
    Spacer,
    Table,
)
from reportlab.platypus import Image as PlacedImage

from guides import typeface
from guides.archival import ArchivalCanvas
from guides.edition import Edition
from guides.letter import WIDTH, Attached, Inline, Letter, Part, compose
from guides.pdf import BODY, CONTENT, FACT, ITEM, KICKER, LEAD, SIDE, SUBHEAD, TITLE, grid, panel, paragraph
from guides.telling import Texts
from trainer import __version__
from trainer.core.errors import BadInput
from trainer.core.invitation import About, Invitation, Item, Kit
from trainer.i18n import gettext as _of_trainer
from trainer.i18n import translator

EXITS = ("end", "close")
"""Ids of the Steps in which lessons leave an interview."""

HALF_HOUR = timedelta(minutes=30)
SMS_LENGTH = 300
BAND = 62 * mm


def kit(edition: Edition, trainer: str = "") -> Kit:
    """Return what all invitations to one kind of HR system share, from the guide of a lesson that leaves properly.

    Args:
        edition: The guide.
        trainer: Base address of a trainer whose film of the exit the letters name, or "".

    Raises:
        BadInput: The lesson does not show how to leave.
    """
    steps = [block.step if block.figures else "" for block in edition.blocks]
    lesson, lang = edition.walkthrough.scenario, edition.walkthrough.lang
    first = steps.index(exit_step(lesson, steps))
    figure = edition.blocks[first].figures[0]
    return Kit(
        lesson=lesson,
        profile=edition.walkthrough.profile,
        lang=lang,
        exits=tuple(block.say for block in edition.blocks[first:]),
        picture=figure.picture.jpeg(2 * WIDTH),
        alt=figure.alt,
        width=figure.picture.width,
        height=figure.picture.height,
        brand=edition.brand,
        film=f"{trainer.rstrip('/')}/film/{lesson}?lang={lang}&entry=1" if trainer else "",
    )


def exit_step(lesson: str, steps: Sequence[str]) -> str:
    """Return the id of the first step in which an interview is left.

    Args:
        lesson: Id of the lesson.
        steps: Ids of its steps that can be seen.

    Raises:
        BadInput: There is none.
    """
    found = next((step for step in steps if step in EXITS), None)
    if found is None:
        raise BadInput(
            _of_trainer("The lesson {scenario} does not show how to leave an interview.").format(scenario=lesson),
            _of_trainer("Name one that does, such as normal-exit-web."),
        )
    return found


def message(item: Item, shared: Kit, sender: str, now: datetime, practice: str = "") -> EmailMessage:
    """Return the e-mail of an item; its Message-ID is made of the key, so that a repetition is known as one.

    Args:
        item: Whom it goes to, and what it is about.
        shared: What all invitations share.
        sender: Address it comes from.
        now: When it is written.
        practice: Address of the candidate's own practice page, or "".
    """
    domain = sender.rpartition("@")[2].rstrip(">")
    headers = [
        ("From", sender),
        ("To", item.address),
        ("Message-ID", f"<{item.key}@{domain}>"),
        ("Auto-Submitted", "auto-generated"),
        ("List-Unsubscribe", f"<{opt_out_address(sender, item.address)}>"),
    ]
    return compose(letter(item, shared, sender, now, practice), headers=headers, date=now)


def opt_out_address(sender: str, address: str) -> str:
    """Return the link by which somebody says that no further letters are wanted."""
    plain = sender.rpartition("<")[2].rstrip(">")
    return f"mailto:{plain}?subject=no-letters%20{quote(address, safe='@')}"


def letter(item: Item, shared: Kit, sender: str, now: datetime, practice: str = "") -> Letter:
    """Return what the e-mail of an item says; `practice` is the address of the candidate's own page, or ""."""
    told = item.invitation
    texts = translator("guides", shared.lang)
    _ = texts.gettext
    subject = subject_of(item.about, told, texts, now)
    width = min(WIDTH, round(shared.width))
    picture = Inline("exit", shared.picture, shared.alt, width, _("Here is the exit, ringed."))
    film = (_("See it in a minute, as a film with captions"), shared.film) if shared.film else None
    exits = Part(_("How to leave"), items=shared.exits, counted=True, picture=picture, link=film)
    parts = [
        *([practising(practice, texts)] if practice else []),
        exits,
        Part(_("How your answers are saved"), told=(saving(shared.profile, texts),)),
        Part(_("Before you begin"), items=checklist(texts)),
        Part(_("Your rights"), items=rights(told, texts)),
        Part(_("Whom to ask"), told=(told.contact,)),
    ]
    attached = Attached("interview.pdf", "application/pdf", sheet(told, shared, now))
    return Letter(
        lang=shared.lang,
        subject=subject,
        preview=when(told, texts),
        kicker=told.post,
        heading=subject,
        opening=opening(item.about, told, texts, now),
        parts=tuple(parts),
        small=tuple(text for text in (shared.brand.name, shared.brand.footer) if text),
        brand=shared.brand,
        button=(_("Go to the interview"), told.link) if told.link else None,
        opt_out=(_("I want no further letters about this interview"), opt_out_address(sender, item.address)),
        event=event(item, sender, now) if item.about is About.INVITATION else b"",
        attached=(attached,),
    )


def practising(address: str, texts: Texts) -> Part:
    """Return the part that leads to the candidate's own practice page."""
    _ = texts.gettext
    told = _(
        "The same kind of system, with a coach beside it and made-up data: nothing you do there counts."
        " The link is yours alone; do not pass it on."
    )
    return Part(_("Practise before"), told=(told,), link=(_("Open my practice page"), address))


def sms(item: Item, shared: Kit, now: datetime, practice: str = "") -> str:
    """Return what the short message of an item says when it goes `now`; links are never cut short."""
    texts = translator("guides", shared.lang)
    _ = texts.gettext
    told = item.invitation
    lines = (subject_of(item.about, told, texts, now), when(told, texts), shared.exits[0], told.contact)
    practise = _("Practise: {address}").format(address=practice) if practice else ""
    links = "".join(f"\n{line}" for line in (told.link, practise) if line)
    return "\n".join(lines)[: max(0, SMS_LENGTH - len(links))] + links


def subject_of(about: About, told: Invitation, texts: Texts, now: datetime) -> str:
    """Return the subject line of a letter that goes `now`."""
    _ = texts.gettext
    subjects = {
        About.INVITATION: _("Changed: your interview for {post}")
        if told.sequence
        else _("Your interview for {post}"),
        About.REMINDER: _("Today: your interview for {post}")
        if is_today(told, now)
        else _("Tomorrow: your interview for {post}"),
        About.ABANDONED: _("Your interview for {post} is not finished"),
        About.UNFINISHED: _("Your practice for {post} is not finished"),
    }
    return subjects[about].format(post=told.post)


def is_today(told: Invitation, now: datetime) -> bool:
    """Return whether it is the day of the interview, where that is."""
    return now.astimezone(told.starts.tzinfo).date() >= told.starts.date()


def when(told: Invitation, texts: Texts) -> str:
    """Return when the interview is, in the candidate's own language and time zone."""
    _ = texts.gettext
    return _("{day}, {time} ({zone}), about {minutes} minutes").format(
        day=format_date(told.starts, "full", told.lang),
        time=format_time(told.starts, "short", locale=told.lang),
        zone=get_timezone_gmt(told.starts, "long", told.lang),
        minutes=told.minutes,
    )


def opening(about: About, told: Invitation, texts: Texts, now: datetime) -> tuple[str, ...]:
    """Return the first paragraphs of a letter that goes `now`."""
    _ = texts.gettext
    openings = {
        About.INVITATION: _(
            "Something about your interview has changed: this letter holds, and no longer the one before."
        )
        if told.sequence
        else _("You are invited to an interview. This letter shows how it works, and how to leave it."),
        About.REMINDER: _("Your interview is today. Here is once more how it works, and how to leave it.")
        if is_today(told, now)
        else _("Your interview is tomorrow. Here is once more how it works, and how to leave it."),
        About.ABANDONED: _(
            "You left your interview before its end. What you submitted is kept: sign in again and go on where you"
            " stopped, or tell us that you do not want to."
        ),
        About.UNFINISHED: _(
            "You began to practise for your interview and left half-way. Open your practice page to go on, or to"
            " begin again. This is the only reminder of it."
        ),
    }
    return _("Hello {name},").format(name=told.name), openings[about], when(told, texts)


def saving(profile: str, texts: Texts) -> str:
    """Return what is saved when, in one kind of HR system, whatever its version; of no other one is it known."""
    _ = texts.gettext
    by_itself = _(
        "Every answer that you submit is saved by itself. To stop half-way, press Save progress first;"
        " you can sign in again and go on."
    )
    everything = _("Everything is saved by itself. When you leave half-way, sign in again and go on.")
    return {
        "web": by_itself,
        "integrated": by_itself,
        "app": everything,
        "suite": everything,
        "cloud": _(
            "Your record counts only when you save it. End the interview, and confirm that it shall be saved."
        ),
        "local": _("Nothing is saved by itself: press Save before you close, or what you did is lost."),
    }.get(profile.partition("@")[0], _("The system says what is saved and when: read it before you begin."))


def checklist(texts: Texts) -> tuple[str, ...]:
    """Return what to look after before the interview begins."""
    _ = texts.gettext
    return (
        _("Use an up-to-date Chrome, Edge, Firefox or Safari; close other programs."),
        _("Plug in your device, and use a cable or a strong wireless network."),
        _("Try microphone and camera, if you want to speak: the interview begins with a check of your device."),
        _("Find a quiet place. A break is no problem: the system tells what it keeps."),
    )


def rights(told: Invitation, texts: Texts) -> tuple[str, ...]:
    """Return what a candidate may ask for."""
    _ = texts.gettext
    return (
        _("Before anything is recorded, a notice says what is kept, for how long, and who sees it."),
        _(
            "A program may score first, but a person decides. You may refuse scoring by a program;"
            " your interview counts no less."
        ),
        _("You may see your data, have it corrected or deleted, and object to the result: {contact}").format(
            contact=told.contact
        ),
    )


def event(item: Item, sender: str, now: datetime) -> bytes:
    """Return the calendar entry, in UTC, with an alarm half an hour before.

    An interview that was changed has the same UID and a higher SEQUENCE, by which calendars mend their entry.
    """
    told = item.invitation
    _ = translator("guides", told.lang).gettext
    calendar = Calendar()
    calendar.add("prodid", f"-//Trainer//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    entry = Event()
    entry.add("uid", f"{told.interview or item.key}@{sender.rpartition('@')[2].rstrip('>')}")
    entry.add("sequence", told.sequence)
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", told.starts.astimezone(UTC))
    entry.add("dtend", told.ends.astimezone(UTC))
    entry.add("summary", _("Interview: {post}").format(post=told.post))
    entry.add("description", f"{_('Whom to ask')}: {told.contact}")
    if told.link:
        entry.add("url", told.link)
    organiser = vCalAddress(f"mailto:{sender.rpartition('<')[2].rstrip('>')}")
    entry.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{item.address}")
    attendee.params["CN"] = vText(told.name)
    attendee.params["RSVP"] = vText("TRUE")
    entry.add("attendee", attendee)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Interview: {post}").format(post=told.post))
    alarm.add("trigger", -HALF_HOUR)
    entry.add_component(alarm)
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def sheet(told: Invitation, shared: Kit, now: datetime) -> bytes:
    """Return one page to print (PDF/A-1b): when, how to leave, how to save, what to look after, whom to ask."""
    typeface.register()
    texts = translator("guides", shared.lang)
    _ = texts.gettext
    brand = shared.brand
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        lang=shared.lang.replace("_", "-"),
        title=typeface.clean(subject_of(About.INVITATION, told, texts, now)),
        author=typeface.clean(brand.name) or "Trainer",
        subject=typeface.clean(told.post),
        creator=f"Trainer {__version__}",
    )
    width, height = A4

    def paint(canvas: ArchivalCanvas, _document: BaseDocTemplate) -> None:
        canvas.setFillColor(HexColor(brand.primary))
        canvas.rect(0, height - BAND, width, BAND, stroke=0, fill=1)

    frames = [
        Frame(SIDE, height - BAND, CONTENT, BAND - 10 * mm, 0, 0, 0, 0),
        Frame(SIDE, 14 * mm, CONTENT, height - BAND - 20 * mm, 0, 0, 0, 0),
    ]
    document.addPageTemplates([PageTemplate("sheet", frames, onPage=paint)])
    head = [paragraph(told.name, KICKER), Spacer(0, 2 * mm)]
    head += [paragraph(subject_of(About.INVITATION, told, texts, now), TITLE), Spacer(0, 2 * mm)]
    head += [paragraph(when(told, texts), LEAD)]
    factor = min(CONTENT / shared.width, 72 * mm / shared.height, 0.75)
    picture = PlacedImage(io.BytesIO(shared.picture), shared.width * factor, shared.height * factor, hAlign="LEFT")
    left = [*_listed(_("How to leave"), shared.exits, brand.primary, counted=True), picture, Spacer(0, 4 * mm)]
    columns = [
        [
            *_listed(_("How your answers are saved"), [saving(shared.profile, texts)], brand.primary),
            *_listed(_("Before you begin"), checklist(texts), brand.primary),
        ],
        [*_listed(_("Your rights"), rights(told, texts), brand.primary)],
    ]
    gap = 8 * mm
    two = Table(
        [columns],
        colWidths=[(CONTENT - gap) / 2 + gap, (CONTENT - gap) / 2],
        style=grid(
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (0, 0), gap),
            ("RIGHTPADDING", (1, 0), (1, 0), 0),
        ),
    )
    ask = panel([paragraph(_("Whom to ask"), FACT), paragraph(told.contact, BODY)], brand)
    document.build(
        [
            KeepInFrame(CONTENT, BAND - 11 * mm, head, mode="shrink"),
            FrameBreak(),
            KeepInFrame(CONTENT, height - BAND - 21 * mm, [*left, two, Spacer(0, 4 * mm), ask], mode="shrink"),
        ],
        canvasmaker=partial(ArchivalCanvas, now.date()),
    )
    return out.getvalue()


def _listed(title: str, items: Sequence[str], colour: str, *, counted: bool = False) -> list[Flowable]:
    lines: list[Flowable] = [paragraph(title, SUBHEAD, colour), Spacer(0, 1 * mm)]
    for number, item in enumerate(items, start=1):
        sign = f"{number}." if counted else "•" if len(items) > 1 else ""
        lines += [paragraph(item, ITEM if sign else BODY, sign=sign), Spacer(0, 1 * mm)]
    return [*lines, Spacer(0, 2.5 * mm)]
