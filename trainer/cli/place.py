"""The option `--url`: where somebody else's application is, on which a lesson plays."""

from __future__ import annotations

import shlex

import click

from trainer.core.application import Application
from trainer.core.errors import BadInput
from trainer.core.scenario import Scenario
from trainer.i18n import gettext as _

url_option = click.option(
    "--url", help=_("Where somebody else's application is, for lessons on one; else where the lesson says.")
)
"""Puts another address in the place of the one that a lesson names."""


def called(name: str, url: str | None) -> str:
    """Return what follows a command to call it for the same lesson at the same place, as a shell reads it.

    Args:
        name: The lesson as it was asked for: its id or its file.
        url: The address that was given for somebody else's application, or None.
    """
    return shlex.join([name, *(("--url", url) if url else ())])


def place_of(scenario: Scenario, url: str | None) -> Application | None:
    """Return the application on which a lesson plays, at `url` if one is given; None for the sandbox HRMS.

    Raises:
        BadInput: The lesson plays on the sandbox HRMS, or `url` is no address.
    """
    if scenario.target is None and url is not None:
        raise BadInput(
            _("Lesson {scenario} plays on the practice HR system: --url is not for it.").format(
                scenario=scenario.id
            ),
            _("See how a lesson names somebody else's application: docs/another-application.md"),
        )
    try:
        return scenario.target and scenario.target.at(url)
    except ValueError as error:
        raise BadInput(
            _("`{address}` is no address on the web").format(address=url),
            _("Write it whole, such as http://127.0.0.1:5000."),
        ) from error
