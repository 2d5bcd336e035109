"""The control API: how a trainer makes, watches, breaks and judges sandboxes."""

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox_hrms.app.sandboxes import Context, Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.snapshot import events, snapshot
from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.faults import SECONDS, Fault
from sandbox_hrms.core.roles import Role
from sandbox_hrms.i18n import texts

PREFIX = "/control/v1"
_READING = ThreadPoolExecutor(1, "reading")
"""Where snapshots are read: one after the other, as several at once would be in everybody's way."""
_LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Seed(_Body):
    """Which sample data, and which people of it."""

    dataset: str
    random: Annotated[int, Field(ge=0, le=2**31 - 1)]


class NewSandbox(_Body):
    """What to create."""

    profile: str
    lang: str
    seed: Seed
    id: str | None = None


class CheckpointName(_Body):
    """A checkpoint's name."""

    name: str


class NewFault(_Body):
    """What to break, and for how long (null: until it is cleared or cured)."""

    fault: Fault
    seconds: Annotated[float, Field(gt=0, le=600)] | None = None

    @property
    def lasting(self) -> float | None:
        """Seconds; what that fault takes when nothing is said."""
        return self.seconds if "seconds" in self.model_fields_set else SECONDS.get(self.fault)


class ClockChange(_Body):
    """Either seconds to go forward, or a time to stand still at (null: run with real time again)."""

    advance: Annotated[float, Field(ge=0)] | None = None
    now: datetime | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ClockChange":
        if len(self.model_fields_set) != 1:
            raise ValueError("give either advance or now")
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("now needs a time zone, e.g. 2026-03-02T09:00:00Z")
        return self


class NewLink(_Body):
    """Whom to sign in."""

    role: Literal["candidate", "hr", "head", "admin"]
    read_only: bool = False


def control_app(hrms: Hrms, token: str) -> FastAPI:
    """Return the API as an application to be mounted at :data:`PREFIX`.

    Args:
        hrms: The practice HR system.
        token: What a caller must send as ``Authorization: Bearer …``.
    """
    api = FastAPI(
        title="Sandbox HRMS control API", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json"
    )
    _guard(api, token)
    _life(api, hrms)
    _trouble(api, hrms)
    _watch(api, hrms)
    return api


class _OnlyTheTrainer:
    """ASGI middleware that refuses everybody else; the framework's own kind costs as much as an answer does."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self._app
        client = scope.get("client")
        if client is None or client[0] not in _LOOPBACK:
            answer = _error(403, "loopback_only", "This API answers on the machine itself only.", "")
        elif not secrets.compare_digest(Headers(scope=scope).get("authorization", "").encode(), self._wanted):
            hint = "Send it as a Bearer token."
            answer = _error(401, "bad_token", "The control token is missing or wrong.", hint)
        await answer(scope, receive, send)


def _guard(api: FastAPI, token: str) -> None:
    """Let only the trainer in, and tell every error in the same shape."""
    api.add_middleware(_OnlyTheTrainer, token=token)

    @api.exception_handler(HrmsError)
    async def refused(_: Request, error: HrmsError) -> Response:
        return _error(error.http, error.code, str(error), error.hint.format(**error.params))

    @api.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _error(422, "invalid", f"{where}: {first['msg']}", f"See {PREFIX}/openapi.json.")

    @api.exception_handler(HTTPException)
    async def unknown(_: Request, error: HTTPException) -> Response:
        return _error(error.status_code, "http", str(error.detail), f"See {PREFIX}/openapi.json.")


def _life(api: FastAPI, hrms: Hrms) -> None:
    """Routes that make, copy, put back and remove sandboxes."""

    @api.post("/sandboxes", status_code=201)
    def create(body: NewSandbox) -> dict[str, Any]:
        """Make a sandbox; the same seed gives the same people."""
        seed = body.seed
        return _told(hrms.sandboxes.create(body.profile, body.lang, seed.dataset, seed.random, body.id))

    @api.get("/sandboxes")
    def every() -> list[dict[str, Any]]:
        """List the ids of all sandboxes, without opening any: one may be damaged, and there may be many."""
        return [{"id": one} for one in hrms.sandboxes.ids()]

    @api.get("/sandboxes/{sandbox_id}")
    def one(sandbox_id: str) -> dict[str, Any]:
        """Describe one sandbox."""
        return _told(hrms.sandboxes.open(sandbox_id))

    @api.post("/sandboxes/{sandbox_id}/clone", status_code=201)
    def clone(sandbox_id: str) -> dict[str, Any]:
        """Make a second sandbox with the same content."""
        return _told(hrms.sandboxes.clone(sandbox_id))

    @api.post("/sandboxes/{sandbox_id}/reset")
    def reset(sandbox_id: str) -> dict[str, Any]:
        """Put the sample data back."""
        return _told(hrms.sandboxes.reset(sandbox_id))

    @api.delete("/sandboxes/{sandbox_id}", status_code=204)
    def delete(sandbox_id: str) -> None:
        """Remove a sandbox, its sessions and links."""
        hrms.sandboxes.delete(sandbox_id)
        hrms.sessions.revoke(sandbox_id)

    @api.post("/sandboxes/{sandbox_id}/checkpoints", status_code=201)
    def checkpoint(sandbox_id: str, body: CheckpointName) -> dict[str, Any]:
        """Keep the present content under a name."""
        hrms.sandboxes.checkpoint(sandbox_id, body.name)
        return {"name": body.name, "revision": hrms.sandboxes.open(sandbox_id).revision}

    @api.post("/sandboxes/{sandbox_id}/restore")
    def restore(sandbox_id: str, body: CheckpointName) -> dict[str, Any]:
        """Go back to a checkpoint."""
        return {"revision": hrms.sandboxes.restore(sandbox_id, body.name).revision}


def _trouble(api: FastAPI, hrms: Hrms) -> None:
    """Routes that break things, move time and hand out keys."""

    @api.post("/sandboxes/{sandbox_id}/faults", status_code=202)
    def inject(sandbox_id: str, body: NewFault) -> dict[str, Any]:
        """Switch a fault on, for that sandbox only."""
        hrms.sandboxes.inject(sandbox_id, body.fault, body.lasting)
        return {"fault": body.fault, "seconds": body.lasting}

    @api.get("/sandboxes/{sandbox_id}/faults")
    def faults(sandbox_id: str) -> list[dict[str, Any]]:
        """List the faults that are on, with the seconds that are left (null: until cleared or cured)."""
        found = hrms.sandboxes.faults(sandbox_id)
        return [{"fault": one, "seconds": found.seconds_left(one)} for one in found.active()]

    @api.delete("/sandboxes/{sandbox_id}/faults/{fault}", status_code=204)
    def clear(sandbox_id: str, fault: Fault) -> None:
        """Switch a fault off."""
        hrms.sandboxes.clear(sandbox_id, fault)

    @api.post("/sandboxes/{sandbox_id}/clock")
    def clock(sandbox_id: str, body: ClockChange) -> dict[str, Any]:
        """Move that sandbox's clock."""
        sandbox = hrms.sandboxes.open(sandbox_id)
        return {"now": sandbox.set_clock(advance=body.advance, fixed=body.now).isoformat()}

    @api.post("/sandboxes/{sandbox_id}/sign-in-links")
    def sign_in_link(sandbox_id: str, body: NewLink) -> dict[str, Any]:
        """Return a path that signs its visitor in."""
        sandbox = hrms.sandboxes.open(sandbox_id)
        return {"url": hrms.sessions.issue_link(sandbox, Role(body.role), read_only=body.read_only)}


