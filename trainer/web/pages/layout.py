"""Layout: what all trainee pages share: head, header, words in the reader's language, and who is asking."""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments
from starlette.requests import Request

from trainer.app.coach import Coach, Progress, Reported
from trainer.core.candidate import Candidate
from trainer.core.errors import TrainerError
from trainer.core.runs import Run
from trainer.core.scenario import Translate
from trainer.core.workshop import Phase, Seat, Workshop
from trainer.i18n import N_, speaking, translator
from trainer.web.services import NotFound, Services, explained, lang_of, trainee_of
from trainer.web.showing import STREAM_ROUTE, Showing

STATIC = Path(__file__).parent.parent / "static"
STATIC_URL = "/static/practice"
PRIMARY = "#1565c0"
VIEWPORT = "width=device-width, initial-scale=1"

QUASAR: dict[str, Literal["zh-CN", "en-US"]] = {"zh_CN": "zh-CN", "en": "en-US"}
OWN_NAMES = {"zh_CN": "中文", "en": "English"}
"""Languages as their speakers call them."""

WORKING = ThreadPoolExecutor(max_workers=16, thread_name_prefix="trainee")
LOOKING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="looking")
FINISHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="finishing")

FILE_ROUTE = "/film/{scenario}/{lang}/{ending}"
"""Where the files of films are served."""

EMPTY_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACw="

SENDING = {
    "datetime-local": """(event) => {
        const typed = event.target.value;
        const east = typed ? -new Date(typed).getTimezoneOffset() : 0;
        const two = number => String(Math.trunc(number)).padStart(2, "0");
        const zone = (east < 0 ? "-" : "+") + two(Math.abs(east) / 60) + ":" + two(Math.abs(east) % 60);
        emit(typed ? typed + zone : "");
    }"""
}
"""Kind of field → what is sent of it; a moment goes with the browser's time zone."""

E = TypeVar("E", bound=Element)
T = TypeVar("T")


