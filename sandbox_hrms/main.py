"""The practice HR system as a program: ``serve`` and ``contract``."""

import gc
import io
import json
import os
import secrets
import socket
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from fastapi import FastAPI

    from sandbox_hrms.app.service import Hrms

TOKEN = "HRMS_CONTROL_TOKEN"  # noqa: S105  # the name of a variable
BACKUP_DIR = "HRMS_BACKUP_DIR"
MODELS = "HRMS_MODELS"
WHISPER = "HRMS_WHISPER"
FILMS = "HRMS_FILMS"
FOLDERS = "HRMS_PROFILES"
_USAGE = 2
_RECONNECT_SECONDS = 30.0
"""How long a cut page may come back with everything on it; the interview room sets a longer time."""
_ENVIRONMENT = 3
_FILES = 65_536
_PATIENCE = 2.0
"""Seconds that a program which is just ending may keep the data folder."""


@click.group()
@click.option(
    "--profiles",
    "folders",
    multiple=True,
    envvar=FOLDERS,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with profiles and skins of your own; also in HRMS_PROFILES.",
)
def main(folders: tuple[Path, ...]) -> None:
    """Run a practice HR system that really stores, really fails and really recovers."""
    if folders:
        from sandbox_hrms.app import library

        for folder in folders:
            library.add_profiles(folder)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8081, show_default=True, help="Port to listen on.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for all data."
)
@click.option(
    "--companion", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Script for every page."
)
@click.option("--parent-port", type=int, help="Port of the page that may frame ours.")
@click.option(
    "--tls-cert", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Certificate file (PEM)."
)
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key file (PEM).")
@click.option(
    "--backup-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=BACKUP_DIR,
    help=f"Second folder for the daily backup, e.g. a mounted disk (or {BACKUP_DIR}).",
)
@click.option(
    "--models",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=MODELS,
    help=f"Folder with a Vosk model a language (zh_CN, en) for spoken answers (or {MODELS}).",
)
@click.option(
    "--whisper",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=WHISPER,
    help=f"Folder of a faster-whisper model for spoken answers, instead of Vosk (or {WHISPER}).",
)
@click.option(
    "--films",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=FILMS,
    help=f"Folder with films of how an interview is left, such as entry.web.en.mp4 (or {FILMS}).",
)
def serve(  # noqa: PLR0913, PLR0917  # the options of one command
    host: str,
    port: int,
    data: Path,
    companion: Path | None,
    parent_port: int | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    backup_dir: Path | None,
    models: Path | None,
    whisper: Path | None,
    films: Path | None,
) -> None:
    """Serve until interrupted.

    The control API wants the token in HRMS_CONTROL_TOKEN. Without it a token is made up, and a demo sandbox
    with its sign-in links is printed.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("Give both --tls-cert and --tls-key, or neither.")
    lift_file_limit()
    listener = _listen(host, port)
    gc.disable()  # nothing that a start makes is garbage: looking for it took a sixth of the start
    from sandbox_hrms.app.service import Settings, build
    from sandbox_hrms.core.errors import Broken
    from sandbox_hrms.speech.whisper import NoWhisper

    token = os.environ.get(TOKEN)
    backups = backup_dir and backup_dir.resolve()
    settings = Settings(companion, parent_port, tls_cert is not None, backups, models, whisper, films)
    data = data.resolve()
    owner = _claim(data)
    try:
        hrms = build(data, lambda: datetime.now(UTC), settings)
        app = _application(hrms, token or secrets.token_urlsafe(24), data)
        if token is None:
            _show_demo(hrms, f"{'https' if settings.secure else 'http'}://{host}:{listener.getsockname()[1]}")
    except NoWhisper as error:
        click.echo(f"{error} {error.hint}", err=True)
        sys.exit(_ENVIRONMENT)
    except Broken as error:
        click.echo(f"{data}: {error} Bring the folder back from a backup, or choose another --data.", err=True)
        sys.exit(_ENVIRONMENT)
    hrms.jobs.start()
    try:
        _run(app, listener, tls_cert, tls_key)
    finally:
        hrms.close()
        owner.close()


@main.group()
def profiles() -> None:
    """List and check the kinds of HR system."""


@profiles.command("list")
def list_profiles() -> None:
    """Print every name that a scenario may use, with its title and what it is a skin of."""
    from sandbox_hrms.app import library

    for name in library.profile_names():
        one = library.profile(name)
        click.echo(f"{name:<24} {one.title}" + (f" (a skin of {one.base})" if one.base else ""))


@profiles.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_profiles(files: tuple[Path, ...]) -> None:
    """Check profiles and skins; without FILES, all of them. Everything that is wrong is told at once."""
    from sandbox_hrms.app import library

    for file in files:
        library.add_profiles(file.parent)
    found = library.check_profiles(files)
    for problem in found:
        click.echo(str(problem))
    if found:
        click.echo(f"{len(found)} to correct.", err=True)
        sys.exit(_USAGE)
    click.echo(f"{len(files) or len(library.profile_names())} checked, all fit.", err=True)


@main.command()
def contract() -> None:
    """Print what a scenario may rely on, as JSON: test ids and what they do, state codes, profiles, datasets."""
    click.echo(json.dumps(contract_data(), ensure_ascii=False, indent=2))


@main.command()
@click.option(
    "--graded", type=click.IntRange(min=0), default=0, help="Calibrate each question on N rows with `human`."
)
def score(graded: int) -> None:
    """Score answers against references: JSON lines on standard input, the same with `score` and `flags` out."""
    from sandbox_hrms.core.errors import HrmsError
    from sandbox_hrms.scorers.rows import score_lines

    source = io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", errors="replace")
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="\n", line_buffering=True)
    try:
        for line in score_lines(source, graded):
            out.write(line + "\n")
    except HrmsError as error:
        click.echo(str(error), err=True)
        sys.exit(_USAGE)


def contract_data() -> dict[str, Any]:
    """Return what a scenario may rely on."""
    from sandbox_hrms.app import library
    from sandbox_hrms.app.snapshot import SHAPE
    from sandbox_hrms.core.events import Kind
    from sandbox_hrms.core.faults import Fault
    from sandbox_hrms.core.payroll import PayStatus
    from sandbox_hrms.core.roles import SIGN_IN_ROLES
    from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced
    from sandbox_hrms.pages.effects import all_effects
    from sandbox_hrms.pages.names import PATTERNS, TEST_IDS

    return {
        "version": 1,
        "test_ids": list(TEST_IDS),
        "patterns": list(PATTERNS),
        "effects": all_effects(),
        "states": {
            "interview": list(Interview),
            "saved": list(Saved),
            "synced": list(Synced),
            "placement": list(Placement),
            "sitting": list(SittingStatus),
            "pay": list(PayStatus),
        },
        "profiles": list(library.profile_names()),
        "datasets": list(library.dataset_ids()),
        "roles": list(SIGN_IN_ROLES),
        "faults": list(Fault),
        "events": list(Kind),
        "context": {
            "lang": "string",
            "candidate": {"id": "string", "name": "string"},
            "post": {"id": "string", "title": "string", "department": "string"},
            "interview": {"id": "string"},
            "questions": [{"id": "string", "kind": "string", "text": "string", "sample": "string"}],
            "sample": {"reason": "string", "remark": "string", "answer": "string", "addition": "string"},
        },
        "snapshot": SHAPE,
    }


def lift_file_limit() -> None:
    """Allow ourselves as many open files as we may: a sandbox takes three, so 1,024 would not do for a class."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done, so that nobody waits for a start that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this option would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        click.echo(f"Cannot listen on {host}:{port} ({error.strerror}). Choose another --port.", err=True)
        sys.exit(_ENVIRONMENT)
    return listener


