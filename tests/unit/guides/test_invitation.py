"""What a candidate gets: everything one needs, in one's own language, and nothing that is markup."""

from __future__ import annotations

import email
import email.policy
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from icalendar import Calendar
from PIL import Image
from pypdf import PageObject, PdfReader

from guides import invitation
from guides.edition import Edition, edition
from guides.letter import compose
from tests.unit.guides.candidates import NOW, SENDER, a_candidate, a_kit
from tests.unit.guides.walks import TEXTS, walkthrough
from trainer.core.brand import Brand
from trainer.core.errors import BadInput
from trainer.core.invitation import About, Channel, Invitation, Item, appointed, items
from trainer.i18n import translator

LANGS = ("en", "zh_CN")
LANG = pytest.mark.parametrize("lang", LANGS)


def an_item(told: Invitation, about: About = About.INVITATION) -> Item:
    return next(one for one in items(a_kit(told.lang), told, about, NOW) if one.channel is Channel.MAIL)


def received(told: Invitation, about: About = About.INVITATION) -> EmailMessage:
    sent = invitation.message(an_item(told, about), a_kit(told.lang), SENDER, NOW)
    message = email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def smallest(page: PageObject) -> float:
    """Return the size of the smallest text on a page, in points."""
    sizes: list[float] = []

    def note(text: str, outer: list[float], matrix: list[float], _font: Any, size: float) -> None:
        if text.strip():
            sizes.append(size * matrix[0] * outer[0])

    page.extract_text(visitor_text=note)
    return min(sizes)


def squeezed(text: str) -> str:
    return "".join(text.split())


