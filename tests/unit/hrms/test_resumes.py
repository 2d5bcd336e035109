"""Résumés: what is taken, what is refused, what is read, how it is matched, and who is invited."""

import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from sandbox_hrms.app import library, org, recruit, resumes
from sandbox_hrms.app.extract import MAX_FILE, extract
from sandbox_hrms.app.match import match_all
from sandbox_hrms.app.matching_jobs import Progress
from sandbox_hrms.app.reading import Order, Readers, read
from sandbox_hrms.app.sample_resumes import sample_files
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.datasets import Education, Requirements
from sandbox_hrms.core.errors import Forbidden, Invalid, NotAllowed, ReadOnly, StorageFailed
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.matching import LEVELS, Facts, match
from sandbox_hrms.core.resumes import education_of, person_of, years_of
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.scorers.skills import find_skills

WANTED = Requirements(
    required=("negotiation", "crm", "customer_visits"),
    nice=("trade_fairs", "data_analysis"),
    years=4,
    education="bachelor",
)
LINES = [
    "Name: Mia Example",
    "Negotiation, CRM and customer visits",
    "2016-2024  Sales, Example Ltd",
    "BA in Marketing",
]


def pdf(lines: list[str] = LINES, *, password: str | None = None) -> bytes:
    canvas = Canvas(out := BytesIO(), encrypt=password)
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 20 * number, line)
    canvas.save()
    return out.getvalue()


def docx(lines: list[str] = LINES) -> bytes:
    document = Document()
    for line in lines[:-1]:
        document.add_paragraph(line)
    document.add_table(1, 1).cell(0, 0).text = lines[-1]
    document.save(out := BytesIO())
    return out.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def take(sandbox: Sandbox, hr: Actor, tmp_path: Path) -> Callable[[str, bytes], resumes.Taken]:
    def upload(name: str, content: bytes) -> resumes.Taken:
        file = tmp_path / "incoming"
        file.write_bytes(content)
        return resumes.take_in(sandbox, hr, "p1", name, file)

    return upload


def finished(hrms: Hrms, sandbox: Sandbox, hr: Actor) -> Progress:
    deadline = time.monotonic() + 60
    while (progress := hrms.matching.progress(sandbox, hr)) is None or progress.state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return progress


@pytest.mark.parametrize(
    "content", [pdf(), docx(), "\n".join(LINES).encode(), "\n".join(LINES).encode("utf-16")[2:]]
)
def test_three_kinds_of_files_are_read_alike(content: bytes) -> None:
    got = extract(content)
    if got.message:  # text in an encoding that says nothing of itself
        assert got.message == "This is no PDF, DOCX or text file."
        return
    assert person_of(got.text, "x.pdf").name == "Mia Example"
    assert years_of(got.text, 2026) == 8
    assert education_of(got.text) == "bachelor"


def test_chinese_text_is_read_in_either_encoding() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert extract("姓名：王小明\n商务谈判".encode(encoding)).text == "姓名：王小明\n商务谈判"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (bytes(range(256)) * 4, "This is no PDF, DOCX or text file."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is an old Word file."),
        (b"%PDF-1.7\nnothing more", "The file is damaged."),
        (b"PK\x03\x04 cut off", "The file is damaged."),
        (pdf([]), "There is no text in the file, only pictures."),
        (pdf(password="secret"), "The file is protected by a password."),
        (packed({"a.txt": b"x"}), "This is no PDF, DOCX or text file."),
        (packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"no xml"}), "The file is damaged."),
        (
            packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"0" * 9_000_000}),
            "The archive unpacks to far too much.",
        ),
    ],
)
def test_what_cannot_be_read_is_told(content: bytes, told: str) -> None:
    assert (extract(content).message, extract(content).text) == (told, "")


@given(st.binary(max_size=400))
def test_no_file_makes_the_reader_fall_over(content: bytes) -> None:
    got = read(Order("x", content, ("negotiation",), 2026))
    assert bool(got.text) != bool(got.message)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2016-2021 Sales\n2021 - present Key accounts", 10),
        ("2018年3月至今 销售代表", 8),
        ("2010-2014 University of Somewhere\n2020-2022 Sales", 2),
        ("5 years of experience", 5),
        ("从事销售工作五年以上", 5),
        ("有十二年工作经验", 12),
        ("Born 1990, 3rd grade in 2019年级", 0),
        ("99 years of experience", 0),
        ("2019-2021 A\n2020-2022 B", 3),
    ],
)
def test_years_of_work_are_counted_once(text: str, years: float) -> None:
    assert years_of(text, 2026) == years


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("PhD in Physics", "doctor"),
        ("工商管理硕士", "master"),
        ("市场营销本科", "bachelor"),
        ("大专", "diploma"),
        ("High school", "school"),
        ("Certified Scrum Master, 2019 to 2024", "none"),
        ("Scrum Master, with a Master's degree", "master"),
        ("a good heart", "none"),
    ],
)
def test_education_is_the_highest_that_is_named(text: str, level: Education) -> None:
    assert education_of(text) == level


