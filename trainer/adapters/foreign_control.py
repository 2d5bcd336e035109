"""Control of somebody else's application: its author's HTTP requests in place of the control API."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, NoReturn, Self

import httpx

from trainer.app.ports import SandboxInfo
from trainer.core.application import Application, Request
from trainer.core.errors import BadInput, BrokenEnvironment, LookFailed
from trainer.core.model import Lookup, fill_in
from trainer.core.scenario import Seed
from trainer.i18n import gettext as _

TIMEOUT_SECONDS = 10.0
PREFIX = "TRAINER_SECRET_"
"""Only variables called so are secrets of lessons, so that no file can send others of the environment away."""


def secret(name: str) -> str:
    """Return the text of ``secret.<name>``; raises `BadInput` when the environment does not have it."""
    variable = PREFIX + name.removeprefix("secret.").upper()
    found = os.environ.get(variable)
    if not found:
        raise BadInput(
            _("The lesson needs the secret {variable}.").format(variable=variable),
            _("Put it into the environment: export {variable}=…").format(variable=variable),
        )
    return found


def require_secrets(application: Application) -> None:
    """See that every secret of an application is there; raises `BadInput` for the first that is not."""
    for name in application.secrets():
        secret(name)


def filled(value: Any, lookup: Lookup) -> Any:  # noqa: ANN401  # any JSON
    """Return JSON with every ``${…}`` filled in."""
    if isinstance(value, str):
        return fill_in(value, lookup)
    if isinstance(value, Mapping):
        return {name: filled(item, lookup) for name, item in value.items()}
    return [filled(item, lookup) for item in value] if isinstance(value, list | tuple) else value


class ForeignControl:
    """Resets the application and asks it what it stored; implements `trainer.app.ports.Control`.

    There is one place and no copies of it: a Sandbox is a go at a lesson, which begins with a reset. Redirects are
    not followed, and requests go nowhere but to the application's declared origins.

    Args:
        application: The application.
        goes: Goes at lessons that were begun before and are gone on with: id → language.
    """

    def __init__(self, application: Application, goes: Mapping[str, str] | None = None) -> None:
        self.application = application
        self._client = httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._langs = dict(goes or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def create(self, profile: str, lang: str, seed: Seed) -> SandboxInfo:
        """Begin a go: all secrets are there, and the application is brought back to the lesson's beginning."""
        del profile, seed
        require_secrets(self.application)
        run = secrets.token_hex(4)
        self._langs[run] = lang
        return self.reset(run)

    def info(self, sandbox: str) -> SandboxInfo:
        """Describe a go."""
        if sandbox not in self._langs:
            raise BadInput(_("There is no sandbox {sandbox}.").format(sandbox=sandbox))
        return SandboxInfo(sandbox, 0, {"lang": self._langs[sandbox], "run": sandbox})

    def reset(self, sandbox: str) -> SandboxInfo:
        """Send the author's requests that bring the application back."""
        for request in self.application.reset:
            self._send(request)
        return self.info(sandbox)

    def _send(self, request: Request) -> None:
        answer = self._ask(
            request.method,
            request.path,
            json=None if request.json_body is None else filled(request.json_body, secret),
            data=filled(request.form, secret) or None,
        )
        if answer.is_error and answer.status_code not in request.fine:
            raise BrokenEnvironment(
                _("The application refused the reset: {method} {path} answered with status {code}.").format(
                    method=request.method, path=request.path, code=answer.status_code
                ),
                _("Correct `reset` in the lesson's target."),
            )

    def changed(self, sandbox: str) -> bool:  # noqa: ARG002  # an application does not say
        """Tell that something may have changed."""
        return True

    @property
    def knows_changes(self) -> bool:
        """There is nothing to ask."""
        return True

    def delete(self, sandbox: str) -> None:
        """End a go; what it left in the application is the next reset's to remove."""
        self._langs.pop(sandbox, None)

    def sandboxes(self) -> frozenset[str]:
        """Return the goes that have not ended."""
        return frozenset(self._langs)

    def events(self, sandbox: str, after: int) -> tuple[Sequence[Mapping[str, Any]], int]:
        """Return nothing: the application tells of no events."""
        del sandbox, after
        return (), 0

    def snapshot(self, sandbox: str) -> Mapping[str, Any]:
        """Return what the paths of `snapshot` answer with."""
        del sandbox
        return {name: self._look(path) for name, path in self.application.snapshot.items()}

    def look(
        self, sandbox: str, parts: frozenset[str], after: int
    ) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """Return what the paths of `snapshot` answer with that are among `parts`, unless there are none."""
        del sandbox, after
        wanted = {name: path for name, path in self.application.snapshot.items() if not parts or name in parts}
        return {name: self._look(path) for name, path in wanted.items()}, ()

    def _look(self, path: str) -> Any:  # noqa: ANN401  # any JSON
        try:
            answer = self._ask("GET", path)
            if not answer.is_success:
                raise LookFailed(
                    _("{path} answered with status {code}.").format(path=path, code=answer.status_code)
                )
            return answer.json()
        except BrokenEnvironment as error:
            raise LookFailed(error.message) from error
        except ValueError as error:
            raise LookFailed(_("{path} did not answer with JSON.").format(path=path)) from error

    def unreachable(self) -> str:
        """Return why the application does not answer, or ""."""
        try:
            self._ask("GET", "")
        except BrokenEnvironment as error:
            return error.message
        return ""

    def _ask(self, method: str, path: str, **body: Any) -> httpx.Response:  # noqa: ANN401  # httpx's own
        account = self.application.account
        try:
            return self._client.request(
                method,
                self.application.address(path),
                headers=filled(self.application.headers, secret),
                auth=(filled(account.user, secret), filled(account.password, secret)) if account else None,
                **body,
            )
        except httpx.HTTPError as error:
            raise BrokenEnvironment(
                _("The application at {url} does not answer: {reason}").format(
                    url=self.application.url, reason=str(error) or type(error).__name__
                ),
                _("Start it, or name its address: --url"),
            ) from error

    # -- what only a sandbox can do --------------------------------------------------------------------------

    def clone(self, sandbox: str) -> SandboxInfo:
        """Refuse."""
        self._refuse(sandbox)

    def checkpoint(self, sandbox: str, name: str) -> None:
        """Refuse."""
        self._refuse(sandbox, name)

    def restore(self, sandbox: str, name: str) -> None:
        """Refuse."""
        self._refuse(sandbox, name)

    def inject(self, sandbox: str, fault: str, seconds: float | None) -> None:
        """Refuse."""
        self._refuse(sandbox, fault, seconds)

    def clear(self, sandbox: str, fault: str) -> None:
        """Refuse."""
        self._refuse(sandbox, fault)

    def sign_in_link(self, sandbox: str, role: str, *, read_only: bool = False) -> str:
        """Refuse: one signs in as the lesson's target says."""
        self._refuse(sandbox, role, read_only)

    def _refuse(self, *_details: object) -> NoReturn:
        raise BadInput(_("Somebody else's application has no copies, no checkpoints and no faults."))
