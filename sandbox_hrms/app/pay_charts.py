"""What the pay of all candidates shows: by where they came from, and by how well their skills match."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from sandbox_hrms.app.payroll import PayCase, pay_case, pay_cases
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.core.payroll import Grade
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.tables.interviews import InterviewRow, ScoreRow
from sandbox_hrms.tables.people import CandidateRow

CLAIMED_PERCENT = -10.0
"""The source claims that referred candidates start 10 per cent lower."""
_REFERRALS = frozenset({"Referral", "内部推荐"})


@dataclass(frozen=True, slots=True)
class SourcePay:
    """The start pay of those who came by one way: all averages are rounded to whole money."""

    source: str
    people: int
    start_pay: int
    expected_pay: int | None


@dataclass(frozen=True, slots=True)
class SkillPoint:
    """One candidate: skill match, the market rate of their grade, and their start pay."""

    name: str
    post_title: str
    skill_match: float
    start_pay: int
    market_pay: int


@dataclass(frozen=True, slots=True)
class PayCharts:
    """Both charts of one sandbox; people without a score are not in them.

    Attributes:
        referral_percent: How much lower (negative) referred people start than the others, in per cent; None when
            there are none of them, or no others.
        family: The family of the steps: that of the scenario's post.
        steps: Its grade table.
        points: The people of that family.
    """

    sources: tuple[SourcePay, ...]
    referral_percent: float | None
    family: str
    steps: tuple[Grade, ...]
    points: tuple[SkillPoint, ...]


def charts(sandbox: Sandbox, actor: Actor) -> PayCharts:
    """Return both charts.

    Raises:
        Forbidden: The role may not see pay.
    """
    sandbox.admit(actor, Right.SEE_PAY)
    return sandbox.known(_charts, sandbox)


def _charts(session: Session, sandbox: Sandbox) -> PayCharts:
    scored = (
        select(CandidateRow)
        .join(InterviewRow, col(InterviewRow.candidate) == CandidateRow.id)
        .join(ScoreRow, col(ScoreRow.interview) == InterviewRow.id)
        .distinct()
    )
    cases = list(pay_cases(sandbox, session, session.exec(scored.order_by(CandidateRow.id)).all()))
    own = pay_case(sandbox, session, session.get_one(CandidateRow, sandbox.context.candidate.id))
    cases = [one for one in cases if one.start_pay is not None]
    return PayCharts(
        sources=_sources(cases),
        referral_percent=_referral_percent(cases),
        family=own.family,
        steps=own.grades,
        points=tuple(_points(one for one in cases if one.family == own.family)),
    )


def _sources(cases: list[PayCase]) -> tuple[SourcePay, ...]:
    found = []
    for source in sorted({one.source for one in cases}):
        group = [one for one in cases if one.source == source]
        wishes = [one.expected_pay for one in group if one.expected_pay is not None]
        found.append(
            SourcePay(
                source=source,
                people=len(group),
                start_pay=_mean([one.start_pay or 0 for one in group]),
                expected_pay=_mean(wishes) if wishes else None,
            )
        )
    return tuple(found)


def _referral_percent(cases: list[PayCase]) -> float | None:
    referred = [one.start_pay or 0 for one in cases if one.source in _REFERRALS]
    others = [one.start_pay or 0 for one in cases if one.source not in _REFERRALS]
    if not referred or not others:
        return None
    theirs, ours = sum(others) / len(others), sum(referred) / len(referred)
    return round((ours - theirs) * 100 / theirs, 1)


def _points(cases: Iterable[PayCase]) -> Iterable[SkillPoint]:
    for one in sorted(cases, key=lambda case: case.proposal.skill_match if case.proposal else 0):
        if one.proposal is not None and one.start_pay is not None and one.market_pay is not None:
            yield SkillPoint(one.name, one.post_title, one.proposal.skill_match, one.start_pay, one.market_pay)


def _mean(values: list[int]) -> int:
    return round(sum(values) / len(values))
