"""Sample data as data: departments, posts, who applied, and the questions with good and bad answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox_hrms.core.rubric import Competency, KeyPoint, Level, Question, Rubric
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


class Post(_Strict):
    """A kind of post: how many are planned, how many are filled."""

    id: str
    department: str
    headcount: Annotated[int, Field(ge=1)]
    in_post: Annotated[int, Field(ge=0)]
    title: Told


class Applicants(_Strict):
    """A group of applicants in the same situation; ``answers`` names the wording for each question in turn."""

    post: str
    count: Annotated[int, Field(ge=1)]
    status: Interview | None = None
    answers: tuple[Wording, ...] = ()


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


class Dataset(_Strict):
    """Everything a new sandbox holds; the first group of people is the scenario's candidate."""

    id: str
    reference: Annotated[datetime, Field(strict=False)]
    rubric: str
    departments: tuple[Department, ...]
    posts: tuple[Post, ...]
    people: Annotated[tuple[Applicants, ...], Field(min_length=1)]
    sources: ToldList
    resume: ResumeParts
    questions: Annotated[tuple[QuestionSource, ...], Field(min_length=1)]

    def questions_in(self, lang: str) -> tuple[Question, ...]:
        """Return all questions in one language, numbered from 1."""
        return tuple(one.within(lang, number) for number, one in enumerate(self.questions, start=1))


class CompetencySource(_Strict):
    """A competency in both languages; one anchor for each floor."""

    code: str
    weight: float
    title: Told
    anchors: ToldList


class RubricSource(_Strict):
    """A rubric in both languages."""

    id: str
    version: int
    floors: tuple[float, ...]
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
                            zip(self.floors, one.anchors.within(lang), strict=True)
                        )
                    ),
                )
                for one in self.competencies
            ),
        )
