"""`trainer account`: one-time links for instructors and administrators."""

from __future__ import annotations

from contextlib import closing

import click

from trainer import bootstrap
from trainer.core.people import Role
from trainer.i18n import gettext as _


@click.group(help=_("Accounts of those who run workshops."))
def account() -> None:
    """Hold the commands."""


@account.command(help=_("Print a link with which LOGIN sets a new password, once, within 48 hours."))
@click.argument("login")
@click.option(
    "--role", type=click.Choice([one.value for one in Role]), help=_("Make the account, if there is none.")
)
@click.option("--name", default="", help=_("Name of a new account; the login by default."))
def link(login: str, *, role: str | None, name: str) -> None:
    """Print the path of the link; it belongs behind the trainer's address."""
    with closing(bootstrap.database()) as database:
        secret = bootstrap.people(database).link(login, name=name, role=Role(role) if role else None)
    click.echo(f"/link/{secret}")
    click.echo(_("Open it behind the trainer's address, e.g. http://127.0.0.1:8080"), err=True)