def _claim(data: Path) -> sqlite3.Connection:
    """Hold the data folder until we end, however we end: one writer a sandbox is one program, too."""
    data.mkdir(parents=True, exist_ok=True)
    owner = sqlite3.connect(data / "_owner.sqlite", timeout=_PATIENCE, isolation_level=None)
    try:
        owner.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        owner.close()
        click.echo(f"{data} is in use by another program ({error}). Choose another --data.", err=True)
        sys.exit(_ENVIRONMENT)
    return owner


def _application(hrms: "Hrms", token: str, data: Path) -> "FastAPI":
    """Put pages, control API and health check together."""
    os.environ.setdefault("NICEGUI_STORAGE_PATH", str(data / "_pages"))
    from fastapi import FastAPI
    from nicegui import ui

    from sandbox_hrms.control import PREFIX, control_app
    from sandbox_hrms.pages import register

    app = FastAPI(title="Sandbox HRMS", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    app.mount(PREFIX, control_app(hrms, token))
    register(app, hrms)
    ui.run_with(
        app,
        title="Sandbox HRMS",
        reconnect_timeout=_RECONNECT_SECONDS,
        tailwind=False,
        show_welcome_message=False,
    )
    return app


def _run(app: "FastAPI", listener: socket.socket, tls_cert: Path | None, tls_key: Path | None) -> None:
    import uvicorn

    from sandbox_hrms.pages.guard import LARGEST_MESSAGE

    config = uvicorn.Config(
        app,
        log_level="warning",
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_MESSAGE,
        timeout_graceful_shutdown=2,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )
    sys.setswitchinterval(0.001)  # a page waits no longer than that, each time, for a thread that computes
    gc.freeze()  # full collections of what stays anyway would stop everybody's page
    gc.set_threshold(2_000, 10, 900)  # so they are rare, and all others stop it for milliseconds only
    gc.enable()
    uvicorn.Server(config).run(sockets=[listener])


def _show_demo(hrms: "Hrms", address: str) -> None:
    """Create the demo sandbox once and print how to get in."""
    from sandbox_hrms.core.errors import NotFound
    from sandbox_hrms.core.roles import SIGN_IN_ROLES

    try:
        sandbox = hrms.sandboxes.open("demo")
    except NotFound:
        sandbox = hrms.sandboxes.create("web", "en", "sales_two_openings", 1, "demo")
    click.echo("A demo sandbox is ready:")
    for role in SIGN_IN_ROLES:
        click.echo(f"  {role:<10} {address}{hrms.sessions.issue_link(sandbox, role)}")
