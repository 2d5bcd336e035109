"""The banks of questions by post family: what is asked, what a good answer says, and what it is scored on."""

from urllib.parse import quote

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
        _edit(visit, found)
        _about(t, found)
        for question in found.questions:
            _question(visit, question, found.competencies)


def _edit(visit: Visit, found: BankPage) -> None:
    """Lead to what interviews are scored on: the rubric, and the questions of the sample data if it has some."""
    t = visit.t
    with tag("section", "", "card"):
        tag("h2", t("What interviews are scored on"))
        with tag("p", "", "buttons"):
            link = named(tag("a", t("Edit the rubric"), "button-link"), "questions.rubric")
            link.props["href"] = f"{visit.base}/rubric"
        with tag("ul", "", "bullets"):
            for one in found.own:
                with tag("li"):
                    _edit_link(visit, one, one.text)


def _edit_link(visit: Visit, question: Question, text: str) -> None:
    link = named(tag("a", text), f"questions.edit[{question.id}]")
    link.props["href"] = f"{visit.base}/questions/{quote(question.id, safe='')}"


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


def _question(visit: Visit, question: Question, competencies: dict[str, str]) -> None:
    t = visit.t
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
        with tag("p", "", "small"):
            _edit_link(visit, question, t("Edit what is expected, and grade answers"))
        with tag("details"):
            tag("summary", t("Read a sample answer"))
            tag("p", question.sample)
