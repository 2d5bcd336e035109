"""Runs and their Attempts, as they were before tables had versions; older ones get the columns they lack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, or bring those of an early database up to this version."""
    known = sa.inspect(op.get_bind())
    later = (
        sa.Column("spent", sa.Float(), nullable=False, server_default="0"),
        sa.Column("ticked", MOMENT),
        sa.Column("breaks", sa.Integer(), nullable=False, server_default="0"),
    )
    if known.has_table("run"):
        there = {column["name"] for column in known.get_columns("run")}
        for column in later:
            if column.name not in there:
                op.add_column("run", column)
        _index(known)
        return
    op.create_table(
        "run",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sandbox", sa.String(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("moved", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("final", sa.JSON(), nullable=False),
        sa.Column("ongoing", sa.JSON()),
        *later,
    )
    op.create_table(
        "attempt",
        sa.Column("run", sa.String(), sa.ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("ended", MOMENT, nullable=False),
        sa.Column("mistakes", sa.Integer(), nullable=False),
        sa.Column("helps", sa.JSON(), nullable=False),
        sa.Column("assisted", sa.Boolean(), nullable=False),
    )
    _index(sa.inspect(op.get_bind()))


def _index(known: sa.Inspector) -> None:
    """Make the indexes that are not there yet."""
    wanted = (("run", "scenario"), ("run", "owner"), ("run", "moved"), ("attempt", "step"))
    for table, column in wanted:
        name = f"ix_{table}_{column}"
        if name not in {index["name"] for index in known.get_indexes(table)}:
            op.create_index(name, table, [column])
