"""The wheel is whole: with nothing but it, scenarios, translations and fonts are there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LANGS = ("en", "zh_CN")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def python(installed: Path, *arguments: str, **env: str) -> str:
    """Run Python with the unpacked wheel before everything else, away from the checkout."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_it_carries_the_data(installed: Path) -> None:
    files = {file.relative_to(installed).as_posix() for file in installed.rglob("*") if file.is_file()}
    scenarios = {file.relative_to(ROOT).as_posix() for file in (ROOT / "scenarios").rglob("*.*") if file.is_file()}
    assert {f"trainer/_data/{name}" for name in scenarios} <= files
    for lang in LANGS:
        assert {
            f"trainer/_data/locales/{lang}/LC_MESSAGES/{name}.mo" for name in ("trainer", "guides", "scenarios")
        } <= files
        assert f"sandbox_hrms/_data/locales/{lang}/LC_MESSAGES/sandbox_hrms.mo" in files
    assert {"guides/fonts/NotoSansSC-Regular.ttf", "guides/fonts/NotoSansSC-Bold.ttf"} <= files
    assert {f"guides/templates/{name}" for name in ("guide.html", "index.html", "letter.mjml")} <= files
    assert not any(name.startswith(("tests/", "docs/")) or name.endswith((".po", ".pyc")) for name in files)


def test_it_uses_its_own_data_and_speaks_chinese(installed: Path) -> None:
    code = "from trainer.paths import checkout, data_dir; print(checkout(), data_dir('scenarios'))"
    assert python(installed, "-c", code).split() == ["None", str(installed / "trainer/_data/scenarios")]
    assert "浏览器" in python(installed, "-m", "trainer.doctor", LC_ALL="zh_CN.UTF-8")
