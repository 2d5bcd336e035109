"""The department head's page: the own department's finished candidates, to read only."""

from sandbox_hrms.app.recruit import HeadRow, department
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Placement
from sandbox_hrms.pages.candidate_file import resume_lines
from sandbox_hrms.pages.controls import cell, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import chip, number, tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HEAD, "/", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("My department")), tag("section", "", "card"):
        rows = department(visit.sandbox(), visit.actor())
        tag("h2", t("Finished interviews"))
        if not rows:
            named(tag("p", t("No candidate has finished an interview yet."), "empty"), "head.empty")
            return
        with tag("table", "", "table"):
            table_head(t("Name"), t("Post"), t("State"), t("Score"), t("Communication"), t("Résumé"), t("Report"))
            with tag("tbody"):
                for row in rows:
                    _row(visit, row)


def _row(visit: Visit, row: HeadRow) -> None:
    t = visit.t
    name = f"head.row[{row.candidate_id}]"
    with named(tag("tr"), name):
        cell(t("Name"), row.name)
        cell(t("Post"), row.post_title)
        with cell(t("State")):
            named(chip(t, row.status), f"{name}.status")
            if row.placement is not Placement.NONE:
                chip(t, row.placement)
        cell(t("Score"), number(t, row.total))
        cell(t("Communication"), number(t, row.communication))
        with cell(t("Résumé")), tag("details"):
            tag("summary", t("Read résumé"))
            resume_lines(t, row.resume)
        with cell(t("Report")):
            if row.has_report:
                link = named(tag("a", t("Read report")), f"{name}.report")
                link.props["href"] = f"{visit.base}/interviews/{row.interview_id}"
                link.props["aria-label"] = t("Read the report on {name}").format(name=row.name)
            else:
                tag("span", t("After a pass"), "soft small")
