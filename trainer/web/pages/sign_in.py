"""Signing in, setting a password by a one-time link, and one's own account with its sign-ins and second factor."""

from __future__ import annotations

import segno
from nicegui import ui

from trainer.core.people import Role
from trainer.web.pages import words
from trainer.web.pages.desk import Desk, field, submit
from trainer.web.pages.layout import Handler, Typed, Visit, button, frame, link, named, picture, tag


async def build(visit: Visit) -> None:
    """Build the page on which an instructor signs in."""
    _ = visit.text
    empty = await visit.work(visit.services.people.is_empty)
    with frame(visit, _("Sign in"), languages=True):
        tag("h1", _("For instructors"))
        tag("p", _("Trainees need no account: they join with the code of their workshop."), "lead")
        typed = visit.said()
        if empty:
            told = _(
                "Nobody has an account yet. The window in which the trainer runs shows a link for the first "
                "administrator; “trainer account link” prints another one."
            )
            named(tag("p", told, "note"), "sign_in.first")
        with tag("form", "", "form").props("method=post action=/sign-in") as form:
            form.props["aria-label"] = _("Sign in")
            field(_("Login"), "login", value=typed.get("login", ""))
            field(_("Password"), "password", "password")
            field(_("Code of your app, if you have set one"), "code", needed=False)
            hidden = tag("input").props("type=hidden name=next")
            hidden.props["value"] = typed.get("next") or visit.request.query_params.get("next", "")
            submit(_("Sign in"), "sign_in.submit")
        with tag("div", "", "onward"):
            link(_("Forgotten your password?"), "nav.reset", "/reset", "button quiet")
            link(_("Join a workshop"), "nav.join", "/join", "button quiet")


async def build_reset(visit: Visit) -> None:
    """Build the page on which a letter with a link for a new password is asked for."""
    _ = visit.text
    with frame(visit, _("A new password"), languages=True):
        tag("h1", _("A new password"))
        typed = visit.said()
        if visit.services.resets is not None:
            told = _(
                "Is your login an e-mail address? Type it, and a letter with a link comes to it. "
                "The link works once, within 30 minutes."
            )
            tag("p", told, "lead")
            with tag("form", "", "form").props("method=post action=/reset") as form:
                form.props["aria-label"] = _("A new password")
                field(_("Your e-mail address"), "login", value=typed.get("login", ""))
                submit(_("Send the letter"), "reset.submit")
        tag("p", _("An administrator can make a link for you, too: on the page “People”."))
        with named(tag("p", _("On the machine itself, this prints one:") + " ", "note"), "reset.command"):
            tag("code", "trainer account link LOGIN")
        link(_("To the sign-in"), "nav.sign_in", "/sign-in", "button quiet")


async def build_link(visit: Visit) -> None:
    """Build the page on which a one-time link is used."""
    _ = visit.text
    with frame(visit, _("Set a password"), languages=True):
        tag("h1", _("Set your password"))
        tag(
            "p", _("At least 10 characters. This link works once; it also ends all your earlier sign-ins."), "lead"
        )
        visit.said()
        with tag("form", "", "form").props("method=post") as form:
            form.props["action"] = visit.request.url.path
            form.props["aria-label"] = _("Set a password")
            field(_("New password"), "password", "password")
            submit(_("Set it"), "link.submit")


async def build_account(desk: Desk) -> None:
    """Build the page of one's own account."""
    _ = desk.text
    with frame(desk, _("My account"), languages=True):
        tag("h1", desk.person.name)
        named(tag("p", _(words.ACCOUNT_ROLES[desk.person.role]), "lead"), "account.role")
        tag("h2", _("Signed in at"), "section-title")
        with named(tag("ul", "", "rows"), "account.sign_ins"):
            for one in await desk.work(desk.services.people.sign_ins, desk.person):
                with tag("li", "", "row"):
                    tag("span", words.browser(one.browser, _), "row-main")
                    tag("span", f"{one.seen:%Y-%m-%d %H:%M} UTC", "fact")
                    button(_("End it"), "account.end", desk.guarded(_ending(desk, one.id)), "small")
        tag("h2", _("Second factor"), "section-title")
        await _totp(desk)
        with tag("div", "", "onward"):
            link(_("To the workshops"), "nav.console", "/console", "button quiet")
            if desk.person.may(Role.ADMINISTRATOR):
                link(_("People"), "nav.people", "/console/people", "button quiet")


