"""Which questions an interview asks: the dataset's own, or some of the bank of the post's family."""

import random as chance
from zlib import crc32

from sandbox_hrms.app import library
from sandbox_hrms.core.datasets import Bank, Dataset, QuestionSource

_KINDS = (("structured", 3), ("situational", 1))


def chosen(
    source: Dataset, post: str, seed: int, interview: str, family: str | None = None
) -> tuple[QuestionSource, ...]:
    """Return the questions of one interview; the same seed and interview give the same ones.

    Args:
        source: The sample data, which may have questions of its own.
        post: Id of the post.
        seed: The sandbox's seed.
        interview: Id of the interview.
        family: The post's, where HR may have added the post; None for what the sample data says.

    Raises:
        NotFound: The post's family has no bank.
    """
    if source.questions:
        return source.questions
    family = family or next(one.family for one in source.posts if one.id == post)
    return draw(library.bank(family), crc32(f"{seed}/{interview}".encode()))


def draw(bank: Bank, seed: int) -> tuple[QuestionSource, ...]:
    """Take 3 structured questions and a situation from a bank."""
    pick = chance.Random(seed)  # noqa: S311  # which questions, no secret
    return tuple(
        question
        for kind, count in _KINDS
        for question in pick.sample([one for one in bank.questions if one.kind == kind], count)
    )
