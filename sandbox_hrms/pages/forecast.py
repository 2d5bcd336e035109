"""The forecast: leaving rate, need of each post in three months, and the invitations that go out for it."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from sandbox_hrms.app import forecast
from sandbox_hrms.app.forecast import Plan, PostForecast
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.forecast import DEFAULT_RATE
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.pages.controls import button, cell, table_head
from sandbox_hrms.pages.frame import ask, frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import pay_style, typed
from sandbox_hrms.pages.show import number, tag
from sandbox_hrms.pages.visit import Site, Visit, page

_LOOK_AGAIN_SECONDS = 2.0
_SHOWN = 100
"""Posts shown at most; those to be filled first are at the top."""


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/forecast", _build)


def _build(visit: Visit) -> None:
    pay_style()
    with frame(visit, visit.t("Forecast")):
        _Page(visit)


class _Page:
    """One page; it looks again by itself when something was stored."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._revision = -1
        self._shown: Plan | None = None
        self._settings()
        self._card = tag("section", "", "card")
        self._look()
        ui.timer(_LOOK_AGAIN_SECONDS, self._look)

    def _settings(self) -> None:
        visit, t = self._visit, self._visit.t
        now = forecast.plan(visit.sandbox(), visit.actor())
        with tag("section", "", "card"):
            tag("h2", t("How it is worked out"))
            formula = t("need = open posts + people in post × leaving rate × 3 ÷ 12 (rounded)")
            named(tag("p", formula, "formula"), "forecast.formula")
            tag("p", t("invitations = open posts − candidates under way, never below 0"), "formula")
            claim = t(
                "The source claims a leaving rate of {rate} % and does not say for how long. "
                "We read it as per cent a year."
            )
            tag("p", claim.format(rate=number(t, DEFAULT_RATE)), "source-note")
            with tag("div", "", "pay-form"):
                rate = ui.number(t("Leaving rate, per cent a year"), value=now.leaving_rate, format="%g")
                named(rate, "forecast.rate").props("outlined dense")

                async def save(_: GenericEventArguments) -> None:
                    percent = typed(rate.value)
                    if percent is None:
                        raise Invalid(N_("The leaving rate is missing."), N_("Give a number from 0 to 100."))
                    self._draw(await visit.do(forecast.set_up, percent, self._automatic))
                    self._told.set_text(t("The settings were stored."))

                store = button(visit, t("Store"), "forecast.save", save)
            self._automatic = now.automatic

            def ticked(event: GenericEventArguments) -> None:
                self._automatic = event.args is True

            with tag("label", "", "tick"):
                box = named(ui.element("input").props("type=checkbox autocomplete=off"), "forecast.automatic")
                box.on("change", visit.handler(ticked), js_handler="(event) => emit(event.target.checked)")
                if now.automatic:
                    box.props("checked")
                tag("span", t("Let the system send the invitations by itself, every day"))
            if visit.actor().read_only:
                box.props("disabled")
                store.set_enabled(False)
            self._told = named(tag("p", "", "soft"), "forecast.state").props("role=status")

    def _look(self) -> None:
        """Reckon anew when something was stored."""
        with self._visit.telling():
            revision = self._visit.sandbox().revision
            if revision != self._revision:
                self._revision = revision
                self._draw(forecast.plan(self._visit.sandbox(), self._visit.actor()))

    def _draw(self, found: Plan) -> None:
        if found == self._shown:
            return
        self._shown = found
        t = self._visit.t
        self._card.clear()
        with self._card:
            tag("h2", t("The next three months"))
            self._send_button(found)
            with tag("table", "", "table"):
                held = (t("Priority"), t("In post"), t("Leaving"), t("Open posts"))
                numbers = (*held, t("Need"), t("Under way"))
                table_head(t("Post"), *numbers, t("To invite now"), numbers=numbers)
                with tag("tbody"):
                    for one in found.posts[:_SHOWN]:
                        self._row(one)
            if len(found.posts) > _SHOWN:
                more = t("The {shown} posts to be filled first are shown, of {all}.")
                tag("p", more.format(shown=_SHOWN, all=len(found.posts)), "soft small")

    def _send_button(self, found: Plan) -> None:
        visit, t, count = self._visit, self._visit.t, found.invitations
        text = t.ngettext("{count} invitation can be sent now.", "{count} invitations can be sent now.", count)
        if not count:
            text = t("No invitation to send: every open post has candidates under way, or nobody waits.")
        named(tag("p", text.format(count=count)), "forecast.total").props("aria-live=polite")

        async def send(_: GenericEventArguments) -> None:
            title, question = t("Send the invitations?"), t("{count} candidates are invited, by priority.")
            if await ask(visit, title, question.format(count=count), t("Send"), t("Cancel")):
                sent = await visit.do(forecast.send)
                self._look()
                told = t.ngettext("{count} invitation was sent.", "{count} invitations were sent.", sent)
                self._told.set_text(told.format(count=sent))

        with tag("p", "", "buttons"):
            ready = count > 0 and not visit.actor().read_only
            button(visit, t("Send the invitations"), "forecast.send", send).set_enabled(ready)

    def _row(self, one: PostForecast) -> None:
        t, need = self._visit.t, one.need
        name = f"forecast.row[{need.outlook.post}]"
        with named(tag("tr"), name):
            with cell(t("Post")), tag("div"):
                tag("span", one.title)
                family = t(labels.FAMILY[one.family]) if one.family in labels.FAMILY else one.family
                tag("p", f"{one.department} · {family}", "soft small")
            cell(t("Priority"), str(need.outlook.priority), "number")
            cell(t("In post"), str(need.outlook.in_post), "number")
            cell(t("Leaving"), number(t, need.leaving), "number")
            cell(t("Open posts"), str(need.outlook.open), "number")
            named(cell(t("Need"), str(need.need), "number"), f"{name}.need")
            cell(t("Under way"), str(need.outlook.under_way), "number")
            names = t.row(person.name for person in one.invite)
            named(cell(t("To invite now"), names or "–"), f"{name}.invite")