def _watch(api: FastAPI, hrms: Hrms) -> None:
    """Routes that tell what happened and what is stored."""

    @api.get("/sandboxes/{sandbox_id}/events")
    def events_after(sandbox_id: str, after: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        """Return what happened after event number ``after``."""
        found, last = events(hrms.sandboxes.open(sandbox_id), after)
        return {"events": found, "last": last}

    @api.get("/sandboxes/{sandbox_id}/snapshot", responses={304: {"description": "Nothing has changed."}})
    async def stored(
        sandbox_id: str,
        paths: str = "",
        events_after: Annotated[int | None, Query(ge=0)] = None,
        if_revision: int | None = None,
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        """Return what is stored, and what happened after event number ``events_after`` where one is given.

        304 when the revision, or an earlier answer's mark, is the one already known.
        """
        sandbox = hrms.sandboxes.open(sandbox_id)
        mark = _mark(sandbox)  # before reading: what is newer may pass for older, never the other way round
        if mark == if_none_match or (if_revision is not None and if_revision == sandbox.revision):
            return Response(status_code=304)
        wanted = [path.strip() for path in paths.split(",") if path.strip()]
        told = await asyncio.get_running_loop().run_in_executor(_READING, _read, sandbox, wanted, events_after)
        return JSONResponse(told, headers={"ETag": mark})

    @api.get("/marks")
    async def marks() -> dict[str, str]:
        """Return the mark of every open sandbox: whoever knows an answer with that mark need not ask for it."""
        found = {}
        for sandbox in hrms.sandboxes.opened():
            with suppress(HrmsError):  # closed meanwhile, or its file fails: ask for it to be told
                found[sandbox.id] = _mark(sandbox)
        return found


def _read(sandbox: Sandbox, paths: Sequence[str], events_after: int | None) -> dict[str, Any]:
    revision, data = snapshot(sandbox, paths)
    told: dict[str, Any] = {"revision": revision, "data": data}
    if events_after is not None:  # after the data, so that what they show has its event, too
        told["events"], told["last"] = events(sandbox, events_after)
    return told


def _mark(sandbox: Sandbox) -> str:
    """Return what is another one whenever something is stored, held in memory, or goes wrong on purpose."""
    moment = (sandbox.store.version, sandbox.faults.active(), sandbox.working)
    return f'"{sha256(repr(moment).encode()).hexdigest()[:32]}"'


WAY_BACK = ("resume.continue", "home.start")
"""Elements by which somebody goes on with an interview after the window was opened anew."""


def _told(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "id": sandbox.id,
        "profile": sandbox.profile.id,
        "version": sandbox.profile.version,
        "screen": sandbox.profile.layout.screen,
        "lang": sandbox.lang,
        "revision": sandbox.revision,
        "context": context_data(sandbox.context),
        "way_back": WAY_BACK,
    }


def context_data(context: Context) -> dict[str, Any]:
    """Return the names of a sandbox as plain data; `sample` holds what one may type, in its language."""
    t = texts(context.lang)
    return {
        "lang": context.lang,
        "candidate": {"id": context.candidate.id, "name": context.candidate.name},
        "post": {"id": context.post.id, "title": context.post.title, "department": context.post.department},
        "interview": {"id": context.interview},
        "questions": [
            {"id": one.id, "kind": one.kind, "text": one.text, "sample": one.sample} for one in context.questions
        ],
        "sample": {
            "reason": t("Clear answers with examples of their own. Talk to the department first."),
            "remark": t("Calm, to the point."),
            "answer": t(
                "I talked with the customers and with colleagues of other departments, and I liked that work."
            ),
            "addition": t("In the end two large customers ordered again, and complaints fell by 30 per cent."),
        },
    }


def _error(status: int, code: str, message: str, hint: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "hint": hint}}, status)
