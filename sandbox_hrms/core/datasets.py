"""Sample data as data: departments, posts, who applied, and the questions with good and bad answers."""

from datetime import datetime
from itertools import product
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox_hrms.core.rubric import LEVEL_POINTS, Competency, KeyPoint, Level, Manner, Question, Rubric, TopNeed
from sandbox_hrms.core.states import Interview

Lang = Literal["en", "zh_CN"]
Wording = Literal["sample", "fair", "weak"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Told(_Strict):
    """One text in both languages."""

    en: str
    zh: Annotated[str, Field(alias="zh_CN")]

    def within(self, lang: str) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh_CN" else self.en


class ToldList(_Strict):
    """The same list of texts in both languages."""

    en: Annotated[tuple[str, ...], Field(min_length=1)]
    zh: Annotated[tuple[str, ...], Field(min_length=1, alias="zh_CN")]

    def within(self, lang: str) -> tuple[str, ...]:
        """Return the texts in ``lang``."""
        return self.zh if lang == "zh_CN" else self.en


class Department(_Strict):
    """A department."""

    id: str
    name: Told


Education = Literal["none", "school", "diploma", "bachelor", "master", "doctor"]
"""Levels of education, the lowest first."""


class Skill(_Strict):
    """One skill that a post may ask for, with the words by which a résumé of either language names it."""

    code: str
    title: Told
    words: ToldList


class Skills(_Strict):
    """All skills that posts of any family ask for."""

    skills: Annotated[tuple[Skill, ...], Field(min_length=1)]


class Requirements(_Strict):
    """What a post asks of its people.

    Attributes:
        required: Codes of skills that it needs.
        nice: Codes of skills that are welcome.
        years: Years of work.
        education: The lowest level of education.
    """

    required: tuple[str, ...] = ()
    nice: tuple[str, ...] = ()
    years: Annotated[int, Field(ge=0, le=40)] = 0
    education: Education = "none"


class Post(_Strict):
    """A kind of post: how many are planned, how many are filled, its family of work and what it asks for.

    Attributes:
        priority: 1 is filled first.
        rounds: How many interviews have to be passed.
    """

    id: str
    department: str
    headcount: Annotated[int, Field(ge=1)]
    in_post: Annotated[int, Field(ge=0)]
    title: Told
    family: str = "sales"
    priority: Annotated[int, Field(ge=1, le=5)] = 2
    rounds: Annotated[int, Field(ge=1, le=3)] = 1
    requirements: Requirements = Requirements()


class Applicants(_Strict):
    """A group of applicants in the same situation.

    Attributes:
        answers: The wording for each question in turn.
        believed: What the org chart believes of their interviews, where it is wrong; a system without one
            believes nothing.
        days_ago: When they applied; one a day, back from the reference day, when nothing is said.
    """

    post: str
    count: Annotated[int, Field(ge=1)]
    status: Interview | None = None
    answers: tuple[Wording, ...] = ()
    days_ago: Annotated[int, Field(ge=0)] | None = None
    believed: Interview | None = None


class ResumeParts(_Strict):
    """What résumés are put together from."""

    headline: ToldList
    summary: ToldList
    jobs: ToldList
    skills: ToldList
    education: ToldList


class PointSource(ToldList):
    """A key point with its wordings in both languages."""

    id: str
    competency: str


class QuestionSource(_Strict):
    """A question in both languages with answers of three qualities."""

    id: str
    kind: Literal["structured", "situational"]
    think_seconds: Annotated[int, Field(ge=0)]
    answer_seconds: Annotated[int, Field(ge=1)]
    text: Told
    key_points: tuple[PointSource, ...]
    answers: dict[Wording, Told]

    def answered(self, wording: Wording) -> Told:
        """Return an answer of that quality, or the sample answer where there is no such one."""
        return self.answers.get(wording, self.answers["sample"])

    def within(self, lang: str, number: int) -> Question:
        """Return the question in one language."""
        return Question(
            id=self.id,
            number=number,
            kind=self.kind,
            text=self.text.within(lang),
            sample=self.answers["sample"].within(lang),
            think_seconds=self.think_seconds,
            answer_seconds=self.answer_seconds,
            key_points=tuple(
                KeyPoint(id=one.id, competency=one.competency, says=one.within(lang)) for one in self.key_points
            ),
        )


class Bank(_Strict):
    """The questions of one family of posts; an interview takes some of them.

    Attributes:
        about: What is particular to work of this kind.
        fields: What people of this kind are measured and paid by.
    """

    id: str
    version: Annotated[int, Field(ge=1)]
    title: Told
    about: Told
    fields: ToldList
    questions: Annotated[tuple[QuestionSource, ...], Field(min_length=12)]

    @model_validator(mode="after")
    def _fits(self) -> "Bank":
        ids = [one.id for one in self.questions]
        points = [point.id for one in self.questions for point in one.key_points]
        for what, names in (("question", ids), ("key point", points)):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"more than one {what} is called {', '.join(twice)}")
        for one in self.questions:
            if "sample" not in one.answers or not one.key_points:
                raise ValueError(f"{one.id} needs a sample answer and key points")
        return self


