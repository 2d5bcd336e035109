"""Somebody else's applications as their own packages ship them, installed beside the trainer, on the loopback."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "applications.lock"
SECONDS = 60.0
CODE = "tea-and-sugar-17"
"""The secret of the tests: nothing that is kept may hold it."""

SETTINGS = """
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/budget.sqlite"
SECRET_KEY = "made up for a test"
SESSION_COOKIE_SECURE = False
ACTIVATE_DEMO_PROJECT = False
MAIL_SUPPRESS_SEND = True
RATELIMIT_ENABLED = False
MAIL_DEFAULT_SENDER = "Budget manager <admin@example.com>"
"""


def installed(lock: Path = LOCK) -> Path:
    """Return the folder with the packages of a lock, installed when it is not there yet; kept from run to run.

    What is compiled fits one version of Python, so each has a folder of its own.
    """
    kept = HERE.parents[1] / ".applications"
    folder = kept / f"{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}-{sys.implementation.cache_tag}"
    if not folder.is_dir():
        beside = kept / f"{folder.name}.{os.getpid()}"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        wanted = ["--require-hashes", "--target", str(beside), "--requirement", str(lock)]
        run = subprocess.run([*pip, *wanted], check=False, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        with suppress(OSError):  # somebody else was faster
            beside.rename(folder)
        shutil.rmtree(beside, ignore_errors=True)
    return folder


@contextmanager
def budget(folder: Path, *, menu: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run the budget manager "I Hate Money" on an empty database; yields its address.

    Args:
        folder: For its files.
        menu: Words of its menu → other ones, as a later release might have them.
    """
    settings = folder / "budget.cfg"
    settings.write_text(SETTINGS.format(folder=folder), "utf-8")
    env = {"IHATEMONEY_SETTINGS_FILE_PATH": str(settings)}
    if menu:
        env["PYTHONPATH"] = f"{_reworded(folder / 'reworded', menu)}{os.pathsep}{installed()}"
    with _running(["flask", "--app", "ihatemoney.wsgi", "run", "--port"], env, folder) as url:
        yield url


def _reworded(folder: Path, menu: Mapping[str, str]) -> Path:
    """Copy the budget manager with other words in its menu."""
    shutil.copytree(installed() / "ihatemoney", folder / "ihatemoney")
    layout = folder / "ihatemoney" / "templates" / "layout.html"
    text = layout.read_text("utf-8")
    for word, other in menu.items():
        assert f'_("{word}")' in text
        text = text.replace(f'_("{word}")', f'"{other}"')
    layout.write_text(text, "utf-8")
    return folder


@contextmanager
def people(folder: Path) -> Iterator[str]:
    """Run sqlite-web, behind its password, on a table of people; yields its address."""
    file = folder / "people.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("create table person (id integer primary key, name text not null, post text)")
    database.close()
    arguments = ["sqlite_web.sqlite_web", "--no-browser", "--password", str(file), "--host", "127.0.0.1", "--port"]
    with _running(arguments, {"SQLITE_WEB_PASSWORD": CODE}, folder) as url:
        yield url


@contextmanager
def _running(arguments: list[str], env: dict[str, str], folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "application.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", *arguments, str(port)],
            env={**os.environ, "PYTHONPATH": str(installed()), **env},
            stdout=log,
            stderr=log,
            cwd=folder,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(url, process, folder / "application.log")
            yield url
        finally:
            process.terminate()
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  # http on the loopback
        except OSError:
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < deadline, log.read_text("utf-8", "replace")
            time.sleep(0.1)
        else:
            return
