"""A visit: one open page, the person who opened it, and what they may still do there."""

import asyncio
import copy
import inspect
import secrets
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from fastapi import Request
from nicegui import Client, ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core.errors import HrmsError, NotSignedIn
from sandbox_hrms.core.roles import FORM_ROLES, Actor, Role
from sandbox_hrms.i18n import Texts, texts
from sandbox_hrms.pages.lines import Lines

T = TypeVar("T")

Handler = Callable[[GenericEventArguments], Awaitable[None] | None]
Spot = tuple[str, str]
"""Sandbox id and person's id: one interview room."""

_QUASAR: dict[str, Literal["zh-CN", "en-US"]] = {"zh_CN": "zh-CN", "en": "en-US"}
_BUILD_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of this process share.

    Attributes:
        hrms: The system itself.
        pool: Threads for writing, so that a slow disk never stops the other people's pages.
        ending: Threads in which interviews end, which takes a score: few, so that a class that ends at once takes
            neither the processor nor the threads for writing away from everybody else.
        holders: Which page holds which interview room; the newest one does.
        visits: All open pages by their names.
        lines: Their websockets.
    """

    hrms: Hrms
    pool: ThreadPoolExecutor
    ending: ThreadPoolExecutor
    holders: dict[Spot, "Visit"]
    visits: dict[str, "Visit"]
    lines: Lines

    async def work(self, call: Callable[..., T], *args: object) -> T:
        """Run a blocking call in a thread of ours and return what it returns."""
        return await self.wait_for(self.pool, call, *args)

    @staticmethod
    async def wait_for(pool: ThreadPoolExecutor, call: Callable[..., T], *args: object) -> T:
        """Run a blocking call in a thread of ``pool`` and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(pool, call, *args)


@dataclass(frozen=True, slots=True)
class Visit:
    """One open page. The identity is fixed when it is built, and asked of the store again at every click.

    Attributes:
        cookie: The session's cookie value; None on pages that need no session.
        page_id: Names this very page, which may hold an interview room.
        told: The refusal that is shown now, if any.
    """

    site: Site
    sandbox_id: str
    role: Role
    cookie: str | None
    client: Client
    request: Request
    t: Texts
    page_id: str
    told: list[ui.notification] = field(default_factory=list, compare=False)

    @property
    def base(self) -> str:
        """Path below which this person's pages are."""
        return base_path(self.sandbox_id, self.role)

    def sandbox(self) -> Sandbox:
        """Return the sandbox, which may have been restarted meanwhile."""
        return self.site.hrms.sandboxes.open(self.sandbox_id)

    def actor(self) -> Actor:
        """Return who is signed in now; raises :class:`NotSignedIn` after sign-out or expiry."""
        return self.site.hrms.sessions.actor_of(self.sandbox_id, self.role, self.cookie)

    def looks_only(self) -> bool:
        """Say whether this page is an observer's, who may only look."""
        try:
            return self.cookie is not None and self.actor().read_only
        except NotSignedIn:
            return False

    async def do(self, use_case: Callable[..., T], *args: object) -> T:
        """Write something as the person who is signed in now: ``use_case(sandbox, actor, *args)``."""
        return await self.site.work(use_case, self.sandbox(), self.actor(), *args)

    async def do_last(self, use_case: Callable[..., T], *args: object) -> T:
        """Do what ends an interview, in its turn with all other ends; otherwise as :meth:`do`."""
        return await self.site.wait_for(self.site.ending, use_case, self.sandbox(), self.actor(), *args)

    def handler(self, action: Handler) -> Handler:
        """Wrap an event handler: it runs in this page, for a valid session only, and tells refusals."""

        async def run(event: GenericEventArguments) -> None:
            with self.client, self.telling():
                self.actor()
                result = action(event)
                if inspect.isawaitable(result):
                    await result

        return run

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell the reader of the page when what is done inside is refused; success closes an earlier refusal."""
        try:
            yield
        except NotSignedIn:
            ui.navigate.to(start_path(self.sandbox_id, self.role))
        except HrmsError as refused:
            self.tell(refused)
        else:
            self._close_told()

    def tell(self, refused: HrmsError) -> None:
        """Show a refusal and what to do next."""
        from sandbox_hrms.pages.trouble import show

        if show(self, refused):
            return
        told = self.t.sentences(*self.t.refusal(refused))
        self._close_told()
        self.told.append(ui.notification(told, type="negative", multi_line=True, position="top", timeout=8))

    def _close_told(self) -> None:
        while self.told:
            one = self.told.pop()
            if not one.is_deleted:
                one.dismiss()


def base_path(sandbox_id: str, role: Role) -> str:
    """Return the path below which the pages of ``role`` are."""
    return f"/s/{sandbox_id}/{role}"


def start_path(sandbox_id: str, role: Role) -> str:
    """Return the first page of ``role``; without a session the guard leads on to the sign-in."""
    return f"{base_path(sandbox_id, role)}/"


def signs_in_by_form(role: Role) -> bool:
    """Say whether ``role`` has a sign-in form; the others come by link only."""
    return role in FORM_ROLES


def page(  # noqa: PLR0913  # what tells one page from another
    site: Site,
    role: Role,
    path: str,
    build: Callable[[Visit], None],
    *,
    session: bool = True,
    reconnect_seconds: float | None = None,
) -> None:
    """Serve ``build`` at ``/s/<sandbox>/<role><path>``.

    Args:
        site: What all pages share.
        role: Whose page it is.
        path: Begins with ``/``; its parameters are in ``visit.request.path_params``.
        build: Fills the page; a refusal it raises becomes a page that says so.
        session: The page is for signed-in people only.
        reconnect_seconds: How long a cut page may come back with everything on it; None for the
            process's own time. The server keeps every page that was left for so long.
    """
    from sandbox_hrms.pages.frame import refusal
    from sandbox_hrms.pages.trouble import follow

    async def show(request: Request, client: Client) -> None:
        sandbox_id = request.path_params["sandbox_id"]
        sandbox = site.hrms.sandboxes.open(sandbox_id)
        lang, words = sandbox.lang, sandbox.profile.words_in(sandbox.lang)
        t = Texts(lang, words) if words else texts(lang)
        client.page = copy.copy(client.page)
        client.page.language = _QUASAR.get(lang, "en-US")
        cookie = request.cookies.get(COOKIE) if session else None
        visit = Visit(site, sandbox_id, role, cookie, client, request, t, secrets.token_hex(8))
        drop_on_crash(visit)
        site.visits[visit.page_id] = visit
        client.on_delete(lambda: site.visits.pop(visit.page_id, None))
        try:
            if session:
                visit.actor()
            follow(visit)
            build(visit)
        except HrmsError as refused:
            client.content.clear()
            client.status_code = refused.http
            refusal(visit, refused)

    ui.page(
        f"/s/{{sandbox_id}}/{role}{path}", response_timeout=_BUILD_SECONDS, reconnect_timeout=reconnect_seconds
    )(show)


def drop_on_crash(visit: Visit) -> None:
    """Cut the page's connection and forget the page when its sandbox crashes."""
    loop = asyncio.get_running_loop()
    client = visit.client

    def drop() -> None:
        if not client.is_deleted:
            for task in client._delete_tasks.values():  # noqa: SLF001  # of a page that was left already
                task.cancel()
            client.delete()
        visit.site.lines.cut(client.id)

    faults = visit.site.hrms.sandboxes.faults(visit.sandbox_id)
    client.on_delete(faults.on_crash(lambda: loop.call_soon_threadsafe(drop)))
