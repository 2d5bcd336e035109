"""Résumés: upload, match with a progress bar, the ranked list with its reasons, and invitations from it."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.matching_jobs import Progress
from sandbox_hrms.app.resumes import (
    Invited,
    Ranking,
    RankRow,
    add_samples,
    best,
    invite_many,
    ranking,
)
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.matching import Need, Reason
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, cell, choice, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.looking import FollowingList
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, number, tag
from sandbox_hrms.pages.uploads import upload_field
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 1.0
_SAMPLES = (20, 100, 1_000)
_TOP = 5
_CLAIM = N_(
    "The source documents claim 1,000 résumés in 2 hours, against 2 days by hand. Measured here: {measured}"
)
NEEDS = {
    "required": N_("Skills the post needs"),
    "nice": N_("Skills that are welcome"),
    "years": N_("Years of work"),
    "education": N_("Education"),
}
EDUCATION = {
    "none": N_("Not told"),
    "school": N_("School"),
    "diploma": N_("Diploma"),
    "bachelor": N_("Bachelor"),
    "master": N_("Master"),
    "doctor": N_("Doctor"),
}


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/resumes", _build)


def _build(visit: Visit) -> None:
    with frame(visit, visit.t("Résumés")):
        _Resumes(visit)


class _Resumes(FollowingList):
    """One open page: a post, how far its match is, and who is ticked."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        super().__init__(visit)
        self._shown: tuple[Ranking, Progress | None] | None = None
        self._ticked: set[str] = set()
        found = ranking(visit.sandbox(), visit.actor(), visit.request.query_params.get("post"))
        self._post = found.post.id
        with tag("div", "", "columns"):
            with tag("section", "", "card"):
                self._bring_in(found)
            with tag("section", "", "card"):
                tag("h2", t("Match"))
                self._wanted(found)
                self._state = tag("div", "", "match-state")
                with tag("div", "", "buttons"):
                    self._start = button(visit, t("Match now"), "resumes.match", self._match)
                    self._stop = button(visit, t("Stop"), "resumes.stop", self._cancel, look="outline")
        with tag("section", "", "card"):
            tag("h2", t("Ranked list"))
            self._tools()
            self._list = tag("div")
        self._show(found, self._progress())
        ui.timer(_LOOK_AGAIN_SECONDS, self._look_again)

    def _bring_in(self, found: Ranking) -> None:
        visit, t = self._visit, self._visit.t
        tag("h2", t("Bring in résumés"))
        posts = {found.post.id: found.post.name} | {one.id: one.name for one in found.posts}
        self._chosen = choice(t("Post"), "resumes.post", posts, self._other_post)
        upload_field(
            visit,
            t("PDF, DOCX or text up to 5 MB each, or a ZIP archive of them up to 50 MB"),
            "resumes.file",
            "resumes.upload_status",
            f"{visit.base}/resumes/upload?post={self._post}",
            many=True,
        )
        counts = {
            str(one): t.ngettext("{count} résumé", "{count} résumés", one).format(count=one) for one in _SAMPLES
        }
        with tag("div", "", "filters filters-two"):
            self._samples = choice(t("Sample résumés, to try it"), "resumes.samples", counts, lambda: None)
            button(visit, t("Add"), "resumes.add_samples", self._add, look="outline")

    def _wanted(self, found: Ranking) -> None:
        t = self._visit.t
        wanted = found.wanted
        with tag("dl", "", "facts"):
            values: dict[Need, str] = {
                "required": t.row(found.skills[one] for one in wanted.required),
                "nice": t.row(found.skills[one] for one in wanted.nice),
                "years": str(wanted.years),
                "education": t(EDUCATION[wanted.education]),
            }
            for need, value in values.items():
                tag("dt", t(NEEDS[need]))
                tag("dd", value or "–")

    def _tools(self) -> None:
        visit, t = self._visit, self._visit.t
        with tag("div", "", "buttons"):
            button(visit, t("Invite the ticked ones"), "resumes.invite_ticked", self._invite_ticked)
            self._top = named(ui.number(t("How many"), value=_TOP, min=1, max=100, precision=0), "resumes.top")
            self._top.props("outlined dense").style("width: 7rem")
            button(visit, t("Invite the best"), "resumes.invite_top", self._invite_top, look="outline")
        self._told = named(tag("p", "", "keep-lines"), "resumes.result")
        self._told.props["role"] = "status"

    def _other_post(self) -> None:
        ui.navigate.to(f"{self._visit.base}/resumes?post={self._chosen.value}")

    async def _add(self, _: GenericEventArguments) -> None:
        await self._visit.do(add_samples, self._post, int(self._samples.value))
        self._follow()

    async def _match(self, _: GenericEventArguments) -> None:
        await self._visit.do(self._visit.site.hrms.matching.start, self._post)
        self._follow()

    async def _cancel(self, _: GenericEventArguments) -> None:
        await self._visit.do(self._visit.site.hrms.matching.stop)
        self._follow()

    async def _invite_ticked(self, _: GenericEventArguments) -> None:
        self._tell(await self._visit.do(invite_many, tuple(sorted(self._ticked))))

    async def _invite_top(self, _: GenericEventArguments) -> None:
        count = int(self._top.value or 0)

        def invite_best(sandbox: Sandbox, actor: Actor) -> Invited:
            return invite_many(sandbox, actor, best(sandbox, actor, self._post, count))

        self._tell(await self._visit.do(invite_best))

    def _tell(self, invited: Invited) -> None:
        t = self._visit.t
        lines = [t.ngettext("{count} invited", "{count} invited", invited.count).format(count=invited.count)]
        lines += [t.labelled(name, t.sentences(*t.refusal(refused))) for name, refused in invited.refused]
        self._told.set_text("\n".join(lines))
        self._ticked.clear()
        self._shown = None
        self._follow()

    def _progress(self) -> Progress | None:
        return self._visit.site.hrms.matching.progress(self._visit.sandbox(), self._visit.actor())

    def _signs(self) -> object:
        return super()._signs(), self._progress()

    def _draw(self) -> None:
        """Look at what is stored, and draw it when it differs from what is shown."""
        visit, progress = self._visit, self._progress()
        found = ranking(visit.sandbox(), visit.actor(), self._post, self._page)
        if (found, progress) != self._shown:
            self._show(found, progress)

    def _show(self, found: Ranking, progress: Progress | None) -> None:
        visit, old = self._visit, self._shown
        actor = visit.actor()
        self._shown = (found, progress)
        self._page = found.page
        running = progress is not None and progress.state == "running"
        self._start.set_enabled(not running and not actor.read_only)
        self._stop.set_enabled(running and not actor.read_only)
        self._state.clear()
        with self._state:
            _progress(visit.t, found, progress)
        if old is None or old[0] != found:
            self._list.clear()
            with self._list:
                self._draw_list(found)

    def _draw_list(self, found: Ranking) -> None:
        t = self._visit.t
        if not found.rows:
            named(tag("p", t("Nobody is matched yet. Press Match now."), "empty"), "resumes.empty")
            return
        with tag("table", "", "table"):
            table_head(t("Choose"), t("Rank"), t("Name"), t("Match"), t("Reasons"), t("State"))
            with tag("tbody"):
                for row in found.rows:
                    self._row(found, row)
        pager(t, "resumes", found.page, found.pages, self._turn)

    def _row(self, found: Ranking, row: RankRow) -> None:
        visit, t = self._visit, self._visit.t
        name = f"resumes.row[{row.candidate_id}]"

        def ticked(event: GenericEventArguments) -> None:
            if event.args is True:
                self._ticked.add(row.candidate_id)
            else:
                self._ticked.discard(row.candidate_id)

        with named(tag("tr"), name):
            with cell(t("Choose")), tag("label", "", "tick-cell") as label:
                label.props["aria-label"] = t("Choose {name}").format(name=row.name)
                box = named(tag("input"), f"{name}.tick")
                box.props("type=checkbox autocomplete=off")
                box.on("change", visit.handler(ticked), js_handler="(event) => emit(event.target.checked)")
                if not row.can_invite:
                    box.props("disabled")
                elif row.candidate_id in self._ticked:
                    box.props("checked")
            cell(t("Rank"), str(row.rank))
            with cell(t("Name")):
                link = named(tag("a", row.name), f"{name}.open")
                link.props["href"] = f"{visit.base}/candidates/{row.candidate_id}"
            named(cell(t("Match"), number(t, row.score)), f"{name}.score")
            with cell(t("Reasons")), named(tag("details"), f"{name}.reasons"):
                tag("summary", t("Why {score}").format(score=number(t, row.score)))
                reason_lines(t, row.reasons, found.skills)
            with cell(t("State")):
                named(chip(t, row.status), f"{name}.status")


