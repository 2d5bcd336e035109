"""What trainees think of a workshop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("seat", sa.String(), sa.ForeignKey("seat.id"), primary_key=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
