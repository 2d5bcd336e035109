"""What `trainer bench resumes` measures: a thousand résumés against one post, and what memory that takes."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterator
from random import Random

import psutil

from trainer import bootstrap
from trainer.adapters.hrms_process import HrmsProcess
from trainer.adapters.raw_page import RawPage, sign_in
from trainer.app.ports import Control
from trainer.cli.bench import Row
from trainer.cli.bench_typist import SEED, session
from trainer.core.errors import BrokenEnvironment
from trainer.i18n import gettext as _

COUNT = 1_000
LIMIT_S = 60.0
FLAT = 1.15
PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.2
WARM_SHARE = 0.25
"""By then every reading process has its libraries and its first files behind it."""

SKILLS = (
    "negotiation",
    "CRM",
    "Excel",
    "key accounts",
    "presentations",
    "SQL",
    "谈判",
    "客户管理",
    "Python",
    "recruiting",
)
JOBS = ("Sales representative", "Account manager", "Shop assistant", "销售代表", "Data analyst", "Team lead")
SCHOOLS = ("Bachelor of Business", "Master of Science", "本科 市场营销", "Vocational school", "大专")

Tell = Callable[[str], None]


def resumes(tell: Tell) -> list[Row]:
    """Measure; `tell` hears what is being measured."""
    return measure(tell, COUNT)


def measure(tell: Tell, count: int) -> list[Row]:
    """Upload `count` résumés as HR does, and match them."""
    tell(_("Writing {count} résumés …").format(count=count))
    archive = _archive(count)
    tell(_("Matching {count} résumés …").format(count=count))
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        seconds, matched, memory = asyncio.run(_matched(process, control, archive))
    warm = [used for done, used in memory if done <= WARM_SHARE]
    later = [used for done, used in memory if done > WARM_SHARE]
    limit = _("limit")
    return [
        Row(_("résumés matched"), matched, "", count, _("uploaded"), 1.0, more_is_better=True),
        Row(_("résumés: seconds for all"), seconds, "s", LIMIT_S, limit, 1.0),
        Row(_("résumés a second"), matched / seconds, "/s"),
        Row(
            _("résumés: greatest memory after the first quarter"),
            max(later, default=0.0),
            "MB",
            max(warm, default=None),
            _("before it"),
            FLAT,
        ),
    ]


async def _matched(
    process: HrmsProcess, control: Control, archive: bytes
) -> tuple[float, int, list[tuple[float, float]]]:
    """Return the seconds, how many were matched, and how much memory was in use at which share of the work."""
    loop = asyncio.get_running_loop()
    async with session() as http:
        sandbox = control.create("web", "en", SEED)
        post = sandbox.context["post"]["id"]
        cookie = await sign_in(http, process.base_url, control.sign_in_link(sandbox.id, "hr"))
        base = f"/s/{sandbox.id}/hr/resumes"
        url = f"{process.base_url}{base}/upload?post={post}&name=all.zip"
        async with http.post(url, data=archive, headers={"Cookie": cookie}) as answer:
            taken = await answer.json()
            if taken.get("refused") or "count" not in taken:
                raise BrokenEnvironment(_("The résumés were not taken."), str(taken)[:200])
        memory: list[tuple[float, float]] = []
        async with RawPage(http, process.base_url, f"{base}?post={post}", cookie) as page:
            began = loop.time()
            await page.do("resumes.match")
            while not (state := _state(page)) or state in {"none", "running"}:
                memory.append((_share(page), _megabytes(process.pid or 0)))
                if loop.time() - began > PATIENCE_SECONDS:
                    break
                await asyncio.sleep(LOOK_SECONDS)
            seconds = loop.time() - began
            unread = page.find("resumes.problems") is not None
        if state != "done" or unread:
            raise BrokenEnvironment(_("The match did not come to its end."), str(state))
        return seconds, int(taken["count"]), memory


def _state(page: RawPage) -> str:
    found = page.find("resumes.status")
    return str(found[1]["props"].get("data-state", "")) if found else ""


def _share(page: RawPage) -> float:
    found = page.find("resumes.progress")
    return float(found[1]["props"]["value"]) / float(found[1]["props"]["max"]) if found else 0.0


def _megabytes(pid: int) -> float:
    """Return what a process and its children hold."""
    total = 0
    family = psutil.Process(pid)
    for member in [family, *family.children(recursive=True)]:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def _archive(count: int) -> bytes:
    """Return a ZIP of résumés: half of them text, the others PDF and DOCX."""
    random = Random(7)
    kinds = (("txt", _text), ("pdf", _pdf), ("txt", _text), ("docx", _docx))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            suffix, make = kinds[number % len(kinds)]
            archive.writestr(f"resume-{number:04}.{suffix}", make(list(_lines(number, random))))
    return packed.getvalue()


def _lines(number: int, random: Random) -> Iterator[str]:
    years = random.randint(0, 12)
    yield f"Name: Person {number:04}"
    yield f"E-mail: person{number:04}@example.com"
    yield "Work:"
    for back in range(0, years, 3):
        yield f"{2026 - back - 3} to {2026 - back}  {random.choice(JOBS)}, Company {random.randint(1, 99)} Ltd"
        yield from (
            f"Responsible for task {random.randint(1, 999)} with a team of {back + 2}." for _line in range(6)
        )
    yield f"Skills: {', '.join(random.sample(SKILLS, 4))}"
    yield f"Education: {random.choice(SCHOOLS)}"


def _text(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def _pdf(lines: list[str]) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    for number, line in enumerate(lines):
        canvas.drawString(50, 800 - 14 * number, line.encode("ascii", "ignore").decode())
    canvas.save()
    return file.getvalue()


def _docx(lines: list[str]) -> bytes:
    from docx import Document

    file = io.BytesIO()
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()