def reason_lines(t: Texts, reasons: tuple[Reason, ...], skills: dict[str, str]) -> None:
    """Put the reasons of a match on the page: points, what was found in which words, and what is missing."""
    with tag("ul", "", "bullets"):
        for one in reasons:
            with tag("li"):
                points = t("{points} of {most} points").format(
                    points=number(t, one.points), most=number(t, one.of)
                )
                tag("b", t.labelled(t(NEEDS[one.need]), points))
                if one.need in {"required", "nice"}:
                    words = t("{skill} (in the words “{quote}”)")
                    said = [
                        words.format(skill=skills[code], quote=quote)
                        for code, quote in zip(one.found, one.quotes, strict=True)
                    ]
                    missing = [skills[code] for code in one.missing]
                elif one.need == "education":
                    said = [t(EDUCATION[code]) for code in one.found]
                    missing = [t(EDUCATION[code]) for code in one.missing]
                else:
                    said = [_years(t, years) for years in one.found]
                    missing = [_years(t, years) for years in one.missing]
                if said:
                    tag("div", t("Found: {found}").format(found=t.row(said)), "small")
                if missing:
                    tag("div", t("Missing: {missing}").format(missing=t.row(missing)), "small")


def _years(t: Texts, years: str) -> str:
    count = round(float(years))
    return t.ngettext("{count} year", "{count} years", count).format(count=count)


