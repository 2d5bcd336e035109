"""English words for codes (msgids); the catalogues give the other languages."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from sandbox_hrms.core.carrying import Parcel
from sandbox_hrms.core.comparing import Gap
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.faults import Fault
from sandbox_hrms.core.payroll import PayStatus
from sandbox_hrms.core.pricing import Contradiction, Deployment, Modules
from sandbox_hrms.core.roles import Role
from sandbox_hrms.core.rubric import Manner
from sandbox_hrms.core.states import Interview, Placement, Saved, SittingStatus, Synced
from sandbox_hrms.core.texts import N_

INTERVIEW: Mapping[StrEnum, str] = {
    Interview.INVITED: N_("Invited"),
    Interview.IN_PROGRESS: N_("In progress"),
    Interview.INCOMPLETE: N_("Incomplete"),
    Interview.TO_REVIEW: N_("To review"),
    Interview.PASSED: N_("Passed"),
    Interview.REJECTED: N_("Rejected"),
    Interview.ON_HOLD: N_("On hold"),
    Interview.ABANDONED: N_("Abandoned"),
}
SAVED: Mapping[StrEnum, str] = {
    Saved.UNSAVED: N_("Not saved"),
    Saved.SAVED: N_("Saved"),
    Saved.BACKED_UP: N_("Backed up"),
}
SYNCED: Mapping[StrEnum, str] = {
    Synced.NOT_DUE: N_("Not due"),
    Synced.PENDING: N_("Waiting to sync"),
    Synced.DONE: N_("Synced"),
    Synced.FAILED: N_("Sync failed"),
}
PLACEMENT: Mapping[StrEnum, str] = {
    Placement.NONE: N_("Not placed"),
    Placement.TO_ONBOARD: N_("To onboard"),
    Placement.IN_POST: N_("In post"),
}
SITTING: Mapping[StrEnum, str] = {
    SittingStatus.OPEN: N_("Under way"),
    SittingStatus.PAUSED: N_("Paused"),
    SittingStatus.ENDED: N_("Ended"),
    SittingStatus.ABANDONED: N_("Discarded"),
}
ROLE: Mapping[StrEnum, str] = {
    Role.CANDIDATE: N_("Candidate"),
    Role.HR: N_("HR"),
    Role.HEAD: N_("Department head"),
    Role.ADMIN: N_("Administrator"),
    Role.SYSTEM: N_("System"),
}
ACTION: Mapping[StrEnum, str] = {
    Kind.SIGNED_IN: N_("Signed in"),
    Kind.SIGNED_OUT: N_("Signed out"),
    Kind.CANDIDATE_INVITED: N_("Candidate invited"),
    Kind.CONSENT_GIVEN: N_("Consent given"),
    Kind.CONSENT_DECLINED: N_("Consent declined"),
    Kind.INTERVIEW_STARTED: N_("Interview started"),
    Kind.DEVICE_CHECKED: N_("Devices checked"),
    Kind.ANSWER_SUBMITTED: N_("Answer submitted"),
    Kind.ANSWER_RECORDED: N_("Answer recorded"),
    Kind.PROGRESS_SAVED: N_("Progress saved"),
    Kind.RECORD_SAVED: N_("Record saved"),
    Kind.RECORD_LOST: N_("Unsaved record lost"),
    Kind.PAGE_LEFT: N_("Page closed"),
    Kind.INTERVIEW_RESUMED: N_("Interview continued"),
    Kind.SITTING_DISCARDED: N_("Sitting discarded"),
    Kind.INTERVIEW_ENDED: N_("Interview ended"),
    Kind.SCORED: N_("Scored"),
    Kind.SCORE_OVERRULED: N_("Level corrected"),
    Kind.SCORED_AGAIN: N_("Scored again"),
    Kind.RUBRIC_CHANGED: N_("Rubric changed"),
    Kind.ASKING_CHANGED: N_("Way of asking back changed"),
    Kind.SECOND_OPINION: N_("Second opinion asked for"),
    Kind.REPORT_OPENED: N_("Report opened"),
    Kind.SYNCED: N_("Result carried over"),
    Kind.DECIDED: N_("Decision made"),
    Kind.DECISION_CORRECTED: N_("Decision corrected"),
    Kind.PLACED: N_("Placed in the org chart"),
    Kind.PLACEMENT_WITHDRAWN: N_("Placement withdrawn"),
    Kind.ONBOARDED: N_("Has started work"),
    Kind.ORG_CASE_CORRECTED: N_("Org chart corrected"),
    Kind.DEPARTMENT_ADDED: N_("Department added"),
    Kind.DEPARTMENT_REMOVED: N_("Department removed"),
    Kind.POST_ADDED: N_("Post added"),
    Kind.POST_REMOVED: N_("Post removed"),
    Kind.POST_CHANGED: N_("Post changed"),
    Kind.REQUISITION_OPENED: N_("Requisition opened"),
    Kind.REQUISITION_CHANGED: N_("Openings changed"),
    Kind.REQUISITION_CLOSED: N_("Requisition closed"),
    Kind.SYNC_FAILED: N_("Carrying over failed"),
    Kind.DIFFERENCE_MENDED: N_("Difference mended"),
    Kind.BACKUP_MADE: N_("Backup made"),
    Kind.BACKUP_RESTORED: N_("Backup restored"),
    Kind.FAULT_INJECTED: N_("Fault switched on"),
    Kind.FAULT_CLEARED: N_("Fault switched off"),
    Kind.RECORD_GONE: N_("Saved record gone"),
    Kind.RECORD_FOUND: N_("Record found again"),
    Kind.OFFER_MADE: N_("Offer made"),
    Kind.OFFER_ACCEPTED: N_("Offer accepted"),
    Kind.OFFER_DECLINED: N_("Offer declined"),
    Kind.PAY_RECORDED: N_("Payroll record made"),
    Kind.PAY_CORRECTED: N_("Payroll record corrected"),
    Kind.PAY_WITHDRAWN: N_("Pay taken back"),
    Kind.GRADES_CHANGED: N_("Grade table changed"),
    Kind.FORECAST_SET: N_("Forecast settings changed"),
    Kind.FORECAST_RUN: N_("Invitations of the forecast sent"),
    Kind.MESSAGE_MARKED: N_("Message read or put back"),
    Kind.RESUME_UPLOADED: N_("Résumé uploaded"),
    Kind.RESUMES_MATCHED: N_("Résumés matched"),
    Kind.AI_SCORING_REFUSED: N_("AI scoring refused"),
    Kind.RETENTION_SET: N_("Retention set"),
    Kind.DATA_EXPORTED: N_("Data exported"),
    Kind.DATA_DELETED: N_("Data deleted"),
    Kind.SECOND_FACTOR_SET: N_("Second factor set up"),
    Kind.SECOND_FACTOR_RESET: N_("Second factor reset"),
}
PARCEL: Mapping[StrEnum, str] = {
    Parcel.BEGUN: N_("Interview begun"),
    Parcel.RESULT: N_("Result"),
    Parcel.PLACEMENT: N_("Placement"),
    Parcel.PAY: N_("Payroll record"),
}
GAP: Mapping[StrEnum, str] = {
    Gap.STUCK_IN_PROGRESS: N_("The sitting has ended, and the interview still stands as in progress."),
    Gap.NOT_CARRIED: N_("The interview is finished, and its result has not reached the org side."),
    Gap.UNFINISHED_IN_ORG: N_("The interview was left unfinished, and the org chart still shows it in progress."),
    Gap.ORG_BEHIND: N_("The result has arrived, and the org chart still shows the interview in progress."),
    Gap.COUNTED_UNFINISHED: N_("The org chart counts an interview as finished that is not."),
    Gap.PLACED_WITHOUT_PASS: N_("The org chart has a place for somebody who has not passed."),
    Gap.PLACED_WITHOUT_PAYROLL: N_("Somebody with a place has accepted an offer and is missing in payroll."),
    Gap.PAY_DIFFERS: N_("Payroll holds another grade or pay than was agreed."),
    Gap.PAYROLL_WITHOUT_PLACE: N_("Payroll holds a record of somebody without a place."),
    Gap.CLOSED_TOO_EARLY: N_("The requisition closed by itself although openings are left."),
}
"""What differs, in a sentence."""
MEND: Mapping[StrEnum, str] = {
    Gap.STUCK_IN_PROGRESS: N_("End the interview"),
    Gap.NOT_CARRIED: N_("Sync again"),
    Gap.UNFINISHED_IN_ORG: N_("Correct the org chart"),
    Gap.ORG_BEHIND: N_("Correct the org chart"),
    Gap.COUNTED_UNFINISHED: N_("Correct the org chart"),
    Gap.PLACED_WITHOUT_PASS: N_("Take the place back"),
    Gap.PLACED_WITHOUT_PAYROLL: N_("Write the payroll record"),
    Gap.PAY_DIFFERS: N_("Correct the payroll record"),
    Gap.PAYROLL_WITHOUT_PLACE: N_("Remove the payroll record"),
    Gap.CLOSED_TOO_EARLY: N_("Open the requisition again"),
}
"""What the button does that puts it right."""
PAY: Mapping[StrEnum, str] = {
    PayStatus.NONE: N_("No pay yet"),
    PayStatus.PROPOSED: N_("Proposed"),
    PayStatus.OFFERED: N_("Offer made"),
    PayStatus.ACCEPTED: N_("Offer accepted"),
    PayStatus.DECLINED: N_("Offer declined"),
    PayStatus.WITHDRAWN: N_("Offer taken back"),
    PayStatus.RECORDED: N_("In payroll"),
}
FAULT: Mapping[str, str] = {
    Fault.OFFLINE: N_("Cloud out of reach"),
    Fault.DISCONNECTED: N_("Network cut"),
    Fault.CRASH: N_("System crash"),
    Fault.DB_LOCKED: N_("Database locked"),
    Fault.DISK_FULL: N_("Disk full"),
    Fault.SLOW: N_("Slow system"),
    Fault.STUCK_SYNC: N_("Sync stuck"),
    Fault.BLOCKED_CLOSE: N_("Close blocked"),
    Fault.FROZEN: N_("Page frozen"),
    Fault.LOST_RECORD: N_("Record gone"),
}
QUESTION_KIND = {
    "structured": N_("Structured question"),
    "situational": N_("Situational question"),
    "follow_up": N_("Follow-up question"),
}
MANNER: Mapping[Manner, str] = {
    "gentle": N_("Gentle"),
    "neutral": N_("Neutral"),
    "pressing": N_("Pressing"),
}
"""In which manner the interviewer asks back."""
FOLLOW_UP: Mapping[tuple[str, str], str] = {
    ("gentle", "own_part"): N_("Thank you, that helps. If you like: which part of it was your own?"),
    ("gentle", "result"): N_("Thank you. Take your time: what came of it in the end?"),
    ("gentle", "detail"): N_("Thank you. Would you like to give an example, perhaps with a number or a time?"),
    ("neutral", "own_part"): N_("Which part of it did you do yourself?"),
    ("neutral", "result"): N_("What came of it?"),
    ("neutral", "detail"): N_("Please give an example with a number or a time."),
    ("pressing", "own_part"): N_("You say “we”. What exactly did you do, and what would be missing without you?"),
    ("pressing", "result"): N_("That was what you did. What did it bring, and how do you know?"),
    ("pressing", "detail"): N_("That could be said by anybody. Name one case, with numbers."),
}
"""What the interviewer asks back, by manner and by what the answer lacks."""
ASKED_BY: Mapping[str, str] = {
    "model": N_("Worded by the language model."),
    "rules_instead": N_("Asked by rule: the language model said nothing usable in time."),
}
"""Whose words a follow-up has, where a model was asked."""
FLAG = {
    "too_short": N_("Too short, so it counts nothing"),
    "copied_question": N_("Mostly the question itself"),
    "repeated": N_("Sentences repeated"),
    "word_list": N_("A list of words, no sentences"),
    "prompt_injection": N_("Instructions to whoever scores"),
    "keyword_stuffing": N_("Expected words piled up"),
    "copied_model_answer": N_("A model answer, word for word"),
    "off_topic": N_("Not about the question"),
    "other_language": N_("Another language than the question's"),
    "profanity": N_("Swear words"),
    "too_long": N_("Far too long; only the beginning is read"),
    "contradiction": N_("Says the opposite of what is expected"),
}
SECOND: Mapping[str, str] = {
    "agrees": N_("The same level."),
    "near": N_("One level apart."),
    "needs_review": N_("More than one level apart: read it yourself."),
    "cannot_lift": N_("It cannot lift what was held down."),
    "insufficient_data": N_("No usable opinion."),
}
"""How a second opinion stands to the program's level."""
PART: Mapping[str, str] = {
    "situation": N_("the situation"),
    "task": N_("the task"),
    "action": N_("what was done"),
    "result": N_("the result"),
}
"""The parts of a well told answer, in the middle of a sentence."""
HINT: Mapping[str, str] = {
    "said": N_("Question {number}: you said “{text}”."),
    "say": N_("Question {number}: say this, too: {text}."),
    "tell": N_("Question {number}: also tell {text}."),
    "specific": N_("Question {number}: give a number, a time or an example."),
}
"""Feedback to a candidate; ``text`` is a point in the words of the question, or a part of a well told answer."""
PROGRAM: Mapping[str, str] = {
    "words": N_("comparison of words, version {version}"),
}
"""How answers are scored, by the code before the ``@`` of a score's ``by``."""

