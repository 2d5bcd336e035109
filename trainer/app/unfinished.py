"""Unfinished practice: a candidate who left a sitting half-way is reminded of it, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from trainer.app.candidates import CandidateStore
from trainer.app.outbox import Outbox
from trainer.app.ports import Control, Runs
from trainer.core.candidate import Candidate
from trainer.core.errors import TrainerError
from trainer.core.invitation import About, Delivery, items
from trainer.core.runs import Run, RunStatus

RESTED = timedelta(hours=24)
"""So long nobody has gone on with a sitting that counts as abandoned."""

HALF_WAY = frozenset({"in_progress", "incomplete"})
"""Codes of an interview that was begun and has no end yet."""


class Unfinished:
    """Looks for abandoned sittings and notes a letter about each; whoever sends letters sends it.

    Args:
        candidates: Keeps candidates.
        runs: Keeps their Runs.
        control: Tells how far the sitting of a Run is.
        outbox: Keeps letters.
    """

    def __init__(self, candidates: CandidateStore, runs: Runs, control: Control, outbox: Outbox) -> None:
        self._candidates = candidates
        self._runs = runs
        self._control = control
        self._outbox = outbox

    def note(self, now: datetime) -> int:
        """Note a letter to each candidate who left a sitting `RESTED` ago, and return how many letters that were.

        It goes where earlier letters went, and to nobody twice. Who got no letter, or whose interview is over,
        gets none. A sandbox that cannot be asked now is asked at the next round.
        """
        left = [run for run in self._runs.idle(now - RESTED) if run.status is RunStatus.ACTIVE]
        if not left:
            return 0
        people = {one.owner: one for one in self._candidates.all() if one.holds(now)}
        return sum(self._note(people[run.owner], run, now) for run in left if run.owner in people)

    def _note(self, candidate: Candidate, run: Run, now: datetime) -> int:
        letters = self._outbox.of(candidate.id)
        got = [(item, kit) for item, kit in letters if item.state is Delivery.SENT and now < item.invitation.ends]
        if not got or any(item.about is About.UNFINISHED for item, _kit in letters):
            return 0
        if not self._is_half_way(run):
            return 0
        latest, kit = got[-1]
        return self._outbox.add(kit, items(kit, latest.invitation, About.UNFINISHED, now, candidate.id))

    def _is_half_way(self, run: Run) -> bool:
        try:
            stored = self._control.snapshot(run.sandbox)
        except TrainerError:
            return False
        interview = stored.get("interview") or {}
        return interview.get("status") in HALF_WAY