@LANG
def test_a_letter_says_where_the_exit_is_how_to_save_and_whom_to_ask(lang: str) -> None:
    message = received(a_candidate(lang=lang, name="Zoë 林", link="https://hr.example/i/7"))
    _ = translator("guides", lang).gettext
    told = [
        "Zoë 林",
        TEXTS[lang]["end"],
        "Lin Yue, lin@harbour.example",
        *(_(text) for text in ("How to leave", "How your answers are saved", "Before you begin", "Your rights")),
        {"en": "December 1, 2026", "zh_CN": "2026年12月1日"}[lang],
    ]
    page = lxml.html.fromstring(body(message, "html"))
    (attached,) = [part for part in message.iter_attachments() if part.get_filename() == "interview.pdf"]
    reader = PdfReader(io.BytesIO(attached.get_content()), strict=True)
    assert len(reader.pages) == 1
    assert smallest(reader.pages[0]) >= 7
    for text in (page.text_content(), body(message, "plain"), reader.pages[0].extract_text()):
        assert [one for one in told if squeezed(one) not in squeezed(text)] == []
    assert "https://hr.example/i/7" in [link.get("href") for link in page.iter("a")]
    (picture,) = [part for part in message.walk() if part["Content-ID"] == "<exit>"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in body(message, "html")
    Image.open(io.BytesIO(picture.get_content())).verify()


@LANG
def test_a_letter_leads_to_the_film_of_the_exit(lang: str) -> None:
    shared = invitation.kit(edition(walkthrough(lang), date(2026, 11, 26), Brand()), "https://train.example/")
    told = invitation.letter(an_item(a_candidate(lang=lang)), shared, SENDER, NOW)
    address = f"https://train.example/film/{shared.lesson}?lang={lang}&entry=1"
    message = compose(told)
    assert address in body(message, "plain")
    page = lxml.html.fromstring(body(message, "html"))
    assert address in [link.get("href") for link in page.iter("a")]
    without = invitation.letter(an_item(a_candidate(lang=lang)), a_kit(lang), SENDER, NOW)
    assert "entry=1" not in body(compose(without), "plain")


@LANG
def test_the_calendar_entry_is_at_the_right_moment(lang: str) -> None:
    message = received(a_candidate(lang=lang))
    (part,) = [part for part in message.iter_attachments() if part.get_filename() == "interview.ics"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 12, 1, 2, tzinfo=UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=30)
    assert str(event["attendee"]) == "mailto:candidate1@example.com"
    assert str(event["organizer"]) == "mailto:hr@harbour.example"
    assert event.walk("VALARM")[0].decoded("trigger") == timedelta(minutes=-30)
    assert calendar["method"] == "REQUEST"
    inline = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    assert {one.get_param("method") for one in inline} >= {"REQUEST"}


def test_an_interview_that_is_moved_keeps_its_calendar_entry() -> None:
    first = a_candidate()
    noted = [an_item(one) for one in appointed([first], ())]
    moved = a_candidate(starts=first.starts + timedelta(days=2))
    found = [*noted, *(an_item(one) for one in appointed([moved], noted))]
    (before, after) = (Calendar.from_ical(invitation.event(one, SENDER, NOW)).walk("VEVENT")[0] for one in found)
    assert before["uid"] == after["uid"] != ""
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(days=2)
    other = appointed([a_candidate(post="Accountant")], noted)[0]
    assert other.interview != noted[0].invitation.interview


@LANG
def test_a_letter_about_a_change_says_so_and_mends_the_calendar_entry(lang: str) -> None:
    noted = [an_item(one) for one in appointed([a_candidate(lang=lang, link="https://hr.example/i/6")], ())]
    (mended,) = appointed([a_candidate(lang=lang, link="https://hr.example/i/7", minutes=45)], noted)
    _ = translator("guides", lang).gettext
    changed = _("Changed: your interview for {post}").format(post=mended.post)
    messages = [received(one.invitation) for one in noted] + [received(mended)]
    assert [str(one["Subject"]) == changed for one in messages] == [False, True]
    assert "https://hr.example/i/7" in body(messages[1], "plain")
    assert messages[0]["Message-ID"] != messages[1]["Message-ID"]
    entries = [
        Calendar.from_ical(invitation.event(one, SENDER, NOW)).walk("VEVENT")[0]
        for one in (*noted, an_item(mended))
    ]
    assert entries[0]["uid"] == entries[1]["uid"]
    told = [(one["sequence"], str(one["url"]), one.decoded("dtend")) for one in entries]
    assert told == [
        (0, "https://hr.example/i/6", mended.starts + timedelta(minutes=30)),
        (1, "https://hr.example/i/7", mended.starts + timedelta(minutes=45)),
    ]


@LANG
def test_a_reminder_names_the_right_day(lang: str) -> None:
    told = a_candidate(lang=lang, starts=datetime(2026, 12, 1, 7, tzinfo=timezone(timedelta(hours=8))))
    reminder = replace(an_item(told), about=About.REMINDER)
    _ = translator("guides", lang).gettext
    days = {
        _("Tomorrow: your interview for {post}"): datetime(2026, 11, 30, 15, 59, tzinfo=UTC),
        _("Today: your interview for {post}"): datetime(2026, 11, 30, 16, 1, tzinfo=UTC),
    }
    assert len(days) == 2
    for subject, now in days.items():
        letter = invitation.letter(reminder, a_kit(lang), SENDER, now)
        assert letter.subject == subject.format(post=told.post)
        assert invitation.sms(reminder, a_kit(lang), now).startswith(letter.subject)
        today = _("Your interview is today. Here is once more how it works, and how to leave it.")
        assert (today in letter.opening) == subject.startswith(_("Today: your interview for {post}"))


def test_a_repetition_has_the_same_id_and_another_letter_another_one() -> None:
    told = a_candidate()
    ids = [
        received(told)["Message-ID"],
        received(told)["Message-ID"],
        received(told, About.REMINDER)["Message-ID"],
    ]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@harbour.example>")


@LANG
def test_what_is_saved_is_told_of_each_version_and_of_no_system_that_nobody_knows(lang: str) -> None:
    texts = translator("guides", lang)
    kinds = ("web", "app", "integrated", "cloud", "local", "suite")
    told = {kind: invitation.saving(kind, texts) for kind in kinds}
    assert len(set(told.values())) == 4
    assert {kind: invitation.saving(f"{kind}@2", texts) for kind in kinds} == told
    for unknown in ("house-hr", ""):
        assert invitation.saving(unknown, texts) not in told.values()


@LANG
def test_a_guide_names_the_kind_of_system_whatever_its_version(lang: str) -> None:
    walk, texts = walkthrough(lang), translator("guides", lang)
    told = [replace(walk, profile=one) for one in ("local", "local@2", "house-hr")]
    kinds = [Edition(one, date(2026, 11, 26), Brand(), texts, ()).kind for one in told]
    assert kinds[0] == kinds[1] != "local"
    assert kinds[2] == "house-hr"


def test_mail_programs_find_the_way_to_no_further_letters_however_long_addresses_are() -> None:
    told = a_candidate(email="konstantinopoulou&co#alexandra@graduate.school.example")
    sent = invitation.message(an_item(told), a_kit(), "招聘 <recruiting@subsidiary.harbour.example>", NOW)
    (line,) = [line for line in sent.as_bytes().decode().splitlines() if line.startswith("List-Unsubscribe:")]
    address = line.removeprefix("List-Unsubscribe: <").removesuffix(">")
    parts = urlsplit(address)
    assert (parts.scheme, parts.path) == ("mailto", "recruiting@subsidiary.harbour.example")
    assert parse_qs(parts.query) == {"subject": [f"no-letters {told.email}"]}
    assert address in body(sent, "plain")


def test_later_letters_are_about_something_else_and_hold_no_second_entry() -> None:
    first, *others = [received(a_candidate(), about) for about in About]
    assert len({message["Subject"] for message in (first, *others)}) == len(About)
    for message in others:
        assert [part.get_filename() for part in message.iter_attachments()] == ["interview.pdf"]


def test_nothing_that_a_list_holds_becomes_markup_or_a_header() -> None:
    nasty = '<script>x</script>"\r\nBcc: all@example.com {{ 7*7 }}'
    message = received(a_candidate(name=nasty, post=nasty, contact=nasty))
    assert message["Bcc"] is None
    page = lxml.html.fromstring(body(message, "html"))
    assert page.findall(".//script") == []
    assert squeezed('<script>x</script>"Bcc:') in squeezed(page.text_content())
    assert "{{ 7*7 }}" in page.text_content()


def test_a_short_message_has_what_fits() -> None:
    told = a_candidate(phone="+8613800000000", link="https://hr.example/i/7")
    item = replace(an_item(told), channel=Channel.SMS, address="+8613800000000")
    text = invitation.sms(item, a_kit(), NOW)
    assert text.splitlines()[0] == "Your interview for Sales representative"
    assert TEXTS["en"]["end"] in text
    assert len(text) <= invitation.SMS_LENGTH


@LANG
def test_a_letter_leads_to_the_candidate_s_own_page(lang: str) -> None:
    told, page = a_candidate(lang=lang, phone="+8613800000000", contact="x" * 200), "https://t.example/candidate/s"
    item = an_item(told)
    sent = invitation.message(item, a_kit(lang), SENDER, NOW, page)
    message = email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert page in [link.get("href") for link in lxml.html.fromstring(body(message, "html")).iter("a")]
    assert page in body(message, "plain")
    short = invitation.sms(item, a_kit(lang), NOW, page)
    assert short.endswith(page)
    assert len(short) <= invitation.SMS_LENGTH
    title = translator("guides", lang).gettext("Practise before")
    assert title in body(message, "plain")
    assert title not in body(received(told), "plain")


def test_a_lesson_that_shows_no_exit_has_no_kit() -> None:
    walk = walkthrough()
    with pytest.raises(BadInput, match="does not show how to leave"):
        invitation.kit(edition(replace(walk, steps=walk.steps[:2]), date(2026, 11, 26)))


def test_letters_go_now_and_a_day_before() -> None:
    told = a_candidate(phone="+8613800000000")
    found = items(a_kit(), told, About.INVITATION, NOW)
    assert [(one.about, one.channel, one.due) for one in found] == [
        (About.INVITATION, Channel.MAIL, NOW),
        (About.INVITATION, Channel.SMS, NOW),
        (About.REMINDER, Channel.MAIL, told.starts - timedelta(days=1)),
        (About.REMINDER, Channel.SMS, told.starts - timedelta(days=1)),
    ]
    assert len({one.key for one in found}) == 4
    soon = a_candidate(starts=NOW + timedelta(hours=3))
    assert [one.about for one in items(a_kit(), soon, About.INVITATION, NOW)] == [About.INVITATION]
    assert [one.about for one in items(a_kit(), told, About.ABANDONED, NOW)] == [About.ABANDONED] * 2
    asked = items(a_kit(), told, About.REMINDER, NOW)
    assert asked == found[2:]  # no earlier than the others: they say that the interview is tomorrow
    late = items(a_kit(), soon, About.REMINDER, NOW)
    assert [one.due for one in late] == [NOW]
