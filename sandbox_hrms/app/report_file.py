"""A report as a file to take along: who gets which, JSON of a versioned shape, and what page and PDF both say."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from babel.numbers import format_decimal

from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.score import Report, report, report_to_candidate, report_to_head
from sandbox_hrms.app.takes import Take
from sandbox_hrms.core import labels
from sandbox_hrms.core.errors import NotFound
from sandbox_hrms.core.feedback import outline
from sandbox_hrms.core.pace import LONG, Pace, pace
from sandbox_hrms.core.roles import Actor, Role
from sandbox_hrms.core.rubric import CompetencyScore, Score
from sandbox_hrms.core.texts import N_
from sandbox_hrms.i18n import Texts

SHAPE = 1
"""Version of the JSON."""
Form = Literal["pdf", "json"]
FORMS: tuple[Form, ...] = ("pdf", "json")
_SURE, _FAIRLY_SURE = 0.8, 0.5
"""Confidence from which on the program is called that."""


def report_of(sandbox: Sandbox, actor: Actor, interview_id: str) -> Report:
    """Return the report on an interview to whoever may read it, in their own view.

    Raises:
        Forbidden: The role may not, or not this one.
        NotFound: There is no such interview, or no report on it for this candidate.
    """
    if actor.role is Role.HEAD:
        return report_to_head(sandbox, actor, interview_id)
    if actor.role is not Role.CANDIDATE:
        return report(sandbox, actor, interview_id)
    found = report_to_candidate(sandbox, actor)
    if found.interview_id != interview_id:
        raise NotFound(N_("There is no report yet."), N_("It is there when your interview is finished."))
    return found


def as_json(found: Report, lang: str) -> bytes:
    """Return the report as JSON: ``shape`` tells its version, the names are those of the score.

    Args:
        found: What is reported.
        lang: The language of the interview, by which pace is counted.
    """
    data: dict[str, Any] = {
        "shape": SHAPE,
        "interview": found.interview_id,
        "candidate": found.candidate_name,
        "post": found.post_title,
        "round": found.round_number,
        "status": found.status,
        "rubric": found.rubric.model_dump(mode="json"),
        "score": found.score.model_dump(mode="json") if found.score else None,
        "scored_at": found.scored_at,
        "earlier": [
            {"score": one.score.model_dump(mode="json"), "scored_at": one.scored_at} for one in found.earlier
        ],
        "round_before": {"round": found.before.number, "score": found.before.score.model_dump(mode="json")}
        if found.before
        else None,
        "answers": [
            {
                "question": one.question,
                "number": one.number,
                "asked": one.asked,
                "text": one.text,
                "late": one.late,
                "spoken": _spoken(one.take, lang),
            }
            for one in found.answers
        ],
        "outline": {str(key): points for key, points in outline(found.questions).items()},
    }
    return json.dumps(data, ensure_ascii=False, indent=2, default=datetime.isoformat).encode()


def _spoken(take: Take | None, lang: str) -> dict[str, Any] | None:
    """Return what is known of a spoken answer: words with their times in seconds, and the pace if it has one."""
    if take is None:
        return None
    words = [asdict(one) for one in take.words]
    told = pace(take.words, lang)
    spoken = {"seconds": take.seconds, "transcript": take.transcript, "words": words}
    return spoken | {"pace": asdict(told) if told else None}


def covered(t: Texts, score: Score) -> str:
    """Say what part of the questions was answered."""
    return t("{percent} % of the questions were answered").format(percent=round(score.coverage * 100))


def grounds(t: Texts, score: CompetencyScore) -> str:
    """Say why a competency got its level, how many points were found, and how sure the program is."""
    counts = t("{found} of {asked} points found.")
    told = counts.format(found=len(score.found), asked=len(score.found) + len(score.missed))
    sure = t("A close call: read it yourself.")
    if score.confidence >= _FAIRLY_SURE:
        sure = t("The program is sure.") if score.confidence >= _SURE else t("The program is fairly sure.")
    return t.sentences(t(labels.REASON[score.reason]), told, sure)


def paced(t: Texts, told: Pace, lang: str) -> str:
    """Say pace and pauses of a spoken answer in a line; ``lang`` is what was spoken."""
    speed = t("About {count} words a minute.")
    if lang == "zh_CN":
        speed = t("About {count} characters a minute.")
    pauses = t("No pause over {least} seconds.").format(least=shown_number(t, LONG))
    if told.pauses:
        several = t.ngettext(
            "{count} pause over {least} seconds, the longest of {longest}.",
            "{count} pauses over {least} seconds, the longest of {longest}.",
            len(told.pauses),
        )
        most = shown_number(t, max(told.pauses))
        pauses = several.format(count=len(told.pauses), least=shown_number(t, LONG), longest=most)
    return t.sentences(speed.format(count=told.per_minute), pauses, t("A hint only: it counts nothing."))


def shown_number(t: Texts, value: float | None) -> str:
    """Return a number with at most one decimal, or a dash."""
    return "–" if value is None else format_decimal(value, "#,##0.#", locale=t.lang)


def signed_number(t: Texts, value: float | None) -> str:
    """Return a number with its sign and at most one decimal, or a dash."""
    return "–" if value is None else format_decimal(value, "+#,##0.#;−#,##0.#" if value else "0", locale=t.lang)