@dataclass(frozen=True)
class Visit:
    """One open page and who opened it; the identity is fixed when the page is built.

    Attributes:
        services: What the server offers.
        coach: The use case behind the pages.
        client: The page.
        request: The request that asked for it.
        trainee: Who asked: whose Runs they are.
        lang: Language of the page.
        device: Id of the browser.
        seat: The seat that it takes in a workshop, or None.
        workshop: That workshop, or None.
        candidate: Who came by a personal link, or None.
    """

    services: Services
    coach: Coach
    client: Client
    request: Request
    trainee: str
    lang: str
    device: str = ""
    seat: Seat | None = None
    workshop: Workshop | None = None
    candidate: Candidate | None = None

    @property
    def home(self) -> str:
        """Where this trainee leaves an exercise to: the class, the candidate's own page, or the lessons."""
        return "/class" if self.seat is not None else "/candidate" if self.candidate is not None else "/"

    @property
    def signed_in(self) -> bool:
        """Whether somebody who has signed in opened the page, and may sign out on it."""
        return False

    def speaking(self, lang: str) -> Visit:
        """Return the same visit in the language of a Run, which may not be the one chosen for the other pages."""
        self.client.page.language = QUASAR[lang]
        return replace(self, lang=lang)

    @property
    def text(self) -> Translate:
        """Texts of the trainer in the page's language (named ``_`` where it is used)."""
        return translator("trainer", self.lang).gettext

    @property
    def lesson_text(self) -> Translate:
        """Texts of the lessons in the page's language."""
        found = translator("scenarios", self.lang).gettext
        return lambda message: found(message) if message else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the form for `number`, with ``{n}`` filled in."""
        return translator("trainer", self.lang).ngettext(one, many, number).format(n=number)

    async def own(self, run_id: str) -> Run:
        """Return a Run of this trainee; every handler asks anew. Raises `NotFound`."""
        if self.candidate is not None:
            await self.check()
        return await self.work(self.services.owned_run, run_id, self.trainee)

    async def check_own(self, run_id: str) -> None:
        """Look up anew that a Run is this trainee's. Raises `NotFound` when it is not."""
        if self.candidate is not None:
            await self.check()
        await self.work(self.services.check_owner, run_id, self.trainee)

    async def work(self, call: Callable[..., T], *args: object, **more: object) -> T:
        """Run a blocking call in a thread and return what it returns; its messages are in the page's language."""
        return await self._in(WORKING, call, *args, **more)

    async def look(self, run_id: str, reported: Reported, *, after_a_break: bool = False) -> Progress:
        """Look at a Run of this trainee; looks wait for the sandbox HRMS, so they have threads of their own.

        The verdict comes before the sandbox is kept at the begin of the next Step: see `keep`. For `after_a_break`
        see `Coach.look`. Raises `NotFound` when it is not.
        """
        if self.candidate is not None:
            await self.check()

        def look() -> Progress:
            self.services.check_owner(run_id, self.trainee)
            return self.coach.look(run_id, reported, keep=False, after_a_break=after_a_break)

        return await self._in(LOOKING, look)

    async def changed(self, progress: Progress) -> bool:
        """Tell whether a look may find something new; it waits for the sandbox HRMS at times."""
        if self.coach.knows_changes:
            return self.coach.changed(progress)
        return await self._in(LOOKING, self.coach.changed, progress)

    async def keep(self, run_id: str) -> Progress:
        """Keep the sandbox of a Run where a Step has begun."""
        return await self._in(LOOKING, self.coach.keep, run_id)

    async def finish(self, run_id: str) -> Run:
        """Close a Run. It waits for a browser that looks in other roles, so it has threads of its own."""
        return await self._in(FINISHING, self.coach.finish, run_id)

    async def _in(self, pool: ThreadPoolExecutor, call: Callable[..., T], *args: object, **more: object) -> T:
        def speak() -> T:
            with speaking(self.lang):
                return call(*args, **more)

        return await asyncio.get_running_loop().run_in_executor(pool, speak)

    def guarded(
        self, action: Callable[[], Awaitable[None]], run_id: str | None = None
    ) -> Callable[[], Awaitable[None]]:
        """Wrap a handler: only the owner's own Run is touched, and refusals are told in one sentence."""

        async def handle() -> None:
            with self.client:
                try:
                    await self.check()
                    if run_id is not None:
                        await self.check_own(run_id)
                    await action()
                except TrainerError as error:
                    self.tell(error)

        return handle

    async def check(self) -> None:
        """Look up anew who asks. Raises `NotFound` when a seat or a personal link was taken away meanwhile."""
        if self.seat is not None:
            await self.work(self.services.still_at, self.device, self.seat.id)
        if self.candidate is not None:
            await self.work(self.services.still_practises, self.device, self.candidate.id)

    async def need_running(self) -> None:
        """Refuse what belongs to an exercise in a break of the class, and after its end; raises `BadInput`."""
        if self.seat is not None:
            await self.work(self.services.workshops.need_running, self.seat.workshop)

    def go_on_to(self, address: str) -> None:
        """Go to another page; this one is forgotten as soon as it is left, as nobody comes back to it."""
        self.client.page.reconnect_timeout = 0.0
        ui.navigate.to(address)

    def said(self) -> Mapping[str, str]:
        """Tell, once, what the server answered to the form before this page; return what was typed into it."""
        found = self.services.sayings.take(self.request.query_params.get("said", ""))
        if found.text:
            kind, role = ("good", "status") if found.good else ("warn", "alert")
            named(tag("p", found.text, f"feedback feedback-{kind}").props(f"role={role}"), "said")
        return found.typed

    def confirm(self, text: str) -> None:
        """Say on the page that something has been done which cannot be seen on it."""
        ui.notify(text, color="primary", position="top", multi_line=True)

    def tell(self, error: TrainerError) -> None:
        """Show what went wrong and what to do next."""
        ui.notify(explained(error, self.lang), type="negative", position="top", timeout=8000, multi_line=True)


Handler = Callable[[], Awaitable[None]]
Build = Callable[[Visit], Awaitable[None]]


