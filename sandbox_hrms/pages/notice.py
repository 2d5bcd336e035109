"""The notice before an interview: what is recorded, who sees it, what the score is, and how to refuse."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app.chat_model import chat_model
from sandbox_hrms.app.conduct import Room, decline, give_consent
from sandbox_hrms.app.privacy import my_data
from sandbox_hrms.core.errors import NotAllowed
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.entry import entry_hint
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Visit


def notice(visit: Visit, room: Room, show: Callable[[Room], None]) -> None:
    """Show the notice; ``show`` gets the room once consent was given."""
    t = visit.t
    read_only = visit.actor().read_only
    agreed = refused_scoring = False

    def ticked(event: GenericEventArguments) -> None:
        nonlocal agreed
        agreed = event.args is True
        begins.set_enabled(agreed)

    def ticked_no_scoring(event: GenericEventArguments) -> None:
        nonlocal refused_scoring
        refused_scoring = event.args is True

    async def begin(_: GenericEventArguments) -> None:
        if not agreed:
            raise NotAllowed(N_("Your consent is needed first."), N_("Tick the box, or decline below."))
        show(await visit.do(give_consent, not refused_scoring))

    async def refuse(_: GenericEventArguments) -> None:
        await visit.do(decline)
        hint.delete()
        card.clear()
        with card:
            _declined(visit)

    hint = entry_hint(visit, _breaks(visit))
    with tag("section", "", "card") as card:
        tag("h2", t("Before you begin"))
        for_post = t("Your interview for the post {post} has {count} questions.")
        tag("p", for_post.format(post=room.post_title, count=room.total))
        with tag("ul", "", "bullets"):
            for line in _terms(visit, room):
                tag("li", line)
        with tag("label", "", "tick"):
            # the browser's own box: it changes at the click, without waiting for the server
            box = named(ui.element("input").props("type=checkbox autocomplete=off"), "consent.agree")
            box.on("change", visit.handler(ticked), js_handler="(event) => emit(event.target.checked)")
            tag("span", t("I have read this and agree to take the interview in this way."))
        with tag("label", "", "tick"):
            no_scoring = named(
                ui.element("input").props("type=checkbox autocomplete=off"), "consent.no_ai_scoring"
            )
            no_scoring.on(
                "change", visit.handler(ticked_no_scoring), js_handler="(event) => emit(event.target.checked)"
            )
            tag("span", t("Not by a program: a person shall read and judge my answers. It counts no less."))
        if read_only:
            box.props("disabled")
            no_scoring.props("disabled")
        with tag("div", "", "buttons"):
            begins = button(visit, t("Begin"), "consent.begin", begin)
            begins.set_enabled(False)
            button(visit, t("Decline"), "consent.decline", refuse, look="outline").set_enabled(not read_only)


def _terms(visit: Visit, room: Room) -> list[str]:
    t = visit.t
    minutes = round(sum(one.think_seconds + one.answer_seconds for one in room.questions) / 60)
    time = t("Time: about {minutes} minutes. When the time of a question is over, nothing is sent by itself.")
    kept = t("Kept: {days} days after the last step, then deleted; earlier when you wish, under My data.")
    model = chat_model()
    back = t("Asking back: {program} at {address} words it from the question and your answer, without your name.")
    asked = t("Not if you tick the second box.")
    return [
        time.format(minutes=minutes),
        _recorded(visit),
        t("Seen by: the recruiters; and the head of the department, once the interview is finished."),
        t("AI scoring: a program scores first and quotes your own words for every point. A person decides."),
        t("Without AI: tick the second box below, now or later under My data. Nothing else changes."),
        *([t.sentences(back.format(program=model.name, address=model.host), asked)] if model else []),
        kept.format(days=my_data(visit.sandbox(), visit.actor()).days),
        _breaks(visit),
    ]


def _recorded(visit: Visit) -> str:
    """Say what is recorded in this kind of system."""
    t = visit.t
    if visit.sandbox().profile.policy.voice.camera:
        return t(
            "Recorded: what you type, and when you send it; sound only while you record an answer. Your "
            "picture only where you agree, answer by answer; it is never scored."
        )
    return t("Recorded: what you type, and when you send it; sound only while you record an answer. No picture.")


def _breaks(visit: Visit) -> str:
    """Say what a break keeps in this kind of system."""
    t = visit.t
    policy = visit.sandbox().profile.policy.save
    if policy.progress_button:
        return t("Breaks: Save progress keeps everything, and you go on later.")
    if policy.automatic:
        return t("Breaks: leave whenever you like; everything is kept, and you go on later.")
    if policy.tab_closed == "keep_on_device":
        return t("Breaks: Save keeps everything. What is not saved stays on this device only, marked as unsaved.")
    return t("Breaks: Save keeps everything. What is not saved is lost when the page is closed.")


def _declined(visit: Visit) -> None:
    t = visit.t
    message = t(
        "You declined. Nothing was recorded. Ask HR for an interview with a person; your invitation stays."
    )
    named(tag("p", message, "lead"), "done.message").props("role=status")
    named(tag("a", t("Back to my interviews"), "button-link"), "done.back").props(f"href={visit.base}/")
