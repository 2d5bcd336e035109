"""Forms that set cookies or carry files: joining, signing in and out, setting a password, making a workshop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from trainer.app.people import People, ResetLetters
from trainer.app.roster import LARGEST_ROSTER, roster
from trainer.core.errors import TrainerError
from trainer.core.people import Role
from trainer.i18n import speaking, translator
from trainer.web.pages.layout import WORKING
from trainer.web.security import COOKIE_SECONDS
from trainer.web.services import (
    KNOWN_COOKIE,
    PERSON_COOKIE,
    TRAINEE_COOKIE,
    Services,
    explained,
    lang_of,
    owner_of,
    referrer_of,
    trainee_of,
)

T = TypeVar("T")
log = logging.getLogger(__name__)

KNOWN_SECONDS = 365 * 24 * 3600

HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hashing")
"""Passwords are hashed slowly on purpose: nobody else waits for that."""

MAILING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailing")
"""Nobody waits for a mail server, and nobody learns from the time it takes."""


def register_class_doors(app: FastAPI, services: Services, new_secret: Callable[[], str]) -> None:
    """Add the forms to `app`.

    Args:
        app: Where.
        services: What the pages work with.
        new_secret: Makes 128 random bits in hexadecimal, for cookies.
    """
    doors = _Doors(services, new_secret)
    for path, door in (
        ("/join", doors.join),
        ("/resume", doors.resume),
        ("/stand-up", doors.stand_up),
        ("/feedback", doors.feedback),
        ("/sign-in", doors.sign_in),
        ("/sign-out", doors.sign_out),
        ("/reset", doors.ask_reset),
        ("/link/{secret}", doors.set_password),
        ("/console/create", doors.create),
    ):
        app.post(path)(door)


class _Doors:
    def __init__(self, services: Services, new_secret: Callable[[], str]) -> None:
        self._services = services
        self._new_secret = new_secret

    async def join(self, request: Request) -> Response:
        form = await request.form()
        code, name = _text(form, "code"), _text(form, "name")
        return await self._sit(
            request,
            lambda device, address: self._services.workshops.join(code, name, device, address),
            code=code,
            name=name,
        )

    async def resume(self, request: Request) -> Response:
        form = await request.form()
        personal = _text(form, "code")
        return await self._sit(
            request,
            lambda device, address: self._services.workshops.resume(personal, device, address),
            personal=personal,
        )

    async def _sit(self, request: Request, take: Callable[[str, str], object], **typed: str) -> Response:
        """Take a seat as a new identity: whoever knew the browser's old cookie does not come along."""
        secret = self._new_secret()
        try:
            await self._work(request, take, owner_of(secret), _address(request))
        except TrainerError as error:
            return self._say(request, _back(request, "/join"), error, **typed)
        return self._with_cookie(_see("/class"), TRAINEE_COOKIE, secret, COOKIE_SECONDS)

    async def stand_up(self, request: Request) -> Response:
        try:
            await self._work(request, self._services.workshops.stand_up, trainee_of(request))
        except TrainerError as error:
            return self._say(request, "/join", error)
        return self._with_cookie(_see("/"), TRAINEE_COOKIE, self._new_secret(), COOKIE_SECONDS)

    async def feedback(self, request: Request) -> Response:
        form = await request.form()
        stars = _text(form, "stars")
        try:
            seat = await self._work(request, self._services.workshops.seat_of, trainee_of(request))
            if seat is not None:
                number = int(stars) if stars in {"1", "2", "3", "4", "5"} else 0
                await self._work(request, self._services.workshops.say, seat, number, _text(form, "text"))
        except TrainerError as error:
            return self._say(request, "/class", error)
        return _see("/class")

    async def sign_in(self, request: Request) -> Response:
        form = await request.form()
        login, password, code = (_text(form, name) for name in ("login", "password", "code"))
        following = _text(form, "next")
        where = (request.headers.get("user-agent", ""), _address(request), request.cookies.get(KNOWN_COOKIE, ""))
        people = self._services.people
        try:
            secret = await self._hash(request, people.enter, login, password, code, *where)
            keepsake = await self._work(request, people.keepsake, secret)
        except TrainerError as error:
            return self._say(request, "/sign-in", error, login=login, next=following)
        answer = self._with_cookie(_see(_own_path(following)), PERSON_COOKIE, secret, None)
        return self._with_cookie(answer, KNOWN_COOKIE, keepsake, KNOWN_SECONDS)

    async def sign_out(self, request: Request) -> Response:
        await self._work(request, self._services.people.leave, request.cookies.get(PERSON_COOKIE, ""))
        answer = _see("/sign-in")
        answer.delete_cookie(PERSON_COOKIE, path="/")
        return answer

    async def ask_reset(self, request: Request) -> Response:
        """Answer the same, and as soon, whether or not there is such an account."""
        form = await request.form()
        login, lang = _text(form, "login"), lang_of(request, self._services.languages)
        with speaking(lang):
            try:
                self._services.people.need_few_asks(_address(request))
            except TrainerError as error:
                return self._say(request, "/reset", error, login=login)
        if self._services.resets is not None:
            MAILING.submit(_send_reset, self._services.people, login, self._services.resets, lang)
        told = translator("trainer", lang).gettext(
            "If there is such an account, a letter is on its way. Look among unwanted mail, too."
        )
        return _see(f"/reset?said={self._services.sayings.keep(told, good=True)}")

    async def set_password(self, request: Request, secret: str) -> Response:
        form = await request.form()
        try:
            account = await self._hash(
                request, self._services.people.set_password, secret, _text(form, "password")
            )
        except TrainerError as error:
            return self._say(request, f"/link/{secret}", error)
        told = (
            translator("trainer", lang_of(request, self._services.languages))
            .gettext("Your password is set. Sign in with it; your login is {login}.")
            .format(login=account.login)
        )
        ticket = self._services.sayings.keep(told, good=True, typed={"login": account.login})
        return _see(f"/sign-in?said={ticket}")

    async def create(self, request: Request) -> Response:
        form = await request.form(max_files=1, max_part_size=LARGEST_ROSTER)
        try:
            who = await self._work(request, self._services.people.who, request.cookies.get(PERSON_COOKIE, ""))
            if who is None or not who.may(Role.INSTRUCTOR):
                return _see("/sign-in")
            names = await self._work(request, roster, await _content(form, "roster"))
            made = await self._work(
                request,
                lambda: self._services.workshops.create(
                    _text(form, "path"),
                    title=_text(form, "title"),
                    mode=_text(form, "mode"),
                    names=names,
                    test=_text(form, "test") == "1",
                    host=who.id,
                ),
            )
            await self._work(request, self._services.people.note, who.login, "workshop_created", made.id)
        except TrainerError as error:
            return self._say(request, "/console", error)
        return _see(f"/console/{made.id}")

    async def _hash(self, request: Request, call: Callable[..., T], *args: object) -> T:
        return await self._in(HASHING, request, call, *args)

    async def _work(self, request: Request, call: Callable[..., T], *args: object) -> T:
        return await self._in(WORKING, request, call, *args)

    async def _in(self, pool: ThreadPoolExecutor, request: Request, call: Callable[..., T], *args: object) -> T:
        lang = lang_of(request, self._services.languages)

        def speak() -> T:
            with speaking(lang):
                return call(*args)

        return await asyncio.get_running_loop().run_in_executor(pool, speak)

    def _say(self, request: Request, path: str, error: TrainerError, **typed: str) -> Response:
        """Lead back to the page of the form, which says what went wrong and holds what was typed."""
        said = explained(error, lang_of(request, self._services.languages))
        return _see(f"{path}?said={self._services.sayings.keep(said, typed=typed)}")

    def _with_cookie(self, answer: Response, name: str, secret: str, seconds: int | None) -> Response:
        answer.set_cookie(
            name, secret, max_age=seconds, httponly=True, samesite="lax", secure=self._services.hrms.tls, path="/"
        )
        return answer


def _send_reset(people: People, login: str, letters: ResetLetters, lang: str) -> None:
    with speaking(lang):
        try:
            people.send_reset(login, letters)
        except TrainerError as error:
            log.warning("a letter: %s", error.message)


def _see(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _text(form: FormData, name: str) -> str:
    found = form.get(name)
    return found if isinstance(found, str) else ""


async def _content(form: FormData, name: str) -> bytes:
    found = form.get(name)
    return await found.read(LARGEST_ROSTER + 1) if isinstance(found, UploadFile) else b""


def _address(request: Request) -> str:
    """Return where a request comes from; of an IPv6 address the network, as each machine has many of them."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host


def _own_path(path: str) -> str:
    """Return a path of our own, whatever somebody has written into the form."""
    return path if path.startswith("/console") and "\\" not in path and "//" not in path else "/console"


def _back(request: Request, path: str) -> str:
    """Return the page that sent a form, if it is one of those below `path`."""
    sent = referrer_of(request).path
    return sent if sent.startswith(f"{path}/") and "//" not in sent else path
