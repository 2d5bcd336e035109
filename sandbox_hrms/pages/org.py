"""The org chart as a tree: departments, posts, people; HR changes it, a department head reads it.

``org?post=<id>`` opens at that post.
"""

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import org, places
from sandbox_hrms.app.org import Branch, Chart, Edit, OrgCase, Person, PostDetail
from sandbox_hrms.app.requisitions import Requisition
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Right, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.assets import asset_url
from sandbox_hrms.pages.controls import button, choice
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import Tag, chip, day, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0
Redraw = Callable[[], None]
_COUNTS = ("in_post", "to_onboard", "open")


def register(site: Site) -> None:
    """Serve the page to HR and to department heads."""
    for role in (Role.HR, Role.HEAD):
        page(site, role, "/org", _build)


def _build(visit: Visit) -> None:
    ui.add_head_html(f'<script src="{asset_url("tree.js")}" defer></script>')
    with frame(visit, visit.t("Org chart")):
        _Tree(visit)


class _Tree:
    """The tree of one page: branches are built when they are opened, and the numbers follow what is stored."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        actor = visit.actor()
        self._visit = visit
        self._edits = actor.may(Right.EDIT_ORG) and not actor.read_only
        self._revision = -1
        self._numbers: dict[str, Tag] = {}
        self._last: list[Edit] = []
        self._opened = self._linked(visit.request.query_params.get("post", ""))
        with tag("section", "", "card"):
            with tag("div", "", "tree-bar") as bar:
                bar.props["role"] = "search"
                search = ui.input(t("Search posts and departments"), on_change=self._draw)
                self._search = named(search, "org.search")
                self._search.props("outlined dense clearable debounce=300 type=search")
            self._total = named(tag("p", "", "soft small"), "org.total").props("aria-live=polite")
            self._changed = tag("div", "", "tree-changed").props("role=status")
            self._list = tag("ul", "", "tree")
            self._list.props["aria-label"] = t("Departments")
            hint = t("Arrow keys move through the tree; Enter opens and closes a branch.")
            tag("p", hint, "soft small only-desktop")
        if self._edits:
            self._department_form()
        self._draw()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _linked(self, wanted: str) -> set[str]:
        """Return the branches that are open from the start: those that lead to the post of the address."""
        visit = self._visit
        for branch in org.chart(visit.sandbox(), visit.actor()).branches if wanted else ():
            if any(one.post_id == wanted for one in org.posts_of(visit.sandbox(), visit.actor(), branch.id)):
                return {f"org.department[{branch.id}]", f"org.post[{wanted}]"}
        return set()

    # ---- looking ----

    def _draw(self) -> None:
        with self._visit.telling():
            visit, t = self._visit, self._visit.t
            search = (self._search.value or "").strip()
            self._revision = visit.sandbox().revision
            found = org.chart(visit.sandbox(), visit.actor(), search)
            self._tell_total(found, search)
            self._numbers.clear()
            self._list.clear()
            with self._list:
                for branch in found.branches:
                    self._department(branch, found.found.get(branch.id), searched=bool(search))
                if not found.branches:
                    text = t("Nothing in the org chart has that name. Clear the search to see all.")
                    named(tag("li", text, "empty"), "org.empty")

    def _tell_total(self, found: Chart, search: str) -> None:
        t = self._visit.t
        text = t.ngettext("{count} post", "{count} posts", found.posts).format(count=found.posts)
        if found.left_out:
            more = t("The first {shown} are shown; type more of the name to narrow it down.")
            text = t("{posts}. {more}").format(posts=text, more=more.format(shown=org.FOUND))
        elif not search:
            departments = len(found.branches)
            told = t.ngettext("{count} department", "{count} departments", departments)
            text = t("{departments}, {posts}").format(departments=told.format(count=departments), posts=text)
        self._total.set_text(text)

    def _look_again(self) -> None:
        """Bring the numbers that are shown up to what is stored."""
        with self._visit.telling():
            visit = self._visit
            revision = visit.sandbox().revision
            if revision == self._revision:
                return
            self._revision = revision
            found = org.chart(visit.sandbox(), visit.actor())
            for branch in found.branches:
                self._show_counts(f"org.department[{branch.id}]", branch, branch.headcount)
            opened = {name.split("[")[1].split("]")[0] for name in self._numbers if name.startswith("org.post[")}
            if opened:
                for post in org.all_posts(visit.sandbox(), visit.actor()):
                    if post.post_id in opened:
                        self._show_counts(f"org.post[{post.post_id}]", post, post.headcount)

    def _counts(self, name: str, one: Branch | Requisition) -> None:
        """Put the numbers of a branch there, each with its word and its test id."""
        t = self._visit.t
        with tag("span", "", "tree-counts"):
            for code in (*_COUNTS, "placed") if isinstance(one, Requisition) else _COUNTS:
                with tag("span", "", "tree-count"):
                    tag("span", t(labels.COUNT[code]))
                    self._numbers[f"{name}.{code}"] = named(tag("b"), f"{name}.{code}")
        self._show_counts(name, one, one.headcount)

    def _show_counts(self, name: str, one: Branch | Requisition, headcount: int) -> None:
        texts = {
            "in_post": f"{one.in_post}/{headcount}",
            "to_onboard": str(one.to_onboard),
            "open": str(one.open),
            "placed": f"{one.placed}/{one.openings}" if isinstance(one, Requisition) else "",
        }
        for code, text in texts.items():
            shown = self._numbers.get(f"{name}.{code}")
            if shown is not None:
                shown.set_text(text)
        priority = self._numbers.get(f"{name}.priority_shown")
        if priority is not None and isinstance(one, Requisition):
            priority.props["data-state"] = str(one.priority)
            priority.set_text(self._visit.t("Priority {number}").format(number=one.priority))

    # ---- branches ----

    def _department(self, branch: Branch, found: tuple[Requisition, ...] | None, *, searched: bool) -> None:
        name = f"org.department[{branch.id}]"

        def fill(refill: Redraw) -> None:
            visit = self._visit
            posts = found if found is not None else org.posts_of(visit.sandbox(), visit.actor(), branch.id)
            for post in posts:
                self._post(post)
            if not posts and not searched:
                tag("li", visit.t("No post yet."), "soft small")
            if self._edits and not searched:
                with tag("li"):
                    self._post_form(branch, refill)

        with tag("li"):
            self._branch(name, branch.name, lambda: self._counts(name, branch), fill, opened=bool(found))

    def _post(self, post: Requisition) -> None:
        name = f"org.post[{post.post_id}]"

        def line() -> None:
            shown = f"{name}.priority_shown"
            self._numbers[shown] = named(tag("span", "", "chip"), shown)
            self._counts(name, post)

        def fill(refill: Redraw) -> None:
            visit = self._visit
            with tag("li", "", "tree-detail"):
                self._detail(name, org.post_detail(visit.sandbox(), visit.actor(), post.post_id), refill)

        with tag("li"):
            self._branch(name, post.post_title, line, fill)

    def _branch(
        self,
        name: str,
        label: str,
        line: Callable[[], None],
        fill: Callable[[Redraw], None],
        *,
        opened: bool = False,
    ) -> None:
        """Put one branch there; ``fill`` builds what is below it and is given the function that does so anew."""
        below: Element

        def refill() -> None:
            below.clear()
            with below:
                fill(refill)

        def toggle(_: GenericEventArguments) -> None:
            is_open = toggler.props["aria-expanded"] == "true"
            if not is_open:
                refill()
            toggler.props["aria-expanded"] = "false" if is_open else "true"
            below.props.update({"hidden": True}) if is_open else below.props.pop("hidden", None)
            toggler.update()
            below.update()
            (self._opened.discard if is_open else self._opened.add)(name)

        opened = opened or name in self._opened
        with tag("div", "", "tree-line"):
            toggler = named(tag("button", label, "tree-toggle"), name)
            toggler.props(f"type=button aria-expanded={'true' if opened else 'false'}")
            toggler.on("click", self._visit.handler(toggle), [])
            line()
        below = tag("ul", "", "tree-below")
        if opened:
            refill()
        else:
            below.props["hidden"] = True

    # ---- one post ----

    def _detail(self, name: str, found: PostDetail, refill: Redraw) -> None:
        t = self._visit.t
        if self._edits:
            self._post_fields(name, found, refill)
        with tag("div", "", "columns"):
            with tag("div"):
                tag("h3", t("Expected and in post"))
                if not found.waiting and not found.people:
                    tag("p", t("Nobody yet."), "soft small")
                with tag("ul", "", "plain-list"):
                    for person in (*found.waiting, *found.people):
                        self._person(person, refill)
                if found.more:
                    tag("p", t("And {count} more.").format(count=found.more), "soft small")
            with tag("div"):
                tag("h3", t("What the org chart knows of interviews"))
                if not found.cases:
                    tag("p", t("Nothing has been carried over for this post."), "soft small")
                with tag("ul", "", "plain-list"):
                    for case in found.cases:
                        self._case(case, refill)

    def _person(self, person: Person, refill: Redraw) -> None:
        visit, t = self._visit, self._visit.t

        async def start(_: GenericEventArguments) -> None:
            await visit.do(places.onboard, person.id)
            refill()
            self._look_again()

        with tag("li", "", "line"):
            tag("span", person.name)
            named(chip(t, person.placement), f"org.person[{person.id}]")
            if person.since is not None:
                tag("span", t("since {day}").format(day=day(t, person.since)), "soft small")
            elif self._edits:
                button(visit, t("Has started work"), f"org.onboard[{person.id}]", start, look="outline")

    def _case(self, case: OrgCase, refill: Redraw) -> None:
        visit, t = self._visit, self._visit.t
        name = f"org.case[{case.interview}]"

        async def correct(_: GenericEventArguments) -> None:
            await visit.do(places.correct_case, case.interview)
            refill()

        with named(tag("li", "", "line"), name):
            tag("span", case.name)
            named(chip(t, case.status), f"{name}.status")
            named(chip(t, case.placement), f"{name}.placement")
            if case.differs:
                stored = t("The interview itself says: {state}.")
                tag("span", stored.format(state=t(labels.INTERVIEW[case.stored_status])), "small")
                if self._edits:
                    button(visit, t("Correct the org chart"), f"{name}.correct", correct, look="outline")

    def _post_fields(self, name: str, found: PostDetail, refill: Redraw) -> None:
        visit, t = self._visit, self._visit.t
        post = found.post

        async def save(_: GenericEventArguments) -> None:
            wanted = {
                "headcount": whole(headcount.value),
                "priority": int(priority.value),
                "rounds": int(rounds.value),
            }
            edits: list[Edit] = []
            try:
                for field, value in wanted.items():
                    edit = await visit.do(org.edit_post, post.post_id, field, value)
                    edits += [edit] if edit else []
            finally:
                self._tell_change(edits)
                refill()
                self._look_again()

        with tag("div", "", "line fields"):
            headcount = ui.number(t("Headcount"), value=post.headcount, min=1, precision=0)
            named(headcount, f"{name}.headcount").props("outlined dense")
            numbers = {str(one): str(one) for one in org.PRIORITIES}
            priority = choice(t("Priority"), f"{name}.priority", numbers, _nothing)
            priority.value = str(post.priority)
            rounds = choice(t("Rounds"), f"{name}.rounds", {str(one): str(one) for one in (1, 2, 3)}, _nothing)
            rounds.value = str(found.rounds)
            button(visit, t("Save"), f"{name}.save", save)

    # ---- changes ----

    def _tell_change(self, edits: list[Edit]) -> None:
        """Say what was changed, and offer the way back."""
        if not edits:
            return
        visit, t = self._visit, self._visit.t
        self._last = edits

        async def take_back(_: GenericEventArguments) -> None:
            for edit in reversed(self._last):
                await visit.do(org.undo, edit.number)
            self._last = []
            self._changed.clear()
            with self._changed:
                named(tag("p", t("The change was taken back."), "card banner-info"), "org.changed")
            self._draw()

        self._changed.clear()
        with self._changed, tag("div", "", "card banner-info line"):
            named(tag("span", t.sentences(*(_edit_text(visit, one) for one in edits))), "org.changed")
            button(visit, t("Undo"), "org.undo", take_back, look="outline")

    def _department_form(self) -> None:
        visit, t = self._visit, self._visit.t

        async def add(_: GenericEventArguments) -> None:
            edit = await visit.do(org.add_department, field.value or "")
            field.value = ""
            self._tell_change([edit])
            self._draw()

        with tag("details", "", "card"):
            named(tag("summary", t("Add a department")), "org.new_department_open")
            with tag("div", "", "line fields"):
                field = named(ui.input(t("Name of the department")), "org.new_department")
                field.props(f"outlined dense maxlength={org.MAX_NAME}")
                button(visit, t("Add"), "org.add_department", add)

    def _post_form(self, branch: Branch, refill: Redraw) -> None:
        visit, t = self._visit, self._visit.t
        name = f"org.department[{branch.id}]"

        async def add(_: GenericEventArguments) -> None:
            made = (branch.id, title.value or "", whole(headcount.value), family.value)
            self._tell_change([await visit.do(org.add_post, *made)])
            refill()
            self._look_again()

        with tag("details"):
            text = t("Add a post to {department}").format(department=branch.name)
            named(tag("summary", text), f"{name}.new_post_open")
            with tag("div", "", "line fields"):
                title = named(ui.input(t("Title of the post")), f"{name}.new_post")
                title.props(f"outlined dense maxlength={org.MAX_NAME}")
                headcount = ui.number(t("Headcount"), value=1, min=1, precision=0)
                named(headcount, f"{name}.new_headcount").props("outlined dense")
                known = org.families(visit.sandbox(), visit.actor())
                options = {one: t(labels.FAMILY.get(one, one)) for one in known}
                family = choice(t("Family of work"), f"{name}.new_family", options, _nothing)
                button(visit, t("Add"), f"{name}.add_post", add)


_CHANGES = {
    Kind.DEPARTMENT_ADDED: N_("Department {name} was added."),
    Kind.POST_ADDED: N_("Post {name} was added."),
    Kind.POST_CHANGED: N_("{name}: {field} was changed from {before} to {after}."),
}


def _edit_text(visit: Visit, edit: Edit) -> str:
    t = visit.t
    field = t(labels.FIELD[edit.field]) if edit.field else ""
    text = t(_CHANGES[edit.kind])
    return text.format(name=edit.name, field=field, before=edit.before, after=edit.after)


def whole(value: float | None) -> int:
    """Return what a number field holds as a whole number.

    Raises:
        Invalid: It is empty or not whole.
    """
    if value is None or value != int(value):
        raise Invalid(N_("This needs a whole number."), N_("Type digits only."))
    return int(value)


def _nothing() -> None:
    """Nothing happens until it is saved."""
