"""The candidate's home: my interviews, how they stand, and the button that starts or continues."""

from sandbox_hrms.app.conduct import MyInterview, my_interviews
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Interview
from sandbox_hrms.pages.backups_card import backups_card
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.CANDIDATE, "/", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("My interviews")):
        interviews = my_interviews(visit.sandbox(), visit.actor())
        if "done" in visit.request.query_params and interviews:
            _done(visit, interviews[0])
        if not interviews:
            named(tag("div", t("You have no interview at the moment."), "card empty"), "home.empty")
        for interview in interviews:
            _card(visit, interview)
        if interviews:
            backups_card(visit)


def _done(visit: Visit, interview: MyInterview) -> None:
    t = visit.t
    finished = interview.status is not Interview.INCOMPLETE
    if finished:
        text = t("Thank you. The interview is finished, and your answers are saved. HR reviews them next.")
    else:
        text = t("The interview was ended before all questions were answered. The answers you submitted are kept.")
    message = named(tag("div", text, "card banner-info"), "done.message")
    message.props["role"] = "status"
    message.props["data-state"] = interview.status.value


def _unsaved(visit: Visit) -> None:
    """Say where the unsaved record is."""
    t = visit.t
    if visit.sandbox().profile.policy.save.tab_closed == "keep_on_device":
        text = t("An unsaved record is on the device on which it was typed. Go on there to save it.")
        text = t.sentences(text, t("Signing out removes it."))
    else:
        text = t("There is an unsaved record. It is lost when its page is closed.")
    tag("p", text, "note-warn")


def _card(visit: Visit, interview: MyInterview) -> None:
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", interview.post_title)
        tag("p", interview.department, "soft")
        with tag("dl", "", "facts"):
            tag("dt", t("State"))
            with tag("dd", ""):
                named(chip(t, interview.status), "home.interview_status")
            tag("dt", t("Answers"))
            with tag("dd", ""):
                tag("span", f"{interview.answered}/{interview.total} ")
                if interview.answered or interview.unsaved:
                    chip(t, interview.saved)
        if interview.unsaved:
            _unsaved(visit)
        if interview.has_report:
            with tag("p", ""):
                link = named(tag("a", t("Read your report"), "button-link button-main"), "home.report")
                link.props["href"] = f"{visit.base}/report"
        if interview.action is None:
            return
        label = t("Start the interview") if interview.action == "start" else t("Continue the interview")
        with tag("p", ""):
            link = named(tag("a", label, "button-link button-main"), "home.start")
            link.props["href"] = f"{visit.base}/interview"
