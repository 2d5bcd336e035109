"""The banks of questions, as HR reads them."""

from dataclasses import dataclass

from sandbox_hrms.app import library
from sandbox_hrms.app.rubrics import newest_questions
from sandbox_hrms.app.sandboxes import Named, Sandbox
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.rubric import Question


@dataclass(frozen=True, slots=True)
class BankPage:
    """One bank as HR reads it, in the language of the sandbox.

    Attributes:
        families: All families that have a bank.
        competencies: Title by code, for the key points.
        posts: Titles of this sandbox's posts that belong to the family.
        used: Interviews take their questions from here; otherwise the sample data has questions of its own.
        own: These.
    """

    family: str
    families: tuple[Named, ...]
    title: str
    about: str
    fields: tuple[str, ...]
    posts: tuple[str, ...]
    competencies: dict[str, str]
    questions: tuple[Question, ...]
    used: bool
    own: tuple[Question, ...]


def bank_page(sandbox: Sandbox, actor: Actor, family: str | None = None) -> BankPage:
    """Return the bank of one family to HR; without ``family`` that of the first post.

    Raises:
        Forbidden: The role may not review.
        NotFound: The family has no bank.
    """
    sandbox.admit(actor, Right.REVIEW)
    source, lang = library.dataset(sandbox.seed[0]), sandbox.lang
    bank = library.bank(family or source.posts[0].family)
    return BankPage(
        family=bank.id,
        families=tuple(Named(one, library.bank(one).title.within(lang)) for one in library.bank_ids()),
        title=bank.title.within(lang),
        about=bank.about.within(lang),
        fields=bank.fields.within(lang),
        posts=tuple(one.title.within(lang) for one in source.posts if one.family == bank.id),
        competencies={one.code: one.title.within(lang) for one in library.rubric(source.rubric).competencies},
        questions=newest_questions(sandbox, [one.id for one in bank.questions]),
        used=not source.questions,
        own=newest_questions(sandbox, [one.id for one in source.questions]),
    )
