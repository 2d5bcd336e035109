"""Desk: what all pages of instructors and administrators share: who is signed in, asked anew in every handler."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from nicegui import Client, background_tasks, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trainer.app.coach import Coach
from trainer.core.errors import TrainerError
from trainer.core.people import Account, Role
from trainer.core.workshop import Workshop
from trainer.i18n import N_
from trainer.web.pages.layout import QUASAR, VIEWPORT, Visit, named, not_found, not_now, tag
from trainer.web.services import PERSON_COOKIE, NotFound, Services, lang_of

ANSWER_SECONDS = 1.0
"""So long a page may take to begin to load anew before it is forgotten here."""


@dataclass(frozen=True, kw_only=True)
class Desk(Visit):
    """One open page of somebody who is signed in.

    Attributes:
        person: Who, when the page was built; its name is all to rely on later.
        secret: The secret in the browser's cookie.
        role: What the page asks for.
    """

    person: Account
    secret: str
    role: Role

    @property
    def signed_in(self) -> bool:
        """Whether somebody who has signed in opened the page: always."""
        return True

    async def check(self) -> None:
        """Look up anew who asks. Raises `NotFound` for who has signed out, or may not do this any more."""
        await self.who()

    async def who(self) -> Account:
        """Return who asks, from the database. Raises `NotFound` for who may not."""
        found = await self.work(self.services.people.who, self.secret)
        if found is None or not found.may(self.role):
            raise NotFound(N_("You are not signed in any more."), N_("Load the page again."))
        return found

    async def turn_away(self) -> None:
        """Load the page anew, which leads to the sign-in, and forget it: it is told nothing any more."""
        with suppress(TimeoutError):  # one that is cut off now does not hear it, and finds the sign-in later
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.client.run_javascript("window.location.reload()")
        if not self.client.is_deleted:
            for task in self.client._delete_tasks.values():  # noqa: SLF001  # of a page that was left already
                task.cancel()
            self.client.delete()

    async def note(self, what: str, about: str) -> None:
        """Write down what was done here."""
        await self.work(self.services.people.note, self.person.login, what, about)

    def settle(self, workshop: Workshop) -> None:
        """Hand in, behind the page, the tests that the end of a workshop has left under way, and judge them."""

        async def judge(run: str) -> None:
            with suppress(TrainerError):  # the page of the results asks again
                await self.finish(run)

        async def hand_in() -> None:
            with suppress(TrainerError):
                for run in await self.work(self.services.workshops.hand_in, workshop, self.coach):
                    background_tasks.create(judge(run), name="judge a test")

        background_tasks.create(hand_in(), name="hand in tests")

    async def mine(self, workshop: str) -> Workshop:
        """Return a workshop that this person may run: see `may_run`.

        Raises:
            NotFound: There is none, or it is somebody else's: the answer is the same.
        """
        who = await self.who()
        try:
            found = await self.work(self.services.workshops.get, workshop)
        except TrainerError as error:
            raise NotFound(N_("There is no such workshop.")) from error
        if not may_run(who, found):
            raise NotFound(N_("There is no such workshop."))
        return found


def may_run(who: Account, workshop: Workshop) -> bool:
    """Tell whether somebody may run a workshop: an own one, one of the command line, or any as administrator."""
    return workshop.host in {"", who.id} or who.may(Role.ADMINISTRATOR)


BuildDesk = Callable[[Desk], Awaitable[None]]


def desk(path: str, services: Services, coach: Coach, build: BuildDesk, role: Role = Role.INSTRUCTOR) -> None:
    """Serve `build` at `path` to who is signed in; others are sent to the sign-in page."""

    async def show(request: Request, client: Client) -> Response | None:
        lang = lang_of(request, services.languages)
        client.page = copy.copy(client.page)
        client.page.language = QUASAR[lang]
        secret = request.cookies.get(PERSON_COOKIE, "")
        visit = Visit(services, coach, client, request, "", lang)
        try:
            person = await visit.work(services.people.who, secret)
            if person is None:
                return RedirectResponse(f"/sign-in?next={quote(request.url.path)}")
            made = Desk(services, coach, client, request, "", lang, person=person, secret=secret, role=role)
            await made.check()
            await build(made)
        except NotFound:
            client.content.clear()
            client.status_code = 404
            not_found(visit)
        except TrainerError as error:
            client.content.clear()
            client.status_code = 503
            not_now(visit, error)
        return None

    ui.page(path, viewport=VIEWPORT, response_timeout=30, reconnect_timeout=services.settings.reconnect)(show)


def field(label: str, name: str, kind: str = "text", *, needed: bool = True, value: str = "") -> None:
    """Put a labelled field of a plain form on the page."""
    with tag("label", "", "field"):
        tag("span", label)
        made = named(tag("input"), f"field[{name}]")
        made.props(f"type={kind} name={name}")
        made.props["value"] = value
        if needed:
            made.props["required"] = True


def tell_of_loopback(desk: Desk) -> None:
    """Say that an address opens on this machine alone, where it does, and what to do about it."""
    _ = desk.text
    if not desk.services.serves_others(desk.request):
        told = _(
            "Other machines cannot open this address, as the trainer serves this machine alone. End it, and start "
            "it with:"
        )
        with named(tag("p", f"{told} ", "feedback feedback-warn"), "only_here"):
            tag("code", "trainer serve --host 0.0.0.0 --tls-self-signed")


def submit(text: str, name: str, classes: str = "primary") -> None:
    """Put the button that sends a plain form on the page."""
    named(tag("button", text, f"button {classes}"), name).props["type"] = "submit"
