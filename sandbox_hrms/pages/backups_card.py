"""The card with the backups of a system on the own computer: make one, go back to one."""

import json

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.save import back_up_record, copies, restore_record
from sandbox_hrms.pages.controls import button, table_head
from sandbox_hrms.pages.frame import ask
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import moment, tag
from sandbox_hrms.pages.visit import Handler, Visit


def backups_card(visit: Visit) -> None:
    """Put the card on the page; nothing where the profile has no backups."""
    sandbox = visit.sandbox()
    if not sandbox.profile.policy.save.backup:
        return
    with tag("section", "", "card") as card:
        _fill(visit, card, "")


def _fill(visit: Visit, card: ui.element, message: str) -> None:
    t = visit.t
    labels = visit.sandbox().profile.labels
    read_only = visit.actor().read_only

    async def back_up(_: GenericEventArguments) -> None:
        await visit.do(back_up_record)
        newest = copies(visit.sandbox(), visit.actor())[0]
        card.clear()
        with card:
            _fill(visit, card, t("Backed up as {name}.").format(name=newest.name))

    tag("h2", t("Backups"))
    tag("p", t("A backup is a copy of everything that is saved, in a folder of its own."), "soft")
    named(tag("p", message), "backups.result").props("role=status")
    make = button(visit, t(labels.back_up), "record.back_up", back_up, look="outline")
    make.set_enabled(not read_only)
    found = copies(visit.sandbox(), visit.actor())
    if not found:
        return
    with tag("table", "", "table"):
        table_head(t("Backup"), t("Made"), t("Restore"))
        with tag("tbody"):
            for number, one in enumerate(found):
                with named(tag("tr"), f"backups.row[{one.name}]"):
                    tag("td", one.name).props["data-label"] = t("Backup")
                    tag("td", moment(t, one.at)).props["data-label"] = t("Made")
                    with tag("td") as cell:
                        cell.props["data-label"] = t("Restore")
                        name = f"backups.restore[{one.name if number else 'newest'}]"
                        again = button(visit, t("Restore"), name, _restore(visit, one.name), look="flat")
                        again.set_enabled(not read_only)


def _restore(visit: Visit, name: str) -> Handler:
    async def restore(_: GenericEventArguments) -> None:
        t = visit.t
        text = t("Everything goes back to the state of this backup. What was saved after it is gone.")
        labels = visit.sandbox().profile.labels
        if await ask(visit, t("Restore {name}?").format(name=name), text, t("Restore"), t(labels.cancel)):
            await visit.do(restore_record, name)
            ui.run_javascript(f"hrmsJournal.leaveFor({json.dumps(visit.base + '/')})")

    return restore
