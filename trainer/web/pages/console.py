"""Console: an instructor's workshops, and one of them as it runs: a tile a trainee, who needs help first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from trainer.app.class_report import day_of
from trainer.app.workshops import FAULTS, Need, Tile
from trainer.core.errors import BadInput, TrainerError
from trainer.core.paths import TEST_MODE
from trainer.core.people import Role
from trainer.core.problems import Problem
from trainer.core.scenario import Scenario
from trainer.core.workshop import Phase, Seat, Workshop, shown_code
from trainer.i18n import N_, speaking
from trainer.web.pages import words
from trainer.web.pages.desk import Desk, field, may_run, submit, tell_of_loopback
from trainer.web.pages.layout import Choice, Handler, Screen, Typed, button, frame, link, named, picture, tag
from trainer.web.pages.sign_in import qr
from trainer.web.services import NotFound
from trainer.web.showing import Showing, Showings

LOOK_EVERY = 2.0
"""Seconds between two looks at the class."""

PHASES = {
    Phase.LOBBY: N_("Not started yet"),
    Phase.RUNNING: N_("Running"),
    Phase.PAUSED: N_("A short break"),
    Phase.ENDED: N_("Ended"),
}

NEEDS = {
    Need.HELP: N_("asks for help"),
    Need.STUCK: N_("does not get on"),
    Need.DOWN: N_("has a practice system that does not answer"),
    Need.AWAY: N_("has closed the page"),
    Need.READY: N_("has not pressed Start yet"),
    Need.WORKING: N_("is working"),
    Need.WAITING: N_("waits for the start"),
    Need.BREAK: N_("has a break"),
    Need.OVER: N_("has reached the end of the workshop"),
    Need.DONE: N_("has done everything"),
    Need.NOT_HERE: N_("has not joined yet"),
}

MODES = ("guided", "practice")


async def build_list(desk: Desk) -> None:
    """Build the page of all workshops, with the form that makes one."""
    _ = desk.text
    workshops = await desk.work(desk.services.workshops.all)
    paths = await desk.work(desk.services.scenarios.paths)
    broken = await desk.work(desk.services.scenarios.broken)
    with frame(desk, _("Workshops"), languages=True):
        tag("h1", _("Workshops"))
        desk.said()
        if broken:
            _tell_broken(desk, broken)
        with named(tag("ul", "", "rows"), "console.workshops"):
            for one in workshops:
                if may_run(desk.person, one):
                    with tag("li", "", "row"):
                        shown = desk.lesson_text(one.title)
                        link(shown, f"console.open[{one.id}]", f"/console/{one.id}", "row-main")
                        tag("span", _(PHASES[one.phase]), "fact")
                        tag("span", day_of(one.created).isoformat(), "fact")
        tag("h2", _("New workshop"), "section-title")
        form = tag("form", "", "form").props("method=post action=/console/create enctype=multipart/form-data")
        form.props["aria-label"] = _("New workshop")
        with form:
            field(_("Title (empty: that of the learning path)"), "title", needed=False)
            _choice(_("Learning path"), "path", {path.id: desk.lesson_text(path.title) for path in paths})
            _choice(_("Help"), "mode", {mode: _(words.MODES[mode]) for mode in MODES})
            with tag("label", "", "field-tick"):
                named(tag("input"), "field[test]").props("type=checkbox name=test value=1 checked")
                tag("span", _("Test before and after: what has the workshop changed?"))
            with tag("label", "", "field"):
                tag("span", _("Roster (CSV or one name in each line; others may join all the same)"))
                named(tag("input"), "field[roster]").props("type=file name=roster").props["accept"] = ".csv,.txt"
            submit(_("Make it"), "console.create")
        with tag("div", "", "onward"):
            link(_("Candidates"), "nav.candidates", "/console/candidates", "button quiet")
            link(_("My account"), "nav.account", "/console/account", "button quiet")
            if desk.person.may(Role.ADMINISTRATOR):
                link(_("People"), "nav.people", "/console/people", "button quiet")


def _tell_broken(desk: Desk, broken: Sequence[Problem]) -> None:
    """Say which lesson files cannot be used, to somebody who can have them mended."""
    _ = desk.text
    with named(tag("div", "", "feedback feedback-warn"), "console.broken"):
        tag("p", _("These files of lessons have to be mended; until then lessons are as they were, or left out:"))
        with tag("ul"):
            for one in broken:
                tag("li", f"{one.file}:{one.line}: {one.message}")
        tag("p", _("`trainer scenario check` says more."))


def _choice(label: str, name: str, options: dict[str, str]) -> None:
    with tag("label", "", "field"):
        tag("span", label)
        with named(tag("select"), f"field[{name}]").props(f"name={name}"):
            for value, text in options.items():
                tag("option", text).props["value"] = value


async def build_projector(desk: Desk) -> None:
    """Build the page for the wall: the code, the address and its QR code, and who has come."""
    _ = desk.text
    workshop = await desk.mine(desk.request.path_params["workshop"])
    base = desk.services.address(desk.request)
    with frame(desk, desk.lesson_text(workshop.title), languages=True), tag("div", "", "wall"):
        tag("h1", desk.lesson_text(workshop.title))
        tell_of_loopback(desk)
        tag("p", _("Open this address and type the code:"), "lead")
        named(tag("p", f"{base}/join", "wall-address"), "projector.address")
        named(tag("p", shown_code(workshop.code), "wall-code"), "projector.code")
        picture(qr(f"{base}/join/{workshop.code}"), _("QR code of the address"), "qr")
        come = named(tag("p", "", "lead"), "projector.come")

        async def count() -> None:
            await desk.mine(workshop.id)
            seats = await desk.work(desk.services.workshops.seats, workshop.id)
            come.text = desk.ngettext(
                "{n} has come", "{n} have come", sum(seat.joined is not None for seat in seats)
            )

        async def look() -> None:
            try:
                await count()
            except NotFound:
                await desk.turn_away()
            except TrainerError as error:
                desk.tell(error)

        await count()
        ui.timer(LOOK_EVERY, look)
        if desk.services.showings is not None:
            desk.services.showings.watch(
                workshop.id, desk.client, Screen(desk, workshop.id, "projector.screen").show
            )
    desk.services.live.enter(workshop.id, "", desk.client, lambda _workshop, _seat: None)


async def build(desk: Desk) -> None:
    """Build the page of one workshop as it runs."""
    workshop = await desk.mine(desk.request.path_params["workshop"])
    await _Console(desk, workshop).build()


@dataclass
class _Shown:
    """The parts of a tile that change."""

    tile: Tile
    box: TextElement
    need: TextElement
    lesson: TextElement
    step: TextElement
    facts: TextElement


class _Console:
    """One open console."""

    def __init__(self, desk: Desk, workshop: Workshop) -> None:
        self._desk = desk
        self._workshop = workshop
        self._all = desk.services.workshops
        self._tiles: dict[str, _Shown] = {}
        self._titles: dict[str, str] = {}
        self._chosen = ""
        self._chosen_part = 0
        self._chosen_lesson = ""
        self._looking = False

    async def build(self) -> None:
        """Lay out the page and look at the class from time to time."""
        _, desk, name = self._desk.text, self._desk, self._desk.lesson_text(self._workshop.title)
        lessons = await desk.work(desk.services.scenarios.all)
        self._titles = {lesson.id: desk.lesson_text(lesson.title) for lesson in lessons}
        with frame(desk, name, languages=True):
            with tag("div", "", "console-head"):
                tag("h1", name)
                self._phase = named(tag("span", "", "fact"), "console.phase")
                named(tag("span", shown_code(self._workshop.code), "fact"), "console.code")
            with tag("div", "", "lesson-actions"):
                self._start = button(_("Start"), "console.start", self._turning(Phase.RUNNING), "primary")
                self._pause = button(_("Pause for all"), "console.pause", self._turning(Phase.PAUSED))
                self._end = button(_("End the workshop"), "console.end", self._asking_end(), "quiet")
                link(
                    _("For the wall"),
                    "console.projector",
                    f"/console/{self._workshop.id}/projector",
                    "button quiet",
                )
                link(_("Results"), "console.results", f"/console/{self._workshop.id}/results", "button quiet")
                link(_("All workshops"), "nav.console", "/console", "button quiet")
            with tag("div", "", "console-tell"):
                self._message = Typed(_("Message to all"), "console.message")
                button(_("Send"), "console.send", desk.guarded(self._send))
            with tag("div", "", "console-told") as self._told:
                self._on_pages = named(tag("p"), "console.told")
                button(_("Take it back"), "console.take_back", desk.guarded(self._take_back), "small")
            with tag("details", "", "path-test"):
                named(tag("summary", _("A failure for everybody, for one minute")), "console.faults")
                self._fault_buttons("console", self._strike_all, self._clear_all)
            self._stage = tag("div")
            if desk.services.showings is not None:
                self._show_box(desk.services.showings, lessons)
            self._grid = named(tag("ul", "", "tiles"), "console.tiles")
            self._seat_box()
        self._show_phase()
        await self._look()
        ui.timer(LOOK_EVERY, self._look)
        desk.services.live.enter(self._workshop.id, "", desk.client, self._hear)

    # -- showing a lesson -----------------------------------------------------------------------------------

    def _show_box(self, showings: Showings, lessons: Sequence[Scenario]) -> None:
        """Put on the page what shows a lesson to everybody: those of the workshop first, the others by title."""
        _, desk, own = self._desk.text, self._desk, self._workshop.id
        known = {one.id for one in lessons}
        first = [one for one in self._workshop.lessons if one in known]
        titles = {one: self._titles[one] for one in (*first, *sorted(known, key=self._titles.__getitem__))}

        async def begin() -> None:
            lesson = await desk.work(desk.services.scenarios.get, chosen.value)
            if (await desk.mine(own)).phase is Phase.ENDED:
                raise BadInput(_("The workshop is over."))
            with speaking(desk.lang):
                showings.begin(own, lesson, desk.lang)
            await desk.note("lesson_shown", own)

        async def stop() -> None:
            await desk.mine(own)
            await showings.stop(own)

        with self._stage, tag("details", "", "path-test") as fold:
            named(tag("summary", _("Show a lesson to everybody")), "console.show")
            told = _("It is performed before their eyes; everybody waits meanwhile and is back afterwards.")
            tag("p", told, "section-about")
            chosen = Choice(_("Lesson"), "console.show.lesson", titles)
            start = button(_("Show it now"), "console.show.start", desk.guarded(begin), "primary")
            end = button(_("Stop showing"), "console.show.stop", desk.guarded(stop), "danger")
            screen = Screen(desk, own, "console.screen")

        def see(showing: Showing | None) -> None:
            screen.show(showing)
            start.set_visibility(showing is None)
            end.set_visibility(showing is not None)
            if showing is not None:
                fold.props["open"] = True
                fold.update()

        see(None)
        showings.watch(own, desk.client, see)

    # -- the class ------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Look at the class, for as long as one may."""
        if self._looking:
            return
        self._looking = True
        try:
            with self._desk.client:
                self._workshop = await self._desk.mine(self._workshop.id)
                services = self._desk.services
                online = services.live.online(self._workshop.id)
                shown = services.showings is not None and services.showings.of(self._workshop.id) is not None
                tiles = await self._desk.work(
                    self._all.tiles, self._workshop, self._desk.coach, online, shown=shown
                )
                self._show(tiles)
                self._show_phase()
        except NotFound:
            await self._desk.turn_away()
        except TrainerError as error:
            with self._desk.client:
                self._grid.clear()
                self._tiles.clear()
                self._desk.tell(error)
        finally:
            self._looking = False

    def _hear(self, workshop: Workshop, _seat: Seat | None) -> None:
        self._workshop = workshop
        self._show_phase()

    def _show_phase(self) -> None:
        _, phase = self._desk.text, self._workshop.phase
        self._phase.text = _(PHASES[phase])
        self._phase.props["data-state"] = phase.value
        self._phase.update()
        self._start.text = _("Go on") if phase is Phase.PAUSED else _("Start")
        self._start.set_visibility(phase in {Phase.LOBBY, Phase.PAUSED})
        self._pause.set_visibility(phase is Phase.RUNNING)
        for one in (self._end, self._stage):
            one.set_visibility(phase is not Phase.ENDED)
        self._on_pages.text = _("On every trainee’s page: {message}").format(message=self._workshop.message)
        self._told.set_visibility(bool(self._workshop.message))

    def _show(self, tiles: list[Tile]) -> None:
        here = {tile.seat.id for tile in tiles}
        for gone in [seat for seat in self._tiles if seat not in here]:
            self._tiles.pop(gone).box.delete()
        for place, tile in enumerate(tiles):
            if tile.seat.id not in self._tiles:
                self._tiles[tile.seat.id] = self._new_tile(tile)
            self._show_tile(self._tiles[tile.seat.id], tile, place)

    def _new_tile(self, tile: Tile) -> _Shown:
        with self._grid, tag("li", "") as box:
            face = button("", f"tile[{tile.seat.name}]", self._choosing(tile.seat.id), "tile")
            with face:
                tag("strong", tile.seat.name)
                need = named(tag("span", "", "need"), f"tile[{tile.seat.name}].need")
                lesson = tag("span", "", "tile-lesson")
                step = named(tag("span", "", "tile-step"), f"tile[{tile.seat.name}].step")
                facts = tag("span", "", "tile-facts")
        return _Shown(tile, box, need, lesson, step, facts)

    def _show_tile(self, shown: _Shown, tile: Tile, place: int) -> None:
        _ = self._desk.text
        shown.tile = tile
        shown.box.style(f"order: {place}")
        shown.need.text = _(NEEDS[tile.need])
        if shown.need.props.get("data-state") != tile.need.value:
            shown.need.props["data-state"] = tile.need.value
            shown.need.classes(replace=f"need need-{tile.need.value}")
            shown.need.update()
        lesson = tile.run.scenario if tile.run and tile.steps else tile.now.lesson
        shown.lesson.text = self._titles.get(lesson, "")
        at = _("Step {number} of {total}").format(number=tile.number, total=tile.steps) if tile.steps else ""
        shown.step.text = f"{at}: {tile.say}" if at else ""
        facts = [_("{done} of {all} parts done").format(done=tile.now.did, all=tile.now.parts)]
        if tile.now.skipped:
            facts.append(_("{n} left out").format(n=tile.now.skipped))
        if tile.steps and tile.still > timedelta(minutes=1):
            facts.append(_("no step for {minutes} min").format(minutes=int(tile.still.total_seconds() // 60)))
        if tile.fault:
            facts.append(_("failure: {fault}").format(fault=_(words.FAULTS[tile.fault])))
        shown.facts.text = " · ".join(facts)

    # -- one trainee ----------------------------------------------------------------------------------------

    def _seat_box(self) -> None:
        _, desk = self._desk.text, self._desk
        with ui.dialog() as self._box, tag("div", "", "dialog dialog-wide"):
            self._box_title = named(tag("h2"), "seat.name")
            self._box_text = tag("p")
            self._hint = Typed(_("Hint for this trainee alone"), "seat.hint")
            with tag("div", "", "lesson-actions"):
                button(_("Send the hint"), "seat.send", desk.guarded(self._send_hint), "primary")
                button(_("Look in, read-only"), "seat.look", desk.guarded(self._look_in))
                button(_("Put back to the step’s begin"), "seat.back", desk.guarded(self._put_back))
                self._let_go = button("", "seat.unlock", self._letting_go())
                button(_("End the exercise"), "seat.end", self._asking_end_exercise())
                button(_("Remove from the workshop"), "seat.remove", self._asking_remove(), "quiet")
            with tag("details"):
                named(tag("summary", _("A failure, for one minute")), "seat.faults")
                self._fault_buttons("seat", self._strike, self._clear)
            with tag("div", "", "dialog-actions"):
                button(_("Close"), "seat.close", desk.guarded(self._close))

    def _fault_buttons(self, where: str, strike: Callable[[str], Awaitable[None]], clear: Handler) -> None:
        _ = self._desk.text
        with tag("div", "", "lesson-actions"):
            for fault in FAULTS:
                button(_(words.FAULTS[fault]), f"{where}.fault[{fault}]", self._striking(strike, fault), "small")
            button(_("End it"), f"{where}.clear", self._desk.guarded(clear), "small quiet")

    def _striking(self, strike: Callable[[str], Awaitable[None]], fault: str) -> Handler:
        return self._desk.guarded(lambda: strike(fault))

    def _choosing(self, seat: str) -> Handler:
        async def choose() -> None:
            self._chosen = seat
            shown = self._tiles[seat]
            self._chosen_part = shown.tile.now.part
            self._box_title.text = self._box.props["aria-label"] = shown.tile.seat.name
            self._box_text.text = shown.step.text or shown.need.text
            await self._name_part()
            self._hint.clear()
            self._box.open()

        return choose

    async def _name_part(self) -> None:
        """Name on the button what the chosen trainee would be let go on without; nothing is left to leave out."""
        _, parts = self._desk.text, await self._desk.work(self._all.parts, self._workshop)
        due = self._chosen_part < len(parts)
        self._let_go.set_visibility(due)
        if due:
            lesson, mode = parts[self._chosen_part]
            self._chosen_lesson = self._titles.get(lesson, lesson)
            told = _("Let go on without “{lesson}”")
            if mode == TEST_MODE and lesson == self._workshop.test:
                told = _("Let go on without the test “{lesson}”")
            self._let_go.text = told.format(lesson=self._chosen_lesson)

    async def _close(self) -> None:
        self._box.close()

    async def _seat(self) -> Seat:
        """Return the chosen seat as it is now, if it is one of this workshop."""
        await self._desk.mine(self._workshop.id)
        seats = await self._desk.work(self._all.seats, self._workshop.id)
        found = next((seat for seat in seats if seat.id == self._chosen), None)
        if found is None:
            raise BadInput(self._desk.text(N_("This seat does not exist any more.")))
        return found

    async def _send_hint(self) -> None:
        _, seat = self._desk.text, await self._seat()
        if not self._hint.value.strip():
            raise BadInput(_("Type the hint first."))
        seat = await self._desk.work(self._all.hint, seat.id, self._hint.value)
        await self._changed(seat, "hint_sent", _("{name} has the hint."))

    async def _look_in(self) -> None:
        desk, seat = self._desk, await self._seat()
        run = await desk.work(self._all.current, seat)
        role = (await desk.work(desk.services.scenarios.get, run.scenario)).role
        path = await desk.work(desk.services.control.sign_in_link, run.sandbox, role, read_only=True)
        await desk.note("looked_in", seat.id)
        ui.navigate.to(desk.services.hrms.address(desk.request) + path, new_tab=True)

    async def _put_back(self) -> None:
        _, desk, seat = self._desk.text, self._desk, await self._seat()
        run = await desk.work(self._all.current, seat)
        await desk.work(desk.coach.put_back, run.id, free=True)
        await self._changed(seat, "put_back", _("{name} is back at the beginning of the step."))

    def _letting_go(self) -> Handler:
        """Return what lets the chosen trainee go on, and asks before it ends an exercise that is under way."""
        _ = self._desk.text
        asks, told = (
            _("Let {name} go on without “{lesson}”?"),
            _("The exercise that is under way ends, without a score."),
        )
        ask = self._asking("seat.unlock", asks, [told], _("Let go on now"), self._desk.guarded(self._unlock))

        async def let_go() -> None:
            run = (await self._desk.work(self._all.now, await self._seat())).run
            await (self._unlock() if run is None else ask())

        return self._desk.guarded(let_go)

    async def _unlock(self) -> None:
        _, seat, part = self._desk.text, await self._seat(), self._chosen_part
        seat = await self._desk.work(self._all.unlock, seat.id, part, self._desk.coach)
        await self._changed(seat, "unlocked", _("{name} goes on without “{lesson}”."))

    def _asking_end_exercise(self) -> Handler:
        _ = self._desk.text
        told = _("It gets no score, and nobody can go on with it: it begins anew.")
        asks, yes = _("End the exercise of {name}?"), _("End it now")
        return self._asking("seat.end", asks, [told], yes, self._end_exercise)

    async def _end_exercise(self) -> None:
        _, seat = self._desk.text, await self._seat()
        await self._desk.work(self._all.end_exercise, seat, self._desk.coach)
        await self._changed(seat, "exercise_ended", _("The exercise of {name} has ended."))

    def _asking_remove(self) -> Handler:
        _ = self._desk.text
        told = _(
            "The exercise ends, and the results leave this person out. Who joins again starts from the beginning."
        )
        asks, yes = _("Remove {name} from the workshop?"), _("Remove for good")
        return self._asking("seat.remove", asks, [told], yes, self._remove)

    async def _remove(self) -> None:
        _, seat = self._desk.text, await self._seat()
        seat = await self._desk.work(self._all.remove, seat.id, self._desk.coach)
        await self._changed(seat, "seat_removed", _("{name} is not in the workshop any more."))

    async def _strike(self, fault: str) -> None:
        seat = await self._seat()
        await self._desk.work(self._all.strike, seat, fault)
        await self._changed(seat, f"fault_{fault}")

    async def _clear(self) -> None:
        seat = await self._seat()
        await self._desk.work(self._all.clear, seat)
        await self._changed(seat, "fault_cleared")

    async def _changed(self, seat: Seat, what: str, told: str = "") -> None:
        """Tell the trainee's pages, write it down, and look at the class again.

        Args:
            seat: Whose.
            what: Code of what was done.
            told: The same for the instructor; "" where the tile shows it.
        """
        self._box.close()
        self._desk.services.live.tell(self._workshop, {seat.id: seat})
        await self._desk.note(what, seat.id)
        if told:
            self._desk.confirm(told.format(name=seat.name, lesson=self._chosen_lesson))
        await self._look()

    # -- everybody ------------------------------------------------------------------------------------------

    def _turning(self, phase: Phase) -> Handler:
        async def turn() -> None:
            await self._desk.mine(self._workshop.id)
            self._workshop = await self._desk.work(self._all.turn, self._workshop.id, phase)
            await self._tell_all(f"workshop_{phase}")
            if phase is Phase.ENDED:
                if self._desk.services.showings is not None:
                    await self._desk.services.showings.stop(self._workshop.id)
                self._desk.settle(self._workshop)

        return self._desk.guarded(turn)

    async def _send(self) -> None:
        _, message = self._desk.text, self._message.value
        if not message.strip():
            raise BadInput(_("Type the message first."))
        await self._say(message)
        if self._message.value == message:  # otherwise the next one has been typed meanwhile
            self._message.clear()
        self._desk.confirm(_("Everybody has the message."))

    async def _take_back(self) -> None:
        await self._say("")
        self._desk.confirm(self._desk.text(N_("The message is taken back.")))

    async def _say(self, message: str) -> None:
        await self._desk.mine(self._workshop.id)
        self._workshop = await self._desk.work(self._all.tell, self._workshop.id, message)
        await self._tell_all("message_sent")
        self._show_phase()

    async def _tell_all(self, what: str) -> None:
        seats = await self._desk.work(self._all.seats, self._workshop.id)
        self._desk.services.live.tell(self._workshop, {seat.id: seat for seat in seats})
        await self._desk.note(what, self._workshop.id)
        await self._look()

    async def _strike_all(self, fault: str) -> None:
        await self._for_all(lambda seat: self._all.strike(seat, fault))
        await self._tell_all(f"fault_{fault}")

    async def _clear_all(self) -> None:
        await self._for_all(self._all.clear)
        await self._tell_all("fault_cleared")

    async def _for_all(self, act: Callable[[Seat], None]) -> None:
        """Do something to everybody who is at an exercise; who is at none is left out."""
        await self._desk.mine(self._workshop.id)
        for seat in await self._desk.work(self._all.seats, self._workshop.id):
            try:
                await self._desk.work(act, seat)
            except BadInput:
                continue

    def _asking_end(self) -> Handler:
        _ = self._desk.text
        told = (
            _("Nobody can go on afterwards. Everything done so far stays, and the results are ready."),
            _("A test that is under way is handed in as it stands."),
        )
        return self._asking(
            "console.end", _("End the workshop?"), told, _("End it now"), self._turning(Phase.ENDED)
        )

    def _asking(self, button_name: str, asks: str, told: Sequence[str], yes: str, act: Handler) -> Handler:
        """Put a question on the page, which may name the chosen trainee and what is due; return what asks it."""
        _, desk = self._desk.text, self._desk
        with ui.dialog() as sure, tag("div", "", "dialog"):
            title = tag("h2")
            for text in told:
                tag("p", text)

            async def close() -> None:
                sure.close()

            async def do() -> None:
                sure.close()
                await act()

            with tag("div", "", "dialog-actions"):
                button(_("Not yet"), f"{button_name}_not", desk.guarded(close))
                button(yes, f"{button_name}_sure", desk.guarded(do), "danger")

        async def ask() -> None:
            title.text = sure.props["aria-label"] = asks.format(
                name=self._box_title.text, lesson=self._chosen_lesson
            )
            sure.open()

        return desk.guarded(ask)
