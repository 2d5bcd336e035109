"""A template: the sample data of one profile, language and seed, made once and cloned often."""

import random as chance
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from sandbox_hrms.app import library
from sandbox_hrms.app.banks import chosen
from sandbox_hrms.app.case import Case, case_of
from sandbox_hrms.app.first_rows import write_grades, write_release_notes
from sandbox_hrms.core.carrying import corrected_version
from sandbox_hrms.core.datasets import Applicants, Dataset
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.profiles import Policy
from sandbox_hrms.core.roles import FORM_ROLES, Role
from sandbox_hrms.core.states import Event, Interview, Placement, Saved, Synced
from sandbox_hrms.core.texts import N_
from sandbox_hrms.scorers.lexical import LexicalScorer
from sandbox_hrms.store import Store
from sandbox_hrms.tables.frame import SandboxRow
from sandbox_hrms.tables.hiring import RequisitionRow
from sandbox_hrms.tables.interviews import AnswerRow, InterviewRow, ScoreRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, EmployeeRow, PostRow, StaffRow
from sandbox_hrms.tables.resumes import RequirementRow
from sandbox_hrms.tables.sync import InboxRow, OrgCaseRow

LANGS = ("zh_CN", "en")
_EXPECTED = 9_000
_AS_IN_THE_SOURCES = 2
_LONGEST_AGO = 120
"""Days; whose data is to be due for deletion has ``days_ago`` in the dataset."""
_LOCALES = {"zh_CN": "zh_CN", "en": "en_US"}


def write_template(file: Path, profile: str, lang: str, dataset: str, random: int, day: date) -> None:  # noqa: PLR0913, PLR0917  # what tells one template from another
    """Write the sample data into a new file and put it in place when it is whole.

    Args:
        file: Where.
        profile: Kind of HR system.
        lang: Language of the people and posts.
        dataset: Which sample data.
        random: The same number gives the same people.
        day: The last day of the sample data; the dataset says the time of day.

    Raises:
        NotFound: No such profile or dataset.
        Invalid: The language is unknown.
    """
    if lang not in LANGS:
        raise Invalid(N_("There is no language {lang}."), N_("Known languages: zh_CN, en."), lang=lang)
    policy = library.profile(profile).policy
    source = library.dataset(dataset)
    source = source.model_copy(update={"reference": datetime.combine(day, source.reference.timetz())})
    fresh = file.with_suffix(".new")
    for leftover in file.parent.glob(f"{fresh.name}*"):
        leftover.unlink()
    store = Store(fresh)
    try:
        with store.write() as session:
            session.add(
                SandboxRow(
                    profile=profile,
                    lang=lang,
                    dataset=dataset,
                    random=random,
                    digest=digest_of(profile, dataset, day),
                    scenario_candidate="c1",
                )
            )
            _Seeder(session, source, lang, random, policy).write()
            write_grades(session, lang)
            write_release_notes(session, library.profile(profile), library.notice(profile, lang), source.reference)
    finally:
        store.close()
    for leftover in file.parent.glob(f"{file.name}-*"):
        leftover.unlink()
    fresh.replace(file)


def digest_of(profile: str, dataset: str, day: date) -> str:
    """Return what a template is made of besides its seed; a template of another one is made anew."""
    return f"{library.digest(profile, dataset)}@{day.isoformat()}"


