"""Made-up résumés, to try the match with: the same seed gives the same ones."""

import random as chance
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Dataset, Requirements

if TYPE_CHECKING:
    from faker import Faker

Form = Literal["text", "docx", "pdf"]

_LOCALES = {"zh_CN": "zh_CN", "en": "en_US"}
_WORDS = {
    "en": ("Name", "E-mail", "Phone", "Work", "Skills", "Education", "to"),
    "zh_CN": ("姓名", "邮箱", "电话", "工作经历", "技能", "教育背景", "至"),
}
_SUFFIX = {"text": "txt", "docx": "docx", "pdf": "pdf"}


def sample_files(  # noqa: PLR0913, PLR0917  # what decides a set of files
    source: Dataset, wanted: Requirements, lang: str, seed: int, count: int, forms: tuple[Form, ...] = ("text",)
) -> Iterator[tuple[str, bytes]]:
    """Make ``count`` résumés of people who fit more or less; returns name and content of each file.

    Args:
        source: Where jobs and schools come from.
        wanted: What the post asks for; each person has some of it.
        lang: Language of the résumés; ``pdf`` is for English only, as the built-in letters have no Chinese.
        seed: Decides everything.
        count: How many.
        forms: Kinds of files, taken in turn.
    """
    from faker import Faker

    pick = chance.Random(seed)  # noqa: S311  # sample data, no secret
    fake = Faker(_LOCALES[lang])
    fake.seed_instance(seed)
    for number in range(1, count + 1):
        lines = _resume(source, wanted, lang, pick, fake)
        form = forms[number % len(forms)]
        make = {"text": _as_text, "docx": _as_docx, "pdf": _as_pdf}[form]
        yield f"resume-{number:04}.{_SUFFIX[form]}", make(lines)


def _resume(source: Dataset, wanted: Requirements, lang: str, pick: chance.Random, fake: "Faker") -> list[str]:
    name, mail, phone, work, skills, education, to = _WORDS[lang]
    parts, year = source.resume, source.reference.year
    known = library.skills()
    asked = (*wanted.required, *wanted.nice)
    others = [code for code in known if code not in asked]
    have = [code for code in asked if pick.random() < 0.6]  # noqa: PLR2004  # most people have most of it
    have += pick.sample(others, 3)
    years = pick.randint(0, 12)
    turn = year - pick.randint(0, years)
    first, last = fake.first_name(), fake.last_name()
    jobs = pick.sample(parts.jobs.within(lang), 2)
    spans = ((turn, year), (year - years, turn))
    return [
        f"{name}: {last + first if lang == 'zh_CN' else f'{first} {last}'}",
        f"{mail}: {fake.ascii_safe_email()}",
        f"{phone}: {fake.phone_number()}",
        pick.choice(parts.summary.within(lang)),
        f"{work}:",
        *(
            f"{since} {to} {until}  {job}, {fake.company()}"
            for (since, until), job in zip(spans, jobs, strict=True)
            if until > since
        ),
        f"{skills}: " + ", ".join(pick.choice(known[code].words.within(lang)) for code in have),
        f"{education}: {pick.choice(parts.education.within(lang))}",
    ]


def _as_text(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def _as_docx(lines: list[str]) -> bytes:
    from docx import Document

    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(out := BytesIO())
    return out.getvalue()


def _as_pdf(lines: list[str]) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(out := BytesIO())
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 18 * number, line)
    canvas.save()
    return out.getvalue()