def _progress(t: Texts, found: Ranking, progress: Progress | None) -> None:
    waiting = t.ngettext("{count} to match", "{count} to match", found.unmatched).format(count=found.unmatched)
    if progress is None:
        named(tag("p", waiting, "soft"), "resumes.status").props["data-state"] = "none"
        return
    bar = named(tag("progress", "", "match-bar"), "resumes.progress")
    bar.props["max"], bar.props["value"] = max(1, progress.total), progress.done
    bar.props["aria-label"] = t("How far the match is")
    texts_of = {
        "running": t("Matching: {done} of {total}"),
        "done": t("Matched: {done} in {seconds} seconds"),
        "cancelled": t("Stopped after {done} of {total}; what is matched already stays"),
        "failed": t("Failed after {done} of {total}"),
    }
    measured = texts_of[progress.state].format(
        done=progress.done, total=progress.total, seconds=number(t, progress.seconds)
    )
    shown = named(tag("p", measured), "resumes.status")
    shown.props["data-state"] = progress.state
    shown.props["role"] = "status"
    if progress.refusal is not None:
        tag("p", t.sentences(*t.refusal(progress.refusal)), "chip-bad card")
    if progress.state == "done":
        tag("p", t(_CLAIM).format(measured=measured), "soft small")
    if found.unmatched and progress.state != "running":
        tag("p", waiting, "soft small")
    if found.problems:
        with named(tag("details"), "resumes.problems"):
            count = len(found.problems)
            tag(
                "summary", t.ngettext("{count} file not read", "{count} files not read", count).format(count=count)
            )
            with tag("ul", "", "bullets"):
                for one in found.problems:
                    tag("li", t.labelled(one.name, t(one.message)))