def _ending(desk: Desk, sign_in: str) -> Handler:
    async def end() -> None:
        await desk.work(desk.services.people.end, await desk.who(), sign_in)
        ui.navigate.to("/console/account")

    return end


async def _totp(desk: Desk) -> None:
    _ = desk.text
    if desk.person.totp:
        named(tag("p", _("A code of your app is asked for at each sign-in.")), "account.totp")
        return
    secret = desk.services.people.new_totp()
    address = f"otpauth://totp/HR%20practice:{desk.person.login}?secret={secret}&issuer=HR%20practice"
    tag("p", _("Scan this with an authenticator app, then type the code that it shows."))
    picture(qr(address), _("QR code of the secret"), "qr")
    tag("code", secret)
    code = Typed(_("Code"), "account.code")

    async def keep() -> None:
        await desk.work(desk.services.people.set_totp, await desk.who(), secret, code.value)
        ui.navigate.to("/console/account")

    button(_("Ask for a code from now on"), "account.keep", desk.guarded(keep))


async def build_people(desk: Desk) -> None:
    """Build the page of all accounts and of what was done with them, for administrators."""
    _, people = desk.text, desk.services.people
    with frame(desk, _("People"), languages=True):
        tag("h1", _("People"))
        with named(tag("ul", "", "rows"), "people.accounts"):
            for account in await desk.work(people.all):
                with named(tag("li", "", "row"), f"people.row[{account.login}]"):
                    tag("span", f"{account.name} ({account.login})", "row-main")
                    state = _("closed") if account.closed else _(words.ACCOUNT_ROLES[account.role])
                    tag("span", state, "fact")
                    button(_("New link"), f"people.link[{account.login}]", _linking(desk, account.login), "small")
                    if account.id != desk.person.id and account.closed is None:
                        button(_("Close"), f"people.close[{account.login}]", _closing(desk, account.id), "small")
        shown = named(tag("p", "", "note"), "people.shown")
        shown.set_visibility(False)
        tag("h2", _("Invite an instructor"), "section-title")
        with tag("div", "", "form"):
            login = Typed(_("Login"), "people.login")
            name = Typed(_("Name"), "people.name")

            async def invite() -> None:
                who = await desk.who()
                secret = await desk.work(
                    people.link, login.value, name=name.value, role=Role.INSTRUCTOR, by=who.login
                )
                _show_link(desk, secret)

            button(_("Make a link"), "people.invite", desk.guarded(invite), "primary")
        tag("h2", _("What was done"), "section-title")
        with named(tag("ol", "", "rows"), "people.audit"):
            for line in await desk.work(people.audit, 50):
                with tag("li", "", "row"):
                    tag("span", f"{line.at:%Y-%m-%d %H:%M} UTC", "fact")
                    tag("span", words.done(line.what, _), "row-main")
                    tag("code", " ".join(dict.fromkeys((line.who or "-", line.about))))


def _linking(desk: Desk, login: str) -> Handler:
    async def make() -> None:
        who = await desk.who()
        _show_link(desk, await desk.work(desk.services.people.link, login, by=who.login))

    return desk.guarded(make)


def _closing(desk: Desk, account: str) -> Handler:
    async def close() -> None:
        await desk.work(desk.services.people.close, account, by=await desk.who())
        ui.navigate.to("/console/people")

    return desk.guarded(close)


def _show_link(desk: Desk, secret: str) -> None:
    """Show a one-time link to who made it, to hand it on."""
    _ = desk.text
    with ui.dialog(value=True) as dialog, tag("div", "", "dialog"):
        dialog.props["aria-label"] = _("A link that works once, within 48 hours")
        tag("h2", _("A link that works once, within 48 hours"))
        base = desk.services.address(desk.request)
        named(tag("code", f"{base}/link/{secret}"), "people.secret")


def qr(text: str) -> str:
    """Return a QR code as the address of a picture."""
    return segno.make(text, error="m").svg_data_uri(scale=6, border=2)
