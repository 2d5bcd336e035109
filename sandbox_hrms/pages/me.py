"""The candidate's own page on a phone: who I am, the rarer places, and the way out of the system."""

from sandbox_hrms.core.roles import Role
from sandbox_hrms.pages.frame import about, frame, sign_out_form
from sandbox_hrms.pages.names import named
from sandbox_hrms.pages.nav import PHONE_BAR, entries_for
from sandbox_hrms.pages.show import tag
from sandbox_hrms.pages.visit import Site, Visit, page


def register(site: Site) -> None:
    """Serve the page."""
    page(site, Role.CANDIDATE, "/me", _build)


def _build(visit: Visit) -> None:
    t = visit.t
    with frame(visit, t("Me"), narrow=True) as actor:
        if actor is None:
            return
        with tag("section", "", "card"):
            tag("p", actor.name, "lead")
            tag("p", visit.sandbox().context.post.title, "soft")
            sign_out_form(visit)
        shown = {one.name for one in PHONE_BAR}
        rest = [one for one in entries_for(actor) if one.name not in shown]
        if rest:
            with tag("section", "", "card links"):
                for place in rest:
                    link = named(tag("a", t(place.text(visit.sandbox().profile.labels))), place.name)
                    link.props["href"] = f"{visit.base}{place.path_for(visit.role)}"
        about(visit)
