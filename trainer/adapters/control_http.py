"""Control over HTTP: the sandbox HRMS's control API, version 1."""

from __future__ import annotations

import json
import math
import select
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from trainer.app.ports import SandboxInfo
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed, TrainerError
from trainer.core.scenario import Seed
from trainer.i18n import gettext as _

PREFIX = "/control/v1"
TIMEOUT_SECONDS = 10.0
FRESH_SECONDS = 30.0
"""So long a snapshot is taken for the present one while the sandbox HRMS says that nothing has changed: what goes
by the clock alone is seen no later."""

KEPT_SNAPSHOTS = 500
PULSE_SECONDS = 0.03
"""So often at most it is asked which sandboxes have changed: once for all of them."""


@dataclass(frozen=True)
class _Known:
    """An answer about what is stored: its mark, when it was read, and the events after number `after`."""

    mark: str
    data: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    after: int
    read: float


@dataclass(frozen=True)
class _Answer:
    """What the server said."""

    status: int
    headers: HTTPMessage
    content: bytes

    @property
    def is_success(self) -> bool:
        return self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> Any:  # noqa: ANN401  # JSON
        return json.loads(self.content)


class _Lines:
    """Connections to one server, one a thread, each used again.

    A class is looked at a hundred times a second, and a library's pool takes three times the processor time.
    """

    def __init__(self, base_url: str, token: str, *, verify: bool) -> None:
        found = urlsplit(base_url)
        self._host, self._port = found.hostname or "", found.port
        self._context = ssl.create_default_context() if found.scheme == "https" else None
        if self._context is not None and not verify:
            self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._own = threading.local()
        self._all: list[HTTPConnection] = []

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> _Answer:
        """Send a request and return the answer; raises `OSError` or `HTTPException` when there is none."""
        line = self._line()
        if line.sock is not None and select.select([line.sock], [], [], 0)[0]:  # the server has hung up meanwhile
            line.close()
        content = None if body is None else json.dumps(body).encode()
        try:
            line.request(method, path, content, {**self._headers, **headers})
            answer = line.getresponse()
            return _Answer(answer.status, answer.headers, answer.read())
        except BaseException:
            line.close()
            raise

    def close(self) -> None:
        """Hang up."""
        for line in self._all:
            line.close()

    def _line(self) -> HTTPConnection:
        line: HTTPConnection | None = getattr(self._own, "line", None)
        if line is None:
            if self._context is None:
                line = HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
            else:
                line = HTTPSConnection(self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._context)
            self._own.line = line
            self._all.append(line)
        return line