def page(path: str, services: Services, coach: Coach, build: Build) -> None:
    """Serve `build` at `path`; somebody else's Run and one that never was give the same 404."""

    async def show(request: Request, client: Client) -> None:
        lang = lang_of(request, services.languages)
        client.page = copy.copy(client.page)
        client.page.language = QUASAR[lang]
        try:
            await build(await _visit(services, coach, client, request, lang))
        except NotFound:
            client.content.clear()
            client.status_code = 404
            not_found(Visit(services, coach, client, request, "", lang))
        except TrainerError as error:
            client.content.clear()
            client.status_code = 503
            not_now(Visit(services, coach, client, request, "", lang), error)

    ui.page(path, viewport=VIEWPORT, response_timeout=30, reconnect_timeout=services.settings.reconnect)(show)


async def _visit(services: Services, coach: Coach, client: Client, request: Request, lang: str) -> Visit:
    """Return who asks; a browser that sits in a workshop asks for its seat, a candidate's for the candidate."""
    device = trainee_of(request)
    visit = Visit(services, coach, client, request, device, lang, device)
    seat = await visit.work(services.workshops.seat_of, device)
    if seat is None:
        candidate = await visit.work(services.candidates.of_device, device)
        return visit if candidate is None else replace(visit, trainee=candidate.owner, candidate=candidate)
    workshop = await visit.work(services.workshops.get, seat.workshop)
    return replace(visit, trainee=seat.owner, seat=seat, workshop=workshop)


def tag(name: str, text: str = "", classes: str = "") -> TextElement:
    """Put an HTML element with plain text (never markup) on the page."""
    element = TextElement(tag=name, text=text)
    return element.classes(classes) if classes else element


def named(element: E, name: str) -> E:
    """Give an element its test id."""
    element.mark(name)
    element.props["data-testid"] = name
    return element


def button(text: str, name: str, on_click: Callable[[], Awaitable[None]], classes: str = "") -> TextElement:
    """Put a native button on the page."""
    element = named(tag("button", text, f"button {classes}"), name)
    element.props["type"] = "button"
    element.on("click", on_click, [])
    return element


class Typed:
    """A labelled native field whose text handlers read.

    Attributes:
        value: What was typed, as of leaving the field.
    """

    def __init__(self, label: str, name: str, kind: str = "text") -> None:
        self.value = ""
        with tag("label", "", "field"):
            tag("span", label)
            self._input = named(tag("input"), name).props(f"type={kind} autocomplete=off")
        self._input.on("change", self._take, js_handler=SENDING.get(kind, "(event) => emit(event.target.value)"))

    def _take(self, event: GenericEventArguments) -> None:
        self.value = event.args if isinstance(event.args, str) else ""

    def clear(self) -> None:
        """Empty the field."""
        self.value = ""
        ui.run_javascript(f"getHtmlElement({self._input.id}).value = ''")


class Choice:
    """A labelled native list to choose from.

    Attributes:
        value: The code that is chosen.
    """

    def __init__(self, label: str, name: str, options: Mapping[str, str], chosen: str = "") -> None:
        self._options = options
        self.value = chosen if chosen in options else next(iter(options))
        with tag("label", "", "field"):
            tag("span", label)
            with named(tag("select"), name) as made:
                for value, text in options.items():
                    option = tag("option", text)
                    option.props["value"] = value
                    if value == self.value:
                        option.props["selected"] = True
        made.on("change", self._take, js_handler="(event) => emit(event.target.value)")

    def _take(self, event: GenericEventArguments) -> None:
        if event.args in self._options:
            self.value = event.args


def link(text: str, name: str, address: str, classes: str = "") -> TextElement:
    """Put a link to a page of our own on the page."""
    element = named(tag("a", text, classes), name)
    element.props["href"] = address
    return element


