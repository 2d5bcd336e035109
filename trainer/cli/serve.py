"""`trainer serve`: the trainee pages, with the sandbox HRMS as a supervised child on a second port."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click

from trainer import bootstrap
from trainer.adapters import network
from trainer.adapters.database import Database
from trainer.adapters.scheduler import recurring
from trainer.adapters.supervisor import Supervisor
from trainer.app.ports import Control
from trainer.core.errors import BadInput
from trainer.core.people import Role
from trainer.i18n import LANGS
from trainer.i18n import gettext as _
from trainer.machine import share_heaps
from trainer.paths import home

LOCAL = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1"}
EVERYWHERE = "0.0.0.0"  # noqa: S104  # only when the operator says so
TIDY_EVERY = timedelta(hours=1)
LETTERS_EVERY = timedelta(minutes=1)
FIRST_LOGIN = "admin"
"""Login of the first administrator."""

Pair = tuple[Path, Path]
FILE = click.Path(path_type=Path)


@click.command(help=_("Serve the lessons to trainees in their own browsers."))
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=_("0.0.0.0 serves the networks of this machine too.")
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help=_("Port of the trainer.")
)
@click.option(
    "--sandbox-port",
    type=click.IntRange(1, 65535),
    help=_("Port of the practice HR system; a free one by default."),
)
@click.option("--tls-cert", type=FILE, help=_("Certificate (PEM) for HTTPS."))
@click.option("--tls-key", type=FILE, help=_("Its key (PEM)."))
@click.option("--tls-self-signed", is_flag=True, help=_("HTTPS with a certificate that the trainer makes itself."))
@click.option("--open", "open_browser", is_flag=True, help=_("Open the start page in this machine's browser."))
@click.option("--log-json", is_flag=True, help=_("Log one JSON object in each line."))
@click.option("-v", "--verbose", is_flag=True, help=_("Log what happens, not only what goes wrong."))
def serve(  # noqa: PLR0913  # one argument for each option
    *,
    host: str,
    port: int,
    sandbox_port: int | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    tls_self_signed: bool,
    open_browser: bool,
    log_json: bool,
    verbose: bool,
) -> None:
    """Serve until a signal comes."""
    if sandbox_port == port:
        raise BadInput(
            _("--port and --sandbox-port are both {port}.").format(port=port),
            _("Leave --sandbox-port out: a free one is taken."),
        )
    _log(as_json=log_json, verbose=verbose)
    share_heaps()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("NICEGUI_STORAGE_PATH", str(bootstrap.made_home() / "nicegui"))
    host = _checked_host(host)
    tls = _certificate(host, tls_cert, tls_key, self_signed=tls_self_signed)
    with network.listen(host, port) as listener:
        if sandbox_port is None:
            sandbox_port = network.free_port(host, port + 1)
        else:
            network.listen(host, sandbox_port, "--sandbox-port").close()
        addresses = _addresses(host, port, secure=tls is not None)

        def ready() -> None:
            _announce(addresses, host, secure=tls is not None)
            if open_browser:
                threading.Thread(target=click.launch, args=(addresses[0],), daemon=True).start()

        with ExitStack() as ending:
            lan = addresses[1].rstrip("/") if len(addresses) > 1 else ""
            _serve(ending, listener, sandbox_port, tls, ready, bootstrap.public_url() or lan)


class _JsonLines(logging.Formatter):
    """One JSON object in each line; what is logged names no person, see docs/operate.md."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name}
        trace = {"trace": self.formatException(record.exc_info)} if record.exc_info else {}
        return json.dumps(told | {"message": record.getMessage()} | trace, ensure_ascii=False)


def _log(*, as_json: bool, verbose: bool) -> None:
    handler = logging.StreamHandler()
    line = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_JsonLines() if as_json else line)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler])


