"""Candidates, their personal links and browsers, and which letters go to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and give letters their candidate."""
    op.create_table(
        "candidate",
        _text("id", primary_key=True),
        *(_text(name) for name in ("name", "post", "lesson", "lang", "owner", "host")),
        sa.Column("created", MOMENT, nullable=False),
        _text("starts"),
        _text("known"),
        *(sa.Column(name, MOMENT) for name in ("opened", "revoked", "erased")),
    )
    for column in ("host", "known"):
        op.create_index(f"ix_candidate_{column}", "candidate", [column])
    for table in ("candidate_link", "candidate_device"):
        op.create_table(
            table,
            _text("id", primary_key=True),
            sa.Column("candidate", sa.String(), sa.ForeignKey("candidate.id"), nullable=False),
        )
        op.create_index(f"ix_{table}_candidate", table, ["candidate"])
    op.add_column("letter", sa.Column("candidate", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_letter_candidate", "letter", ["candidate"])


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)
