"""English words for codes (msgids); the catalogues give the other languages."""

from collections.abc import Mapping
from enum import StrEnum

from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Role
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
    Saved.UNSAVED: N_("Unsaved"),
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
    Kind.PROGRESS_SAVED: N_("Progress saved"),
    Kind.PAGE_LEFT: N_("Page closed"),
    Kind.INTERVIEW_RESUMED: N_("Interview continued"),
    Kind.SITTING_DISCARDED: N_("Sitting discarded"),
    Kind.INTERVIEW_ENDED: N_("Interview ended"),
    Kind.SCORED: N_("Scored"),
    Kind.SYNCED: N_("Result carried over"),
    Kind.FAULT_INJECTED: N_("Fault switched on"),
    Kind.FAULT_CLEARED: N_("Fault switched off"),
}
QUESTION_KIND = {
    "structured": N_("Structured question"),
    "situational": N_("Situational question"),
}
FLAG = {
    "too_short": N_("Too short to judge"),
    "copied_question": N_("Mostly the question itself"),
    "repeated": N_("Sentences repeated"),
    "word_list": N_("A list of words, no sentences"),
}