REASON: Mapping[str, str] = {
    "all": N_("Says every point, in the way the top level wants."),
    "all_but_loose": N_("Says every point, but not in order from the situation to the result."),
    "all_but_vague": N_("Says every point, but without numbers, times or examples."),
    "most": N_("Says at least half of the points."),
    "some": N_("Says less than half of the points."),
    "none": N_("Says none of the points."),
    "held_down": N_("Held down by what was noticed about an answer."),
    "unanswered": N_("No answer to judge by."),
}
"""Why a competency got its level."""
FIELD = {
    "headcount": N_("Headcount"),
    "priority": N_("Priority"),
    "rounds": N_("Rounds"),
    "openings": N_("Openings"),
    "placement": N_("Placement"),
    "status": N_("State"),
    "pay": N_("Pay"),
    "rate": N_("Leaving rate"),
}
"""What an entry of the audit log changed, where it is not the three states of an interview."""
COUNT = {
    "headcount": N_("Headcount"),
    "in_post": N_("In post"),
    "to_onboard": N_("To onboard"),
    "openings": N_("Openings"),
    "invited": N_("Invited"),
    "interviewed": N_("Interviewed"),
    "passed": N_("Passed"),
    "offered": N_("Offered"),
    "placed": N_("Placed"),
    "open": N_("Open posts"),
}
COUNTED = {
    "headcount": N_("Places in the plan of the post."),
    "in_post": N_("People who work there."),
    "to_onboard": N_("Candidates with a place who have not started yet."),
    "openings": N_("Places that the requisition is for."),
    "invited": N_("Candidates with an interview of any round, in whatever state."),
    "interviewed": N_("Candidates with a finished interview whose result has reached the org side."),
    "passed": N_("Candidates who have passed the last round, whether they have a place by now or not."),
    "offered": N_("Candidates whose newest offer stands: made, or accepted."),
    "placed": N_("Candidates who got a place: to onboard, or in post since."),
    "open": N_("Openings still to be filled, as many as the plan has free places for."),
}
"""What each number of a requisition counts."""
REQUISITION = {"open": N_("Seeking people"), "closed": N_("Closed")}
ROUND = {1: N_("First round"), 2: N_("Second round"), 3: N_("Final round")}
FAMILY = {
    "sales": N_("Sales"),
    "engineering": N_("Engineering"),
    "manufacturing": N_("Manufacturing"),
    "retail": N_("Retail"),
    "internet": N_("Internet"),
    "administration": N_("Administration"),
}
SUBJECT: Mapping[str, str] = {
    "forecast": N_("Forecast"),
    "retention": N_("Retention"),
    "rubric": N_("Rubric"),
    "all": N_("All messages"),
    **FAULT,
    **FAMILY,
    **{role.value: label for role, label in ROLE.items()},
}
"""What an entry of the audit log is about that is no person and no post: a setting, fault, grade table or role."""
MODULES: Mapping[StrEnum, str] = {
    Modules.TEXT: N_("Questions and answers as text"),
    Modules.VIDEO: N_("Video interview with scoring"),
    Modules.ROUNDS: N_("Several rounds across departments"),
}
DEPLOYMENT: Mapping[StrEnum, str] = {
    Deployment.CLOUD: N_("In the cloud"),
    Deployment.LOCAL: N_("On own machines"),
}
CONTRADICTION: Mapping[StrEnum, str] = {
    Contradiction.PROFESSIONAL_EXAMPLE: N_(
        "The professional band starts at 20,000, but its example costs 12,000."
    ),
    Contradiction.ENTERPRISE_EXAMPLE: N_("The enterprise band starts at 100,000, but 100 users cost 20,000."),
    Contradiction.EDGES: N_("At 10 and at 50 users two bands meet, and both claim the number."),
    Contradiction.MODULES_AND_USERS: N_(
        "The source ties modules to numbers of users; it has no price for others."
    ),
    Contradiction.DEPLOYMENT: N_("Deployment is said to count, but has no price."),
}


def program(t: Callable[[str], str], by: str) -> str:
    """Say in words who has scored, from a score's ``by``; a name that is none of ours stands as it is.

    Args:
        t: Translates.
        by: Such as ``words@5``.
    """
    code, _at, version = by.partition("@")
    return t(PROGRAM[code]).format(version=version) if code in PROGRAM else by