def test_people_without_a_name_in_the_text_are_called_like_their_file() -> None:
    assert person_of("Résumé\nmail: a@b.example\n12345", "li_ming-2026.pdf").name == "li ming 2026"
    assert person_of("个人简历\n姓名：王小明   电话：138 0013 8000", "x").name == "王小明"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I like negotiating.", "negotiating"),
        ("Skilled in negotation and more", "negotation"),
        ("擅长商务谈判", "商务谈判"),
        ("No experience in negotiation.", None),
        ("不熟悉商务谈判", None),
        ("Not a cook, but strong: negotiation", "negotiation"),
        ("renegotiationist", None),
    ],
)
def test_skills_are_found_in_words_and_not_when_denied(text: str, found: str | None) -> None:
    assert find_skills(text, [library.skills()["negotiation"]]).get("negotiation") == found


def test_other_words_for_a_chinese_skill_are_found_near_each_other_only() -> None:
    crm = [library.skills()["crm"]]
    assert find_skills("熟悉客户关系的管理", crm) == {"crm": "客户关系的管理"}
    assert find_skills("客户很多。关系很好。没做过管理", crm) == {}


def test_points_have_names_and_sum_to_the_score() -> None:
    full = match(Facts(dict.fromkeys((*WANTED.required, *WANTED.nice), "x"), 9, "master"), WANTED)
    assert full.score == 100
    half = match(Facts({"negotiation": "haggling"}, 2, "diploma"), WANTED)
    assert [(one.need, one.points, one.of) for one in half.reasons] == [
        ("required", 20.0, 60.0),
        ("nice", 0.0, 15.0),
        ("years", 7.5, 15.0),
        ("education", 5.0, 10.0),
    ]
    assert half.score == sum(one.points for one in half.reasons)
    assert half.reasons[0].missing == ("crm", "customer_visits")
    assert half.reasons[0].quotes == ("haggling",)
    assert match(Facts({}, 0, "none"), WANTED).score == 0
    assert match(Facts({}, 0, "none"), Requirements()).score == 0


@given(
    have=st.sets(st.sampled_from((*WANTED.required, *WANTED.nice))),
    more=st.sampled_from((*WANTED.required, *WANTED.nice)),
    years=st.floats(0, 40),
    level=st.sampled_from(LEVELS),
)
def test_knowing_more_never_counts_less(have: set[str], more: str, years: float, level: Education) -> None:
    before = match(Facts(dict.fromkeys(have, "x"), years, level), WANTED)
    after = match(Facts(dict.fromkeys(have | {more}, "x"), years, level), WANTED)
    assert 0 <= before.score <= after.score <= 100


def test_many_files_are_matched_in_order_and_again_the_same() -> None:
    source = library.dataset("sales_two_openings")
    files = [*sample_files(source, WANTED, "en", 3, 9, ("text", "docx", "pdf")), ("bad.pdf", b"%PDF- no")]
    readers = Readers(1)
    try:
        first = list(match_all(files, WANTED, year=2026, readers=readers))
        assert [one.reading.name for one in first] == [name for name, _ in files]
        assert first == list(match_all(files, WANTED, year=2026, readers=readers))
    finally:
        readers.close()
    assert first[-1].match is None
    assert first[-1].reading.message == "The file is damaged."
    assert all(one.match is not None for one in first[:-1])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "..", ".", "a\0b", "", " . "]
)
def test_a_path_is_no_name(take: Callable[[str, bytes], resumes.Taken], sandbox: Sandbox, name: str) -> None:
    with pytest.raises(Invalid, match="no name for a file"):
        take(name, b"Negotiation")
    assert not list((sandbox.folder / "media").rglob("*.*"))


def test_a_reading_process_that_dies_costs_no_file() -> None:
    files = [(f"{number}.txt", f"Name: Mia Example\nCRM {number}".encode()) for number in range(12)]
    readers = Readers(1)
    try:
        found = match_all(files, WANTED, year=2026, readers=readers)
        done = [next(found)]
        assert readers._pool is not None  # noqa: SLF001  # the processes that are to die
        for process in list(readers._pool._processes.values()):  # noqa: SLF001
            process.kill()
        done += found
    finally:
        readers.close()
    assert [one.reading.name for one in done] == [name for name, _ in files]
    assert all(one.match is not None for one in done)


