"""What the interview room sends beside its socket: drafts, records, leaving, and the device check's round trip."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from sandbox_hrms.app import conduct
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.save import Given, Record, keep_draft, save_record
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.app.working import Draft as TypedDraft
from sandbox_hrms.core.errors import HrmsError, Invalid, NotAllowed, ReadOnly
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import texts
from sandbox_hrms.pages.guard import Address, Door, refusal_json
from sandbox_hrms.pages.visit import Site

_LARGEST_BODY = 200_000
_LARGEST_RECORD = 1_000_000


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Sent = TypeVar("Sent", bound=_Message)
_Act = Callable[[Sandbox, Actor, bytes], Awaitable[Response]]


class Draft(_Message):
    """What was typed; ``page`` names the page that holds the room, where the sender knows it."""

    sitting: str
    question: str
    seq: int
    text: str
    page: str | None = None


class Answer(_Message):
    """One submitted answer, as the page or this device has it."""

    question: str
    text: str
    late: bool = False


class Typed(_Message):
    """What stands in the open answer."""

    question: str
    text: str
    seq: int


class Noted(_Message):
    """What the interviewer noted."""

    ratings: dict[str, int]
    remarks: str


class Whole(_Message):
    """The whole record of a sitting, to be saved; with ``end`` the interview ends in the same change."""

    sitting: str
    answers: tuple[Answer, ...] = Field(default=(), max_length=100, strict=False)
    draft: Typed | None = None
    notes: Noted | None = None
    end: bool = False
    page: str | None = None

    def record(self) -> Record:
        """Return it as the use case wants it."""
        typed, noted = self.draft, self.notes
        draft = TypedDraft(typed.question, typed.text, typed.seq) if typed else None
        notes = conduct.Notes(noted.ratings, noted.remarks) if noted else None
        answers = tuple(Given(one.question, one.text, one.late) for one in self.answers)
        return Record(self.sitting, answers, draft, notes)


class Leave(_Message):
    """The page was closed on purpose."""

    sitting: str
    page: str | None = None


class _TakenOver(NotAllowed):
    code = "taken_over"


def doors(site: Site) -> dict[Address, Door]:
    """Return who answers at the four addresses."""

    async def draft(request: Request, sandbox_id: str) -> Response:
        async def keep(sandbox: Sandbox, actor: Actor, body: bytes) -> Response:
            sent = _read(Draft, body)
            _check_holder(site, sandbox_id, actor, sent.page)
            seq = await site.work(keep_draft, sandbox, actor, sent.sitting, sent.question, sent.seq, sent.text)
            return JSONResponse({"seq": seq})

        return await _answer(site, request, sandbox_id, keep)

    async def save(request: Request, sandbox_id: str) -> Response:
        async def store(sandbox: Sandbox, actor: Actor, body: bytes) -> Response:
            sent = _read(Whole, body)
            _check_holder(site, sandbox_id, actor, sent.page)
            pool = site.ending if sent.end else site.pool
            room = await site.wait_for(pool, lambda: save_record(sandbox, actor, sent.record(), end=sent.end))
            told = {"status": room.status, "saved": room.saved, "answered": room.answered, "seq": room.draft_seq}
            return JSONResponse(told)

        return await _answer(site, request, sandbox_id, store, largest=_LARGEST_RECORD)

    async def leave(request: Request, sandbox_id: str) -> Response:
        async def note(sandbox: Sandbox, actor: Actor, body: bytes) -> Response:
            sent = _read(Leave, body)
            # a page that was loaded anew, or elsewhere, has taken over already: nobody left
            _check_holder(site, sandbox_id, actor, sent.page)
            await site.work(conduct.leave, sandbox, actor, sent.sitting)
            return Response(status_code=HTTPStatus.NO_CONTENT)

        return await _answer(site, request, sandbox_id, note)

    async def ping(_: Request, __: str) -> Response:
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return {
        ("POST", Role.CANDIDATE, "/draft"): draft,
        ("POST", Role.CANDIDATE, "/save"): save,
        ("POST", Role.CANDIDATE, "/leave"): leave,
        ("GET", Role.CANDIDATE, "/ping"): ping,
    }


async def _answer(
    site: Site, request: Request, sandbox_id: str, act: _Act, *, largest: int = _LARGEST_BODY
) -> Response:
    lang = "en"
    try:
        sandbox = site.hrms.sandboxes.open(sandbox_id)
        lang = sandbox.lang
        actor = site.hrms.sessions.actor_of(sandbox_id, Role.CANDIDATE, request.cookies.get(COOKIE))
        actor.need(Right.TAKE_INTERVIEW)
        if actor.read_only:
            raise ReadOnly
        return await act(sandbox, actor, await _body(request, largest))
    except HrmsError as refused:
        return refusal_json(texts(lang), refused)
    except ClientDisconnect:  # the page went before all of it was sent; nobody reads this answer
        return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _body(request: Request, largest: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise Invalid(N_("The text is too long."), N_("Shorten it, then go on."))
    return body


def _read(model: type[Sent], body: bytes) -> Sent:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) or "body" for one in error.errors())
        raise Invalid(
            N_("The message is not understood: {where}."), N_("Load the page again."), where=where
        ) from None


def _check_holder(site: Site, sandbox_id: str, actor: Actor, page: str | None) -> None:
    holder = site.holders.get((sandbox_id, actor.id))
    if page is not None and holder is not None and holder.page_id != page:
        raise _TakenOver(
            N_("The interview is open in another tab or on another device."),
            N_("Press Continue here to go on in this one."),
        )