@contextmanager
def frame(visit: Visit, title: str, *, wide: bool = False, languages: bool = False) -> Iterator[Strip | None]:
    """Lay out one page; what is built inside lands in its main part.

    Args:
        visit: Whose page.
        title: Of the browser's tab.
        wide: The main part takes the whole window and does not scroll (the practice page).
        languages: The language can be changed here.

    Yields:
        What the page shows of its workshop, or None outside one.
    """
    _ = visit.text
    visit.client.title = f"{title} · {_('HR practice')}"
    ui.colors(primary=PRIMARY)
    ui.add_head_html(f'<link rel="stylesheet" href="{asset("practice.css")}">')
    ui.query("body").classes("practice-body" if wide else "calm-body")
    tag("a", _("Skip to the content"), "skip-link").props("href=#main")
    with tag("header", "", "site-header"):
        home = link("", "nav.lessons", "/", "brand")
        home.props["aria-label"] = _("HR practice: all lessons")
        with home:
            tag("span", "", "brand-mark").props("aria-hidden=true")
            tag("span", _("HR practice"), "brand-name")
        if visit.candidate is not None and visit.request.url.path != visit.home:
            link(_("My page"), "nav.mine", "/candidate", "button quiet small header-mine")
        if languages:
            _languages(visit)
        if visit.signed_in:
            with tag("form", "", "header-mine sign-out").props("method=post action=/sign-out"):
                made = named(tag("button", _("Sign out"), "button quiet small"), "account.sign_out")
                made.props["type"] = "submit"
    strip = Strip(visit) if visit.seat is not None and visit.workshop is not None else None
    with tag("div", "", "wide-main" if wide else "calm-main").props("id=main tabindex=-1") as main:
        yield strip
    if strip is not None:
        strip.cover(main)


class Screen:
    """What an instructor shows, on a page: pictures or the film, the step, and in one's own language what it asks.

    Args:
        visit: The page.
        workshop: Id of the workshop.
        name: Test id.
    """

    def __init__(self, visit: Visit, workshop: str, name: str) -> None:
        self._visit = visit
        self._workshop = workshop
        self._showing: Showing | None = None
        self._filmed = False
        self._asked = 0
        with named(tag("figure", "", "screen"), name) as self._box:
            self._caption = named(tag("figcaption", "", "screen-caption"), f"{name}.caption")
            self._caption.props("aria-live=polite")
            self._step = named(tag("p", "", "screen-step"), f"{name}.step")
            self._lang = named(tag("p", "", "screen-step"), f"{name}.lang")
            self._picture = named(tag("img", "", "screen-picture"), f"{name}.picture")
            self._film = named(tag("video", "", "screen-picture"), f"{name}.film").props("controls playsinline")
        self.show(None)
        visit.client.on_connect(self._load)  # also after a laptop's sleep: the stream has ended then

    def show(self, showing: Showing | None) -> None:
        """Show what is shown now, or nothing."""
        _, told = self._visit.text, self._visit.lesson_text
        before, self._showing = (self._showing, self._filmed), showing
        self._filmed = showing is not None and showing.film
        self._box.set_visibility(showing is not None)
        own = showing.captions.get(self._visit.lang) if showing else None
        self._caption.text = own or told(showing.lesson.title) if showing else ""
        counted = showing is not None and showing.steps
        at = _("Step {number} of {total}").format(number=showing.step, total=showing.steps) if showing else ""
        self._step.text = at if counted else ""
        self._step.set_visibility(bool(counted))
        foreign = showing is not None and showing.lang != self._visit.lang
        self._lang.text = (
            _("What you see is in another language: {language}.").format(language=OWN_NAMES[showing.lang])
            if showing and foreign
            else ""
        )
        self._lang.set_visibility(foreign)
        if before != (showing, self._filmed):
            self._load()

    def _load(self) -> None:
        """Ask for the stream, or the film, anew; where nothing is shown any more the connection ends."""
        _, showing = self._visit.text, self._showing
        self._asked += 1
        streamed = showing is not None and not self._filmed
        self._picture.set_visibility(streamed)
        self._film.set_visibility(self._filmed)
        here = STREAM_ROUTE.format(workshop=self._workshop)
        self._picture.props["src"] = f"{here}?{self._asked}" if streamed else EMPTY_PICTURE
        self._picture.props["alt"] = _("What your instructor shows: {lesson}").format(
            lesson=self._visit.lesson_text(showing.lesson.title) if showing else ""
        )
        if showing and self._filmed:
            self._film.props["src"] = FILE_ROUTE.format(
                scenario=showing.lesson.id, lang=showing.lang, ending="mp4"
            )
        else:
            self._film.props.pop("src", None)
        self._picture.update()
        self._film.update()


