"""Answers may be spoken: the recorder below the question, and the addresses of its sound."""

import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, JSONResponse

from sandbox_hrms.app import recordings
from sandbox_hrms.app.conduct import Room, RoomQuestion
from sandbox_hrms.app.partials import Partials
from sandbox_hrms.app.recordings import MOST_BYTES
from sandbox_hrms.app.report_file import paced
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.app.takes import Take
from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.core.pace import pace
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts, texts
from sandbox_hrms.pages.guard import Address, Door, refusal_json
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import data, described, tag
from sandbox_hrms.pages.visit import Site, Visit

_LARGEST_ORDER = 2_000


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Beginning(_Order):
    """Where a take is wanted."""

    sitting: str
    question: str
    picture: bool = False


class Ending(_Order):
    """Which take is finished."""

    id: str


Sent = TypeVar("Sent", bound=_Order)
_Act = Callable[[Request, Sandbox, Actor], Awaitable[Response]]


def doors(site: Site) -> dict[Address, Door]:
    """Return who answers at the addresses of the recorder and the players."""
    listening = ThreadPoolExecutor(1, "listening")  # a model takes seconds: nobody's page waits for it

    following = ThreadPoolExecutor(
        1, "following"
    )  # what is preliminary waits for what is final, never the reverse
    partials = Partials(site.hrms.recogniser)

    async def begin(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        wanted = _read(Beginning, await _body(request, _LARGEST_ORDER))
        start = partial(recordings.begin, sandbox, actor, wanted.sitting, wanted.question, picture=wanted.picture)
        begun = await site.work(start)
        return JSONResponse({"id": begun.id, "segment": begun.segment, "most": begun.most_seconds})

    async def piece(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        asked, kind = request.query_params, request.headers.get("content-type", "")
        body = await _body(request, MOST_BYTES)
        segment, seq = _number(asked.get("segment")), _number(asked.get("seq"))
        await site.work(recordings.keep_piece, sandbox, actor, asked.get("id", ""), segment, seq, kind, body)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def finish(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        wanted = _read(Ending, await _body(request, _LARGEST_ORDER))
        listen = partial(recordings.finish, sandbox, actor, wanted.id, site.hrms.recogniser)
        done = await site.wait_for(listening, listen)
        parts = await site.work(recordings.film_parts, sandbox, actor.id, done.id)
        told = {"outcome": done.heard.outcome, "text": done.heard.text, "seconds": done.seconds, "left": done.left}
        return JSONResponse({"id": done.id, "film": bool(parts)} | told)

    async def so_far(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        told = await site.wait_for(following, partials.so_far, sandbox, actor, request.query_params.get("id", ""))
        return JSONResponse({"text": told})

    async def play(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        sound = await site.work(recordings.sound_of, sandbox, actor, request.query_params.get("id", ""))
        return Response(sound, media_type="audio/wav")

    async def film(request: Request, sandbox: Sandbox, actor: Actor) -> Response:
        asked = request.query_params
        part = _number(asked.get("part"))
        file, kind = await site.work(recordings.film_of, sandbox, actor, asked.get("id", ""), part)
        return FileResponse(file, media_type=kind)

    readers = (Role.CANDIDATE, Role.HR, Role.HEAD)
    return {
        ("POST", Role.CANDIDATE, "/recording"): _door(site, Role.CANDIDATE, begin),
        ("POST", Role.CANDIDATE, "/recording/piece"): _door(site, Role.CANDIDATE, piece),
        ("POST", Role.CANDIDATE, "/recording/finish"): _door(site, Role.CANDIDATE, finish),
        ("GET", Role.CANDIDATE, "/recording/partial"): _door(site, Role.CANDIDATE, so_far),
        **{("GET", role, "/recording"): _door(site, role, play) for role in readers},
        **{("GET", role, "/recording/film"): _door(site, role, film) for role in readers},
    }


def _door(site: Site, role: Role, act: _Act) -> Door:
    """Let ``act`` answer whoever is signed in; what it refuses is told."""

    async def answer(request: Request, sandbox_id: str) -> Response:
        lang = "en"
        try:
            sandbox = site.hrms.sandboxes.open(sandbox_id)
            lang = sandbox.lang
            actor = site.hrms.sessions.actor_of(sandbox_id, role, request.cookies.get(COOKIE))
            return await act(request, sandbox, actor)
        except HrmsError as refused:
            return refusal_json(texts(lang), refused)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)

    return answer


def voice_answer(visit: Visit, room: Room, question: RoomQuestion, *, read_only: bool) -> None:
    """Put the recorder on the page; what is understood goes into the area to type into, to be corrected there."""
    t = visit.t
    stand = room.takes
    if stand is None:
        return
    with described(tag("section", "", "voice", "data-voice"), aria_label=t("Answer by voice")) as box:
        values = {
            "base": visit.base,
            "sitting": room.sitting_id or "",
            "question": question.id,
            "sandbox": visit.sandbox_id,
            "left": str(stand.left),
            "open": stand.open or "",
            "newest": stand.newest or "",
            "said": stand.said,
            "follows": "" if visit.site.hrms.recogniser.follow(visit.sandbox().lang) is None else "1",
        } | {f"label-{key}": text for key, text in _labels(t).items()}
        data(box, values)
        hint = t("Or speak: think for up to {think} seconds, then record. A recording ends after {most} seconds.")
        tag("p", hint.format(think=question.think_seconds, most=question.answer_seconds), "soft small")
        with tag("div", "", "voice-bar"):
            kind = "type=button data-holder-only" + (" disabled" if read_only else "")
            named(tag("button", t("Record"), "plain-button", kind), "interview.record")
            use = tag("button", t("Use what is recorded"), "plain-button", kind)
            named(described(use, hidden=stand.open is None), "interview.use_recording")
            level = tag("meter", "", "", "min=0 max=1 low=0.05 value=0")
            named(described(level, aria_label=t("Loudness")), "interview.level")
            named(tag("span", "", "small", "role=timer"), "interview.recorded_time")
        if visit.sandbox().profile.policy.voice.camera:
            _with_picture(t, read_only=read_only)
        named(tag("p", "", "small", "role=status"), "interview.recording_state")
        with named(tag("p", "", "preliminary small", "hidden"), "interview.preliminary"):
            tag("span", t("Preliminary:"), "chip chip-calm")
            tag("span", "", "", "data-words-so-far")
        mine = named(tag("audio", "", "", "controls preload=none"), "interview.my_recording")
        described(mine, aria_label=t("Your recording"), hidden=stand.newest is None)
        if stand.newest:
            described(mine, src=sound_url(visit, stand.newest))
        film = named(tag("video", "", "", "controls preload=none playsinline"), "interview.my_film")
        parts = recordings.film_parts(visit.sandbox(), visit.actor().id, stand.newest) if stand.newest else 0
        described(film, aria_label=t("Your recording, with picture"), hidden=not parts)
        if stand.newest and parts:
            described(film, src=film_url(visit, stand.newest, 0))


def _with_picture(t: Texts, *, read_only: bool) -> None:
    """Let the candidate agree, for this answer, that a picture is recorded; without that no camera is used."""
    with tag("label", "", "spoken-switch"):
        box = named(tag("input"), "interview.with_picture").props(
            "type=checkbox autocomplete=off data-holder-only"
        )
        if read_only:
            box.props("disabled")
        tag("span", t("Record my picture with this answer, too"))
    note = t("It is kept and deleted with the answer, seen by whoever reads it, and never scored.")
    tag("p", note, "soft small")
    own = named(tag("video"), "interview.own_picture").props("muted playsinline hidden")
    own.props["aria-label"] = t("Your own picture")


def recorded_answer(visit: Visit, candidate: str, take: Take, text: str | None) -> None:
    """Put a recorded answer into a report: what the program understood in step with it, and how it was spoken."""
    t = visit.t
    name = f"review.recording[{take.question}]"
    player = named(tag("audio"), name).props("controls preload=none")
    player.props["src"] = sound_url(visit, take.id)
    player.props["aria-label"] = t("Recorded answer, {seconds} seconds").format(seconds=round(take.seconds))
    for part in range(recordings.film_parts(visit.sandbox(), candidate, take.id)):
        film = named(tag("video"), f"review.film[{take.question}/{part}]").props(
            "controls preload=none playsinline"
        )
        film.props["src"] = film_url(visit, take.id, part)
        film.props["aria-label"] = t("Recorded picture, part {part}").format(part=part + 1)
        tag("p", t("The picture counts nothing in the score."), "soft small")
    if take.words:
        _in_step(visit, take, name)
    elif take.transcript and take.transcript != text:
        with tag("details", "", "small"):
            tag("summary", t("What the program understood, before the candidate corrected it"))
            named(tag("p", take.transcript, "keep-lines"), f"review.transcript[{take.question}]")


def _in_step(visit: Visit, take: Take, player: str) -> None:
    """Put the words on the page that follow the sound, and pace and pauses as a hint."""
    t, lang = visit.t, visit.sandbox().lang
    about = t("What the program understood, before the candidate corrected it. Choose a word to hear it.")
    tag("p", about, "soft small")
    with named(tag("div", "", "timed-words"), f"review.transcript[{take.question}]") as box:
        box.props["role"] = "group"
        box.props["aria-label"] = t("Transcript in step with the recording")
        box.props["data-player"] = player
        box.props["data-space"] = "" if lang == "zh_CN" else "1"
        box.props["data-words"] = json.dumps([[one.text, one.start] for one in take.words], ensure_ascii=False)
    told = pace(take.words, lang)
    if told is not None:
        named(tag("p", paced(t, told, lang), "soft small"), f"review.pace[{take.question}]")


def sound_url(visit: Visit, recording: str) -> str:
    """Return the address of a recording's sound."""
    return f"{visit.base}/recording?id={quote(recording, safe='')}"


def film_url(visit: Visit, recording: str, part: int) -> str:
    """Return the address of one part of a recording's picture."""
    return f"{visit.base}/recording/film?id={quote(recording, safe='')}&part={part}"


def _labels(t: Texts) -> dict[str, str]:
    return {
        "record": t("Record"),
        "again": t("Record again"),
        "go-on": t("Go on recording"),
        "finish": t("Stop and use"),
        "asking": t("Your browser asks for the microphone: allow it."),
        "denied": t("The microphone is not allowed. Type your answer, or allow it in the browser."),
        "no-camera": t("No camera may be used. Record without the picture, or type your answer."),
        "none": t("No microphone was found. Type your answer: it counts the same."),
        "recording": t("Recording …"),
        "kept": t("Kept on this device, sent as soon as the connection is back."),
        "kept-here": t("Kept on this page only: leave it open, it is sent as soon as the connection is back."),
        "understanding": t("Listening to what you said …"),
        "understood": t("Understood. Correct the text above, then submit it."),
        "nothing": t("Nothing was understood. Record again, or type your answer."),
        "no-model": t("The recording is kept. Please type what you said: only the text is scored."),
        "damaged": t(
            "Kept, but the speech model of this system is damaged: tell its operator. Type what you said."
        ),
        "interrupted": t("A recording was interrupted. Go on, or use what is recorded."),
        "used": t("All recordings for this question are used. Correct the text, or type your answer."),
        "failed": t("The recording could not be used now. Try again, or type your answer."),
    }


async def _body(request: Request, largest: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise Invalid(N_("This is no piece of a recording."), N_("Record again, or type your answer."))
    return body


def _read(model: type[Sent], body: bytes) -> Sent:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise Invalid(N_("The answer did not arrive whole."), N_("Press the button again.")) from None


def _number(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 10 else -1  # noqa: PLR2004  # digits
