"""`trainer guide LESSON --for FILE`: letters to candidates, seen before they go, and what became of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from trainer import bootstrap
from trainer.adapters.database import Database
from trainer.app.publish import NoGuide
from trainer.cli.files import check_folder, write
from trainer.cli.shares import orderly_end
from trainer.cli.show import perform_all
from trainer.core.brand import Brand
from trainer.core.errors import BadInput, ExitCode
from trainer.core.invitation import (
    ADDRESS,
    PHONE,
    About,
    Channel,
    Delivery,
    Invitation,
    Item,
    Kit,
    appointed,
    items,
    misdirected,
)
from trainer.core.scenario import Scenario
from trainer.i18n import N_
from trainer.i18n import gettext as _

TO_GO = (Delivery.WAITING, Delivery.SENDING)

PREVIEWS = 3
"""So many letters are written as files to be looked at."""

PREVIEW_SENDER = "preview@example.com"
EXAMPLE = "0" * 32
"""Stands in previews for the secret of a practice link: it leads nowhere."""

STATES = {
    Delivery.WAITING: N_("waiting"),
    Delivery.SENDING: N_("being sent"),
    Delivery.SENT: N_("sent"),
    Delivery.REFUSED: N_("refused"),
    Delivery.OPTED_OUT: N_("not wanted"),
    Delivery.TOO_LATE: N_("too late"),
    Delivery.WITHDRAWN: N_("withdrawn"),
}


def write_letters(  # noqa: PLR0913  # the choices of the command
    scenario: Scenario, file: Path, *, out: Path, brand: Brand, about: About, per_minute: float, send: bool
) -> int:
    """Make the letters to the candidates of `file`; send them, or write some as files to be looked at first."""
    candidates = bootstrap.invitations(file)
    if not send:
        check_folder(out)  # complains before a browser is started
    used = {Channel.MAIL for one in candidates if one.email} | {Channel.SMS for one in candidates if one.phone}
    if send:
        bootstrap.senders(used)  # complains before a browser is started
    kits = make_kits(scenario, sorted({one.lang for one in candidates}), brand)
    now = bootstrap.clock()
    with closing(bootstrap.database()) as database:
        outbox = bootstrap.outbox(database)
        noted = outbox.all()
        candidates = appointed(candidates, noted)
        if not send:
            letters = [(kits[one.lang], items(kits[one.lang], one, about, now)) for one in candidates]
            settled = {item.key for item in noted if item.state not in TO_GO}
            due = [(kit, item) for kit, found in letters for item in found if item.due <= now]
            return preview(due, settled, outbox.wants_none, out, now)
        if gone := outbox.withdraw(misdirected(candidates, noted)):
            told = _("{count} letters to addresses that are no longer in the list were withdrawn.")
            click.echo(told.format(count=gone), err=True)
        letters = with_practice(database, [(kits[one.lang], one) for one in candidates], scenario.id, about, now)
        new = sum(outbox.add(kit, found) for kit, found in letters)
        known = sum(len(found) for _kit, found in letters) - new
        click.echo(_("{new} letters are new, {known} were noted before.").format(new=new, known=known), err=True)
        post = bootstrap.post(database, used, per_minute=per_minute)
        total = sum(one.state in TO_GO and one.due <= now for one in outbox.all())
        done: Counter[Delivery] = Counter()

        def tell(item: Item, state: Delivery) -> None:
            done[state] += 1
            settled = done.total() - done[Delivery.WAITING]
            click.echo(f"{settled}/{total} {item.address}: {_(STATES[state])}", err=True)

        with orderly_end():
            post.deliver(patient=True, tell=tell, waiting=tell_waiting)
        return tell_states(outbox.all())


def with_practice(
    database: Database, invited: list[tuple[Kit, Invitation]], lesson: str, about: About, now: datetime
) -> list[tuple[Kit, tuple[Item, ...]]]:
    """Return the letters; new ones carry a practice link where the trainer's public address is known."""
    ours, base = bootstrap.candidates(database), bootstrap.public_url()
    known = {item.key for item in bootstrap.outbox(database).all()}
    letters = []
    for kit, one in invited:
        found = items(kit, one, about, now)
        if base and any(item.key not in known for item in found):  # who deleted all data is not noted again
            found = items(kit, one, about, now, ours.invited(one, lesson).id)
        letters.append((kit, found))
    return letters


