"""Letters to candidates, what they share, and who wants none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table("letter_kit", _text("id", primary_key=True), _text("content"))
    op.create_table(
        "letter",
        _text("key", primary_key=True),
        sa.Column("kit", sa.String(), sa.ForeignKey("letter_kit.id"), nullable=False),
        _text("channel"),
        _text("about"),
        _text("address"),
        sa.Column("invitation", sa.JSON(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _text("said"),
    )
    for column in ("address", "due", "state"):
        op.create_index(f"ix_letter_{column}", "letter", [column])
    op.create_table("opt_out", _text("address", primary_key=True), sa.Column("at", MOMENT, nullable=False))


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)
