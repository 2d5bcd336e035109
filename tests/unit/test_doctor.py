"""The doctor finds what each kind of machine lacks, names the cure, and installs nothing on a person's behalf."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from trainer.core.errors import BrokenEnvironment
from trainer.doctor import cures, environment, findings, report
from trainer.doctor.environment import Environment, call
from trainer.doctor.findings import Finding
from trainer.machine import LINUX, MACOS, WINDOWS, Machine, find_browser

DEBIAN = "ID=debian\n"
UBUNTU = 'ID=ubuntu\nID_LIKE="debian"\n'
FEDORA = "ID=fedora\n"
KALI = 'ID=kali\nID_LIKE="debian"\n'


def machine(top: Path, system: str = LINUX, release: str = DEBIAN, *, admin: bool = False, **env: str) -> Machine:
    """Make up a computer whose files lie below `top`."""
    (top / "etc").mkdir(parents=True, exist_ok=True)
    (top / "etc/os-release").write_text(release, "utf-8")
    base = {"PATH": str(top / "bin"), "HOME": str(top / "home"), "USERPROFILE": str(top / "home")}
    return Machine(system=system, env=base | env, root=top, admin=admin)


def program(place: Path, script: str = "echo Chromium 1.0") -> Path:
    """Put an executable file somewhere."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    place.chmod(0o755)
    return place


