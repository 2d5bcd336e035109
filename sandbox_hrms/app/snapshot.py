"""What is stored, as plain data: the ground on which a trainer judges."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Session, bindparam, col, func, select

from sandbox_hrms.app.case import Case, case_of_candidate, is_latest_round
from sandbox_hrms.app.conduct import notes_of
from sandbox_hrms.app.consent import agreed
from sandbox_hrms.app.decide import decisions
from sandbox_hrms.app.messages import unread_of
from sandbox_hrms.app.payroll import pay_case
from sandbox_hrms.app.privacy import days_kept
from sandbox_hrms.app.requisitions import Requisition, requisition_of, requisitions
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.score import score_of
from sandbox_hrms.app.self_check import differences
from sandbox_hrms.app.sync import sync_lines
from sandbox_hrms.core.errors import Invalid
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.states import Saved
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.frame import EventRow, SandboxRow
from sandbox_hrms.tables.interviews import AnswerRow, InterviewRow, SittingRow
from sandbox_hrms.tables.people import CandidateRow, DepartmentRow, PostRow
from sandbox_hrms.tables.privacy import DeletionRow
from sandbox_hrms.tables.resumes import MatchRow, ResumeFileRow
from sandbox_hrms.tables.sync import OrgCaseRow

_EVENTS = select(EventRow).where(col(EventRow.seq) > bindparam("after")).order_by(col(EventRow.seq))
_LAST = select(func.max(EventRow.seq))
_REVISION = select(SandboxRow.revision)
"""Written once: a trainer asks these all the time, and writing them takes longer than the answer."""


def snapshot(sandbox: Sandbox, paths: Sequence[str] = ()) -> tuple[int, dict[str, Any]]:
    """Return the revision and what is stored at that moment.

    Args:
        sandbox: Where.
        paths: Dotted paths of interest; the whole branches they begin with are returned. Empty for all.

    Raises:
        Invalid: A path begins with an unknown name.
    """
    wanted = {path.split(".", 1)[0].split("[", 1)[0] for path in paths} or set(PARTS)
    unknown = sorted(wanted - set(PARTS))
    if unknown:
        raise Invalid(
            N_("A snapshot has no {unknown}."),
            N_("It has: {known}."),
            unknown=", ".join(unknown),
            known=", ".join(PARTS),
        )
    with sandbox.store.read() as session:
        case = case_of_candidate(session, sandbox.context.candidate.id, sandbox.working)
        data = {name: PARTS[name](sandbox, session, case) for name in PARTS if name in wanted}
        return session.exec(_REVISION).one(), data


def events(sandbox: Sandbox, after: int) -> tuple[list[dict[str, Any]], int]:
    """Return what happened after event number ``after``, and the number of the newest event."""
    with sandbox.store.read() as session:
        found = [
            {
                "seq": row.seq,
                "at": row.at.isoformat(),
                "actor": row.actor,
                "role": row.role,
                "kind": row.kind,
                "subject": row.subject,
                "data": row.data,
            }
            for row in session.exec(_EVENTS, params={"after": after})
        ]
        last = session.exec(_LAST).one() or 0
    return found, last


def _sandbox(sandbox: Sandbox, _session: Session, _case: Case) -> dict[str, Any]:
    return {
        "id": sandbox.id,
        "profile": sandbox.profile.id,
        "version": sandbox.profile.version,
        "lang": sandbox.lang,
        "now": sandbox.now().isoformat(),
    }


def _interview(_sandbox: Sandbox, _session: Session, case: Case) -> dict[str, Any]:
    row = case.interview
    return _interview_line(row) | {
        "saved": case.state.saved,
        "questions": len(case.questions),
        "answered": len(case.answers),
    }


def _interview_line(row: InterviewRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "candidate": row.candidate,
        "round": row.round_number,
        "status": row.status,
        "saved": row.saved,
        "synced": row.synced,
    }


def _sitting(_sandbox: Sandbox, session: Session, case: Case) -> dict[str, Any] | None:
    return _sitting_line(session, case, case.sitting) if case.sitting else None


def _sittings(_sandbox: Sandbox, session: Session, case: Case) -> list[dict[str, Any]]:
    return [_sitting_line(session, case, one) for one in case.sittings]


def _sitting_line(session: Session, case: Case, row: SittingRow) -> dict[str, Any]:
    kinds = {one.id: one.kind for one in case.questions}
    query = select(AnswerRow).where(AnswerRow.sitting == row.id).order_by(col(AnswerRow.submitted_at))
    answers = list(session.exec(query))
    newest = case.sitting is not None and case.sitting.id == row.id
    if newest:
        answers += [case.answers[one.id] for one in case.questions if one.id in case.unsaved]
    notes = notes_of(row)
    draft = case.draft if newest else None
    return {
        "id": row.id,
        "number": row.number,
        "status": row.status,
        "step": case.current.id if newest and case.current else None,
        "consent": True,
        "device_check": row.device_check,
        "answers": [
            {
                "question": one.question,
                "kind": kinds.get(one.question),
                "saved": Saved.UNSAVED if newest and one.question in case.unsaved else Saved.SAVED,
                "late": one.late,
                "text": one.text,
            }
            for one in answers
        ],
        "draft": {"question": draft.question, "text": draft.text, "seq": draft.seq}
        if draft and draft.question and not draft.left
        else None,
        "record": {"rated": len(notes.ratings), "remarks": notes.remarks},
    }


def _interviews(_sandbox: Sandbox, session: Session, _case: Case) -> list[dict[str, Any]]:
    return [
        _interview_line(row)
        for row in session.exec(select(InterviewRow).order_by(func.length(InterviewRow.id), InterviewRow.id))
    ]


def _candidates(_sandbox: Sandbox, session: Session, _case: Case) -> list[dict[str, Any]]:
    query = (
        select(CandidateRow, PostRow, InterviewRow)
        .select_from(CandidateRow)
        .join(PostRow, col(PostRow.id) == CandidateRow.post)
        .join(InterviewRow, (col(InterviewRow.candidate) == CandidateRow.id) & is_latest_round(), isouter=True)
        .order_by(func.length(CandidateRow.id), CandidateRow.id)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "post": post.title,
            "status": interview.status if interview else None,
            "placement": row.placement,
        }
        for row, post, interview in session.exec(query)
    ]


def _requisition(sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    return _requisition_line(requisition_of(session, sandbox.context.post.id))


def _requisitions(_sandbox: Sandbox, session: Session, _case: Case) -> list[dict[str, Any]]:
    return [
        {"id": one.post_id, **_requisition_line(one)} for one in requisitions(session) if one.status is not None
    ]


def _requisition_line(one: Requisition) -> dict[str, Any]:
    return {
        "post": one.post_title,
        "headcount": one.headcount,
        "in_post": one.in_post,
        "to_onboard": one.to_onboard,
        "openings": one.openings,
        "invited": one.invited,
        "interviewed": one.interviewed,
        "passed": one.passed,
        "offered": one.offered,
        "placed": one.placed,
        "open": one.open,
        "status": one.status,
    }


def _org(_sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    departments = session.exec(select(DepartmentRow).order_by(func.length(DepartmentRow.id), DepartmentRow.id))
    owners = dict(session.exec(select(PostRow.id, PostRow.department)).all())
    believed = select(OrgCaseRow).order_by(func.length(OrgCaseRow.interview), OrgCaseRow.interview)
    return {
        "departments": [{"id": one.id, "name": one.name} for one in departments],
        "posts": [
            {
                "id": one.post_id,
                "title": one.post_title,
                "department": owners[one.post_id],
                "family": one.family,
                "priority": one.priority,
                "headcount": one.headcount,
                "in_post": one.in_post,
                "to_onboard": one.to_onboard,
                "open": one.open,
            }
            for one in requisitions(session)
        ],
        "cases": [
            {
                "interview": one.interview,
                "candidate": one.candidate,
                "status": one.status,
                "placement": one.placement,
            }
            for one in session.exec(believed)
        ],
    }


def _decision(_sandbox: Sandbox, session: Session, case: Case) -> dict[str, Any]:
    """Tell the decision in force about the scenario's interview; None before one."""
    history = decisions(session, case.interview.id)
    newest = history[0] if history else None
    return {
        "outcome": newest.outcome if newest else None,
        "reason": newest.reason if newest else None,
        "by": newest.by if newest else None,
        "automatic": newest.automatic if newest else None,
        "count": len(history),
    }


