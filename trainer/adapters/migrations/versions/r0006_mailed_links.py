"""One-time links know whether their owner asked for them by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; all links so far are of administrators."""
    op.add_column("link", sa.Column("by_mail", sa.Boolean(), nullable=False, server_default=sa.false()))
