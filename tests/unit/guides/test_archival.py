"""A guide's PDF is PDF/A-1b: as far as pypdf can tell, and as Apache PDFBox judges it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from PIL import ImageCms
from pypdf import PdfReader

from guides.archival import srgb
from guides.edition import edition
from guides.invitation import sheet
from guides.pdf import render
from tests.unit.guides.candidates import NOW, a_candidate, a_kit
from tests.unit.guides.test_formats import BRAND
from tests.unit.guides.walks import walkthrough

JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
JAVA = Path("/usr/share/java")


@pytest.fixture(scope="module")
def content() -> bytes:
    return render(edition(walkthrough("zh_CN"), date(2026, 3, 4), BRAND))


def test_it_says_so_and_describes_itself(content: bytes) -> None:
    root = PdfReader(io.BytesIO(content)).root_object
    told = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in told
    assert "结束面试并离开系统" in told
    assert "Harbour Foods" in told
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/OutputIntents"][0]["/DestOutputProfile"].get_data() == srgb()


def test_links_are_printed(content: bytes) -> None:
    pages = PdfReader(io.BytesIO(content)).pages
    flags = [link.get_object()["/F"] for page in pages for link in page.get("/Annots", [])]
    assert len(flags) == 6
    assert set(flags) == {4}


def test_its_streams_end_with_a_line(content: bytes) -> None:
    assert len(re.findall(rb"\nendstream\n", content)) == content.count(b"endstream")


def test_its_colours_are_srgb_of_an_early_version() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
    assert profile.profile.version == pytest.approx(2.1)
    assert int.from_bytes(srgb()[:4]) == len(srgb())
    known = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert profile.profile.red_primary[1] == pytest.approx(known.profile.red_primary[1], abs=0.001)


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["guide", "sheet"])
def test_pdfbox_finds_it_valid(content: bytes, tmp_path: Path, kind: str) -> None:
    jars = [JAVA / f"{name}.jar" for name in JARS]
    if not shutil.which("java") or not all(jar.is_file() for jar in jars):
        pytest.skip("needs Debian's libpdfbox2-java, libactivation-java, libjaxb-api-java and a Java")
    file = tmp_path / "guide.pdf"
    file.write_bytes(content if kind == "guide" else sheet(a_candidate(lang="zh_CN"), a_kit("zh_CN"), NOW))
    validator = "org.apache.pdfbox.preflight.Validator_A1b"
    command = ["java", "-cp", ":".join(map(str, jars)), validator, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "is a valid PDF/A-1b file" in done.stdout, done.stdout
