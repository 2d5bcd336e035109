"""The device check before the questions: what the interview needs is really tried."""

from collections.abc import Callable
from typing import Any

from nicegui.events import GenericEventArguments

from sandbox_hrms.app.conduct import Room, check_devices
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import button
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Visit

_SLOW_MS = 1000
_SMALLEST_WIDTH = 320


def device_check(visit: Visit, show: Callable[[Room], None]) -> None:
    """Show the check; ``show`` gets the room once it was done or skipped."""
    t = visit.t

    def checked(event: GenericEventArguments) -> None:
        results.clear()
        found = event.args if isinstance(event.args, dict) else {}
        with results:
            for label, fine, said in _findings(t, found):
                with tag("li"):
                    tag("span", label)
                    tag("span", said, "chip chip-good" if fine else "chip chip-warn")
        go_on.set_enabled(True)

    async def done(_: GenericEventArguments) -> None:
        show(await visit.do(check_devices, "done"))

    async def skip(_: GenericEventArguments) -> None:
        show(await visit.do(check_devices, "skipped"))

    with tag("section", "", "card"):
        tag("h2", t("Check your device"))
        tag("p", t("This tries the browser's storage, the way to the server and the size of the window."))
        text = t("A microphone is needed for spoken answers only. Every answer can be typed, and counts the same.")
        tag("p", text, "soft")
        _microphone(t)
        if visit.sandbox().profile.policy.voice.camera:
            _camera(t)
        results = named(tag("ul", "", "checks"), "device.result").props("aria-live=polite")
        with tag("div", "", "buttons"):
            probe = f"async () => emit(await hrmsDevice('{visit.base}'))"
            button(visit, t("Check now"), "device.check", checked, look="outline", js=probe)
            go_on = button(visit, t("Continue"), "device.continue", done)
            go_on.set_enabled(False)
            button(visit, t("Skip"), "device.skip", skip, look="flat")


def _microphone(t: Texts) -> None:
    """Let somebody hear what the microphone hears; nothing of it leaves the page."""
    with tag("div", "", "voice") as box:
        for key, text in (
            ("recording", t("Say something …")),
            ("works", t("This is what the microphone heard. Play it. Nothing of it was sent or kept.")),
            ("denied", t("The microphone is not allowed: type your answers, or allow it in the browser.")),
            ("none", t("No microphone was found. Type your answers: they count the same.")),
        ):
            box.props[f"data-label-{key}"] = text
        with tag("div", "", "voice-bar"):
            tries = named(tag("button", t("Try the microphone"), "plain-button"), "device.microphone")
            tries.props("type=button").on(
                "click", js_handler="(event) => hrmsTryMicrophone(event.currentTarget.closest('.voice'))"
            )
            level = named(tag("meter"), "device.microphone_level").props("min=0 max=1 low=0.05 value=0 hidden")
            level.props["aria-label"] = t("Loudness")
        named(tag("p", "", "small"), "device.microphone_state").props("role=status")
        sound = named(tag("audio"), "device.microphone_sound").props("controls hidden")
        sound.props["aria-label"] = t("What the microphone heard")


def _camera(t: Texts) -> None:
    """Let somebody see their own picture; nothing of it leaves the page."""
    with tag("div", "", "voice") as box:
        for key, text in (
            ("try", t("Try the camera")),
            ("stop", t("Switch the camera off")),
            ("on", t("This is your picture. Nothing of it is sent or kept.")),
            ("off", t("The camera is off.")),
            ("denied", t("The camera is not allowed. No picture is needed: record sound, or type your answers.")),
            ("none", t("No camera was found. No picture is needed: record sound, or type your answers.")),
        ):
            box.props[f"data-label-{key}"] = text
        tag(
            "p",
            t("A picture is recorded only where you agree, answer by answer. It is never scored."),
            "soft small",
        )
        tries = named(tag("button", t("Try the camera"), "plain-button"), "device.camera")
        tries.props("type=button").on(
            "click", js_handler="(event) => hrmsTryCamera(event.currentTarget.closest('.voice'))"
        )
        named(tag("p", "", "small"), "device.camera_state").props("role=status")
        picture = named(tag("video"), "device.picture").props("muted playsinline hidden")
        picture.props["aria-label"] = t("Your own picture")


def _findings(t: Texts, found: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return label, verdict and words of each thing that was tried."""
    storage = found.get("storage") is True
    stored = t("Works: drafts survive a crash") if storage else t("Off: drafts are kept on the server only")
    return [
        (t("Storage of this browser"), storage, stored),
        (t("Way to the server"), *_network(t, found.get("trip"))),
        (t("Size of the window"), *_window(t, found.get("width"), found.get("height"))),
    ]


def _network(t: Texts, trip: object) -> tuple[bool, str]:
    if not isinstance(trip, int):
        return False, t("No answer from the server")
    if trip > _SLOW_MS:
        return False, t("Slow: {ms} ms").format(ms=trip)
    return True, t("Good: {ms} ms").format(ms=trip)


def _window(t: Texts, width: object, height: object) -> tuple[bool, str]:
    if isinstance(width, int) and isinstance(height, int) and width >= _SMALLEST_WIDTH:
        return True, f"{width} × {height}"
    return False, t("Very narrow")