def make_kits(scenario: Scenario, langs: list[str], brand: Brand) -> dict[str, Kit]:
    """Perform the lesson in each language and return what its letters share."""
    from guides import invitation
    from guides.edition import edition

    trainer = bootstrap.public_url()  # complains before a browser is started
    if scenario.family != "normal-exit" or scenario.id not in bootstrap.scenarios().ids():
        trainer = ""  # the trainer that is served has no minute about the exit of such a lesson
    found: dict[str, Kit] = {}
    with orderly_end():
        for _lesson, lang, performed in perform_all([(scenario, lang) for lang in langs], None):
            if isinstance(performed, NoGuide):
                raise performed
            today = bootstrap.clock().astimezone().date()
            found[lang] = invitation.kit(edition(performed, today, brand), trainer)
    return found


def tell_waiting() -> None:
    """Say that another sender is at work."""
    click.echo(_("Somebody else is sending letters; waiting until they are done …"), err=True)


def preview(
    letters: list[tuple[Kit, Item]],
    done: Collection[str],
    wants_none: Callable[[str], bool],
    out: Path,
    now: datetime,
) -> int:
    """Write the first of the letters that would go as files, print their paths, and count why others would not.

    Args:
        letters: Those that are due.
        done: Keys of those that were dealt with before.
        wants_none: Tells whether an address gets no letters.
        out: Folder for the files; it is there.
        now: The present moment.
    """
    from guides import invitation

    due = len(letters)
    letters = [(kit, item) for kit, item in letters if item.key not in done]
    before = due - len(letters)
    letters = [(kit, item) for kit, item in letters if not wants_none(item.address)]
    unwanted = due - before - len(letters)
    letters = [(kit, item) for kit, item in letters if now < item.until]
    base = bootstrap.public_url()
    practice = f"{base}/candidate/{EXAMPLE}" if base else ""
    for kit, item in letters[:PREVIEWS]:
        if item.channel is Channel.MAIL:
            path = out / f"{item.key}.eml"
            write(path, invitation.message(item, kit, PREVIEW_SENDER, now, practice).as_bytes())
        else:
            path = out / f"{item.key}.txt"
            write(path, (invitation.sms(item, kit, now, practice) + "\n").encode())
        click.echo(path)
    told = _("{count} letters are ready, {shown} of them as files. Nothing was sent.")
    click.echo(told.format(count=len(letters), shown=min(PREVIEWS, len(letters))), err=True)
    if before:
        click.echo(_("{count} letters were dealt with before and do not go again.").format(count=before), err=True)
    if unwanted:
        told = _("{count} letters are not wanted by whom they would go to, and do not go.")
        click.echo(told.format(count=unwanted), err=True)
    if late := due - before - unwanted - len(letters):
        click.echo(_("{count} letters would come too late and do not go.").format(count=late), err=True)
    click.echo(_("→ look at them, then add --send to the same command"), err=True)
    return ExitCode.PASSED


def show_letters() -> int:
    """Print what became of all letters."""
    with closing(bootstrap.database()) as database:
        return tell_states(bootstrap.outbox(database).all())


def opt_out(address: str) -> int:
    """Note that somebody wants no letters: an address as lists have it, alone or after a name."""
    plain = address.strip()
    plain = plain.rpartition("<")[2].removesuffix(">") if "@" in plain else re.sub(r"[\s().-]", "", plain)
    if not (re.fullmatch(ADDRESS, plain) or re.fullmatch(PHONE, plain)):
        raise BadInput(
            _("`{address}` is neither an e-mail address nor a phone number.").format(address=address),
            _("Write the number with its country code, such as +8613800000000."),
        )
    with closing(bootstrap.database()) as database:
        bootstrap.outbox(database).opt_out(plain, bootstrap.clock())
    click.echo(_("{address} gets no further letters.").format(address=plain), err=True)
    return ExitCode.PASSED


def tell_states(letters: tuple[Item, ...]) -> int:
    """Print a line for each letter and count them; a refused one makes the exit code 1."""
    for one in letters:
        said = f"  {one.said}" if one.said else ""
        when = one.due.astimezone().isoformat(timespec="minutes")
        click.echo(f"{one.state.value:10} {when} {one.about.value:10} {one.address}{said}")
    count = Counter(one.state for one in letters)
    click.echo(", ".join(f"{_(STATES[state])}: {count[state]}" for state in Delivery if count[state]), err=True)
    if count[Delivery.REFUSED]:
        click.echo(_("→ mend the addresses that were refused and send to those again"), err=True)
        return ExitCode.CHECK_FAILED
    click.echo("→ trainer guide --letters", err=True)
    return ExitCode.PASSED
