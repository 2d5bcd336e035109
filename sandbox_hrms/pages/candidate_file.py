"""The candidate's file: résumé, states, sittings, invitation, and the way to the review."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.decide import decision_view
from sandbox_hrms.app.recruit import Asking, CandidateFile, Resume, candidate_file, invite, set_asking
from sandbox_hrms.app.score import SittingLine
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.rubric import MOST_FOLLOW_UPS
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, cell, choice, table_head
from sandbox_hrms.pages.decision import next_steps
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import pay_panel
from sandbox_hrms.pages.show import chip, day, moment, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/candidates/{candidate_id}", _build)


def _build(visit: Visit) -> None:
    file = candidate_file(visit.sandbox(), visit.actor(), visit.request.path_params["candidate_id"])
    with frame(visit, file.name, heading=False):
        named(tag("h1", file.name), "file.name")
        with tag("div", "", "columns columns-side"):
            with tag("div"):
                _resume(visit.t, file.resume)
                _history(visit.t, file.sittings)
                pay_panel(visit, file.id)
            with tag("div"):
                _states(visit, file)
                if file.interview_id is not None and file.asking is not None:
                    _asking(visit, file.interview_id, file.asking)
                if len(file.rounds) > 1:
                    _rounds(visit, file)
                _application(visit.t, file)


def _resume(t: Texts, resume: Resume) -> None:
    with named(tag("section", "", "card"), "file.resume"):
        tag("h2", t("Résumé"))
        resume_lines(t, resume)


def resume_lines(t: Texts, resume: Resume) -> None:
    """Put a résumé on the page."""
    tag("p", resume.headline, "lead")
    tag("p", resume.summary)
    tag("h3", t("Work"))
    with tag("ul", "", "bullets"):
        for job in resume.jobs:
            tag("li", f"{job.years}  {t.row((job.title, job.company))}")
    tag("h3", t("Education"))
    tag("p", resume.education)
    tag("h3", t("Skills"))
    with tag("p", "", "buttons"):
        for skill in resume.skills:
            tag("span", skill, "chip")


def _history(t: Texts, sittings: tuple[SittingLine, ...]) -> None:
    with named(tag("section", "", "card"), "file.history"):
        tag("h2", t("Sittings"))
        if not sittings:
            tag("p", t("No sitting yet."), "soft")
            return
        with tag("table", "", "table"):
            table_head(t("No."), t("State"), t("Started"), t("Finished"), t("Answers"))
            with tag("tbody"):
                for one in sittings:
                    with tag("tr"):
                        cell(t("No."), str(one.number))
                        with cell(t("State")):
                            chip(t, one.status)
                        cell(t("Started"), moment(t, one.started_at))
                        cell(t("Finished"), moment(t, one.ended_at))
                        cell(t("Answers"), str(one.answered))


def _states(visit: Visit, file: CandidateFile) -> None:
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("Interview"))
        with tag("dl", "", "facts"):
            tag("dt", t("State"))
            with tag("dd"):
                named(chip(t, file.status), "file.status")
            if file.saved is not None:
                tag("dt", t("Answers"))
                with tag("dd"):
                    chip(t, file.saved)
            if file.synced is not None:
                tag("dt", t("Sync"))
                with tag("dd"):
                    chip(t, file.synced)
            tag("dt", t("Placement"))
            with tag("dd"):
                chip(t, file.placement)
            tag("dt", t("Score"))
            tag("dd", number(t, file.total))
        _steps(visit, file)


def _asking(visit: Visit, interview_id: str, asking: Asking) -> None:
    """Let HR say how the interviewer asks back, as long as the interview has not begun."""
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("Follow-up questions"))
        text = t("Where an answer lacks the own part, a result or an example, the interviewer asks back.")
        tag("p", text, "soft small")
        often = {str(one): number(t, one) for one in range(MOST_FOLLOW_UPS + 1)}
        manners = {str(code): t(label) for code, label in labels.MANNER.items()}
        with tag("div", "", "line fields"):
            most = choice(t("At most, in one interview"), "file.follow_ups", often, lambda: None)
            most.value = str(asking.follow_ups)
            manner = choice(t("Manner"), "file.manner", manners, lambda: None)
            manner.value = asking.manner

            async def store(_: GenericEventArguments) -> None:
                await visit.do(set_asking, interview_id, int(most.value), manner.value)
                told.set_text(t("Stored: the interview asks back like this."))

            button(visit, t("Store"), "file.set_asking", store, look="outline").set_enabled(
                not visit.actor().read_only
            )
        told = named(tag("p", "", "soft small"), "file.asking_state").props("role=status")


def _rounds(visit: Visit, file: CandidateFile) -> None:
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("Rounds"))
        with tag("ul", "", "plain-list"):
            for one in file.rounds:
                with named(tag("li", "", "line"), f"file.round[{one.number}]"):
                    link = tag("a", t(labels.ROUND[one.number]))
                    link.props["href"] = f"{visit.base}/interviews/{one.interview_id}"
                    chip(t, one.status)
                    tag("span", t("Score {number}").format(number=number(t, one.total)), "soft small")


def _application(t: Texts, file: CandidateFile) -> None:
    with tag("section", "", "card"):
        tag("h2", t("Application"))
        with tag("dl", "", "facts"):
            tag("dt", t("Post"))
            named(tag("dd", file.post_title), "file.post")
            for label, value in (
                (t("Department"), file.department),
                (t("Applied on"), day(t, file.applied_at)),
                (t("Source"), file.source),
                (t("E-mail"), file.email),
                (t("Phone"), file.phone),
            ):
                tag("dt", label)
                tag("dd", value)


def _steps(visit: Visit, file: CandidateFile) -> None:
    t = visit.t

    async def send(_: GenericEventArguments) -> None:
        await visit.do(invite, file.id)
        ui.navigate.reload()

    with tag("div", "", "buttons"):
        if file.interview_id is not None:
            link = named(tag("a", t("Open the review"), "button-link"), "file.open_review")
            link.props["href"] = f"{visit.base}/interviews/{file.interview_id}"
        if not file.seeking:
            text = t("The requisition for this post is closed: nobody can be invited.")
            named(tag("p", text, "soft small"), "file.closed")
        if file.can_invite:
            label = t("Invite to an interview") if file.interview_id is None else t("Invite again")
            button(visit, label, "file.invite", send).set_enabled(not visit.actor().read_only)
    if file.interview_id is not None and not visit.actor().read_only:
        next_steps(visit, decision_view(visit.sandbox(), visit.actor(), file.interview_id))
