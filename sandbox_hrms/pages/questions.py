"""The banks of questions by post family: what is asked, what a good answer says, and what it is scored on."""

from sandbox_hrms.app.questions import BankPage, bank_page
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.rubric import Question
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/questions", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    found = bank_page(visit.sandbox(), visit.actor(), visit.request.query_params.get("family"))
    with frame(visit, t("Question banks")):
        with tag("nav", "", "buttons") as nav:
            nav.props["aria-label"] = t("Families of posts")
            for one in found.families:
                link = named(tag("a", one.name, "button-link"), f"questions.family[{one.id}]")
                link.props["href"] = f"{visit.base}/questions?family={one.id}"
                if one.id == found.family:
                    link.props["aria-current"] = "page"
                    link.classes("button-main")
        _about(t, found)
        for question in found.questions:
            _question(t, question, found.competencies)


def _about(t: Texts, found: BankPage) -> None:
    with named(tag("section", "", "card"), "questions.about"):
        tag("h2", found.title)
        tag("p", found.about)
        with tag("dl", "", "facts"):
            tag("dt", t("Measured by"))
            tag("dd", t.row(found.fields))
            tag("dt", t("Posts here"))
            tag("dd", t.row(found.posts) or "–")
            tag("dt", t("Questions"))
            tag("dd", str(len(found.questions)))
        used = t("Each interview takes three structured questions and one situation from this bank.")
        own = t("The sample data here has four questions of its own; interviews use those.")
        tag("p", used if found.used else own, "soft small")


def _question(t: Texts, question: Question, competencies: dict[str, str]) -> None:
    with named(tag("section", "", "card"), f"questions.row[{question.id}]"):
        minutes = t("{think} s to think, {answer} s to answer")
        times = minutes.format(think=question.think_seconds, answer=question.answer_seconds)
        tag("p", f"{question.number}. {t(labels.QUESTION_KIND[question.kind])} · {times}", "soft small")
        tag("h3", question.text)
        with tag("ul", "", "bullets"):
            for point in question.key_points:
                with tag("li"):
                    tag("span", " / ".join(point.says))
                    tag("span", competencies[point.competency], "chip chip-info")
        with tag("details"):
            tag("summary", t("Read a sample answer"))
            tag("p", question.sample)
