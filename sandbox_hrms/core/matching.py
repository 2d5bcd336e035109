"""How well a résumé fits a post: points with named reasons, the same every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sandbox_hrms.core.datasets import Education, Requirements

Need = Literal["required", "nice", "years", "education"]

LEVELS: tuple[Education, ...] = get_args(Education)
"""The levels of education, the lowest first."""
POINTS: Mapping[Need, float] = {"required": 60.0, "nice": 15.0, "years": 15.0, "education": 10.0}
"""What each need counts at most; together 100."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read out of a résumé.

    Attributes:
        skills: The words of the résumé that name a skill, by the skill's code.
        years: Years of work; 0 when nothing is said.
        education: The highest level that is named.
    """

    skills: Mapping[str, str]
    years: float
    education: Education


@dataclass(frozen=True, slots=True)
class Reason:
    """What one need of the post came to.

    Attributes:
        points: What it gave.
        of: What it could have given.
        found: Skill codes that were found; for years and education what the résumé says.
        missing: Skill codes that were not found; for years and education what the post asks for, when not met.
        quotes: The words of the résumé behind ``found``.
    """

    need: Need
    points: float
    of: float
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The fit of one résumé and one post; the points of the reasons sum to ``score`` (0 to 100)."""

    score: float
    reasons: tuple[Reason, ...]


def match(facts: Facts, wanted: Requirements) -> Match:
    """Compare a résumé with a post; what the post does not ask for counts nothing, the rest counts more."""
    asked = _asked(wanted)
    scale = 100 / sum(asked.values()) if asked else 0.0
    reasons = [_reason(need, round(of * scale, 1), facts, wanted) for need, of in asked.items()]
    return Match(round(sum(one.points for one in reasons), 1), tuple(reasons))


def _asked(wanted: Requirements) -> dict[Need, float]:
    """Return the needs that the post has at all."""
    has: dict[Need, bool] = {
        "required": bool(wanted.required),
        "nice": bool(wanted.nice),
        "years": wanted.years > 0,
        "education": wanted.education != LEVELS[0],
    }
    return {need: points for need, points in POINTS.items() if has[need]}


def _reason(need: Need, of: float, facts: Facts, wanted: Requirements) -> Reason:
    if need == "years":
        share = min(1.0, facts.years / wanted.years)
        met = share >= 1
        return Reason(need, round(of * share, 1), of, (f"{facts.years:g}",), () if met else (str(wanted.years),))
    if need == "education":
        short = LEVELS.index(wanted.education) - LEVELS.index(facts.education)
        share = 1.0 if short <= 0 else 0.5 if short == 1 else 0.0
        return Reason(
            need, round(of * share, 1), of, (facts.education,), () if short <= 0 else (wanted.education,)
        )
    codes = wanted.required if need == "required" else wanted.nice
    found = tuple(code for code in codes if code in facts.skills)
    return Reason(
        need,
        round(of * len(found) / len(codes), 1),
        of,
        found,
        tuple(code for code in codes if code not in facts.skills),
        tuple(facts.skills[code] for code in found),
    )
