"""The administrator's page for personal data: how long it is kept, its deletion, and second factors."""

from collections.abc import Mapping

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.privacy import (
    MAX_DAYS,
    MIN_DAYS,
    PersonLine,
    PrivacyPage,
    delete_candidate,
    delete_due,
    privacy_page,
    set_retention,
)
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core import labels
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button, cell, pager, table_head
from sandbox_hrms.pages.frame import ask, frame
from sandbox_hrms.pages.my_data import copy_buttons
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import day, moment, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_WHY = {
    "retention": N_("Kept long enough"),
    "wish": N_("The person's own wish"),
    "admin": N_("By an administrator"),
}
_COUNTED = {
    "answers": N_("Answers"),
    "recordings": N_("Recordings"),
    "pictures": N_("Pictures"),
    "drafts": N_("Drafts"),
    "scores": N_("Scores"),
    "matches": N_("Matches"),
    "resumes": N_("Résumés"),
    "offers": N_("Offers"),
    "payroll": N_("Payroll records"),
    "files": N_("Files"),
}


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.ADMIN, "/privacy", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Personal data")):
        found = privacy_page(visit.sandbox(), visit.actor())
        with tag("div", "", "columns"):
            with tag("section", "", "card"):
                _retention(visit, found)
            with tag("section", "", "card"):
                _factors(visit)
        with tag("section", "", "card") as people:

            def turn(wanted: int) -> None:
                with visit.telling():
                    draw(privacy_page(visit.sandbox(), visit.actor(), wanted))

            def draw(shown: PrivacyPage) -> None:
                people.clear()
                with people:
                    tag("h2", t("Candidates"))
                    _people(visit, shown)
                    pager(t, "privacy", shown.page, shown.pages, turn)

            draw(found)
        with tag("section", "", "card"):
            _deletions(visit, found)


def _retention(visit: Visit, found: PrivacyPage) -> None:
    t = visit.t
    read_only = visit.actor().read_only

    async def save(_: GenericEventArguments) -> None:
        await visit.do(set_retention, int(days.value or 0))
        ui.navigate.reload()

    def erase(sandbox: Sandbox, actor: Actor) -> int:
        return delete_due(sandbox, visit.site.hrms.sessions, actor)

    async def delete(_: GenericEventArguments) -> None:
        text = t("The data of {count} people is erased for good.").format(count=found.due)
        if await ask(visit, t("Delete what is due"), text, t("Delete for good"), t("Cancel")):
            await visit.do(erase)
            ui.navigate.reload()

    tag("h2", t("Retention"))
    tag("p", t("A candidate's data is kept so many days after the last thing that happened."))
    with tag("div", "", "buttons"):
        days = named(
            ui.number(t("Days"), value=found.days, min=MIN_DAYS, max=MAX_DAYS, precision=0), "privacy.days"
        )
        days.props("outlined dense").style("width: 8rem")
        button(visit, t("Save"), "privacy.save_days", save).set_enabled(not read_only)
    due = t.ngettext(
        "The data of {count} person is due for deletion",
        "The data of {count} people is due for deletion",
        found.due,
    )
    named(tag("p", due.format(count=found.due)), "privacy.due").props["data-count"] = str(found.due)
    deletes = button(visit, t("Delete what is due"), "privacy.delete_due", delete, look="outline")
    deletes.set_enabled(bool(found.due) and not read_only)
    tag("p", t("Backups and checkpoints made earlier still hold what was deleted since."), "soft small")


def _factors(visit: Visit) -> None:
    t = visit.t
    sessions = visit.site.hrms.sessions
    tag("h2", t("Second factor"))
    kind = visit.sandbox().profile.policy.sign_in.second_factor
    if kind != "totp":
        tag("p", t("This kind of system asks for no code at the sign-in."), "soft")
        return
    with tag("dl", "", "facts"):
        for role, done in sessions.second_factors(visit.sandbox(), visit.actor()).items():
            tag("dt", t(labels.ROLE[role]))
            with named(tag("dd", "", "buttons"), f"privacy.factor[{role}]") as line:
                line.props["data-state"] = "set" if done else "none"
                tag("span", t("Set up") if done else t("Not set up yet"))
                if done:
                    _reset(visit, role)


def _reset(visit: Visit, role: Role) -> None:
    t = visit.t

    async def reset(_: GenericEventArguments) -> None:
        text = t("The next sign-in as {role} sets up a new one. Do this only for somebody you know.")
        question = text.format(role=t(labels.ROLE[role]))
        if await ask(visit, t("Reset the second factor"), question, t("Reset"), t("Cancel")):
            await visit.do(visit.site.hrms.sessions.reset_second_factor, role)
            ui.navigate.reload()

    name = f"privacy.factor[{role}].reset"
    button(visit, t("Reset"), name, reset, look="outline").set_enabled(not visit.actor().read_only)


def _people(visit: Visit, found: PrivacyPage) -> None:
    t = visit.t
    with tag("table", "", "table"):
        table_head(t("Name"), t("Post"), t("Last event"), t("Kept until"), t("Copy"), t("Delete"))
        with tag("tbody"):
            for one in found.people:
                _person(visit, one)


def _person(visit: Visit, one: PersonLine) -> None:
    t = visit.t
    name = f"privacy.row[{one.id}]"

    def erase(sandbox: Sandbox, actor: Actor) -> None:
        delete_candidate(sandbox, visit.site.hrms.sessions, actor, one.id)

    async def delete(_: GenericEventArguments) -> None:
        text = t("Answers, scores, résumé and name of {name} are erased for good.").format(name=one.name)
        if await ask(visit, t("Delete all data"), text, t("Delete for good"), t("Cancel")):
            await visit.do(erase)
            ui.navigate.reload()

    with named(tag("tr"), name) as row:
        row.props["data-state"] = "placed" if one.placed else "due" if one.due else "kept"
        cell(t("Name"), one.name)
        cell(t("Post"), one.post_title)
        cell(t("Last event"), day(t, one.last_at))
        with cell(t("Kept until")):
            shown = t("Belongs to personnel") if one.placed else day(t, one.keep_until)
            tag("span", shown, "chip chip-warn" if one.due else "")
        with cell(t("Copy")), tag("div", "", "buttons"):
            copy_buttons(visit, f"{name}.export", one.id)
        with cell(t("Delete")):
            deletes = button(visit, t("Delete"), f"{name}.delete", delete, look="outline")
            deletes.props["aria-label"] = t("Delete the data of {name}").format(name=one.name)
            deletes.set_enabled(not one.placed and not visit.actor().read_only)


def _deletions(visit: Visit, found: PrivacyPage) -> None:
    t = visit.t
    tag("h2", t("Record of deletions"))
    if not found.deletions:
        named(tag("p", t("Nothing was deleted yet."), "empty"), "privacy.no_deletions")
        return
    with tag("table", "", "table"):
        table_head(t("When"), t("Whose"), t("Why"), t("By"), t("What"))
        with tag("tbody"):
            for one in found.deletions:
                with named(tag("tr"), f"privacy.deletion[{one.id}]"):
                    cell(t("When"), moment(t, one.at))
                    cell(t("Whose"), one.candidate)
                    cell(t("Why"), t(_WHY[one.reason]))
                    cell(t("By"), t(labels.ROLE[Role(one.by)]))
                    cell(t("What"), counted(t, one.counts) or "–")


def counted(t: Texts, counts: Mapping[str, int]) -> str:
    """Say how much of each kind a deletion has erased; what was not there is left out."""
    return t.row(f"{t(_COUNTED[what])} {count}" for what, count in counts.items() if count)
