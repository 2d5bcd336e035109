"""The pricing calculator: what the source claims, which answer was used, and where it contradicts itself."""

from nicegui import ui

from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import HrmsError, Invalid
from sandbox_hrms.core.pricing import (
    EXAMPLES,
    TIERS,
    WITH_AI,
    WITHOUT_AI,
    Contradiction,
    Deployment,
    Modules,
    Quote,
    Tier,
    quote,
)
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.controls import cell, choice, table_head
from sandbox_hrms.pages.frame import frame
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.pay_panel import pay_style, typed
from sandbox_hrms.pages.show import money, number, signed, tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.HR, "/pricing", _build)


def _build(visit: Visit) -> None:
    pay_style()
    with frame(visit, visit.t("Pricing calculator")):
        note = visit.t(
            "All prices are claims of the source, money a year; none of them is ours, and none is an offer."
        )
        tag("p", note, "source-note")
        with tag("div", "", "columns"):
            with tag("div"):
                _Calculator(visit)
            with tag("div"):
                _claims(visit.t)


class _Calculator:
    """The wish, and what the source says to it."""

    def __init__(self, visit: Visit) -> None:
        t = visit.t
        self._visit = visit
        with tag("section", "", "card"):
            tag("h2", t("What you need"))
            fields = tag("div", "", "pay-form")
        with fields:
            modules = {one.value: t(labels.MODULES[one]) for one in Modules}
            self._modules = choice(t("Modules"), "pricing.modules", modules, self._show)
            self._users = named(
                ui.number(t("Users"), value=10, format="%d", on_change=self._show), "pricing.users"
            )
            self._users.props("outlined dense debounce=300")
            places = {one.value: t(labels.DEPLOYMENT[one]) for one in Deployment}
            self._deployment = choice(t("Deployment"), "pricing.deployment", places, self._show)
        self._result = tag("section", "", "card").props("aria-live=polite")
        self._show()

    def _show(self) -> None:
        t = self._visit.t
        self._result.clear()
        with self._result:
            tag("h2", t("What the source claims"))
            try:
                _result(t, self._quote())
            except HrmsError as refused:
                named(tag("p", t.sentences(*t.refusal(refused)), "is-short"), "pricing.error")

    def _quote(self) -> Quote:
        users = typed(self._users.value)
        if users is None or users != int(users):
            raise Invalid(N_("The number of users is missing."), N_("Type a whole number."))
        return quote(Modules(self._modules.value), int(users), Deployment(self._deployment.value))


def _result(t: Texts, found: Quote) -> None:
    named(tag("p", _band(t, found.tier), "big-sum"), "pricing.band")
    tag("p", _tier_name(t, found.tier))
    basis = t("Used: the band, because it answers for every number of users. Of two bands the higher one counts.")
    named(tag("p", basis, "soft"), "pricing.basis")
    with tag("dl", "", "facts"):
        tag("dt", t("A head and year, by the band"))
        named(tag("dd", _range(t, found.low_per_head, found.high_per_head)), "pricing.per_head")
        tag("dt", t("Worked example for so many users"))
        named(tag("dd", _example(t, found)), "pricing.example")
        tag("dt", t("Deployment"))
        where = t("{place}: the source names no price for deployment; nothing is added.")
        told = where.format(place=t(labels.DEPLOYMENT[found.deployment]))
        named(tag("dd", told), "pricing.deployment_price")
        for other in found.other_tiers:
            tag("dt", t("Another band of the source"))
            tag("dd", t("{band} ({name})").format(band=_band(t, other), name=_tier_name(t, other)))
    tag("h3", t("Where the source contradicts itself here"))
    with tag("ul", "", "bullets"):
        for one in found.contradictions:
            named(tag("li", _contradiction(t, one)), f"pricing.contradiction[{one}]")


def _example(t: Texts, found: Quote) -> str:
    if found.example is None:
        return t("none; the source has examples for 10, 50 and 100 users only")
    text = t("{users} × {per_head} = {total}").format(
        users=number(t, found.example.users),
        per_head=money(t, found.example.per_head),
        total=money(t, found.example.total),
    )
    inside = t("inside the band")
    outside = t("outside the band by {money}")
    where = inside if found.outside is None else outside.format(money=signed(t, found.outside))
    return t("{first}; {second}").format(first=text, second=where)


def _claims(t: Texts) -> None:
    with tag("section", "", "card"):
        tag("h2", t("The bands of the source"))
        with tag("table", "", "table"):
            table_head(t("Modules"), t("Users"), t("A year"), numbers=(t("A year"),))
            with tag("tbody"):
                for tier in TIERS:
                    with tag("tr"):
                        cell(t("Modules"), t(labels.MODULES[tier.modules]))
                        cell(t("Users"), _users(t, tier))
                        cell(t("A year"), _band(t, tier), "number")
        tag("h2", t("Its worked examples"))
        with tag("table", "", "table"):
            table_head(t("Users"), t("A head"), t("Together"), numbers=(t("A head"), t("Together")))
            with tag("tbody"):
                for one in EXAMPLES:
                    with tag("tr"):
                        cell(t("Users"), str(one.users))
                        cell(t("A head"), money(t, one.per_head), "number")
                        cell(t("Together"), money(t, one.total), "number")
        more = t("Another one: {without} a year without AI, {with_ai} with it; the source calls that +300 %.")
        tag("p", more.format(without=money(t, WITHOUT_AI), with_ai=money(t, WITH_AI)), "small")
    with tag("section", "", "card"):
        tag("h2", t("All contradictions"))
        with tag("ul", "", "bullets"):
            for code in Contradiction:
                tag("li", _contradiction(t, code))


def _contradiction(t: Texts, one: Contradiction) -> str:
    return t(labels.CONTRADICTION[one])


def _band(t: Texts, tier: Tier) -> str:
    return _range(t, tier.low, tier.high)


def _range(t: Texts, low: float, high: float | None) -> str:
    if high is None:
        return t("{low} and more").format(low=money(t, low))
    return f"{money(t, low)} – {money(t, high)}"


def _users(t: Texts, tier: Tier) -> str:
    if tier.users_to is None:
        return t("above {users}").format(users=tier.users_from)
    if tier.users_from == 1:
        return t("up to {users}").format(users=tier.users_to)
    return f"{tier.users_from}–{tier.users_to}"


def _tier_name(t: Texts, tier: Tier) -> str:
    return t("{modules}, {users} users").format(modules=t(labels.MODULES[tier.modules]), users=_users(t, tier))
