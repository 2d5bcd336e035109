"""A walk past every page of the practice HR system and the states that matter, for whoever wants to look."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox_hrms.app import library
from sandbox_hrms.core.roles import FORM_ROLES, Role
from sandbox_hrms.pages.nav import ENTRIES
from tests.ui.hrms.people import Person, Sandbox

PROFILES = ("web", "app", "integrated", "cloud", "local", "suite")
BY_HAND = ("cloud", "local")
"""Systems where only a saved record counts."""

NOBODY = "zzz"
REFUSED_ENDING = {"disk_full": "disk_full", "db_locked": "db_locked", "blocked_close": "close_blocked"}
REFUSED_SAVING = {"disk_full": "disk_full", "db_locked": "db_locked"}
TOLD_AT_ONCE = {"offline": "cloud", "frozen": "frozen", "disconnected": "offline"}
"""Faults and their banners: seen when the end or a saved record is refused, or at once."""


def skins() -> list[str]:
    """Return every skin and version that no tour of a whole system sees."""
    seen = {library.profile(one).reference for one in PROFILES}
    return sorted({library.profile(one).reference for one in library.profile_names()} - seen)


class Tour:
    """Somebody who walks through one sandbox, role after role, and has each page looked at.

    Args:
        page: Of a browser where nobody is signed in.
        sandbox: A new one.
        profile: Its kind of HR system, with or without a version.
        look: Is given each page when it is ready, and what it is called.
    """

    def __init__(self, page: Page, sandbox: Sandbox, profile: str, look: Callable[[Page, str], None]) -> None:
        self.person = Person(page)
        self.page = page
        self.sandbox = sandbox
        self.profile = profile.partition("@")[0]
        self._look = look
        page.on("dialog", lambda dialog: dialog.accept())

    def look(self, place: str) -> None:
        """Have the present page looked at."""
        self._look(self.page, place)

    def go(self, path: str) -> None:
        """Open a page of the sandbox."""
        self.person.open(self.sandbox.url(path))

    def pages(self) -> None:
        """See every page of every role; the candidate goes half-way through the interview first."""
        self.room()
        for role in (Role.CANDIDATE, Role.HR, Role.HEAD, Role.ADMIN):
            self.places(role)
            if role is Role.HR:
                self.files()

    def skin(self) -> None:
        """See what a skin changes: sign-in, room and way out, navigation and first page."""
        self.go("/hr/")
        self.look("hr/sign-in")
        self.begin()
        self.press_end()
        self.person["dialog.cancel"].wait_for()
        self.look("candidate/end-dialog")
        self.person.open(self.sandbox.link("hr"))
        self.look("hr/")

    # -- the candidate ------------------------------------------------------------------------------------

    def room(self) -> None:
        """See the interview from the invitation to the end, with a break half-way."""
        self.begin()
        self._half_way()
        self._to_the_end()

    def begin(self) -> None:
        """See everything up to the first question, and type an answer to it."""
        person = self.person
        person.open(self.sandbox.link("candidate"))
        self.look("candidate/start")
        person["home.start"].click()
        person["consent.agree"].check()
        self.look("candidate/notice")
        person["consent.begin"].click()
        expect(person["device.skip"]).to_be_visible()
        self.look("candidate/device")
        person["device.skip"].click()
        expect(person["interview.answer"]).to_be_editable()
        person["interview.answer"].fill(self.sandbox.questions[0]["sample"])
        self.look("candidate/question")

    def _half_way(self) -> None:
        """See what is not saved, the question before the end, and the prompt of somebody who comes back."""
        person = self.person
        person["interview.submit"].click()
        expect(person["interview.progress"]).to_have_text("2/4")
        person["interview.answer"].fill(self.sandbox.questions[1]["sample"][:40])
        if self.profile in BY_HAND:
            expect(person["record.mark"]).to_have_attribute("data-state", "unsaved")
            self.look("candidate/unsaved")
        else:
            expect(person["interview.saved_state"]).to_have_attribute("data-state", "saved")
        self.press_end()
        person["dialog.cancel"].wait_for()
        self.look("candidate/end-dialog")
        person["dialog.cancel"].click()
        expect(person["dialog.text"]).to_have_count(0)
        if self.profile == "local":
            person["record.save"].click()
            expect(person["record.refusal"]).to_be_visible()
            self.look("candidate/save-refused")
            self._save()
        self.go("/candidate/")
        self.look("candidate/half-way")
        person["home.start"].click()
        going_on = person["resume.continue"].or_(person["resume.save_device"]).first
        expect(going_on).to_be_visible()
        self.look("candidate/resume")
        going_on.click()
        expect(person["interview.answer"]).to_be_editable()

    def _to_the_end(self) -> None:
        """See the room when all is answered, and what stands there when it is over."""
        person = self.person
        person.answer(self.sandbox, range(1, 4))
        self.look("candidate/all-answered")
        self._end()
        self.look("candidate/done")

    def _end(self) -> None:
        if self.profile == "local":
            self._save()
        self.press_end()
        self.person["dialog.confirm"].click()
        over = self.person["home.interview_status"].or_(self.person["record.quit"])
        expect(over.first).to_be_visible()

    def press_end(self) -> None:
        """Press the button that ends the interview, wherever this system has it."""
        if self.person["interview.more"].count():
            self.person["interview.more"].click()
        self.person["record.close"].or_(self.person["interview.end"]).click()

    def _save(self) -> None:
        self._press_save()
        expect(self.person["record.mark"]).to_have_attribute("data-state", "saved")

    def _press_save(self) -> None:
        """Press the button that saves the record; the interviewer's part is filled in first where there is one."""
        for rating in self.page.locator('select[data-testid^="record.rating["]').all():
            rating.select_option("4")
        if self.person["record.remarks"].count():
            self.person["record.remarks"].fill("Calm, to the point.")
        self.person["record.save"].click()

    # -- everybody ----------------------------------------------------------------------------------------

    def places(self, role: Role) -> None:
        """See every place of a role's navigation."""
        self.person.open(self.sandbox.link(role))
        paths = [entry.path_for(role) for entry in ENTRIES if role in entry.roles]
        if role is Role.CANDIDATE and self.profile == "app":
            paths.append("/me")
        for path in paths:
            self.go(f"/{role}{path}")
            self.look(f"{role}{path}")

    def files(self) -> None:
        """See two candidates' files, the review of a finished interview, grade tables, rubric and a question."""
        places = (
            "/candidates/c1",
            "/candidates/c2",
            "/interviews/i2",
            "/payroll/grades",
            "/rubric",
            "/questions/q1",
        )
        for path in places:
            self.go(f"/hr{path}")
            self.look(f"hr{path}")

    # -- states that matter -------------------------------------------------------------------------------

    def states(self) -> None:
        """See what stands before the system, empty lists, open forms and questions, refusals, and trouble."""
        self._signing_in()
        self._lists()
        self._forms()
        self._administrator()
        self._looker()
        self._troubles()

    def _signing_in(self) -> None:
        """See the form of each role, what a wrong password gets, and the second step where there is one."""
        person = self.person
        for role in FORM_ROLES:
            self.go(f"/{role}/")
            self.look(f"{role}/sign-in")
        found = re.search(r"[0-9a-f]{8}", self.page.locator(".practice-note").inner_text())
        assert found
        for password in ("wrong", found[0]):
            person["sign_in.name"].fill("admin")
            person["sign_in.password"].fill(password)
            person["sign_in.submit"].click()
            if password == "wrong":
                expect(person["sign_in.error"]).to_be_visible()
                self.look("admin/sign-in-refused")
        expect(person["sign_in.submit"]).to_have_count(0)
        if person["sign_in.code"].count():
            self.look("admin/second-step")

    def _lists(self) -> None:
        person = self.person
        person.open(self.sandbox.link("hr"))
        for path, search, empty in (
            ("/", "candidates.search", "candidates.empty"),
            ("/requisitions", "requisitions.search", "requisitions.empty"),
            ("/org", "org.search", "org.empty"),
        ):
            self.go(f"/hr{path}")
            person[search].fill(NOBODY)
            expect(person[empty]).to_be_visible()
            self.look(f"hr{path}?empty")
        self.go("/hr/")
        if person["nav.menu"].is_visible():
            person["nav.menu"].click()
            self.look("hr/?menu")
        self.go("/hr/candidates/nobody")
        self.look("hr/candidates/nobody")

    def _forms(self) -> None:
        person = self.person
        self.go("/hr/org")
        person["org.department[d1]"].click()
        person["org.post[p1]"].click()
        expect(person["org.post[p1].save"]).to_be_visible()
        self.look("hr/org?open")
        self.go("/hr/requisitions")
        person["requisitions.row[p1].change"].click()
        expect(person["requisitions.row[p1].save"]).to_be_visible()
        self.look("hr/requisitions?change")
        self.go("/hr/payroll/grades")
        person["grades.edit"].click()
        person["grades.row[2].floor"].fill("5")
        person["grades.save"].click()
        expect(person["grades.error"]).not_to_be_empty()
        self.look("hr/payroll/grades?refused")
        self.go("/hr/pricing")
        person["pricing.modules"].click()
        person["pricing.modules.option[video]"].click()
        person["pricing.users"].fill("100")
        expect(person["pricing.contradiction[enterprise_example]"]).to_be_visible()
        self.look("hr/pricing?contradictions")
        self.go("/hr/interviews/i2")
        person["decision.reason"].fill("Clear, quick answers.")
        person["decision.pass"].click()
        expect(person["review.status"]).to_have_attribute("data-state", "passed")
        self.look("hr/interviews/i2?passed")
        self.go("/hr/candidates/c2")
        person["pay.offer"].click()
        person["pay.accept"].click()
        expect(person["decision.place"].or_(person["decision.onboard"])).to_be_visible()
        self.look("hr/candidates/c2?accepted")
        self.go("/hr/payroll")
        self.look("hr/payroll?one")
        self._resumes()

    def _resumes(self) -> None:
        person = self.person
        self.go("/hr/resumes")
        person["resumes.add_samples"].click()
        person["resumes.match"].click()
        expect(self.page.locator('[data-testid$=".score"]').first).to_be_visible(timeout=60_000)
        self.page.locator('[data-testid$=".reasons"] summary').first.click()
        self.look("hr/resumes?ranked")

    def _administrator(self) -> None:
        person = self.person
        person.open(self.sandbox.link("admin"))
        self.go("/admin/backups")
        person["backups.make"].click()
        restore = self.page.locator('[data-testid^="backups.restore["]')
        expect(restore).to_have_count(1)
        self.look("admin/backups?one")
        restore.click()
        expect(person["dialog.confirm"]).to_be_visible()
        self.look("admin/backups?question")
        person["dialog.cancel"].click()
        self.go("/admin/privacy")
        person["privacy.row[c24].delete"].click()
        expect(person["dialog.confirm"]).to_be_visible()
        self.look("admin/privacy?question")

    def _looker(self) -> None:
        self.person.open(self.sandbox.link("hr", read_only=True))
        self.look("hr/?read-only")

    def _troubles(self) -> None:
        """See every fault: what is refused, what is told at once, a crash, a hanging sync, a lost record."""
        person = self.person
        person.start(self.sandbox)
        person.answer(self.sandbox, range(4))
        if self.profile in BY_HAND:
            self._refused_saving()
        else:
            self._refused_ending()
        for name, banner in TOLD_AT_ONCE.items():
            self._fault(name)
            expect(person[f"banner.{banner}"]).to_be_visible()
            self.look(f"candidate/{name}")
            self._cure(name)
            expect(person[f"banner.{banner}"]).to_be_hidden()
        self._gone_for_a_while("disconnected", "disconnected", "candidate/away")
        self._gone_for_a_while("crash", "maintenance", "candidate/crash")
        self._after_the_end()

    def _refused_ending(self) -> None:
        for name, banner in REFUSED_ENDING.items():
            self._fault(name)
            self.press_end()
            self.person["dialog.confirm"].click()
            expect(self.person[f"banner.{banner}"]).to_be_visible()
            self.look(f"candidate/{name}")
            self._cure(name)
            self._back_in_the_room()

    def _refused_saving(self) -> None:
        for name, banner in REFUSED_SAVING.items():
            self._fault(name)
            self._press_save()
            expect(self.person[f"banner.{banner}"]).to_be_visible()
            self.look(f"candidate/{name}")
            self._cure(name)
            expect(self.person[f"banner.{banner}"]).to_be_hidden()
        self._save()

    def _gone_for_a_while(self, name: str, banner: str, place: str) -> None:
        """See the page that stands there while the system cannot be reached, and come back to the room."""
        self._fault(name)
        expect(self.person["banner.offline"].or_(self.person[f"banner.{banner}"]).first).to_be_visible()
        self.page.reload()
        expect(self.person[f"banner.{banner}"]).to_be_visible()
        self.look(place)
        self._cure(name)
        expect(self.person[f"banner.{banner}"]).to_have_count(0)
        self._back_in_the_room()

    def _after_the_end(self) -> None:
        """See a result that hangs on its way, and what is left of a record that is lost."""
        self._fault("stuck_sync")
        self._end()
        self.person.open(self.sandbox.link("hr"))
        self.go("/hr/sync")
        self.look("hr/sync?stuck")
        self._cure("stuck_sync")
        if self.person["sync.resync_all"].is_enabled():
            self.person["sync.resync_all"].click()
        expect(self.person["sync.resync_all"]).to_be_disabled()
        self._fault("lost_record")
        for path in ("/", "/check", f"/candidates/{self.sandbox.candidate}"):
            self.go(f"/hr{path}")
            self.look(f"hr{path}?lost-record")
        self.person.open(self.sandbox.link("candidate"))
        self.look("candidate/lost_record")

    def _back_in_the_room(self) -> None:
        person = self.person
        self.go("/candidate/interview")
        prompt, end = person["resume.continue"], person["interview.all_answered"]
        expect(prompt.or_(end).first).to_be_visible()
        if prompt.is_visible():
            prompt.click()
        expect(end).to_be_visible()

    def _fault(self, name: str) -> None:
        order = {"fault": name, "seconds": None}
        control = self.sandbox.server.control
        control.post(f"/sandboxes/{self.sandbox.id}/faults", json=order).raise_for_status()

    def _cure(self, name: str) -> None:
        self.sandbox.server.control.delete(f"/sandboxes/{self.sandbox.id}/faults/{name}").raise_for_status()
