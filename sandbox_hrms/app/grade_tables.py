"""The grade tables: as they come with the product, as HR has changed them, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from sandbox_hrms.app.first_rows import default_table, write_table
from sandbox_hrms.app.sandboxes import Change, Sandbox
from sandbox_hrms.core.errors import Conflict, NotAllowed, NotFound
from sandbox_hrms.core.events import Kind
from sandbox_hrms.core.payroll import Family, Grade, checked, marked
from sandbox_hrms.core.roles import Actor, Right
from sandbox_hrms.core.texts import N_
from sandbox_hrms.tables.frame import EventRow
from sandbox_hrms.tables.pay import GradeRow

_GRADES = TypeAdapter(tuple[Grade, ...])


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """The grade table of one family as it is now.

    Attributes:
        changed: It differs from the table that came with the product.
        can_undo: There is a last change to take back.
    """

    family: Family
    grades: tuple[Grade, ...]
    changed: bool
    can_undo: bool


def table_of(session: Session, family: str) -> tuple[Grade, ...]:
    """Return the present table of a family; an unknown family is paid like sales."""
    rows = session.exec(select(GradeRow).where(GradeRow.family == family).order_by(col(GradeRow.floor))).all()
    if not rows and family != Family.SALES:
        return table_of(session, Family.SALES)
    return tuple(
        Grade(row.floor, row.ceiling, row.title, row.pay, row.market_pay, row.from_source) for row in rows
    )


def tables(sandbox: Sandbox, actor: Actor) -> tuple[FamilyTable, ...]:
    """Return the tables of all families.

    Raises:
        Forbidden: The role may not see pay.
    """
    sandbox.admit(actor, Right.SEE_PAY)
    with sandbox.store.read() as session:
        return tuple(_family_table(sandbox, session, family) for family in Family)


def table(sandbox: Sandbox, actor: Actor, family: str) -> FamilyTable:
    """Return the table of one family.

    Raises:
        Forbidden: The role may not see pay.
        NotFound: There is no such family.
    """
    sandbox.admit(actor, Right.SEE_PAY)
    with sandbox.store.read() as session:
        return _family_table(sandbox, session, family_of(family))


def family_of(code: str) -> Family:
    """Return the family with that code, or raise :class:`NotFound`."""
    if code not in set(Family):
        raise NotFound(
            N_("There is no post family {id}."), N_("Go back to the list and choose another one."), id=code
        )
    return Family(code)


def save(
    sandbox: Sandbox, actor: Actor, family: str, grades: Sequence[Grade], seen: Sequence[Grade]
) -> FamilyTable:
    """Replace the table of a family; offers and payroll records that exist stay as they are.

    Args:
        sandbox: Where.
        actor: HR.
        family: Whose table.
        grades: The new lines in any order; ``from_source`` is set by us.
        seen: The table that was changed, so that a change by somebody else is not overwritten.

    Raises:
        Forbidden: The role may not change pay.
        Invalid: The lines have a gap, an overlap, or a value that will not do.
        Conflict: Somebody else has changed the table meanwhile.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    known = family_of(family)
    new = marked(checked(grades), default_table(known, sandbox.lang))
    with sandbox.change(actor) as change:
        before = table_of(change.session, known)
        if before != tuple(seen):
            raise Conflict(
                N_("Somebody else has changed this grade table."), N_("Load the page again, then change it.")
            )
        _replace(change, known, before, new)
    return table(sandbox, actor, family)


def reset(sandbox: Sandbox, actor: Actor, family: str) -> FamilyTable:
    """Put back the table that came with the product; this can be undone like every change."""
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    known = family_of(family)
    with sandbox.change(actor) as change:
        _replace(change, known, table_of(change.session, known), default_table(known, sandbox.lang))
    return table(sandbox, actor, family)


def undo(sandbox: Sandbox, actor: Actor, family: str) -> FamilyTable:
    """Take back the last change of a table; undoing twice makes it again.

    Raises:
        NotAllowed: It was never changed.
    """
    sandbox.admit(actor, Right.EDIT_PAY, write=True)
    known = family_of(family)
    with sandbox.change(actor) as change:
        last = _last_change(change.session, known)
        if last is None:
            raise NotAllowed(N_("This grade table was never changed."), N_("There is nothing to take back."))
        earlier = _GRADES.validate_json(str(last.data["before"]))
        _replace(change, known, table_of(change.session, known), earlier)
    return table(sandbox, actor, family)


def _family_table(sandbox: Sandbox, session: Session, family: Family) -> FamilyTable:
    grades = table_of(session, family)
    return FamilyTable(
        family=family,
        grades=grades,
        changed=grades != default_table(family, sandbox.lang),
        can_undo=_last_change(session, family) is not None,
    )


def _last_change(session: Session, family: Family) -> EventRow | None:
    query = select(EventRow).where(EventRow.kind == Kind.GRADES_CHANGED, EventRow.subject == family)
    return session.exec(query.order_by(col(EventRow.seq).desc())).first()


def _replace(change: Change, family: Family, before: Sequence[Grade], after: Sequence[Grade]) -> None:
    if tuple(before) == tuple(after):
        return
    for row in change.session.exec(select(GradeRow).where(GradeRow.family == family)):
        change.session.delete(row)
    change.session.flush()
    write_table(change.session, family, after)
    change.tell(Kind.GRADES_CHANGED, family, before=_as_text(before), after=_as_text(after))


def _as_text(grades: Sequence[Grade]) -> str:
    return _GRADES.dump_json(tuple(grades)).decode()