class HttpControl:
    """Talks to one sandbox HRMS; implements `trainer.app.ports.Control`.

    Args:
        base_url: Where it listens.
        token: Its control token.
        verify: Whether its certificate has to be trusted; False for our own one on the loopback.
        obituary: Says how the process ended, or "" while it runs: told to the reader when it does not answer.
    """

    def __init__(
        self, base_url: str, token: str, verify: bool = True, *, obituary: Callable[[], str] = str
    ) -> None:
        self.base_url = base_url
        self._obituary = obituary
        self._known: dict[tuple[str, str, bool], _Known] = {}
        self._parts: frozenset[str] = frozenset()
        self._looked: dict[str, str] = {}
        self._marks: Mapping[str, str] = {}
        self._asked_at = -math.inf
        self._asking = threading.Lock()
        self._lines = _Lines(base_url, token, verify=verify)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()

    def create(self, profile: str, lang: str, seed: Seed) -> SandboxInfo:
        """Make a new Sandbox."""
        body = {"profile": profile, "lang": lang, "seed": seed.model_dump()}
        return _info(self._order("POST", "/sandboxes", body))

    def sandboxes(self) -> frozenset[str]:
        """Return the ids of all Sandboxes that there are."""
        return frozenset(one["id"] for one in self._order("GET", "/sandboxes"))

    def info(self, sandbox: str) -> SandboxInfo:
        """Describe a Sandbox; raises `BadInput` when there is none of that id."""
        return _info(self._order("GET", f"/sandboxes/{sandbox}"))

    def reset(self, sandbox: str) -> SandboxInfo:
        """Bring a Sandbox back to its seed."""
        return _info(self._order("POST", f"/sandboxes/{sandbox}/reset"))

    def clone(self, sandbox: str) -> SandboxInfo:
        """Copy a Sandbox as it is now."""
        return _info(self._order("POST", f"/sandboxes/{sandbox}/clone"))

    def delete(self, sandbox: str) -> None:
        """Remove a Sandbox and all it holds; one that is gone already is no error."""
        self._order("DELETE", f"/sandboxes/{sandbox}", gone_is_fine=True)
        self._looked.pop(sandbox, None)

    def checkpoint(self, sandbox: str, name: str) -> None:
        """Keep the present state under `name`."""
        self._order("POST", f"/sandboxes/{sandbox}/checkpoints", {"name": name})

    def restore(self, sandbox: str, name: str) -> None:
        """Bring the state kept under `name` back."""
        self._order("POST", f"/sandboxes/{sandbox}/restore", {"name": name})

    def inject(self, sandbox: str, fault: str, seconds: float | None) -> None:
        """Let a fault strike this Sandbox; None lets it last until it is cured or cleared."""
        self._order("POST", f"/sandboxes/{sandbox}/faults", {"fault": fault, "seconds": seconds})

    def clear(self, sandbox: str, fault: str) -> None:
        """End a fault before its time; one that has ended already is no error."""
        self._order("DELETE", f"/sandboxes/{sandbox}/faults/{fault}")

    def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
        """Return the address below the HRMS's base address that signs `role` in."""
        body = {"role": role, "read_only": read_only}
        url: str = self._order("POST", f"/sandboxes/{sandbox}/sign-in-links", body)["url"]
        return url

    def events(self, sandbox: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return the events after number `after`, oldest first, and the last number."""
        answer = self._look(f"/sandboxes/{sandbox}/events", {"after": after})
        return tuple(answer["events"]), int(answer["last"])

    def snapshot(self, sandbox: str) -> Mapping[str, Any]:
        """Return all that is stored."""
        return self._stored(sandbox, "", None).data

    def look(
        self, sandbox: str, parts: frozenset[str], after: int
    ) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """Return what is stored, only the `parts` once it is known which there are, and the events since."""
        found = self._stored(sandbox, ",".join(sorted(parts & self._parts)), after)
        self._parts = self._parts or frozenset(found.data)
        self._looked[sandbox] = found.mark
        return found.data, tuple(event for event in found.events if event["seq"] > after)

    @property
    def knows_changes(self) -> bool:
        """Whether it was asked within `PULSE_SECONDS`."""
        return time.monotonic() - self._asked_at < PULSE_SECONDS

    def changed(self, sandbox: str) -> bool:
        """Tell whether the sandbox has another mark than at the last look; known as of `PULSE_SECONDS` ago."""
        if self.knows_changes:
            return self._has_changed(sandbox)
        with self._asking:
            if not self.knows_changes:
                try:
                    self._marks = self._look("/marks", {})
                except LookFailed:
                    self._marks = {}
                self._asked_at = time.monotonic()
        return self._has_changed(sandbox)

    def _has_changed(self, sandbox: str) -> bool:
        return self._marks.get(sandbox, "") != self._looked.get(sandbox)

    def _stored(self, sandbox: str, paths: str, after: int | None) -> _Known:
        """Return an answer, the last one where nothing has changed since; its events may begin before `after`."""
        key, now = (sandbox, paths, after is None), time.monotonic()
        known, asked = self._known.get(key), {}
        if known is not None and now - known.read < FRESH_SECONDS and known.after <= (after or 0):
            asked = {"If-None-Match": known.mark}
        query = {"paths": paths} if paths else {}
        answer = self._asked(
            f"/sandboxes/{sandbox}/snapshot", query if after is None else {**query, "events_after": after}, asked
        )
        if known is not None and answer.status == HTTPStatus.NOT_MODIFIED:
            return known
        told = answer.json()
        if len(self._known) >= KEPT_SNAPSHOTS:
            self._known.clear()
        mark, events = answer.headers.get("ETag", ""), tuple(told.get("events", ()))
        found = self._known[key] = _Known(mark, told["data"], events, after or 0, now)
        return found

    def _order(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, gone_is_fine: bool = False
    ) -> Any:  # noqa: ANN401  # JSON
        try:
            answer = self._lines.ask(method, quote(PREFIX + path), {}, body)
        except (OSError, HTTPException) as error:
            raise self._unreachable(BrokenEnvironment, error) from error
        if answer.is_success:
            return answer.json() if answer.content else None
        if gone_is_fine and answer.status == HTTPStatus.NOT_FOUND:
            return None
        message, hint = _complaint(answer)
        raise (BrokenEnvironment if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else BadInput)(message, hint)

    def _look(self, path: str, query: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
        return self._asked(path, query, {}).json()

    def _asked(self, path: str, query: Mapping[str, Any], headers: Mapping[str, str]) -> _Answer:
        try:
            answer = self._lines.ask("GET", f"{quote(PREFIX + path)}?{urlencode(query)}", headers)
        except (OSError, HTTPException) as error:
            raise self._unreachable(LookFailed, error) from error
        if not answer.is_success and answer.status != HTTPStatus.NOT_MODIFIED:
            raise LookFailed(*_complaint(answer))
        return answer

    def _unreachable(self, kind: type[TrainerError], error: Exception) -> TrainerError:
        return kind(
            self._obituary()
            or _("The sandbox HRMS at {url} does not answer ({reason}).").format(
                url=self.base_url, reason=type(error).__name__
            )
        )


def _info(answer: Mapping[str, Any]) -> SandboxInfo:
    screen = answer.get("screen")
    return SandboxInfo(
        answer["id"],
        int(answer.get("revision", 0)),
        answer.get("context", {}),
        (int(screen[0]), int(screen[1])) if screen else None,
        tuple(answer.get("way_back", ())),
    )


def _complaint(answer: _Answer) -> tuple[str, str]:
    """Read message and hint of an error answer, whatever its body is."""
    try:
        error = answer.json()["error"]
        return str(error["message"]), str(error.get("hint") or "")
    except (ValueError, KeyError, TypeError):
        return _("The sandbox HRMS answered with status {code}.").format(code=answer.status), ""