class Strip:
    """What every page of a trainee in a workshop shows: messages, a button that asks for help, and a break.

    Attributes:
        paused: Whether there is a break now, or the instructor shows something.
        ended: Whether the workshop has ended.
        changed: Called when something else is to be done now: the workshop goes on or has a break, or a
            lesson was unlocked; its end leads to the class page.
    """

    def __init__(self, visit: Visit) -> None:
        _ = visit.text
        self._visit = visit
        self._seat, workshop = of_a_class(visit)
        self.paused = self._showing = False
        self._main: Element | None = None
        self._phase = workshop.phase
        self.ended = workshop.phase is Phase.ENDED
        self.changed: Callable[[], None] = lambda: None
        with tag("section", "", "strip") as strip:
            strip.props["aria-label"] = _("Workshop")
            link(visit.lesson_text(workshop.title), "class.home", "/class", "strip-title")
            with tag("div", "", "strip-news").props("aria-live=polite"):
                self._message = self._news("class.message", "strip-message", self._put_message_away)
                self._hint = self._news("class.hint", "strip-hint", self.heed)
            self._help = button("", "class.help", visit.guarded(self._ask), "small")
        self._on_covers: list[TextElement] = []
        self._show(workshop, self._seat)
        visit.services.live.enter(workshop.id, self._seat.id, visit.client, self._hear)

    def _news(self, name: str, classes: str, put_away: Callable[[], Awaitable[None]]) -> TextElement:
        """Lay out something that is told, with a button that puts it away; return where its text stands."""
        with tag("p", "", classes):
            told = named(tag("span"), name)
            close = button("", f"{name}.close", self._visit.guarded(put_away), "small quiet news-close")
            close.props["aria-label"] = self._visit.text("Close")
            with close:
                tag("span", "", "icon icon-close").props("aria-hidden=true")
        return told

    def cover(self, main: Element) -> None:
        """Put the cover of a break over the page."""
        _ = self._visit.text
        self._main = main
        with named(tag("div", "", "break"), "class.break").props("role=alertdialog") as self._break:
            self._break.props["aria-label"] = _("A short break")
            tag("p", _("A short break"), "cover-title")
            tag("p", _("Your instructor has paused the workshop. It goes on by itself, right where you are."))
            self._on_covers.append(named(tag("p", "", "strip-message"), "class.break.message"))
        self._screen = None
        if self._visit.services.showings is not None:
            with named(tag("div", "", "break showing"), "class.showing").props("role=dialog") as self._shown:
                self._shown.props["aria-label"] = _("Your instructor is showing something")
                tag("p", _("Your instructor is showing something"), "cover-title")
                tag("p", _("Watch; afterwards you are right where you were."))
                self._on_covers.append(named(tag("p", "", "strip-message"), "class.showing.message"))
                self._screen = Screen(self._visit, self._seat.workshop, "class.screen")
            self._shown.set_visibility(False)
            self._visit.services.showings.watch(self._seat.workshop, self._visit.client, self._watch)
        self._show(self._workshop, self._seat)
        self._cover()

    def _watch(self, showing: Showing | None) -> None:
        """Show what the instructor shows; afterwards everybody is back at one's own place."""
        was, self._showing = self._showing, showing is not None
        if self._screen is not None:
            self._screen.show(showing)
            self._shown.set_visibility(self._showing)
        self._cover()
        if was and not self._showing:
            self.changed()

    def _show(self, workshop: Workshop, seat: Seat) -> None:
        """Show what is told; with the workshop all of it ends."""
        _, self._workshop = self._visit.text, workshop
        over = workshop.phase is Phase.ENDED
        message = "" if over or self._visit.services.live.has_read(seat.id, workshop.message) else workshop.message
        for shown in (self._message, *self._on_covers):
            shown.text = message
        self._hint.text = _("For you: {hint}").format(hint=seat.hint) if seat.hint and not over else ""
        self._help.text = _("I need help") if seat.asked is None else _("Help is on its way: no more needed")
        self._help.props["aria-pressed"] = "false" if seat.asked is None else "true"

    def _cover(self) -> None:
        """Let nothing be done below a break or what the instructor shows, as soon as the page is built."""
        if self._main is None:
            return
        self.paused = self._phase is Phase.PAUSED or self._showing
        self._break.set_visibility(self._phase is Phase.PAUSED and not self._showing)
        if self.paused:
            self._main.props("inert")
        else:
            self._main.props(remove="inert")

    def _hear(self, workshop: Workshop, seat: Seat | None) -> None:
        if seat is None or seat.removed:
            ui.navigate.to("/")
            return
        before, self._seat = (self._phase, self._seat.unlocked), seat
        self._phase = workshop.phase
        self.ended = workshop.phase is Phase.ENDED
        self._show(workshop, seat)
        self._cover()
        if before == (workshop.phase, seat.unlocked):
            return
        if workshop.phase is Phase.ENDED:
            ui.navigate.to("/class")
        else:
            self.changed()

    async def heed(self) -> None:
        """Take away what the instructor told this trainee: its Step has passed, or it was read."""
        if self._seat.hint:
            seat = await self._visit.work(self._visit.services.workshops.heed, self._seat.id, self._seat.hint)
            self._visit.services.live.tell(self._workshop, {seat.id: seat})

    async def _put_message_away(self) -> None:
        live = self._visit.services.live
        live.read(self._seat.id, self._workshop.message)
        live.tell(self._workshop, {self._seat.id: self._seat})

    async def _ask(self) -> None:
        asks = self._seat.asked is None
        workshops = self._visit.services.workshops

        def ask() -> tuple[Workshop, Seat]:
            seat = workshops.ask(self._seat.id, asks=asks)
            return workshops.get(seat.workshop), seat

        workshop, seat = await self._visit.work(ask)
        self._visit.services.live.tell(workshop, {seat.id: seat})


