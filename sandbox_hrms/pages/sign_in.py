"""Signing in and out: by link for everybody, by form for staff."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from nicegui import app, ui
from starlette.responses import RedirectResponse

from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.sign_in import COOKIE, SESSION_SECONDS
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError, NotSignedIn, TooManyTries
from sandbox_hrms.core.roles import FORM_ROLES, SIGN_IN_ROLES, Role
from sandbox_hrms.i18n import texts
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.plain import message_page
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, base_path, page, signs_in_by_form, start_path


def register(site: Site) -> None:
    """Serve links, forms and sign-out of every role."""
    for role in FORM_ROLES:
        page(site, role, "/sign-in", _build, session=False)
    for role in SIGN_IN_ROLES:
        _serve(site, role)


def _serve(site: Site, role: Role) -> None:
    hrms = site.hrms
    base = f"/s/{{sandbox_id}}/{role}"

    @app.get(f"{base}/enter")
    def enter(sandbox_id: str, key: str = "") -> Response:
        sandbox = hrms.sandboxes.open(sandbox_id)
        try:
            cookie = hrms.sessions.enter(sandbox, role, key)
        except HrmsError as refused:
            t = texts(sandbox.lang)
            return message_page(t, refused.http, t("This link does not work"), *t.refusal(refused))
        return _signed_in(hrms, sandbox_id, role, cookie)

    @app.post(f"{base}/sign-in")
    def sign_in(
        sandbox_id: str, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        if not signs_in_by_form(role):
            return Response(status_code=HTTPStatus.NOT_FOUND)
        try:
            cookie = hrms.sessions.sign_in(hrms.sandboxes.open(sandbox_id), role, name, password)
        except (NotSignedIn, TooManyTries) as refused:
            return RedirectResponse(
                f"{base_path(sandbox_id, role)}/sign-in?error={refused.code}", HTTPStatus.SEE_OTHER
            )
        return _signed_in(hrms, sandbox_id, role, cookie)

    @app.post(f"{base}/sign-out")
    async def sign_out(request: Request, sandbox_id: str, page: Annotated[str, Form()] = "") -> Response:
        cookie = request.cookies.get(COOKIE)
        sandbox = hrms.sandboxes.open(sandbox_id)
        await site.work(hrms.sessions.sign_out, sandbox, role, cookie)
        _close_pages(site, cookie, but=page)
        t = texts(sandbox.lang)
        answer: Response
        if signs_in_by_form(role):
            answer = RedirectResponse(f"{base_path(sandbox_id, role)}/sign-in", HTTPStatus.SEE_OTHER)
        else:
            answer = message_page(
                t,
                HTTPStatus.OK,
                t("You are signed out"),
                t("See you soon."),
                t("Open your sign-in link to come back."),
            )
        answer.delete_cookie(COOKIE, path=base_path(sandbox_id, role))
        return answer


def _close_pages(site: Site, cookie: str | None, but: str) -> None:
    """Lead every other open page of a session away, so that nothing it held stays on a screen."""
    for visit in list(site.visits.values()):
        if cookie is not None and visit.cookie == cookie and visit.page_id != but:
            visit.client.open(start_path(visit.sandbox_id, visit.role))


def _signed_in(hrms: Hrms, sandbox_id: str, role: Role, cookie: str) -> Response:
    answer = RedirectResponse(start_path(sandbox_id, role), HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=SESSION_SECONDS,
        path=base_path(sandbox_id, role),
        secure=hrms.settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def _build(visit: Visit) -> None:
    t = visit.t
    title = t("Sign in: {role}").format(role=t(labels.ROLE[visit.role]))
    name, password = visit.site.hrms.sessions.practice_account(visit.sandbox(), visit.role)
    with frame(visit, title, heading=False, narrow=True), tag("div", "", "card sign-in"):
        tag("h1", title)
        error = visit.request.query_params.get("error")
        if error is not None:
            text = (
                t("Too many tries. Wait a minute.")
                if error == TooManyTries.code
                else t("Name or password is wrong.")
            )
            named(tag("p", text, "chip-bad card"), "sign_in.error").props("role=alert")
        with tag("form").props(f"method=post action={visit.base}/sign-in"):
            _field(t("User name"), "sign_in.name", "name", "username")
            _field(t("Password"), "sign_in.password", "password", "current-password")
            named(tag("button", t("Sign in"), "button-link button-main"), "sign_in.submit").props("type=submit")
        note = t("This is a practice system. Sign in as {name} with the password {password}.")
        tag("p", note.format(name=name, password=password), "practice-note")


def _field(label: str, name: str, field: str, autocomplete: str) -> None:
    kind = "password" if field == "password" else "text"
    shown = named(ui.input(label), name)
    shown.props(f"outlined name={field} type={kind} autocomplete={autocomplete} autocapitalize=off")