class Dataset(_Strict):
    """Everything a new sandbox holds; the first group of people is the scenario's candidate.

    Without ``questions`` of its own it takes them from the bank of each post's family.

    Attributes:
        closed: Posts whose requisition has closed by itself although openings are left.
        follow_ups: At most so many times the interviewer asks back in one interview.
        manner: In which manner.
    """

    id: str
    reference: Annotated[datetime, Field(strict=False)]
    rubric: str
    departments: tuple[Department, ...]
    posts: tuple[Post, ...]
    people: Annotated[tuple[Applicants, ...], Field(min_length=1)]
    sources: ToldList
    resume: ResumeParts
    questions: tuple[QuestionSource, ...] = ()
    closed: tuple[str, ...] = ()
    follow_ups: Annotated[int, Field(ge=0, le=2)] = 0
    manner: Manner = "neutral"

    def questions_in(self, lang: str) -> tuple[Question, ...]:
        """Return all questions of its own in one language, numbered from 1."""
        return tuple(one.within(lang, number) for number, one in enumerate(self.questions, start=1))


class Role(_Strict):
    """What people do, in every department of a grid."""

    family: str
    title: Told


class Grown(_Strict):
    """A dataset made large: each function in each area is a department, and has each level of each role as a post.

    Attributes:
        base: Id of the dataset that it starts from; people and questions are those.
    """

    id: str
    base: str
    areas: Annotated[tuple[Told, ...], Field(min_length=1)]
    functions: Annotated[tuple[Told, ...], Field(min_length=1)]
    levels: Annotated[tuple[Told, ...], Field(min_length=1)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]

    def over(self, base: Dataset) -> Dataset:
        """Return the base with the grid added; every third post wants one more person."""
        departments, posts = list(base.departments), list(base.posts)
        for area, function in product(self.areas, self.functions):
            name = _told(f"{function.en} {area.en}", f"{area.zh}{function.zh}")
            department = Department(id=f"d{len(departments) + 1}", name=name)
            departments.append(department)
            for level, role in product(self.levels, self.roles):
                number = len(posts) + 1
                headcount = 1 + number % 3
                posts.append(
                    Post(
                        id=f"p{number}",
                        department=department.id,
                        headcount=headcount,
                        in_post=headcount - (number % 3 == 0),
                        title=_told(f"{level.en} {role.title.en}", f"{level.zh}{role.title.zh}"),
                        family=role.family,
                        priority=1 + number % 5,
                    )
                )
        return base.model_copy(update={"id": self.id, "departments": tuple(departments), "posts": tuple(posts)})


class Situation(_Strict):
    """A dataset in another situation: the same organisation and questions, other applicants.

    Attributes:
        base: Id of the dataset that it starts from.
        people: Who applied; the first one is the scenario's candidate.
        closed, follow_ups, manner: As in a dataset.
    """

    id: str
    base: str
    people: Annotated[tuple[Applicants, ...], Field(min_length=1)]
    closed: tuple[str, ...] = ()
    follow_ups: Annotated[int, Field(ge=0, le=2)] = 0
    manner: Manner = "neutral"

    def over(self, base: Dataset) -> Dataset:
        """Return the base in this situation."""
        own = {name: getattr(self, name) for name in ("id", "people", "closed", "follow_ups", "manner")}
        return base.model_copy(update=own)


def _told(en: str, zh: str) -> Told:
    return Told.model_validate({"en": en, "zh_CN": zh})


class CompetencySource(_Strict):
    """A competency in both languages; one anchor for each level."""

    code: str
    weight: float
    title: Told
    anchors: ToldList
    top_needs: tuple[TopNeed, ...] = ()


class RubricSource(_Strict):
    """A rubric in both languages."""

    id: str
    version: int
    competencies: tuple[CompetencySource, ...]

    def within(self, lang: str) -> Rubric:
        """Return the rubric in one language."""
        return Rubric(
            id=self.id,
            version=self.version,
            competencies=tuple(
                Competency(
                    code=one.code,
                    title=one.title.within(lang),
                    weight=one.weight,
                    levels=tuple(
                        Level(level=level, floor=floor, anchor=anchor)
                        for level, (floor, anchor) in enumerate(
                            zip(LEVEL_POINTS, one.anchors.within(lang), strict=True)
                        )
                    ),
                    top_needs=one.top_needs,
                )
                for one in self.competencies
            ),
        )
