"""What is offered on entering an interview: a minute about its exit, as a film or as a sketch with the steps."""

from http import HTTPStatus

from nicegui import app
from nicegui.element import Element
from starlette.responses import FileResponse, Response

from sandbox_hrms.app import entry_films
from sandbox_hrms.pages.exit_button import way_out
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit

_URL = "/entry-film"


def register(site: Site) -> None:
    """Serve the films."""
    folder = site.hrms.settings.films

    @app.get(f"{_URL}/{{profile}}/{{lang}}/{{ending}}")
    def film(profile: str, lang: str, ending: str) -> Response:
        found = entry_films.find(folder, profile, lang) if lang.replace("_", "").isalpha() else {}
        if ending not in found:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        # "identity" keeps the server from compressing what a player asks for in parts
        headers = {"Cache-Control": "private, max-age=300", "Content-Encoding": "identity"}
        return FileResponse(found[ending], media_type=entry_films.ENDINGS[ending], headers=headers)


def entry_hint(visit: Visit, breaks: str) -> Element:
    """Offer to show how the interview is left; who has skipped or seen it finds it behind one small button.

    The page's own script opens and closes it and remembers that in this browser (``entry.js``). None of it has a
    test id: looking at it is nobody's mistake.

    Args:
        visit: Whose page.
        breaks: Sentence that says what a break keeps.

    Returns:
        All of it, for whoever wants to take it away again.
    """
    t = visit.t
    profile, lang = visit.sandbox().profile, visit.sandbox().lang
    with tag("section", "", "entry") as hint:
        hint.props["data-entry"] = profile.reference
        hint.props["aria-label"] = t("How to leave this interview")
        with tag("div", "", "card entry-offer").props("data-part=offer hidden"):
            tag("p", t("New here? See in a minute how you leave this interview, and what is kept."))
            with tag("div", "", "buttons"):
                tag("button", t("Show me"), "plain-button").props("type=button data-go=told")
                tag("button", t("Skip"), "plain-button").props("type=button data-go=again")
        with tag("p", "", "entry-again").props("data-part=again hidden"):
            tag("button", t("How to leave this interview"), "plain-button").props("type=button data-go=told")
        with tag("div", "", "card").props("data-part=told tabindex=-1 hidden"):
            tag("h2", t("How to leave this interview"))
            if entry_films.shown_to(visit.site.hrms.settings.films, profile, lang):
                _film(visit, f"{_URL}/{profile.id}/{lang}")
            else:
                tag("div", "", f"sketch sketch-{profile.layout.exit_button.place}").props("aria-hidden=true")
            with tag("ol", "", "bullets"):
                for step in _steps(visit):
                    tag("li", step)
            tag("p", breaks, "soft")
            tag("button", t("Close"), "plain-button").props("type=button data-go=again")
    return hint


def _film(visit: Visit, at: str) -> None:
    """Put the film on the page; nothing of it is loaded, and nothing sounds, before somebody presses play."""
    film = tag("video", "", "entry-film").props(f"controls playsinline preload=none poster={at}/jpg src={at}/mp4")
    film.props["aria-label"] = visit.t("Film: how to leave this interview")
    with film:
        captions = tag("track").props(f"kind=captions default src={at}/vtt")
        captions.props["srclang"] = visit.sandbox().lang.replace("_", "-")
        captions.props["label"] = visit.t("Captions")


def _steps(visit: Visit) -> list[str]:
    """Say what has to be pressed, in order."""
    t = visit.t
    profile = visit.sandbox().profile
    labels = profile.labels
    if profile.policy.exit.style == "save_then_close":
        return [
            t("Press {save} first: what is not saved is lost.").format(save=t(labels.save)),
            way_out(visit, labels.close),
            t("Confirm the question that follows, then press {quit}.").format(quit=t(labels.quit)),
        ]
    if profile.policy.exit.style == "save_record":
        return [
            way_out(visit),
            t("Asked whether to save the record, press {save}: else it does not count.").format(
                save=t(labels.save)
            ),
            t("Press {quit} to get back to your interviews.").format(quit=t(labels.quit)),
        ]
    return [
        way_out(visit),
        t("Press {confirm} in the question that follows; nothing can be changed afterwards.").format(
            confirm=t(labels.confirm)
        ),
    ]