def test_a_file_is_kept_under_a_name_of_ours(
    take: Callable[[str, bytes], resumes.Taken], sandbox: Sandbox
) -> None:
    assert take("<script>alert(1)</script>\u202efdp.exe"[8:].replace("/", ""), b"Negotiation, CRM").count == 1
    kept = list((sandbox.folder / "media" / "resumes").iterdir())
    assert [one.suffix for one in kept] == [".txt"]
    assert kept[0].stem.isalnum()
    with pytest.raises(Invalid, match="there already"):
        take("again.txt", b"Negotiation, CRM")


def test_large_files_and_bombs_are_refused_and_leave_nothing(
    take: Callable[[str, bytes], resumes.Taken], sandbox: Sandbox
) -> None:
    with pytest.raises(Invalid, match="larger than 5 MB") as caught:
        take("large.txt", b"word " * (MAX_FILE // 5 + 1))
    assert caught.value.http == 413
    with pytest.raises(Invalid, match="far too much"):
        take("bomb.zip", packed({"a.txt": b"0" * 30_000_000}))
    with pytest.raises(Invalid, match="far too much"):
        take("many.zip", packed({f"{number}.txt": b"x" for number in range(2_001)}))
    assert [one for one in (sandbox.folder / "media").rglob("*") if one.is_file()] == []


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "laugh"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
    ],
    ids=["bomb", "file of ours", "request of ours"],
)
def test_an_entity_in_a_word_file_is_never_filled_in(declared: str) -> None:
    whole = zipfile.ZipFile(BytesIO(docx(["Name: Ben Example", "CRM FILLED"])))
    parts = {name: whole.read(name) for name in whole.namelist()}
    head, body = parts["word/document.xml"].decode().split("?>", 1)
    parts["word/document.xml"] = f"{head}?><!DOCTYPE w [{declared}]>{body.replace('FILLED', '&x;')}".encode()
    assert extract(packed(parts)).text == "Name: Ben Example\nCRM"


def _with_huge_directory(parts: int, told: int) -> bytes:
    """Return an archive with one file and a directory of ``parts`` entries, whose end tells of ``told``."""
    content = bytearray(packed({"word/document.xml": b"x", "[Content_Types].xml": b"x"}))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = bytes(content[start : content.index(b"PK\x01\x02", start + 1)])
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(entry) * parts, start, 0)
    return bytes(content[:start]) + entry * parts + record + bytes(content[end + 22 :])


@pytest.mark.parametrize("told", [2, 65_535])
def test_an_archive_with_a_huge_directory_is_refused_before_it_is_read(
    take: Callable[[str, bytes], resumes.Taken], monkeypatch: pytest.MonkeyPatch, told: int
) -> None:
    bomb = _with_huge_directory(40_000, told)

    def read(*_: object, **__: object) -> None:
        raise AssertionError("the directory was read")

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", read)
    for name in ("cv.docx", "all.zip"):
        with pytest.raises(Invalid, match="far too much"):
            take(name, bomb)
    assert extract(bomb).message == "The archive unpacks to far too much."


