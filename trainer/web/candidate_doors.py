"""Forms of candidates that set cookies: opening a personal link, and closing the page on a device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from trainer.core.errors import TrainerError
from trainer.web.pages.layout import WORKING
from trainer.web.security import COOKIE_SECONDS
from trainer.web.services import LANG_COOKIE, LANG_SECONDS, TRAINEE_COOKIE, Services, owner_of, trainee_of


def register_candidate_doors(app: FastAPI, services: Services, new_secret: Callable[[], str]) -> None:
    """Add the forms to `app`.

    Args:
        app: Where.
        services: What the pages work with.
        new_secret: Makes 128 random bits in hexadecimal, for cookies.
    """

    def with_cookie(answer: Response, name: str, value: str, seconds: int) -> None:
        secure = services.hrms.tls
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")

    @app.post("/candidate/{secret}")
    async def enter(request: Request, secret: str) -> Response:
        """Make the browser the candidate's, as a new identity: who knew its old cookie does not come along."""
        device = new_secret()
        work = asyncio.get_running_loop().run_in_executor
        try:
            found = await work(WORKING, services.candidates.open, secret, owner_of(device))
        except TrainerError:  # the page behind the link says why
            return RedirectResponse(f"/candidate/{secret}", HTTPStatus.SEE_OTHER)
        answer = RedirectResponse("/candidate", HTTPStatus.SEE_OTHER)
        with_cookie(answer, TRAINEE_COOKIE, device, COOKIE_SECONDS)
        if LANG_COOKIE not in request.cookies and found.lang in services.languages:
            with_cookie(answer, LANG_COOKIE, found.lang, LANG_SECONDS)
        return answer

    @app.post("/candidate-leave")
    async def leave(request: Request) -> Response:
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        try:
            device = trainee_of(request)
            await asyncio.get_running_loop().run_in_executor(WORKING, services.candidates.leave, device)
        except TrainerError:
            return answer
        with_cookie(answer, TRAINEE_COOKIE, new_secret(), COOKIE_SECONDS)
        return answer
