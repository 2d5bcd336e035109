"""The rubric, and what is expected of each question: edited, taken back, and calibrated by graded answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import rubrics
from sandbox_hrms.app.rubrics import Edition, QuestionEditing, RubricEditing
from sandbox_hrms.core import labels
from sandbox_hrms.core.editing import LEAST_WEIGHT, MOST_ANSWER, MOST_LETTERS, MOST_WEIGHT
from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.core.roles import Right, Role
from sandbox_hrms.core.rubric import LEAST_GRADED, LEVEL_POINTS, Competency, GradedAnswer, KeyPoint
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button, cell, choice, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import typed
from sandbox_hrms.pages.show import Tag, doer, moment, number, tag
from sandbox_hrms.pages.visit import Handler, Site, Visit, page

_WHEN = N_(
    "Interviews that are invited and not begun get the newest version, and so do those to come. The others keep "
    "what was copied into them, until they are scored again on their report."
)


def register(site: Site) -> None:
    """Serve the pages."""
    page(site, Role.HR, "/rubric", _build_rubric)
    page(site, Role.HR, "/questions/{question_id}", _build_question)


def _build_rubric(visit: Visit) -> None:
    with frame(visit, visit.t("Rubric")):
        _back(visit)
        _RubricPage(visit)


def _build_question(visit: Visit) -> None:
    found = rubrics.question_editing(visit.sandbox(), visit.actor(), visit.request.path_params["question_id"])
    with frame(visit, visit.t("What is expected")):
        _back(visit)
        _QuestionPage(visit, found)


def _back(visit: Visit) -> None:
    with tag("p", "", "buttons"):
        tag("a", visit.t("Question banks"), "button-link").props["href"] = f"{visit.base}/questions"


def _edits(visit: Visit) -> bool:
    actor = visit.actor()
    return actor.may(Right.EDIT_RUBRIC) and not actor.read_only


def _versions(
    visit: Visit, kind: str, editions: Sequence[Edition], take_back: Callable[[int], Handler] | None
) -> None:
    """Put all versions on the page; ``take_back`` makes an earlier one the newest, None where nobody may."""
    t = visit.t
    tag("h2", t("Versions"))
    with named(tag("table", "", "table"), f"{kind}.versions") as table:
        table.props["aria-label"] = t("Versions")
        table_head(t("Version"), t("By"), t("When"), t("Change"))
        with tag("tbody"):
            for place, one in enumerate(editions):
                with tag("tr"):
                    cell(t("Version"), str(one.version))
                    cell(t("By"), t("As it came with the product") if one.by is None else doer(t, one.by))
                    cell(t("When"), moment(t, one.at))
                    with cell(t("Change")):
                        if place and take_back is not None:
                            label = t("Take version {version} back").format(version=one.version)
                            again = take_back(one.version)
                            button(visit, label, f"{kind}.take_back[{one.version}]", again, look="outline")


def _whole(value: object) -> int:
    """Return a typed weight; what is no whole number becomes one that no weight may be."""
    found = typed(value)
    return int(found) if found is not None and found == int(found) else 0


class _Form:
    """A card with fields: what is refused is said beside them, what was stored above them."""

    def __init__(self, visit: Visit, kind: str) -> None:
        self.visit = visit
        self.state = named(tag("p", "", "soft"), f"{kind}.state").props("role=status")
        self.problem: Tag | None = None
        self._kind = kind

    def alert(self) -> None:
        """Put the place on the page where refusals are said."""
        self.problem = named(tag("p", "", "is-short"), f"{self._kind}.error")
        self.problem.props("role=alert")

    @contextmanager
    def saying(self) -> Iterator[None]:
        """Say beside the fields why something is refused inside; whatever was said before is over."""
        told = ""
        try:
            yield
        except HrmsError as refused:
            told = self.visit.t.sentences(*self.visit.t.refusal(refused))
            raise
        finally:
            if self.problem is not None:
                self.problem.set_text(told)

    async def store(self, use_case: Callable[..., None], *args: object) -> None:
        """Store something, or say why not."""
        with self.saying():
            await self.visit.do(use_case, *args)


class _RubricPage:
    """The rubric of all interviews: weights, what the levels mean, and the pass mark."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._edits = _edits(visit)
        tag("p", visit.t(_WHEN), "soft")
        self._form = _Form(visit, "rubric")
        self._all = tag("div")
        self._draw()

    def _draw(self, told: str = "") -> None:
        visit = self._visit
        found = rubrics.rubric_editing(visit.sandbox(), visit.actor())
        self._form.state.set_text(told)
        self._all.clear()
        with self._all:
            self._fields(found)
            with tag("section", "", "card"):
                _versions(visit, "rubric", found.editions, self._take_back(found) if self._edits else None)

    def _fields(self, found: RubricEditing) -> None:
        visit, t, rubric = self._visit, self._visit.t, found.rubric
        weights: dict[str, ui.number] = {}
        anchors: dict[str, list[ui.textarea]] = {}
        with tag("section", "", "card"):
            tag("h2", t("Version {version}").format(version=rubric.version))
            with tag("div", "", "line fields"):
                for one in rubric.competencies:
                    field = ui.number(
                        f"{one.title} (%)", value=round(one.weight * 100), min=1, max=97, precision=0
                    )
                    weights[one.code] = named(field.props("outlined dense"), f"rubric.weight[{one.code}]")
                usual = number(t, visit.sandbox().profile.policy.decision.pass_mark)
                mark = ui.number(t("Pass mark"), value=rubric.pass_mark, min=0, max=100, placeholder=usual)
                named(mark.props("outlined dense clearable"), "rubric.pass_mark")
            usual_mark = t("Without a mark of its own the system's counts: {mark}.").format(mark=usual)
            tag("p", usual_mark, "soft small")
            for one in rubric.competencies:
                anchors[one.code] = self._anchors(one)
            if not self._edits:
                return
            self._form.alert()

            async def save(_: GenericEventArguments) -> None:
                percent = {code: _whole(field.value) for code, field in weights.items()}
                told = {code: [str(field.value or "") for field in fields] for code, fields in anchors.items()}
                await self._form.store(rubrics.save_rubric, percent, told, typed(mark.value), found.rubric.version)
                self._draw(t("Stored as a new version."))

            button(visit, t("Store as a new version"), "rubric.save", save)

    def _anchors(self, competency: Competency) -> list[ui.textarea]:
        t = self._visit.t
        fields = []
        with tag("details"):
            named(tag("summary", competency.title), f"rubric.anchors[{competency.code}]")
            for one in competency.levels:
                label = t("Level {level}, from {points} points").format(
                    level=one.level, points=number(t, one.floor)
                )
                field = ui.textarea(label, value=one.anchor).props(f"outlined autogrow maxlength={MOST_LETTERS}")
                if not self._edits:
                    field.props("readonly")
                named(field.classes("wide-field"), f"rubric.anchor[{competency.code}/{one.level}]")
                fields.append(field)
        return fields

    def _take_back(self, found: RubricEditing) -> Callable[[int], Handler]:
        def of(version: int) -> Handler:
            async def take_back(_: GenericEventArguments) -> None:
                await self._form.store(rubrics.take_back_rubric, version, found.rubric.version)
                told = self._visit.t("Version {version} holds again, as a new one.")
                self._draw(told.format(version=version))

            return take_back

        return of