def _score(_sandbox: Sandbox, session: Session, case: Case) -> dict[str, Any]:
    scored = score_of(session, case.interview.id)
    if scored is None:
        return {"status": None, "total": None, "competencies": []}
    told = {"code", "level", "score", "evidence"}
    return scored[0].model_dump(
        mode="json", include={"status": True, "total": True, "competencies": {"__all__": told}}
    )


def _sync(_sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    lines = sync_lines(session)
    return {
        "rows": [{"key": one.key, "kind": one.kind, "status": one.status, "tries": one.tries} for one in lines]
    }


def _check(sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    found = differences(session, sandbox.profile.policy)
    return {"differences": [{"kind": one.kind, "subject": one.subject} for one in found]}


def _payroll(sandbox: Sandbox, session: Session, case: Case) -> dict[str, Any]:
    one = pay_case(sandbox, session, session.get_one(CandidateRow, case.interview.candidate))
    return {
        "status": one.status,
        "grade": one.grade,
        "start_pay": one.start_pay,
        "expected_pay": one.expected_pay,
        "market_pay": one.market_pay,
        "gap": one.gap.money if one.gap else None,
        "gap_percent": one.gap.percent if one.gap else None,
        "short": one.difference.short if one.difference else 0,
    }


def _messages(_sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    return {"unread": unread_of(session, Role.HR)}


def _audit(_sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    return {"count": session.exec(select(func.count(col(EventRow.seq)))).one()}


def _faults(sandbox: Sandbox, _session: Session, _case: Case) -> list[str]:
    return list(sandbox.faults.active())


def _resumes(sandbox: Sandbox, session: Session, _case: Case) -> dict[str, Any]:
    post = sandbox.context.post.id
    files = session.exec(select(ResumeFileRow.status).where(ResumeFileRow.post == post)).all()
    best = session.exec(
        select(MatchRow)
        .where(MatchRow.post == post)
        .order_by(col(MatchRow.score).desc(), func.length(MatchRow.candidate), MatchRow.candidate)
        .limit(_BEST)
    ).all()
    return {
        "count": len(files),
        "waiting": sum(one == "waiting" for one in files),
        "failed": sum(one == "failed" for one in files),
        "matched": session.exec(select(func.count()).select_from(MatchRow).where(MatchRow.post == post)).one(),
        "best": [{"candidate": one.candidate, "score": one.score} for one in best],
    }


_BEST = 10


def _privacy(sandbox: Sandbox, session: Session, case: Case) -> dict[str, Any]:
    return {
        "days": days_kept(session),
        "ai_scoring": agreed(session, case.interview.id),
        "resume_uploaded": session.exec(
            select(ResumeFileRow.id).where(ResumeFileRow.candidate == sandbox.context.candidate.id)
        ).first()
        is not None,
        "deletions": [
            {"candidate": one.candidate, "reason": one.reason, "by": one.by}
            for one in session.exec(select(DeletionRow).order_by(col(DeletionRow.id)))
        ],
    }


PARTS: dict[str, Callable[[Sandbox, Session, Case], Any]] = {
    "sandbox": _sandbox,
    "interview": _interview,
    "sitting": _sitting,
    "sittings": _sittings,
    "interviews": _interviews,
    "candidates": _candidates,
    "requisition": _requisition,
    "requisitions": _requisitions,
    "org": _org,
    "decision": _decision,
    "score": _score,
    "sync": _sync,
    "check": _check,
    "payroll": _payroll,
    "messages": _messages,
    "audit": _audit,
    "resumes": _resumes,
    "privacy": _privacy,
    "faults": _faults,
}
"""The top-level names of a snapshot, and how each is read."""

_INTERVIEW = {
    "id": "string",
    "candidate": "string",
    "round": "number",
    "status": "state",
    "saved": "state",
    "synced": "state",
}
_SITTING = {
    "id": "string",
    "number": "number",
    "status": "state",
    "step": "string",
    "consent": "boolean",
    "device_check": "string",
    "answers": [{"question": "string", "kind": "string", "saved": "state", "late": "boolean", "text": "string"}],
    "draft": {"question": "string", "text": "string", "seq": "number"},
    "record": {"rated": "number", "remarks": "string"},
}
_REQUISITION = {
    "post": "string",
    "headcount": "number",
    "in_post": "number",
    "to_onboard": "number",
    "openings": "number",
    "invited": "number",
    "interviewed": "number",
    "passed": "number",
    "offered": "number",
    "placed": "number",
    "open": "number",
    "status": "string",
}
SHAPE: dict[str, Any] = {
    "sandbox": {"id": "string", "profile": "string", "version": "number", "lang": "string", "now": "string"},
    "interview": {**_INTERVIEW, "questions": "number", "answered": "number"},
    "sitting": _SITTING,
    "sittings": [_SITTING],
    "interviews": [_INTERVIEW],
    "candidates": [{"id": "string", "name": "string", "post": "string", "status": "state", "placement": "state"}],
    "requisition": _REQUISITION,
    "requisitions": [{"id": "string", **_REQUISITION}],
    "org": {
        "departments": [{"id": "string", "name": "string"}],
        "posts": [
            {
                "id": "string",
                "title": "string",
                "department": "string",
                "family": "string",
                "priority": "number",
                "headcount": "number",
                "in_post": "number",
                "to_onboard": "number",
                "open": "number",
            }
        ],
        "cases": [{"interview": "string", "candidate": "string", "status": "state", "placement": "state"}],
    },
    "decision": {
        "outcome": "state",
        "reason": "string",
        "by": "string",
        "automatic": "boolean",
        "count": "number",
    },
    "score": {
        "status": "string",
        "total": "number",
        "competencies": [
            {
                "code": "string",
                "level": "number",
                "score": "number",
                "evidence": [{"question": "string", "quote": "string", "start": "number", "end": "number"}],
            }
        ],
    },
    "sync": {"rows": [{"key": "string", "kind": "string", "status": "state", "tries": "number"}]},
    "check": {"differences": [{"kind": "string", "subject": "string"}]},
    "payroll": {
        "status": "string",
        "grade": "string",
        "start_pay": "number",
        "expected_pay": "number",
        "market_pay": "number",
        "gap": "number",
        "gap_percent": "number",
        "short": "number",
    },
    "messages": {"unread": "number"},
    "audit": {"count": "number"},
    "resumes": {
        "count": "number",
        "waiting": "number",
        "failed": "number",
        "matched": "number",
        "best": [{"candidate": "string", "score": "number"}],
    },
    "privacy": {
        "days": "number",
        "ai_scoring": "boolean",
        "resume_uploaded": "boolean",
        "deletions": [{"candidate": "string", "reason": "string", "by": "string"}],
    },
    "faults": ["string"],
}
"""All that a snapshot can hold, down to the leaves; lists hold one item. A name that is not here is a typo."""
