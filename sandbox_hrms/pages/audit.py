"""The audit log: who changed what, when, and from which state to which."""

from sandbox_hrms.app.audit import AuditEntry, AuditPage, entries
from sandbox_hrms.core import labels
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Interview, Placement, Saved, Synced
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import cell, pager, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import label_of, moment, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_FIELDS = (Interview, Saved, Synced)


def register(site: Site) -> None:
    """Serve the page to HR, and to the administrator as the only one."""
    page(site, Role.HR, "/audit", _build)
    page(site, Role.ADMIN, "/", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Audit log")), tag("section", "", "card") as card:

        def turn(wanted: int) -> None:
            with visit.telling():
                draw(entries(visit.sandbox(), visit.actor(), wanted))

        def draw(found: AuditPage) -> None:
            card.clear()
            with card:
                if not found.entries:
                    named(tag("p", t("Nothing has been changed yet."), "empty"), "audit.empty")
                    return
                with tag("table", "", "table"):
                    table_head(t("No."), t("When"), t("Who"), t("What"), t("Whose"), t("Before"), t("After"))
                    with tag("tbody"):
                        for one in found.entries:
                            _row(t, one)
                pager(t, "audit", found.page, found.pages, turn)

        draw(entries(visit.sandbox(), visit.actor()))


def _row(t: Texts, one: AuditEntry) -> None:
    with named(tag("tr"), f"audit.row[{one.number}]") as row:
        row.props["data-state"] = one.action
        cell(t("No."), str(one.number))
        cell(t("When"), moment(t, one.at))
        cell(t("Who"), _who(t, one))
        cell(t("What"), t(labels.ACTION[Kind(one.action)]))
        cell(t("Whose"), one.subject_name or subject_text(t, one.subject))
        cell(t("Before"), codes_text(t, one.before))
        cell(t("After"), codes_text(t, one.after))


def _who(t: Texts, one: AuditEntry) -> str:
    role = t(labels.ROLE[one.role])
    return role if one.role is Role.SYSTEM else t("{name} ({role})").format(name=one.actor, role=role)


def subject_text(t: Texts, subject: str) -> str:
    """Return in words what an entry is about; an id stands as it is."""
    return t(labels.SUBJECT[subject]) if subject in labels.SUBJECT else subject


def codes_text(t: Texts, codes: str) -> str:
    """Return ``in_progress/saved/not_due`` or ``headcount=10`` in words; a dash when there are no codes."""
    if not codes:
        return "–"
    field, change, value = codes.partition("=")
    if change:
        return t.labelled(t(labels.FIELD[field]), _value_text(t, field, value))
    return " · ".join(label_of(t, kind(code)) for kind, code in zip(_FIELDS, codes.split("/"), strict=True))


def _value_text(t: Texts, field: str, value: str) -> str:
    if field == "placement":
        return label_of(t, Placement(value))
    return label_of(t, Interview(value)) if field == "status" else value