@pytest.mark.parametrize(
    ("system", "place"),
    [
        (LINUX, "bin/google-chrome"),
        (LINUX, "bin/chromium"),
        (LINUX, "bin/microsoft-edge"),
        (LINUX, "home/.cache/ms-playwright/chromium-1201/chrome-linux64/chrome"),
        (MACOS, "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        (MACOS, "home/Applications/Chromium.app/Contents/MacOS/Chromium"),
        (MACOS, "home/Library/Caches/ms-playwright/chromium-1201/chrome-mac/Chromium.app/Contents/MacOS/Chromium"),
        (WINDOWS, "Program Files/Google/Chrome/Application/chrome.exe"),
        (WINDOWS, "Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
        (WINDOWS, "home/Local/ms-playwright/chromium-1201/chrome-win/chrome.exe"),
    ],
)
def test_a_browser_is_found_in_its_usual_place(tmp_path: Path, system: str, place: str) -> None:
    here = machine(
        tmp_path,
        system,
        PROGRAMFILES=str(tmp_path / "Program Files"),
        LOCALAPPDATA=str(tmp_path / "home/Local"),
        **{"PROGRAMFILES(X86)": str(tmp_path / "Program Files (x86)")},  # type: ignore[arg-type]  # a variable
    )
    assert find_browser(here) is None
    expected = program(tmp_path / place)
    assert find_browser(here) == expected


def test_the_systems_own_browser_comes_before_a_downloaded_one(tmp_path: Path) -> None:
    program(tmp_path / "home/.cache/ms-playwright/chromium-1201/chrome-linux/chrome")
    chromium = program(tmp_path / "bin/chromium")
    assert find_browser(machine(tmp_path)) == chromium
    chrome = program(tmp_path / "bin/google-chrome")
    assert find_browser(machine(tmp_path)) == chrome


def test_trainer_browser_decides(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium")
    own = program(tmp_path / "own")
    assert find_browser(machine(tmp_path, TRAINER_BROWSER=str(own))) == own
    gone = machine(tmp_path, TRAINER_BROWSER=str(tmp_path / "gone"))
    assert find_browser(gone) is None
    found = findings.browser(gone)
    assert not found.ok
    assert str(tmp_path / "gone") in found.found
    assert found.cure == "unset TRAINER_BROWSER"


@pytest.mark.parametrize(
    ("system", "release", "packages", "cure"),
    [
        (
            LINUX,
            DEBIAN,
            ("chromium", "chromium-headless-shell"),
            (
                "sudo apt-get update && sudo apt-get install -y --no-install-recommends"
                " chromium chromium-headless-shell"
            ),
        ),
        (
            LINUX,
            KALI,
            ("chromium",),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium",
        ),
        (LINUX, UBUNTU, (), f"{sys.executable} -m playwright install chromium"),
        (LINUX, FEDORA, (), f"{sys.executable} -m playwright install chromium"),
        (MACOS, "", (), f"{sys.executable} -m playwright install chromium"),
        (WINDOWS, "", (), f"{sys.executable} -m playwright install chromium"),
    ],
)
def test_a_missing_browser_has_a_cure(
    tmp_path: Path, system: str, release: str, packages: tuple[str, ...], cure: str
) -> None:
    assert findings.browser(machine(tmp_path, system, release)) == Finding(
        "browser", ok=False, found="no Chrome, Chromium or Edge was found", cure=cure, packages=packages
    )


def test_a_browser_that_does_not_start_is_no_browser(tmp_path: Path) -> None:
    place = program(tmp_path / "bin/chromium", "exit 127")
    found = findings.browser(machine(tmp_path))
    assert (found.ok, found.found) == (False, f"{place} is there but does not start")
    program(place)
    assert findings.browser(machine(tmp_path)).found == "Chromium 1.0"


def test_the_library_of_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(name)

    assert findings.driver(machine(tmp_path)).ok
    monkeypatch.setattr("ctypes.CDLL", missing)
    found = findings.driver(machine(tmp_path))
    assert (found.ok, found.packages) == (False, ("libatomic1",))
    assert found.cure == "sudo apt-get update && sudo apt-get install -y --no-install-recommends libatomic1"
    assert findings.driver(machine(tmp_path, release=FEDORA)).cure == "install the library libatomic.so.1"
    assert findings.driver(machine(tmp_path, MACOS)).ok


def test_chinese_fonts(tmp_path: Path) -> None:
    assert findings.font(machine(tmp_path, MACOS)).ok
    assert findings.font(machine(tmp_path, WINDOWS)).ok
    assert findings.font(machine(tmp_path)).packages == ("fontconfig", "fonts-wqy-microhei")
    assert findings.font(machine(tmp_path, release=FEDORA)).packages == ()
    program(tmp_path / "bin/fc-list", "echo WenQuanYi Micro Hei,文泉驛微米黑")
    assert findings.font(machine(tmp_path)) == Finding("font", ok=True, found="WenQuanYi Micro Hei")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    needs = ["click>=8", "no-such-thing>=1", 'never; extra == "dev"']
    monkeypatch.setattr("importlib.metadata.requires", lambda _name: needs)
    found = findings.packages(machine(tmp_path))
    assert (found.ok, found.found) == (False, "missing Python packages: no-such-thing")


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("TRAINER_DATABASE_URL", raising=False)
    here = machine(tmp_path)
    assert findings.data_home(here).found == f"{tmp_path / 'new'} does not exist yet"
    cures.cure_home(here)
    assert findings.data_home(here) == Finding("home", ok=True, found=str(tmp_path / "new"))
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["platform.sqlite"]
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRAINER_HOME", str(tmp_path / "file"))
    assert findings.data_home(here).cure == "set TRAINER_HOME to a folder of your own"


def test_an_administrator_gets_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []

    def apt(command: list[str], env: dict[str, str] | None = None) -> None:
        ran.append(command)
        if "install" in command:
            assert env == {"DEBIAN_FRONTEND": "noninteractive"}
            for package in command[5:]:
                program(tmp_path / "bin" / package)

    monkeypatch.setattr(cures, "call", apt)
    here = machine(tmp_path, admin=True)
    assert cures.cure_packages(here, [findings.browser]) == []
    assert ran == [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "--no-install-recommends", "-qq", "chromium", "chromium-headless-shell"],
    ]
    assert capsys.readouterr() == ("", "Installing Debian packages: chromium chromium-headless-shell\n")
    assert cures.cure_packages(here, [findings.browser]) == []
    assert len(ran) == 2


def test_the_browser_without_a_window_is_taken_where_none_is_to_be_seen(tmp_path: Path) -> None:
    chromium, shell = program(tmp_path / "bin/chromium"), program(tmp_path / "bin/chromium-headless-shell")
    assert find_browser(machine(tmp_path)) == shell
    assert find_browser(machine(tmp_path), headed=True) == chromium
    assert find_browser(machine(tmp_path, TRAINER_BROWSER=str(chromium))) == chromium


def test_only_an_administrator_gets_what_is_merely_better(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tmp_path / "bin/chromium")
    found = findings.browser(machine(tmp_path))
    assert (found.ok, found.packages) == (True, ("chromium-headless-shell",))
    ran: list[list[str]] = []
    monkeypatch.setattr(cures, "call", lambda command, **_env: ran.append(command))
    assert cures.cure_packages(machine(tmp_path), [findings.browser]) == []
    assert (ran, capsys.readouterr().err) == ([], "")
    assert cures.cure_packages(machine(tmp_path, admin=True), [findings.browser]) == []
    assert ran[-1][-1] == "chromium-headless-shell"


def test_an_ordinary_user_gets_one_line_and_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cures, "call", pytest.fail)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(BrokenEnvironment) as caught:
        cures.cure_packages(machine(tmp_path), [findings.browser, findings.font])
    said = capsys.readouterr().err
    wanted = "chromium chromium-headless-shell fontconfig fonts-wqy-microhei"
    assert f"\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends {wanted}\n" in said
    assert "Enter" not in said
    assert caught.value.hint == "Run the line above, then the same command again."


def test_on_a_terminal_it_goes_on_after_enter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, *_size: int) -> str:  # type: ignore[override]  # the size does not matter here
            program(tmp_path / "bin/chromium")
            return "\n"

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert cures.cure_packages(machine(tmp_path), [findings.browser]) == []
    assert "press Enter" in capsys.readouterr().err


