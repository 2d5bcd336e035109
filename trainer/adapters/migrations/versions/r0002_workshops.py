"""Workshops with their seats; accounts with their sign-ins, links and audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workshop",
        _text("id", primary_key=True),
        _text("code"),
        _text("title"),
        _text("path"),
        sa.Column("lessons", sa.JSON(), nullable=False),
        _text("test"),
        _text("mode"),
        _text("host"),
        sa.Column("created", MOMENT, nullable=False),
        _text("phase"),
        sa.Column("ended", MOMENT),
        _text("message"),
    )
    op.create_index("ix_workshop_code", "workshop", ["code"], unique=True)
    op.create_table(
        "seat",
        _text("id", primary_key=True),
        sa.Column("workshop", sa.String(), sa.ForeignKey("workshop.id"), nullable=False),
        _text("name"),
        _text("owner"),
        _text("code"),
        sa.Column("joined", MOMENT),
        sa.Column("asked", MOMENT),
        _text("hint"),
        sa.Column("unlocked", sa.Integer(), nullable=False),
        _text("fault"),
        sa.Column("removed", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_seat_workshop", "seat", ["workshop"])
    op.create_index("ix_seat_owner", "seat", ["owner"])
    op.create_index("ix_seat_code", "seat", ["code"], unique=True)
    op.create_table(
        "device",
        _text("id", primary_key=True),
        sa.Column("seat", sa.String(), sa.ForeignKey("seat.id"), nullable=False),
    )
    op.create_index("ix_device_seat", "device", ["seat"])
    op.create_table(
        "account",
        _text("id", primary_key=True),
        _text("login"),
        _text("name"),
        _text("role"),
        sa.Column("created", MOMENT, nullable=False),
        _text("password"),
        _text("totp"),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("closed", MOMENT),
    )
    op.create_index("ix_account_login", "account", ["login"], unique=True)
    op.create_table(
        "sign_in",
        _text("id", primary_key=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("begun", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        _text("browser"),
    )
    op.create_index("ix_sign_in_account", "sign_in", ["account"])
    op.create_table(
        "link",
        _text("id", primary_key=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_index("ix_link_account", "link", ["account"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        _text("who"),
        _text("what"),
        _text("about"),
    )


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)
