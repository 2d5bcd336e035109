"""The things worth telling: what the event feed and the audit log speak of."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened, as a stable code."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    CANDIDATE_INVITED = "candidate_invited"
    CONSENT_GIVEN = "consent_given"
    CONSENT_DECLINED = "consent_declined"
    INTERVIEW_STARTED = "interview_started"
    DEVICE_CHECKED = "device_checked"
    ANSWER_SUBMITTED = "answer_submitted"
    PROGRESS_SAVED = "progress_saved"
    PAGE_LEFT = "page_left"
    INTERVIEW_RESUMED = "interview_resumed"
    SITTING_DISCARDED = "sitting_discarded"
    INTERVIEW_ENDED = "interview_ended"
    SCORED = "scored"
    SYNCED = "synced"
    FAULT_INJECTED = "fault_injected"
    FAULT_CLEARED = "fault_cleared"
