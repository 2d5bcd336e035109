"""Files come in by an address of our own: too much is refused before it is read, and nothing passes the socket."""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from fastapi import Request, Response
from nicegui import app, ui
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from sandbox_hrms.app.extract import MAX_ARCHIVE, MAX_FILE
from sandbox_hrms.app.resumes import Taken, take_in, take_own, too_large
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core.errors import HrmsError
from sandbox_hrms.core.roles import Actor, Right, Role
from sandbox_hrms.i18n import Texts, texts
from sandbox_hrms.pages.assets import asset_url
from sandbox_hrms.pages.guard import refusal_json
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit

_ACCEPT = ".pdf,.docx,.txt,text/plain,application/pdf"
Keep = Callable[[Sandbox, Actor, str, Path], Taken]


def register(site: Site) -> None:
    """Serve the two addresses."""

    @app.post(f"/s/{{sandbox_id}}/{Role.HR}/resumes/upload")
    async def upload(request: Request, sandbox_id: str, post: str = "", name: str = "") -> Response:
        def keep(sandbox: Sandbox, actor: Actor, shown: str, file: Path) -> Taken:
            return take_in(sandbox, actor, post, shown, file)

        return await _receive(site, request, sandbox_id, Role.HR, name, MAX_ARCHIVE, keep)

    @app.post(f"/s/{{sandbox_id}}/{Role.CANDIDATE}/data/upload")
    async def upload_own(request: Request, sandbox_id: str, name: str = "") -> Response:
        def keep(sandbox: Sandbox, actor: Actor, shown: str, file: Path) -> Taken:
            take_own(sandbox, actor, site.hrms.readers, shown, file)
            return Taken(1)

        return await _receive(site, request, sandbox_id, Role.CANDIDATE, name, MAX_FILE, keep)


def upload_field(  # noqa: PLR0913  # the facets of one field
    visit: Visit, label: str, name: str, status: str, url: str, *, many: bool
) -> None:
    """Put a field for files on the page; they are sent as soon as they are chosen.

    Args:
        visit: Whose page.
        label: What is wanted.
        name: Its test id.
        status: Test id of the line that tells what became of the files.
        url: Where they are sent; the file's name is added as ``name``.
        many: Several at once, archives too.
    """
    t = visit.t
    ui.add_head_html(f'<script src="{asset_url("upload.js")}" defer></script>')
    most = MAX_ARCHIVE if many else MAX_FILE
    with tag("div", "", "upload") as box:
        for key, text in (
            ("url", url),
            ("most", str(most)),
            ("sending", t("Sending {done} of {total} …")),
            ("taken", t("Files taken: {count}")),
            ("refused", t("Refused: {name}. {message} {hint}")),
            ("large", visit.t.sentences(*visit.t.refusal(too_large(most)))),
            ("lost", t("The connection was lost. Choose the file again.")),
        ):
            box.props[f"data-{key}"] = text
        with tag("label", "", "upload-label"):
            tag("span", label)
            with tag("span", "", "upload-drop"):
                tag("span", t("Choose files") if many else t("Choose a file"), "plain-button")
                field = named(tag("input"), name)
            field.props["type"] = "file"
            field.props["accept"] = f"{_ACCEPT},.zip" if many else _ACCEPT
            if many:
                field.props["multiple"] = True
            if visit.looks_only():
                field.props["disabled"] = True
        shown = named(tag("p", "", "soft small keep-lines"), status)
        shown.props["role"] = "status"


def attachment(content: bytes, kind: str, name: str) -> Response:
    """Return a file to be saved, never shown."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition})


async def _receive(  # noqa: PLR0913, PLR0917  # one upload
    site: Site, request: Request, sandbox_id: str, role: Role, name: str, most: int, keep: Keep
) -> Response:
    t = texts("en")
    file: Path | None = None
    try:
        sandbox = site.hrms.sandboxes.open(sandbox_id)
        t = texts(sandbox.lang)
        actor = site.hrms.sessions.actor_of(sandbox_id, role, request.cookies.get(COOKIE))
        actor.need(Right.INVITE if role is Role.HR else Right.TAKE_INTERVIEW, write=True)
        if int(request.headers.get("content-length") or 0) > most:
            raise too_large(most)
        file = sandbox.folder / "media" / f"incoming-{secrets.token_hex(8)}"
        await _stream(site, request, file, most)
        taken = await site.work(keep, sandbox, actor, name, file)
    except HrmsError as refused:
        return refusal_json(t, refused)
    except (ClientDisconnect, ValueError):  # it went before all was sent, or its length is no number
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    finally:
        if file is not None:
            file.unlink(missing_ok=True)
    return JSONResponse({"count": taken.count, "refused": [_told(t, *one) for one in taken.refused]})


async def _stream(site: Site, request: Request, file: Path, most: int) -> None:
    """Write the body to a file as it comes, and stop as soon as it is too much."""
    size = 0
    with file.open("wb") as out:
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise too_large(most)
            await site.work(out.write, part)


def _told(t: Texts, name: str, refused: HrmsError) -> dict[str, str]:
    message, hint = t.refusal(refused)
    return {"name": name, "message": message, "hint": hint}