def of_a_class(visit: Visit) -> tuple[Seat, Workshop]:
    """Return seat and workshop; raises `NotFound` for who sits in none."""
    if visit.seat is None or visit.workshop is None:
        raise NotFound(N_("You do not take part in this workshop any more."))
    return visit.seat, visit.workshop


def picture(source: str, text: str, classes: str) -> None:
    """Put a picture with its text on the page."""
    made = tag("img", "", classes)
    made.props["src"] = source
    made.props["alt"] = text


def _languages(visit: Visit) -> None:
    _ = visit.text
    with tag("div", "", "languages") as group:
        group.props["role"] = "group"
        group.props["aria-label"] = _("Language")
        for code in visit.services.languages:
            with tag("form", "").props(f"method=post action=/language/{code}"):
                chosen = named(tag("button", OWN_NAMES.get(code, code), "language"), f"language[{code}]")
                chosen.props["type"] = "submit"
                chosen.props["lang"] = code.replace("_", "-")
                chosen.props["aria-pressed"] = "true" if code == visit.lang else "false"


def not_found(visit: Visit) -> None:
    """Build the page of what is not there, or is somebody else's."""
    _ = visit.text
    with frame(visit, _("Not found")):
        tag("h1", _("There is nothing here"))
        tag("p", _("This exercise does not exist, or it was begun in another browser."), "lead")
        link(_("To the lessons"), "nav.back", "/", "button primary")


def not_now(visit: Visit, error: TrainerError) -> None:
    """Build the page that says why another one cannot be shown."""
    _ = visit.text
    with frame(visit, _("Not now")):
        tag("h1", _("This page cannot be shown at the moment"))
        named(tag("p", explained(error, visit.lang), "lead"), "failure")
        link(_("Try again"), "failure.retry", visit.request.url.path, "button primary")


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """Return the address of a file of ours; it changes with the content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}/{name}?v={digest}"