@dataclass(slots=True)
class _Point:
    """The fields of one point under change."""

    id: str
    says: ui.textarea
    competency: ui.select
    weight: ui.number

    def point(self) -> KeyPoint:
        """Return what was typed; :mod:`sandbox_hrms.core.editing` judges it."""
        weight = typed(self.weight.value)
        if not weight or weight < 0:
            raise Invalid(N_("Each point needs a weight."), N_("1 is what a point weighs by itself."))
        says = tuple(str(self.says.value or "").split("\n"))
        return KeyPoint(id=self.id, competency=str(self.competency.value), says=says, weight=weight)


class _QuestionPage:
    """One question: its points, its graded answers with how well the program agrees, and its versions."""

    def __init__(self, visit: Visit, found: QuestionEditing) -> None:
        t, question = visit.t, found.question
        self._visit = visit
        self._found = found
        self._edits = _edits(visit)
        self._points: list[_Point] = []
        tag("p", f"{question.number}. {t(labels.QUESTION_KIND[question.kind])}", "soft small")
        tag("h2", question.text)
        tag("p", t(_WHEN), "soft")
        self._form = _Form(visit, "expected")
        with tag("section", "", "card"):
            tag("h2", t("Points of a good answer"))
            hint = t(
                "Each wording stands in a line of its own; the best one counts, also when others are not said."
            )
            tag("p", hint, "soft small")
            self._rows = tag("div")
            self._form.alert()
            if self._edits:
                with tag("div", "", "buttons"):
                    button(visit, t("Store as a new version"), "expected.save", self._save)
                    button(visit, t("Add a point"), "expected.add", self._add, look="outline")
        self._graded = tag("section", "", "card")
        self._past = tag("section", "", "card")
        self._draw_points(question.key_points)
        self._draw_rest()

    def _stored(self, told: str) -> None:
        """Look again after something was stored, and draw what cannot be changed in the fields."""
        visit = self._visit
        self._found = rubrics.question_editing(visit.sandbox(), visit.actor(), self._found.question.id)
        self._form.state.set_text(told)
        self._draw_rest()

    # ---- points ------------------------------------------------------------------------------------

    def _draw_points(self, points: Sequence[KeyPoint]) -> None:
        self._rows.clear()
        self._points = []
        with self._rows:
            for place, one in enumerate(points, start=1):
                self._point(place, one)

    def _point(self, place: int, one: KeyPoint) -> None:
        visit, t = self._visit, self._visit.t
        name = f"expected.row[{place}]"
        with named(tag("div", "", "point-line"), name) as line:
            line.props["role"] = "group"
            line.props["aria-label"] = t("Point {number}").format(number=place)
            says = ui.textarea(t("Wordings of point {number}").format(number=place), value="\n".join(one.says))
            named(says.props("outlined autogrow").classes("wide-field"), f"{name}.says")
            which = choice(t("Competency"), f"{name}.competency", self._found.competencies, lambda: None)
            which.value = one.competency
            weight = ui.number(t("Weight"), value=one.weight, min=LEAST_WEIGHT, max=MOST_WEIGHT, step=0.5)
            named(weight.props("outlined dense"), f"{name}.weight")
            fields = _Point(one.id, says, which, weight)
            self._points.append(fields)
            if not self._edits:
                for field in (says, which, weight):
                    field.props("readonly")
                return

            def remove(_: GenericEventArguments) -> None:
                self._draw_points([self._now(other) for other in self._points if other is not fields])

            gone = button(visit, t("Remove"), f"{name}.remove", remove, look="flat")
            gone.props["aria-label"] = t("Remove point {number}").format(number=place)

    @staticmethod
    def _now(fields: _Point) -> KeyPoint:
        """Return what stands in the fields now, whatever it is worth."""
        says = tuple(str(fields.says.value or "").split("\n"))
        weight = max(LEAST_WEIGHT, typed(fields.weight.value) or 1.0)
        return KeyPoint(id=fields.id, competency=str(fields.competency.value), says=says, weight=weight)

    def _add(self, _: GenericEventArguments) -> None:
        new = KeyPoint(id="", competency=next(iter(self._found.competencies)), says=("",))
        self._draw_points([*(self._now(one) for one in self._points), new])

    async def _save(self, _: GenericEventArguments) -> None:
        with self._form.saying():
            points = [one.point() for one in self._points]
        await self._store(points, self._found.question.graded)
        self._draw_points(self._found.question.key_points)

    async def _store(self, points: Sequence[KeyPoint], graded: Sequence[GradedAnswer]) -> None:
        question = self._found.question
        await self._form.store(rubrics.save_question, question.id, points, graded, self._found.version)
        self._stored(self._visit.t("Stored as a new version."))

    # ---- graded answers ----------------------------------------------------------------------------

    def _draw_rest(self) -> None:
        visit, found = self._visit, self._found
        self._graded.clear()
        self._past.clear()
        with self._graded:
            self._draw_graded(found)
        with self._past:
            _versions(visit, "expected", found.editions, self._take_back if self._edits else None)

    def _draw_graded(self, found: QuestionEditing) -> None:
        t = self._visit.t
        tag("h2", t("Graded answers"))
        about = t("From {least} answers graded by people on, they calibrate the score of this question.")
        tag("p", about.format(least=LEAST_GRADED), "soft small")
        named(tag("p", self._agreed(found)), "graded.agreement").props["data-count"] = str(len(found.agreed.rows))
        if found.agreed.rows:
            with tag("table", "", "table") as table:
                table.props["aria-label"] = t("Graded answers")
                levels = (t("By people"), t("By the program"), t("Calibrated"))
                table_head(t("Answer"), *levels, t("Change"), numbers=levels)
                with tag("tbody"):
                    for place in range(len(found.agreed.rows)):
                        self._graded_row(found, place, levels)
        if self._edits:
            self._add_graded(found)

    def _graded_row(self, found: QuestionEditing, place: int, levels: tuple[str, str, str]) -> None:
        visit, t, one = self._visit, self._visit.t, found.agreed.rows[place]
        name = f"graded.row[{place + 1}]"
        with named(tag("tr"), name):
            cell(t("Answer"), one.text, "keep-lines")
            for label, level in zip(levels, (one.human, one.before, one.after), strict=True):
                cell(label, "–" if level is None else str(level), "number")
            with cell(t("Change")):
                if not self._edits:
                    return

                async def remove(_: GenericEventArguments) -> None:
                    graded = found.question.graded
                    await self._store(found.question.key_points, [*graded[:place], *graded[place + 1 :]])

                gone = button(visit, t("Remove"), f"{name}.remove", remove, look="flat")
                gone.props["aria-label"] = t("Remove graded answer {number}").format(number=place + 1)

    def _add_graded(self, found: QuestionEditing) -> None:
        visit, t = self._visit, self._visit.t
        text = ui.textarea(t("Answer")).props(f"outlined autogrow maxlength={MOST_ANSWER}")
        named(text.classes("wide-field"), "graded.text")
        tag("p", t("Paste no names: the texts are kept with the question."), "soft small")
        with tag("div", "", "line fields"):
            options = {str(one): str(one) for one in range(len(LEVEL_POINTS))}
            level = choice(t("Level by people"), "graded.level", options, lambda: None)

            async def add(_: GenericEventArguments) -> None:
                new = GradedAnswer(text=str(text.value or ""), level=int(level.value))
                await self._store(found.question.key_points, [*found.question.graded, new])

            button(visit, t("Add this graded answer"), "graded.add", add, look="outline")

    def _agreed(self, found: QuestionEditing) -> str:
        """Say how far program and people are apart, before and after calibration."""
        t, agreed = self._visit.t, found.agreed
        if agreed.before is None:
            return t("No answer is graded yet.")
        before = t("Program and people are {levels} levels apart on the average.")
        if agreed.after is None:
            missing = t.ngettext(
                "{count} more graded answer is needed.",
                "{count} more graded answers are needed.",
                LEAST_GRADED - len(agreed.rows),
            )
            return t.sentences(
                before.format(levels=number(t, agreed.before)),
                missing.format(count=LEAST_GRADED - len(agreed.rows)),
            )
        after = t("Calibrated they are {levels}, each answer by what the others tell.")
        worse = t("It does not help here: grade more answers, or look at the points.")
        return t.sentences(
            before.format(levels=number(t, agreed.before)),
            after.format(levels=number(t, agreed.after)),
            *([worse] if agreed.after > agreed.before else []),
        )

    def _take_back(self, version: int) -> Handler:
        async def take_back(_: GenericEventArguments) -> None:
            question = self._found.question
            await self._form.store(rubrics.take_back_question, question.id, version, self._found.version)
            told = self._visit.t("Version {version} holds again, as a new one.")
            self._stored(told.format(version=version))
            self._draw_points(self._found.question.key_points)

        return take_back
