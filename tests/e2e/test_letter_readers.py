"""Letters are read by programs that nobody here wrote: a mail server with an inbox, a calendar, a spam filter."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from guides import invitation, pdf
from guides.edition import edition
from guides.eml import letter
from guides.letter import compose
from tests.unit.guides.candidates import NOW, SENDER, a_candidate, a_kit
from tests.unit.guides.walks import walkthrough
from trainer.adapters.hrms_process import free_port
from trainer.core.brand import Brand
from trainer.core.invitation import About, Channel, items

pytestmark = pytest.mark.proof

LANGS = ("en", "zh_CN")
SPAM = 2.0
"""A letter with as many points or more may end among the spam."""
RULES = ("--local", "--test-mode", "--cf=use_bayes 0", "--cf=use_auto_welcomelist 0")
"""What does not depend on this machine's network or on letters that it got before."""

CALENDAR = """
const ical = require("ical.js").default || require("ical.js");
const text = require("fs").readFileSync(0, "utf8");
const calendar = new ical.Component(ical.parse(text));
const event = new ical.Event(calendar.getFirstSubcomponent("vevent"));
const alarm = event.component.getFirstSubcomponent("valarm");
const link = event.component.getFirstPropertyValue("url");
console.log(JSON.stringify({
  method: calendar.getFirstPropertyValue("method"), uid: event.uid, summary: event.summary,
  start: event.startDate.toJSDate().toISOString(), minutes: event.duration.toSeconds() / 60,
  attendees: event.attendees.map((one) => one.getFirstValue()), organizer: event.organizer,
  alarm: alarm.getFirstPropertyValue("trigger").toSeconds() / 60, link: link && String(link),
}));
"""


def letters() -> dict[str, EmailMessage]:
    """Return each kind of e-mail that leaves the house, in each language."""
    found: dict[str, EmailMessage] = {}
    for number, lang in enumerate(LANGS, start=1):
        told = a_candidate(number, lang=lang, link="https://hr.harbour.example/i/7")
        for about in About:
            item = next(one for one in items(a_kit(lang), told, about, NOW) if one.channel is Channel.MAIL)
            found[f"{about} {lang}"] = invitation.message(item, a_kit(lang), SENDER, NOW)
        told_once = edition(walkthrough(lang), NOW.date(), Brand())
        guide = compose(letter(told_once, pdf.render(told_once), "guide.pdf"), date=NOW)
        guide["From"], guide["To"], guide["Message-ID"] = SENDER, told.email, f"<guide.{lang}@harbour.example>"
        found[f"guide {lang}"] = guide
    return found


def installed(package: str, folder: Path) -> Path:
    """Install an npm package into `folder` and return the folder, or skip."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no node here")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", package]
    got = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if got.returncode:
        pytest.skip(f"{package} cannot be had here")
    return folder


@pytest.mark.parametrize("lang", LANGS)
def test_a_calendar_reads_the_entry(tmp_path: Path, lang: str) -> None:
    folder = installed("ical.js@2.2.1", tmp_path)
    told = a_candidate(lang=lang, link="https://hr.harbour.example/i/7", minutes=45)
    entry = next(part for part in letters()[f"invitation {lang}"].iter_attachments() if is_entry(part))
    assert entry.get_content_type() == "text/calendar"
    item = next(one for one in items(a_kit(lang), told, About.INVITATION, NOW) if one.channel is Channel.MAIL)
    read = subprocess.run(
        ["node", "-e", CALENDAR],
        cwd=folder,
        input=invitation.event(item, SENDER, NOW),
        capture_output=True,
        check=True,
    )
    assert json.loads(read.stdout) == {
        "method": "REQUEST",
        "uid": f"{item.key}@harbour.example",
        "summary": {"en": "Interview: ", "zh_CN": "面试："}[lang] + told.post,
        "start": told.starts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "minutes": 45,
        "attendees": ["mailto:candidate1@example.com"],
        "organizer": "mailto:hr@harbour.example",
        "alarm": -30,
        "link": "https://hr.harbour.example/i/7",
    }


def is_entry(part: Any) -> bool:
    return part.get_filename() == "interview.ics"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """A mail server with an inbox of its own: its port, and where its inbox is read."""
    folder = installed("maildev@2.2.1", tmp_path)
    smtp, web = free_port(), free_port()
    command = ["node", "node_modules/maildev/bin/maildev", "--ip", "127.0.0.1", "--web-ip", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "-s", str(smtp), "-w", str(web)], cwd=folder, stdout=log, stderr=log)
    try:
        yield smtp, f"http://127.0.0.1:{web}"
    finally:
        process.terminate()
        process.wait()


def test_a_mail_server_of_others_takes_every_letter_whole(inbox: tuple[int, str]) -> None:
    port, address = inbox
    sent = letters()
    with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=8)) as web:
        web.get("/healthz").raise_for_status()
        with smtplib.SMTP("127.0.0.1", port) as server:
            for one in sent.values():
                assert server.send_message(one) == {}
        received = {one["messageId"]: one for one in web.get("/email").raise_for_status().json()}
        assert len(web.get("/email").json()) == len(sent)
        for name, message in sent.items():
            found = received[str(message["Message-ID"]).strip("<>")]
            assert found["subject"] == str(message["Subject"]), name
            assert found["html"], name
            assert found["text"], name
            files = {one["fileName"]: one for one in found["attachments"]}
            assert next(iter(files), None), name
            for file in files.values():
                got = web.get(f"/email/{found['id']}/attachment/{file['generatedFileName']}").raise_for_status()
                assert len(got.content) == file["length"] > 0, (name, file)
            page = web.get(f"/email/{found['id']}/html").raise_for_status().text
            assert "cid:" not in page, name  # each picture was found among the parts
            pictures = [one["contentId"] for one in files.values() if one["contentType"].startswith("image/")]
            assert sorted(pictures) == sorted(set(re.findall(r'src="cid:([^"]+)"', found["html"]))), name


@pytest.mark.parametrize("name", [f"{kind} {lang}" for kind in (*About, "guide") for lang in LANGS])
def test_a_spam_filter_lets_every_letter_pass(name: str) -> None:
    judge = shutil.which("spamassassin")
    if judge is None:
        pytest.skip("no SpamAssassin here")
    sent = letters()[name].as_bytes()
    judged = subprocess.run([judge, *RULES], input=sent, capture_output=True, check=True).stdout.decode()
    status = " ".join(re.search(r"X-Spam-Status: (.+(?:\n\s.+)*)", judged)[1].split())  # type: ignore[index]
    print(f"{name}: {status}", file=sys.stderr)  # noqa: T201
    assert float(re.search(r"score=(-?[\d.]+)", status)[1]) < SPAM, status  # type: ignore[index]
