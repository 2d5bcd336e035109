"""Questions are read aloud: the player beside the text, and the address its sound comes from."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from fastapi import Request, Response
from starlette.responses import FileResponse

from sandbox_hrms.app.ask_aloud import question_text
from sandbox_hrms.app.sign_in import COOKIE
from sandbox_hrms.core.errors import HrmsError, StorageFailed
from sandbox_hrms.core.roles import Role
from sandbox_hrms.i18n import texts
from sandbox_hrms.pages.guard import Address, Door, refusal_json
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import data, tag
from sandbox_hrms.pages.visit import Site, Visit


def doors(site: Site) -> dict[Address, Door]:
    """Return who answers at the address of the sound."""
    voice = ThreadPoolExecutor(1, "voice")  # it speaks one text at a time: no other thread waits for it

    def speak(sandbox_id: str, cookie: str | None, question: str) -> Response:
        lang = "en"
        try:
            sandbox = site.hrms.sandboxes.open(sandbox_id)
            lang = sandbox.lang
            actor = site.hrms.sessions.actor_of(sandbox_id, Role.CANDIDATE, cookie)
            said = site.hrms.speaker.say(question_text(sandbox, actor, question), lang)
        except OSError as error:
            return refusal_json(texts(lang), StorageFailed(str(error)))
        except HrmsError as refused:
            return refusal_json(texts(lang), refused)
        return FileResponse(said.file, media_type="audio/wav")

    async def spoken(request: Request, sandbox_id: str) -> Response:
        question = request.query_params.get("question", "")
        return await site.wait_for(voice, speak, sandbox_id, request.cookies.get(COOKIE), question)

    return {("GET", Role.CANDIDATE, "/spoken"): spoken}


def spoken_question(visit: Visit, question_id: str, *, by_itself: bool) -> None:
    """Put the player of a question on the page; its text stands beside it in any case.

    Args:
        visit: Whose page.
        question_id: Of the question that is shown.
        by_itself: Begin at once, unless the reader has switched that off in this browser.
    """
    t = visit.t
    with tag("div", "", "spoken", "data-spoken") as box:
        values = {
            "url": f"{visit.base}/spoken?question={quote(question_id, safe='')}",
            "auto": "1" if by_itself else "0",
            "label-listen": t("Listen"),
            "label-stop": t("Stop"),
            "label-blocked": t("Press Listen: this browser plays nothing by itself."),
            "label-failed": t("The voice does not answer now. Please read the question."),
        }
        data(box, values)
        named(tag("audio", "", "", "preload=none"), "interview.spoken")
        named(tag("button", t("Listen"), "plain-button", "type=button aria-describedby=asked"), "interview.listen")
        with tag("label", "", "spoken-switch"):
            named(tag("input", "", "", "type=checkbox autocomplete=off checked"), "interview.read_aloud")
            tag("span", t("Read questions aloud"))
        named(tag("span", "", "small soft", "role=status"), "interview.spoken_state")
