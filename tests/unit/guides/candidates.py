"""Candidates and what their letters share, without a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from guides import invitation
from guides.edition import edition
from tests.unit.guides.walks import walkthrough
from trainer.core.brand import Brand
from trainer.core.invitation import Invitation, Kit

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
SENDER = "HR Harbour <hr@harbour.example>"


@cache
def a_kit(lang: str = "en") -> Kit:
    """Return the kit of a drawn walkthrough."""
    return invitation.kit(edition(walkthrough(lang), date(2026, 11, 26), Brand(name="Harbour Foods")))


def a_candidate(number: int = 1, **fields: Any) -> Invitation:
    """Return a candidate whose interview is in five days."""
    given = {
        "name": f"Candidate {number}",
        "email": f"candidate{number}@example.com",
        "lang": "en",
        "starts": datetime(2026, 12, 1, 10, tzinfo=SHANGHAI),
        "post": "Sales representative",
        "contact": "Lin Yue, lin@harbour.example",
    }
    return Invitation.model_validate(given | fields)