def test_an_archive_with_a_comment_or_of_another_size_is_told_as_before(
    take: Callable[[str, bytes], resumes.Taken],
) -> None:
    out = BytesIO(packed({"mia.pdf": pdf()}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"PK\x05\x06 is how an end begins"
    assert extract(docx()).text.startswith("Name:")
    with pytest.raises(Invalid):
        take("all.zip", out.getvalue())  # zipfile takes the comment for the end, and finds it damaged
    with pytest.raises(Invalid, match="far too much"):
        take(
            "zip64.zip", packed({"a.txt": b"x"})[:-22] + b"PK\x06\x07" + bytes(16) + packed({"a.txt": b"x"})[-22:]
        )


def test_an_archive_gives_its_files_and_says_which_it_refuses(
    take: Callable[[str, bytes], resumes.Taken], hrms: Hrms, sandbox: Sandbox, hr: Actor
) -> None:
    taken = take(
        "all.zip",
        packed({
            "one/mia.pdf": pdf(),
            "two.docx": docx(["Name: Ben Example", "CRM", "BA in Marketing"]),
            "../evil.txt": b"Negotiation",
            "tool.exe": bytes(range(256)),
            "inner.zip": packed({"x.txt": b"x"}),
            ".DS_Store": b"x",
            "__MACOSX/mia.pdf": b"x",
        }),
    )  # fmt: skip
    assert taken.count == 2
    assert [name for name, _ in taken.refused] == ["evil.txt", "tool.exe", "inner.zip"]
    assert events(sandbox, 0)[0][-1]["data"] == {"count": 2, "refused": 3}
    hrms.matching.start(sandbox, hr, "p1")
    progress = finished(hrms, sandbox, hr)
    assert (progress.state, progress.done, progress.total, progress.bad) == ("done", 15, 15, 0)
    ranking = resumes.ranking(sandbox, hr, "p1")
    mia = next(one for one in ranking.rows if one.name == "Mia Example")
    assert mia.reasons[0].found == ("negotiation", "crm", "customer_visits")
    assert [one.score for one in ranking.rows] == sorted((one.score for one in ranking.rows), reverse=True)
    assert recruit.candidate_file(sandbox, hr, mia.candidate_id).resume.skills
    data = snapshot(sandbox)[1]["resumes"]
    assert (data["count"], data["waiting"], data["failed"], data["matched"]) == (2, 0, 0, 15)


def test_the_best_are_invited_and_who_cannot_be_is_told(hrms: Hrms, sandbox: Sandbox, hr: Actor) -> None:
    resumes.add_samples(sandbox, hr, "p1", 5)
    hrms.matching.start(sandbox, hr, "p1")
    finished(hrms, sandbox, hr)
    best = resumes.best(sandbox, hr, "p1", 3)
    done = resumes.invite_many(sandbox, hr, [*best, "c2", "c99"])
    assert done.count == 3
    assert len(done.refused) == 2
    assert not set(best) & set(resumes.best(sandbox, hr, "p1", 3))
    with pytest.raises(NotAllowed, match="Nobody is chosen"):
        resumes.invite_many(sandbox, hr, [])


def test_a_match_can_be_stopped_and_only_one_runs(hrms: Hrms, sandbox: Sandbox, hr: Actor) -> None:
    resumes.add_samples(sandbox, hr, "p1", 200)
    hrms.matching.start(sandbox, hr, "p1")
    with pytest.raises(NotAllowed, match="running already"):
        hrms.matching.start(sandbox, hr, "p1")
    hrms.matching.stop(sandbox, hr)
    progress = finished(hrms, sandbox, hr)
    assert progress.state == "cancelled"
    assert progress.done < progress.total
    left = resumes.ranking(sandbox, hr, "p1")
    assert left.total == progress.done
    assert left.unmatched == progress.total - progress.done


def test_a_candidate_brings_a_resume_of_their_own(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "mine"
    for content in (pdf(), docx()):
        file.write_bytes(content)
        resumes.take_own(sandbox, candidate, hrms.readers, "mine.pdf", file)
    own = resumes.own_file(sandbox, candidate)
    assert own is not None
    assert own.size == len(content)
    assert len(list((sandbox.folder / "media" / "resumes").iterdir())) == 1
    assert snapshot(sandbox)[1]["privacy"]["resume_uploaded"]
    file.write_bytes(pdf([]))
    with pytest.raises(Invalid, match="only pictures"):
        resumes.take_own(sandbox, candidate, hrms.readers, "scan.pdf", file)


def test_a_resume_that_could_not_be_noted_leaves_no_file(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "mine"
    file.write_bytes(b"Name: Kim Lee\nNegotiation, 2019-2024")
    hrms.sandboxes.inject(sandbox.id, Fault.DISK_FULL, None)
    with pytest.raises(StorageFailed):
        resumes.take_own(sandbox, candidate, hrms.readers, "mine.txt", file)
    assert list((sandbox.folder / "media" / "resumes").iterdir()) == []


def test_a_post_with_resumes_cannot_be_taken_back(sandbox: Sandbox, hr: Actor, tmp_path: Path) -> None:
    department = org.departments(sandbox, hr)[0].id
    post = org.add_post(sandbox, hr, department, "Trainer", 1, "sales")
    file = tmp_path / "mine"
    file.write_bytes(b"Name: Kim Lee\nNegotiation, 2019-2024")
    resumes.take_in(sandbox, hr, post.subject, "mine.txt", file)
    with pytest.raises(NotAllowed):
        org.undo(sandbox, hr, post.number)


def test_only_hr_brings_in_and_matches(
    hrms: Hrms, sandbox: Sandbox, candidate: Actor, hr: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "mine"
    file.write_bytes(b"Negotiation")
    looker = Actor(Role.HR, "hr", "Pat", read_only=True)
    for who, refusal in ((candidate, Forbidden), (looker, ReadOnly)):
        with pytest.raises(refusal):
            resumes.take_in(sandbox, who, "p1", "x.txt", file)
        with pytest.raises(refusal):
            hrms.matching.start(sandbox, who, "p1")
    with pytest.raises(Forbidden):
        resumes.ranking(sandbox, candidate)
    with pytest.raises(Forbidden):
        resumes.take_own(sandbox, hr, hrms.readers, "x.txt", file)
    assert resumes.ranking(sandbox, looker).total == 0
