"""Signing in and out: by link for everybody, by form for staff."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import segno
from fastapi import Form, Request, Response
from nicegui import app, ui
from starlette.responses import RedirectResponse

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.service import Hrms
from sandbox_hrms.app.sign_in import (
    COOKIE,
    SESSION_SECONDS,
    TICKET_SECONDS,
    SecondFactorNeeded,
    SecondStep,
    WrongCode,
)
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError, NotSignedIn, TooManyTries
from sandbox_hrms.core.roles import FORM_ROLES, SIGN_IN_ROLES, Role
from sandbox_hrms.i18n import texts
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.plain import companion_script, message_page
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, base_path, page, signs_in_by_form, start_path

TICKET = "hrms_ticket"


def register(site: Site) -> None:
    """Serve links, forms and sign-out of every role."""
    for role in FORM_ROLES:
        page(site, role, "/sign-in", _build, session=False)
        page(site, role, "/sign-in/code", _build_second, session=False)
        _serve_second_step(site, role)
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
        except SecondFactorNeeded as needed:
            return _to_second_step(hrms, sandbox_id, role, needed.ticket)
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
                t("Open your link again to come back."),
                scripts=companion_script(hrms.settings.parent_port, companion=hrms.settings.companion is not None),
            )
        answer.delete_cookie(COOKIE, path=base_path(sandbox_id, role))
        return answer

    @app.get(f"{base}/sign-out")
    def signed_out(sandbox_id: str) -> Response:
        """Lead on who loads that page anew."""
        return RedirectResponse(start_path(sandbox_id, role), HTTPStatus.SEE_OTHER)


def _serve_second_step(site: Site, role: Role) -> None:
    hrms = site.hrms
    base = f"/s/{{sandbox_id}}/{role}"

    @app.post(f"{base}/sign-in/code")
    def second_step(request: Request, sandbox_id: str, code: Annotated[str, Form()] = "") -> Response:
        def finish(sandbox: Sandbox, ticket: str) -> str:
            return hrms.sessions.finish(sandbox, role, ticket, code)

        return _finish(hrms, request, sandbox_id, role, finish)

    @app.post(f"{base}/sign-in/face")
    def face(request: Request, sandbox_id: str, result: Annotated[str, Form()] = "") -> Response:
        def finish(sandbox: Sandbox, ticket: str) -> str:
            return hrms.sessions.finish_face(sandbox, role, ticket, matched=result == "match")

        return _finish(hrms, request, sandbox_id, role, finish)


def _close_pages(site: Site, cookie: str | None, but: str) -> None:
    """Lead every other open page of a session away, so that nothing it held stays on a screen."""
    for visit in list(site.visits.values()):
        if cookie is not None and visit.cookie == cookie and visit.page_id != but:
            visit.client.open(start_path(visit.sandbox_id, visit.role))


def _to_second_step(hrms: Hrms, sandbox_id: str, role: Role, ticket: str) -> Response:
    answer = RedirectResponse(f"{base_path(sandbox_id, role)}/sign-in/code", HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        TICKET,
        ticket,
        max_age=TICKET_SECONDS,
        path=base_path(sandbox_id, role),
        secure=hrms.settings.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


def _finish(
    hrms: Hrms, request: Request, sandbox_id: str, role: Role, finish: Callable[[Sandbox, str], str]
) -> Response:
    """Open the session, or say what was wrong: at this step again, or back at the password."""
    place = f"{base_path(sandbox_id, role)}/sign-in"
    try:
        cookie = finish(hrms.sandboxes.open(sandbox_id), request.cookies.get(TICKET, ""))
    except (WrongCode, TooManyTries) as refused:
        return RedirectResponse(f"{place}/code?error={refused.code}", HTTPStatus.SEE_OTHER)
    except NotSignedIn:
        return RedirectResponse(place, HTTPStatus.SEE_OTHER)
    answer = _signed_in(hrms, sandbox_id, role, cookie)
    answer.delete_cookie(TICKET, path=base_path(sandbox_id, role))
    return answer


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


def _build_second(visit: Visit) -> None:
    t = visit.t
    ticket = visit.request.cookies.get(TICKET, "")
    step = visit.site.hrms.sessions.second_step(visit.sandbox(), visit.role, ticket)
    title = t("Sign in: {role}").format(role=t(labels.ROLE[visit.role]))
    with frame(visit, title, heading=False, narrow=True), tag("div", "", "card sign-in"):
        tag("h1", t("Second step"))
        error = visit.request.query_params.get("error")
        if error is not None:
            text = (
                t("Too many tries. Sign in again after a minute.")
                if error == TooManyTries.code
                else t("The code is wrong, or was used already. Wait for the next one.")
                if step.kind == "totp"
                else t("The face does not match. Try again.")
            )
            named(tag("p", text, "chip-bad card"), "sign_in.error").props("role=alert")
        if step.kind == "face":
            _face(visit)
        else:
            _code(visit, step)


def _code(visit: Visit, step: SecondStep) -> None:
    t = visit.t
    if step.uri:
        tag("p", t("Scan this once with an authenticator app. It is not shown again after the first right code."))
        qr = named(tag("img"), "sign_in.qr")
        qr.props["src"] = segno.make(step.uri).svg_data_uri(scale=4, border=2)
        qr.props["alt"] = t("QR code that holds the key below")
        with tag("dl", "", "facts"):
            tag("dt", t("Key to type instead"))
            named(tag("dd", step.secret), "sign_in.secret")
    with tag("form").props(f"method=post action={visit.base}/sign-in/code"):
        shown = named(ui.input(t("Code of six digits")), "sign_in.code")
        shown.props("outlined name=code autocomplete=one-time-code inputmode=numeric maxlength=9")
        named(tag("button", t("Sign in"), "button-link button-main"), "sign_in.code_submit").props("type=submit")
    with tag("div", "", "practice-note"):
        tag("p", t("This is a practice system. Without an app, take the code of this practice phone:"))
        code = step.practice_code or t("The next code is due in less than a minute. Load the page again then.")
        named(tag("b", code), "sign_in.practice_code").props["data-code"] = step.practice_code
    tag("p", t("Lost the app? An administrator can reset the second factor."), "soft small")


def _face(visit: Visit) -> None:
    t = visit.t
    tag(
        "p",
        t("Simulation: no camera is used, no picture is taken and nothing is compared. You choose the outcome."),
    )
    with tag("div", "", "buttons"):
        for result, label, name in (
            ("match", t("Simulate: the face matches"), "sign_in.face_match"),
            ("none", t("Simulate: it does not match"), "sign_in.face_no_match"),
        ):
            with tag("form").props(f"method=post action={visit.base}/sign-in/face"):
                tag("input").props(f"type=hidden name=result value={result}")
                named(tag("button", label, "plain-button"), name).props("type=submit")


def _field(label: str, name: str, field: str, autocomplete: str) -> None:
    kind = "password" if field == "password" else "text"
    shown = named(ui.input(label), name)
    shown.props(f"outlined name={field} type={kind} autocomplete={autocomplete} autocapitalize=off")