class _Seeder:
    """Fills one template; every choice comes from the seed, every time from the dataset and the day."""

    def __init__(self, session: Session, source: Dataset, lang: str, random: int, policy: Policy) -> None:
        from faker import Faker

        self.session = session
        self.source = source
        self.lang = lang
        self.random = random
        self.policy = policy
        self.pick = chance.Random(random)  # noqa: S311  # sample data, no secret
        self.fake = Faker(_LOCALES[lang])
        self.fake.seed_instance(random)
        self.names: set[str] = set()
        self.people = 0

    def write(self) -> None:
        self._organisation()
        for group in self.source.people:
            for _ in range(group.count):
                self.people += 1
                self._candidate(group)

    def _organisation(self) -> None:
        for department in self.source.departments:
            self.session.add(DepartmentRow(id=department.id, name=department.name.within(self.lang)))
        self.session.flush()
        for post in self.source.posts:
            title = post.title.within(self.lang)
            self.session.add(
                PostRow(
                    id=post.id,
                    title=title,
                    department=post.department,
                    headcount=post.headcount,
                    family=post.family,
                    priority=post.priority,
                    rounds=post.rounds,
                )
            )
        self.session.flush()
        for post in self.source.posts:
            self.session.add(RequirementRow(post=post.id, wanted=post.requirements.model_dump(mode="json")))
        for post in self.source.posts:
            if post.headcount > post.in_post:
                closed = post.id in self.source.closed
                self.session.add(
                    RequisitionRow(
                        id=f"r-{post.id}",
                        post=post.id,
                        openings=post.headcount - post.in_post,
                        status="closed" if closed else "open",
                        opened_at=self.source.reference,
                        closed_at=self.source.reference if closed else None,
                    )
                )
        for post in self.source.posts:
            for number in range(1, post.in_post + 1):
                since = self.source.reference - timedelta(days=self.pick.randint(90, 3000))
                name = self._name()
                self.session.add(EmployeeRow(id=f"e-{post.id}-{number}", name=name, post=post.id, since=since))
        for role in FORM_ROLES:
            own = self.source.posts[0].department if role is Role.HEAD else None
            self.session.add(StaffRow(role=role, name=self._name(), department=own))

    def _candidate(self, group: Applicants) -> None:
        candidate = f"c{self.people}"
        days = min(self.people - 1, _LONGEST_AGO) if group.days_ago is None else group.days_ago
        applied = self.source.reference - timedelta(days=days, minutes=self.pick.randint(0, 600))
        self.session.add(
            CandidateRow(
                id=candidate,
                name=self._name(),
                email=self.fake.ascii_safe_email(),
                phone=self.fake.phone_number(),
                source=self.pick.choice(self.source.sources.within(self.lang)),
                post=group.post,
                placement=Placement.NONE,
                applied_at=applied,
                resume=self._resume(),
                expected_pay=_expected_pay(self.random, self.people),
            )
        )
        self.session.flush()
        if group.status is not None:
            self._interview(candidate, group, applied + timedelta(hours=6))
            self._org_case(candidate, group, applied)

    def _interview(self, candidate: str, group: Applicants, at: datetime) -> None:
        interview = f"i{self.people}"
        row = new_interview(interview, candidate, self.source, self.lang, post=group.post, seed=self.random)
        self.session.add(row)
        self.session.flush()
        if group.status == Interview.INVITED:
            return
        case = case_of(self.session, row.id)
        case.move(Event.BEGIN, self.policy, at)
        asked = chosen(self.source, group.post, self.random, interview)
        for question, wording in zip(asked, group.answers, strict=False):
            at += timedelta(minutes=2, seconds=self.pick.randint(0, 59))
            text = question.answered(wording).within(self.lang)
            self._answer(case, question.id, text, at)
        if not self.policy.save.automatic:
            case.move(Event.SAVE, self.policy, at)
        if group.status == Interview.IN_PROGRESS:
            if self.policy.save.progress_button:
                case.move(Event.SAVE_PROGRESS, self.policy, at)
            return
        case.move(Event.END, self.policy, at + timedelta(minutes=1))
        if group.status == Interview.TO_REVIEW:
            self._result(case, group.post, at + timedelta(minutes=1))

    def _answer(self, case: Case, question: str, text: str, at: datetime) -> None:
        case.move(Event.ANSWER, self.policy, at)
        sitting = case.sittings[-1]
        sitting.device_check = "done"
        row = AnswerRow(sitting=sitting.id, question=question, text=text, late=False, submitted_at=at)
        case.answers[question] = row
        self.session.add(row)

    def _result(self, case: Case, post: str, at: datetime) -> None:
        answers = {one: row.text for one, row in case.answers.items()}
        score = LexicalScorer().score(case.rubric, case.questions, answers)
        interview = case.interview.id
        self.session.add(ScoreRow(interview=interview, score=score.model_dump(mode="json"), scored_at=at))
        self.session.add(InboxRow(key=f"{interview}/1/result", interview=interview, post=post, received_at=at))
        case.move(Event.CARRIED, self.policy, at)

    def _org_case(self, candidate: str, group: Applicants, at: datetime) -> None:
        """Let the org chart know what is true, or believe what the group says, where the system has one."""
        if group.status in {None, Interview.INVITED} or not self.policy.sync.org_chart:
            return
        self.session.add(
            OrgCaseRow(
                interview=f"i{self.people}",
                candidate=candidate,
                post=group.post,
                status=group.believed or group.status,
                placement=Placement.NONE,
                version=corrected_version(1, finished=group.status == Interview.TO_REVIEW),
                updated_at=at,
            )
        )

    def _name(self) -> str:
        """Return a name that nobody else in this sandbox has."""
        while (name := self._any_name()) in self.names:
            pass
        self.names.add(name)
        return name

    def _any_name(self) -> str:
        first, last = self.fake.first_name(), self.fake.last_name()
        return f"{last}{first}" if self.lang == "zh_CN" else f"{first} {last}"

    def _resume(self) -> dict[str, object]:
        parts, year = self.source.resume, self.source.reference.year
        years = self.pick.randint(2, 12)
        turn = year - self.pick.randint(1, years)
        titles = self.pick.sample(parts.jobs.within(self.lang), 2)
        spans = (f"{turn}-{year}", f"{year - years}-{turn}")
        return {
            "headline": self.pick.choice(parts.headline.within(self.lang)).format(years=years),
            "summary": self.pick.choice(parts.summary.within(self.lang)),
            "jobs": [
                {"title": title, "company": self.fake.company(), "years": span}
                for title, span in zip(titles, spans, strict=True)
            ],
            "skills": self.pick.sample(parts.skills.within(self.lang), 4),
            "education": self.pick.choice(parts.education.within(self.lang)),
        }