def _serve(  # noqa: PLR0913, PLR0917  # what serve has made of its options
    ending: ExitStack,
    listener: socket.socket,
    sandbox_port: int,
    tls: Pair | None,
    ready: Callable[[], None],
    public: str,
) -> None:
    """Start everything, serve until a signal comes, and leave to `ending` how it all ends."""
    host, port = listener.getsockname()
    here = f"{'https' if tls else 'http'}://{LOCAL['localhost']}:{port}"
    process = bootstrap.served_hrms(host=host, port=sandbox_port, parent_port=port, tls=tls)
    helper = ending.enter_context(ThreadPoolExecutor(1))
    supervisor = Supervisor(process)
    ending.callback(supervisor.stop)
    starting = helper.submit(process.start)
    gc.disable()  # nothing that a start makes is garbage: looking for it took a sixth of the start
    ending.callback(gc.enable)
    from trainer.app.housekeeping import (
        HouseKeeping,
        sweep,
    )  # imported while the process starts: both take a second
    from trainer.web import live, server, services, showing

    database = bootstrap.database()
    ending.callback(database.close)
    runs = bootstrap.runs(database)
    people = bootstrap.people(database)
    control = ending.enter_context(bootstrap.control(process))
    observer = bootstrap.observer(process, control)
    ending.callback(observer.close)
    guides = bootstrap.guides()
    ending.callback(guides.close)
    films = bootstrap.films()
    ending.callback(films.close)
    open_pages = live.Live()
    showings = showing.Showings(
        bootstrap.demos(), lambda lesson, lang: films.find(lesson, lang) is not None, open_pages
    )
    ending.callback(showings.close)
    lessons = bootstrap.served_scenarios()
    bundle = services.Services(
        scenarios=lessons,
        runs=runs,
        control=control,
        hrms=services.Hrms(sandbox_port, tls=tls is not None),
        observer=observer,
        people=people,
        workshops=bootstrap.workshops(database, control, lessons),
        candidates=bootstrap.candidates(database, lessons),
        clock=bootstrap.clock,
        languages=LANGS,
        guides=guides,
        films=films,
        pictures=bootstrap.pictures(),
        public=public,
        live=open_pages,
        showings=showings,
        resets=bootstrap.resets(public or here),
        effect=bootstrap.scenarios().contract().effect,
    )

    house, pictures = HouseKeeping(runs, control), bootstrap.pictures()

    def tidy_now() -> str:
        return f"{house.tidy(now=bootstrap.clock(), keep=bundle.settings.keep)} sandboxes removed"

    def sweep_now() -> str:
        return f"{sweep(runs, pictures, bootstrap.clock())} removed"

    def erase_due() -> str:
        return f"{bundle.erase_due_candidates()} deleted"

    def tidy_sign_ins() -> str:
        return f"{people.tidy()} removed"

    app = server.build(bundle, alive=process.alive)
    starting.result()
    supervisor.start()
    ending.enter_context(recurring("house-keeping", tidy_now, TIDY_EVERY))
    ending.enter_context(recurring("pictures of no exercise", sweep_now, TIDY_EVERY))
    ending.enter_context(recurring("candidates whose time is up", erase_due, TIDY_EVERY))
    ending.enter_context(recurring("old sign-ins", tidy_sign_ins, TIDY_EVERY))
    _send_letters(ending, database, control)

    def welcome() -> None:
        ready()
        if people.is_empty():
            link = people.link(FIRST_LOGIN, role=Role.ADMINISTRATOR)
            told = _("To run workshops, set a password for “{login}” here:").format(login=FIRST_LOGIN)
            click.echo(f"{told}\n{here}/link/{link}", err=True)

    server.run(app, listener, tls=tls, ready=welcome)


def _send_letters(ending: ExitStack, database: Database, control: Control) -> None:
    """Send reminders that are due, every minute until the end; nothing where no way to send is set up.

    Candidates who left their practice half-way are looked for first.
    """
    stopping = threading.Event()
    postman = bootstrap.postman(database, stopping)
    if postman is None:
        return

    unfinished = bootstrap.unfinished(database, control)

    def send_now() -> str:
        unfinished.note(bootstrap.clock())
        return ", ".join(f"{count} {state}" for state, count in postman.deliver().items()) or "nothing due"

    ending.enter_context(recurring("letters", send_now, LETTERS_EVERY))
    ending.callback(stopping.set)


def _checked_host(host: str) -> str:
    known = {**LOCAL, EVERYWHERE: EVERYWHERE}
    if host not in known:
        raise BadInput(
            _("trainer serve cannot listen on {host}.").format(host=host),
            _("Use --host 127.0.0.1 for this machine alone, --host 0.0.0.0 for its networks too."),
        )
    return known[host]


def _certificate(host: str, certificate: Path | None, key: Path | None, *, self_signed: bool) -> Pair | None:
    """Return the pair of files for HTTPS, or None for plain HTTP."""
    if (certificate is None) != (key is None):
        raise BadInput(_("--tls-cert and --tls-key belong together."), _("Give both, or --tls-self-signed alone."))
    if self_signed and certificate is not None:
        raise BadInput(_("--tls-self-signed makes its own certificate."), _("Leave --tls-cert and --tls-key out."))
    if not self_signed and certificate is None:
        return None
    from trainer.adapters import tls

    if certificate is not None and key is not None:
        return tls.checked(certificate, key)
    lan = network.lan_addresses() if host == EVERYWHERE else ()
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname(), *lan]
    return tls.self_signed(home() / "tls", names, bootstrap.clock())


def _addresses(host: str, port: int, *, secure: bool) -> list[str]:
    lan = network.lan_addresses() if host == EVERYWHERE else ()
    return [f"{'https' if secure else 'http'}://{name}:{port}/" for name in ("127.0.0.1", *lan)]


def _announce(addresses: list[str], host: str, *, secure: bool) -> None:
    """Print the addresses on standard output, and everything around them on standard error."""
    click.echo(_("The trainer is ready. Open:"), err=True)
    for address in addresses:
        click.echo(address)
    sys.stdout.flush()
    if host == EVERYWHERE:
        if len(addresses) > 1:
            _print_qr(addresses[1])
        if not secure:
            click.echo(
                _(
                    "Without HTTPS everybody in the network can read along, and microphone and camera work on this"
                    " machine only: add --tls-self-signed, or --tls-cert and --tls-key."
                ),
                err=True,
            )
    if secure:
        click.echo(
            _("A browser that does not know the certificate asks once: choose to go on to this address."), err=True
        )
    click.echo(_("Stop with Ctrl+C."), err=True)


def _print_qr(address: str) -> None:
    import segno

    click.echo(_("Or scan this with a phone in the same network ({address}):").format(address=address), err=True)
    segno.make(address, error="m").terminal(out=sys.stderr, compact=True)