def test_elsewhere_the_guides_own_font_is_installed_for_the_person(tmp_path: Path) -> None:
    cures.cure_font(machine(tmp_path, release=FEDORA))
    folder = tmp_path / "home/.local/share/fonts/trainer"
    assert sorted(file.name for file in folder.iterdir()) == ["NotoSansSC-Bold.ttf", "NotoSansSC-Regular.ttf"]


def test_a_failed_program_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrokenEnvironment, match=r"(?s)no such wheel\nThis failed: sh -c") as caught:
        call(["sh", "-c", "echo no such wheel; exit 1"])
    assert caught.value.exit_code == 3
    with pytest.raises(BrokenEnvironment, match="no-such-program: No such file"):
        call(["no-such-program"])
    assert capsys.readouterr() == ("", "")


def test_the_environment_is_made_again_when_the_lock_changes(tmp_path: Path) -> None:
    for name in ("requirements.lock", "semantic.lock", "pyproject.toml"):
        (tmp_path / name).write_text("", "utf-8")
    environment = Environment(tmp_path, machine(tmp_path))
    assert not environment.is_current()
    program(environment.python)
    environment.note.write_text(environment.digest(), "utf-8")
    assert environment.is_current()
    (tmp_path / "requirements.lock").write_text("nicegui==9\n", "utf-8")
    assert not environment.is_current()


def test_an_extra_that_is_not_there_is_said_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_the_extra(command: list[str]) -> None:
        if command[-1].endswith("semantic.lock"):
            raise BrokenEnvironment("no such wheel", "")

    for name in ("requirements.lock", "semantic.lock", "pyproject.toml"):
        (tmp_path / name).write_text("", "utf-8")
    monkeypatch.setattr(environment, "call", without_the_extra)
    made = Environment(tmp_path, machine(tmp_path))
    program(made.python)
    made.make()
    assert made.is_current()
    assert "by their words alone" in capsys.readouterr().err


def test_setup_is_silent_when_nothing_is_to_be_done(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def met(_machine: Machine) -> Finding:
        return Finding("", ok=True, found="")

    for need in ("font", "browser", "catalogues", "data_home"):
        monkeypatch.setattr(cures, need, met)
    monkeypatch.setattr(Environment, "is_current", lambda _self: True)
    monkeypatch.setattr(cures, "call", pytest.fail)
    monkeypatch.setattr(Environment, "run", pytest.fail)
    cures.setup()
    assert capfd.readouterr() == ("", "")


def test_the_report_ends_with_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Finding("voice", ok=True, found="espeak-ng")
    bad = Finding("browser", ok=False, found="no browser", cure="get one", packages=("chromium",))
    monkeypatch.setattr(report, "checks", lambda: [good, bad])
    assert report.main() == 3
    assert capsys.readouterr().out == (
        "✓ Voice: espeak-ng\n✗ Browser: no browser\n    get one\nNext: .venv/bin/trainer doctor --fix\n"
    )
    assert report.main(as_json=True) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["ok"]) == (1, False)
    assert told["findings"][1] == {
        "name": "browser",
        "ok": False,
        "found": "no browser",
        "cure": "get one",
        "packages": ["chromium"],
    }
    monkeypatch.setattr(report, "checks", lambda: [good])
    assert report.main(quiet=True) == 0
    assert capsys.readouterr().out == ""


def test_every_need_is_told_by_name(tmp_path: Path) -> None:
    told = report.lines([need(machine(tmp_path)) for need in findings.NEEDS])
    assert sum(line[0] in "✓✗" for line in told) == len(findings.NEEDS)


def test_this_machine_is_looked_at_in_full() -> None:
    found = {finding.name: finding for finding in findings.checks()}
    assert list(found) == [
        "python",
        "venv",
        "packages",
        "driver",
        "browser",
        "font",
        "voice",
        "catalogues",
        "home",
    ]
    assert all(finding.ok or finding.cure for finding in found.values())
    assert Machine().admin == (os.geteuid() == 0)
