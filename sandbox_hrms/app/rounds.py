"""The rounds of interviews for one post: who passes one is invited to the next."""

from sandbox_hrms.app import library
from sandbox_hrms.app.case import interview_of
from sandbox_hrms.app.places import is_last_round
from sandbox_hrms.app.present import need_present
from sandbox_hrms.app.requisitions import need_seeking
from sandbox_hrms.app.rubrics import copy_in
from sandbox_hrms.app.sandboxes import Sandbox
from sandbox_hrms.app.seed import new_interview
from sandbox_hrms.core.errors import NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.states import Interview, Placement
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.people import CandidateRow, PostRow


def invite_to_next(sandbox: Sandbox, actor: Actor, candidate_id: str) -> str:
    """Invite a candidate who has passed a round to the next one; returns the new interview's id.

    Raises:
        NotAllowed: The last interview was not passed, it was the last round, the person has a place already, the
            post seeks nobody, or the person's data was deleted.
        NotFound: There is no such candidate.
    """
    sandbox.admit(actor, Right.INVITE, write=True)
    with sandbox.change(actor) as change:
        candidate = change.session.get(CandidateRow, candidate_id)
        if candidate is None:
            raise NotFound(
                N_("There is no candidate {id}."),
                N_("Go back to the list and choose another one."),
                id=candidate_id,
            )
        need_present(change.session, candidate_id)
        last = interview_of(change.session, candidate_id)
        passed = last is not None and last.status == Interview.PASSED and candidate.placement == Placement.NONE
        if last is None or not passed or is_last_round(change.session, last, candidate):
            raise NotAllowed(
                N_("There is no next round for this candidate."),
                N_("Only who has passed a round before the last one is invited to the next."),
            )
        need_seeking(change.session, candidate.post)
        number = last.round_number + 1
        row = new_interview(
            f"i{candidate_id.removeprefix('c')}r{number}",
            candidate_id,
            library.dataset(sandbox.seed[0]),
            sandbox.lang,
            post=candidate.post,
            seed=sandbox.seed[1],
            family=change.session.get_one(PostRow, candidate.post).family,
        )
        row.round_number = number
        copy_in(sandbox, change.session, row)
        change.session.add(row)
        moved = ("", f"{row.status}/{row.saved}/{row.synced}")
        change.tell(Kind.CANDIDATE_INVITED, row.id, moved, candidate=candidate_id, round=number)
        return row.id