def _expected_pay(seed: int, number: int) -> int:
    """Return what a candidate wants a month: 9,000 for the first two, as in the sources; the others draw lots.

    The lots are of their own, so that they change nobody's name.
    """
    if number <= _AS_IN_THE_SOURCES:
        return _EXPECTED
    return 500 * chance.Random(f"pay/{seed}/{number}").randint(8, 22)  # noqa: S311  # sample data, no secret


def new_interview(  # noqa: PLR0913  # what one interview is made of
    interview_id: str,
    candidate: str,
    source: Dataset,
    lang: str,
    *,
    post: str,
    seed: int,
    family: str | None = None,
) -> InterviewRow:
    """Return a fresh invitation with rubric and questions copied in.

    Args:
        interview_id: Its id; with ``seed`` it decides which questions of a bank are asked.
        candidate: Whose interview it is.
        source: The sample data, which may have questions of its own.
        lang: The language of the sandbox.
        post: Id of the post; its family has a bank of questions.
        seed: The sandbox's seed.
        family: The post's; None for what the sample data says about the post.
    """
    questions = chosen(source, post, seed, interview_id, family)
    asking = {"follow_ups": source.follow_ups, "manner": source.manner}
    rubric = library.rubric(source.rubric).within(lang).model_copy(update=asking)
    return InterviewRow(
        id=interview_id,
        candidate=candidate,
        status=Interview.INVITED,
        saved=Saved.UNSAVED,
        synced=Synced.NOT_DUE,
        rubric=rubric.model_dump(mode="json"),
        questions=[one.within(lang, number).model_dump(mode="json") for number, one in enumerate(questions, 1)],
    )
