"""What a candidate may ask for: see, correct the résumé, take a copy, refuse AI scoring, delete."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from nicegui import app, ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.personal_copy import as_csv, as_json, export_person
from sandbox_hrms.app.privacy import MyData, delete_own, my_data, refuse_scoring
from sandbox_hrms.app.resumes import own_file
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.i18n import texts
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.frame import ask, frame
from sandbox_hrms.pages.guard import refusal_json
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import day, tag
from sandbox_hrms.pages.uploads import attachment, upload_field
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0


def register(site: Site) -> None:
    """Serve the page, and the copies for candidates and administrators."""
    page(site, Role.CANDIDATE, "/data", _build)
    for role in (Role.CANDIDATE, Role.ADMIN):
        _serve_copies(site, role)


def _serve_copies(site: Site, role: Role) -> None:
    @app.post(f"/s/{{sandbox_id}}/{role}/data/export")
    async def export(
        request: Request,
        sandbox_id: str,
        form: Annotated[str, Form()] = "json",
        candidate: Annotated[str, Form()] = "",
    ) -> Response:
        t = texts("en")
        try:
            sandbox = site.hrms.sandboxes.open(sandbox_id)
            t = texts(sandbox.lang)
            actor = site.hrms.sessions.actor_of(sandbox_id, role, request.cookies.get(COOKIE))
            data = await site.work(export_person, sandbox, actor, candidate)
        except HrmsError as refused:
            return refusal_json(t, refused)
        if form == "csv":
            return attachment(as_csv(data), "text/csv; charset=utf-8", "my-data.csv")
        if form == "json":
            return attachment(as_json(data), "application/json", "my-data.json")
        return Response(status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


def copy_buttons(visit: Visit, name: str, candidate: str = "") -> None:
    """Put the two buttons on the page that save a copy of one person's data."""
    for form, label in (("json", visit.t("Save as JSON")), ("csv", visit.t("Save as CSV"))):
        with tag("form").props(f"method=post action={visit.base}/data/export"):
            tag("input").props(f"type=hidden name=form value={form}")
            if candidate:
                tag("input").props(f"type=hidden name=candidate value={candidate}")
            named(tag("button", label, "plain-button"), f"{name}_{form}").props("type=submit")


def _build(visit: Visit) -> None:
    t = visit.t
    data = my_data(visit.sandbox(), visit.actor())
    with frame(visit, t("My data")), tag("div", "", "columns"):
        with tag("div"):
            with tag("section", "", "card"):
                tag("h2", t("What is stored about you"))
                _facts(visit, data)
                with tag("div", "", "buttons"):
                    copy_buttons(visit, "my.export")
            with tag("section", "", "card"):
                tag("h2", t("Résumé"))
                _own_file(visit)
                url = f"{visit.base}/data/upload"
                label = t("PDF, DOCX or text up to 5 MB; it takes the place of an earlier one")
                upload_field(visit, label, "my.resume_file", "my.upload_status", url, many=False)
        with tag("div"):
            _scoring(visit, data)
            _deletion(visit, data)


def _own_file(visit: Visit) -> None:
    """Tell which file is there, and look again by itself: it comes by another way than the page."""
    t = visit.t
    line = named(tag("p"), "my.resume")

    def draw() -> None:
        with visit.telling():
            file = own_file(visit.sandbox(), visit.actor())
            said = t("You have uploaded no file yet.")
            if file is not None:
                told = t("{name}, {size} KB, uploaded on {when}")
                said = told.format(name=file.name, size=max(1, file.size // 1024), when=day(t, file.uploaded_at))
            if line.text != said:
                line.set_text(said)

    draw()
    ui.timer(_LOOK_AGAIN_SECONDS, draw)


def _facts(visit: Visit, data: MyData) -> None:
    t = visit.t
    kept = t("{days} days after the last thing that happened: until {when}")
    with tag("dl", "", "facts"):
        for label, value in (
            (t("Name"), data.name),
            (t("E-mail"), data.email),
            (t("Phone"), data.phone),
            (t("Source"), data.source),
            (t("Applied on"), day(t, data.applied_at)),
            (t("Answers"), str(data.answers)),
            (t("Kept"), kept.format(days=data.days, when=day(t, data.keep_until))),
        ):
            tag("dt", label)
            tag("dd", value or "–")


def _scoring(visit: Visit, data: MyData) -> None:
    t = visit.t

    async def refuse(_: GenericEventArguments) -> None:
        title = t("Refuse AI scoring")
        text = t(
            "No program scores your answers any more, and a score that is there is erased. A person reads them."
        )
        if await ask(visit, title, text, t("Refuse AI scoring"), t("Cancel")):
            await visit.do(refuse_scoring)
            ui.navigate.reload()

    with tag("section", "", "card"):
        tag("h2", t("AI scoring"))
        state: dict[bool | None, str] = {None: t("There is no interview yet: you will be asked before it begins.")}
        state[True] = t("A program scores first and quotes your own words; a person decides.")
        state[False] = t("You refused: a person reads your answers. It counts no less.")
        shown = named(tag("p", state[data.ai_scoring]), "my.scoring")
        shown.props["data-state"] = {None: "none", True: "agreed", False: "refused"}[data.ai_scoring]
        if data.ai_scoring:
            refuses = button(visit, t("Refuse AI scoring"), "my.refuse_scoring", refuse, look="outline")
            refuses.set_enabled(not visit.actor().read_only)


def _deletion(visit: Visit, data: MyData) -> None:
    t = visit.t

    def erase(sandbox: Sandbox, actor: Actor) -> None:
        actor.need(Right.TAKE_INTERVIEW, write=True)
        delete_own(sandbox, visit.site.hrms.sessions, actor)

    async def delete(_: GenericEventArguments) -> None:
        text = t(
            "Your application ends; answers, scores, résumé and name are erased for good. There is no way back."
        )
        if await ask(visit, t("Delete all my data"), text, t("Delete for good"), t("Cancel")):
            await visit.do(erase)
            ui.navigate.to(f"{visit.base}/")

    with tag("section", "", "card"):
        tag("h2", t("Delete my data"))
        if data.placed:
            tag("p", t("You have a place in the organisation: your data belongs to personnel now. Ask HR."))
            return
        tag(
            "p",
            t("You may end your application and have everything erased. What stays is a record that it happened."),
        )
        button(visit, t("Delete all my data"), "my.delete", delete, look="outline").set_enabled(
            not visit.actor().read_only
        )
