"""Lint: whether what a scenario points at and asks for exists in the HR system it is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from trainer.core import locators
from trainer.core.actions import Action, Choose, Clear, Detour, Fill, Goto, Inject, SignIn, WaitFor
from trainer.core.application import SECRET, Application
from trainer.core.checks import Check, Event, FieldValue, See, Stored, Visible
from trainer.core.contract import Contract
from trainer.core.expressions import parse, unknown_fields
from trainer.core.judge import proving
from trainer.core.model import PLACEHOLDER, fill_in
from trainer.core.scenario import Step, split_repeat
from trainer.i18n import gettext as _

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_UNFILLED = re.compile(r"\$\{[^}]*\}?")
_EVENT = {"seq": 0, "at": "", "actor": "", "role": "", "kind": "", "subject": "", "data": None}
"""Shape of an event, for `where` expressions."""

Names = Mapping[str, Any]
"""Names of the moment beyond the contract's context: the item of a repeated Step."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not exist or cannot work.

    Attributes:
        path: Field names and indexes from the piece that was looked at to what is meant.
        message: What is wrong.
        hint: What to do about it, or "".
        at_key: Whether the key of the last path item is meant, not its value.
    """

    path: tuple[str | int, ...]
    message: str
    hint: str = ""
    at_key: bool = False


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of `known`, else all of them when they are few, else ""."""
    words = list(known)
    if near := get_close_matches(word, words, n=1, cutoff=0.6):
        return _("Did you mean `{word}`?").format(word=near[0])
    if 0 < len(words) <= 12:  # noqa: PLR2004  # more would not help
        return _("Known: {words}.").format(words=", ".join(words))
    return ""


def lint_action(action: Action, contract: Contract, names: Names) -> Iterator[Finding]:
    """Look at one Action: its test id, role or fault, and every ``${…}``."""
    for field in type(action).model_fields:
        yield from _names(getattr(action, field), (field,), contract, names)
    if isinstance(action, Choose):
        yield from _target(action.target, contract, "target")
        if contract.application is None:
            yield from _target(f"{action.target}.option[{action.option}]", contract, "target")
    elif isinstance(action, Goto):
        yield from _address(action.path, contract.application, "path")
    elif isinstance(action, SignIn):
        yield from _one_of(action.role, contract.roles, ("role",), _("there is no role `{word}`"))
    elif isinstance(action, Inject | Clear):
        yield from _one_of(action.fault, contract.faults, ("fault",), _("there is no fault `{word}`"))
    elif aim := action.aim():
        yield from _target(aim, contract, "target")


def lint_check(check: Check, contract: Contract, names: Names) -> Iterator[Finding]:
    """Look at one Check: what it asks of the snapshot, of events, of pages, and every ``${…}``."""
    for field in type(check).model_fields:
        yield from _names(getattr(check, field), (field,), contract, names)
    if isinstance(check, Stored):
        yield from _fields(check.stored, "stored", contract.snapshot)
    elif isinstance(check, Event):
        yield from _one_of(check.event, contract.events, ("event",), _("there is no event `{word}`"))
        yield from _fields(check.where, "where", _EVENT)
    elif isinstance(check, See):
        yield from _one_of(check.role, contract.roles, ("role",), _("there is no role `{word}`"))
        if contract.application is not None:
            yield from _address(check.page, contract.application, "page")
        for target, text in check.see.items():
            yield from _target(target, contract, "see", target)
            if contract.application is None and _CODE.fullmatch(text):
                yield from _one_of(
                    text, contract.codes(), ("see", target), _("`{word}` is not the code of a state")
                )
    elif isinstance(check, FieldValue | Visible):
        yield from _target(check.target, contract, "target")


def lint_text(text: str, contract: Contract, names: Names) -> Iterator[Finding]:
    """Look at the ``${…}`` of a text."""
    return _names(text, (), contract, names)


def lint_heading(text: str) -> Iterator[Finding]:
    """Look for ``${…}`` in a title or a summary, which are told where there is no Sandbox yet."""
    for word in _UNFILLED.findall(text):
        yield Finding(
            (),
            _("nothing fills in `{word}` here").format(word=word),
            _("Title and summary are told before there is any practice data."),
        )


def lint_detour(detour: Detour, contract: Contract) -> Iterator[Finding]:
    """Look at the element of a Detour."""
    return _target(detour.target, contract)


def lint_step(step: Step, contract: Contract) -> Iterator[Finding]:
    """Look at the id of a Step and at its list to repeat over."""
    if "." in step.id:
        yield Finding(
            ("id",), _("the id of a step has no dot"), _("`repeat` adds the number of the item by itself.")
        )
    if step.repeat and not isinstance(contract.context.get(split_repeat(step.repeat)[0]), list):
        lists = [f"${{{name}}}" for name, value in contract.context.items() if isinstance(value, list)]
        yield Finding(
            ("repeat",),
            _("there is no list `{word}`").format(word=step.repeat),
            did_you_mean(step.repeat, lists),
        )


def lint_branch(step: Step, contract: Contract, names: Names) -> Iterator[Finding]:
    """Look at the condition of a Step."""
    if step.when is not None:
        yield from _names(step.when, ("when",), contract, names)
        yield from _fields(step.when, "when", contract.snapshot)


def lint_order(steps: Sequence[Step]) -> Iterator[Finding]:
    """Look whether Steps that may be left out, or done in any order, can be told apart from their neighbours."""
    for number, step in enumerate(steps):
        if not (step.optional or step.any_order):
            continue
        if any(action.by != "trainee" for action in step.do):
            yield Finding(
                ("steps", number, "do"),
                _("step `{step}` may be left out or moved, so its actions must be the trainee's").format(
                    step=step.id
                ),
                _("Put `{verb}` into a step of its own.").format(
                    verb=next(action.verb for action in step.do if action.by != "trainee")
                ),
            )
        following = next((later for later in steps[number + 1 :] if not later.optional), None)
        if step.optional and (following is None or following.do[0].by == "system"):
            yield Finding(
                ("steps", number, "optional"),
                _("nothing tells that step `{step}` was left out").format(step=step.id),
                _("Let a step follow that the trainee begins and cannot leave out."),
            )


def lint_proof(step: Step, contract: Contract) -> Iterator[Finding]:
    """Look whether what a trainee does in a Step is proven at all."""
    ours = contract.application is None
    proven = any(proving(step)) if ours else any(check.proves for check in step.expect)
    if any(action.by == "trainee" for action in step.do) and not proven:
        yield Finding(
            ("id",),
            _("step `{step}` cannot be passed: no check proves what was stored").format(step=step.id),
            _("Add a `stored` or an `event` check to `expect`.")
            if ours
            else _("Add a `stored` or a `see` check to `expect`."),
        )


def lint_application(application: Application) -> Iterator[Finding]:
    """Look at where requests lead, whether signing in ends with a proof, and whether secrets stay secrets."""
    for number, request in enumerate(application.reset):
        yield from _address(request.path, application, "reset", number, "path")
        yield from _sent_as_it_stands(request.path, "reset", number, "path")
        yield from _only_secrets(request.json_body, "reset", number, "json")
        yield from _only_secrets(request.form, "reset", number, "form")
    for name, path in application.snapshot.items():
        yield from _address(path, application, "snapshot", name)
        yield from _sent_as_it_stands(path, "snapshot", name)
    yield from _only_secrets(application.account and application.account.model_dump(), "account")
    yield from _only_secrets(application.headers, "headers")
    secret = _("Write ${{secret.name}}, and put it into the environment: export TRAINER_SECRET_…=…")
    if application.account and not SECRET.search(application.account.password):
        yield Finding(("account", "password"), _("a password does not belong in the file"), secret.format())
    for name, value in application.headers.items():
        if name.lower() in {"authorization", "cookie"} and not SECRET.search(value):
            yield Finding(("headers", name), _("a password does not belong in the file"), secret.format())
    for role, actions in application.sign_in.items():
        yield from _sign_in(role, actions)


def names_of(step_repeat: object, contract: Contract) -> dict[str, Any]:
    """Return what a Step that is repeated over `step_repeat` (as written) can name besides the context."""
    try:
        name = split_repeat(str(step_repeat))[0]
    except KeyError:
        return {}
    items = contract.context.get(name)
    if not isinstance(items, list) or not items:
        return {}
    return {name.removesuffix("s"): {**items[0], "number": 1}}


def lint_head(profile: object, dataset: object, role: object, contract: Contract) -> Iterator[Finding]:
    """Look at where a Scenario plays, with which data and as whom; what is no text is left to others."""
    for word, known, path, message in (
        (profile, contract.profiles, ("profile",), _("there is no profile `{word}`")),
        (dataset, contract.datasets, ("seed", "dataset"), _("there is no dataset `{word}`")),
        (role, contract.roles, ("role",), _("there is no role `{word}`")),
    ):
        if isinstance(word, str):
            yield from _one_of(word, known, path, message)


def lint_hidden(hide: Sequence[str], contract: Contract) -> Iterator[Finding]:
    """Look at the elements that pictures cover."""
    for number, target in enumerate(hide):
        yield from _target(target, contract, "hide", number)


def _one_of(word: str, known: Iterable[str], path: tuple[str | int, ...], message: str) -> Iterator[Finding]:
    words = list(known)
    if word not in words and "${" not in word:
        yield Finding(path, message.format(word=word), did_you_mean(word, words))


def _sign_in(role: str, actions: Sequence[Action]) -> Iterator[Finding]:
    if actions and not isinstance(actions[-1], WaitFor):
        yield Finding(
            ("sign_in", role),
            _("signing in has to end with `wait_for`"),
            _("Wait for something that only somebody who is signed in can see."),
        )
    for number, action in enumerate(actions):
        for name, key in action.keys().items():
            yield from _only_secrets(getattr(action, name), "sign_in", role, number, key)
        told = action.model_dump()
        if isinstance(action, Fill):
            del told["text"]
        if any(SECRET.search(str(value)) for value in told.values()):
            yield Finding(("sign_in", role, number), _("a secret can only be the text that `fill` types"))


def _sent_as_it_stands(path: str, *where: str | int) -> Iterator[Finding]:
    for word in _UNFILLED.findall(path):
        yield Finding(
            where,
            _("nothing fills in `{word}` here").format(word=word),
            _("Secrets belong in `headers`, `account` or a body; what differs from run to run in the check."),
        )


def _only_secrets(value: object, *where: str | int) -> Iterator[Finding]:
    """Look at what the training system sends by itself: nothing of a Run is known there."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _only_secrets(item, *where, key)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _only_secrets(item, *where, number)
    elif isinstance(value, str):
        for word in _UNFILLED.findall(SECRET.sub("", value)):
            yield Finding(
                where,
                _("nothing fills in `{word}` here").format(word=word),
                _("Only secrets are known here: ${{secret.name}}.").format(),
            )


def _address(path: str, application: Application | None, *where: str | int) -> Iterator[Finding]:
    if application is None:
        yield Finding(
            where, _("`goto` is for somebody else's application"), _("Click what leads there, as a trainee would.")
        )
        return
    try:
        application.address(fill_in(path, lambda _name: "x"))
    except ValueError:
        yield Finding(
            where,
            _("`{address}` leads away from the application").format(address=path),
            _("Add its address to `origins` of the target, if that is meant."),
        )


def _target(target: str, contract: Contract, *path: str | int) -> Iterator[Finding]:
    plain = fill_in(target, lambda _name: "id")
    if contract.application is not None:
        try:
            locators.parse(plain)
        except locators.BadLocator as error:
            message = _("there is no role `{word}`") if error.kind else _("not a locator: `{word}`")
            hint = did_you_mean(error.word, locators.KINDS) if error.kind else ""
            yield Finding(
                path,
                message.format(word=error.word),
                hint or _('A locator looks like this: button "Save", label "Amount", text "Saved", css ".total"'),
                at_key="see" in path,
            )
    elif not contract.knows(plain):
        yield Finding(
            path,
            _("there is no element `{word}`").format(word=target),
            did_you_mean(target, contract.all_test_ids()),
            at_key="see" in path,
        )


def _fields(expression: str, field: str, sample: Mapping[str, Any]) -> Iterator[Finding]:
    for name, known in unknown_fields(parse(fill_in(expression, lambda _name: "x")), sample):
        yield Finding(
            (field,), _("nothing called `{word}` is stored there").format(word=name), did_you_mean(name, known)
        )


def _names(value: object, path: tuple[str | int, ...], contract: Contract, names: Names) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _names(key, (*path, key), contract, names)
            yield from _names(item, (*path, key), contract, names)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _names(item, (*path, number), contract, names)
    elif isinstance(value, str):
        for begin in (found.start() for found in re.finditer(r"\$\{", value)):
            found = PLACEHOLDER.match(value, begin)
            if found is None or not contract.names(found[1], names):
                written = found[0] if found else "".join(value[begin:].partition("}")[:2])
                known = [f"${{{name}}}" for name in contract.all_names(names)]
                yield Finding(
                    path, _("nothing is called `{word}`").format(word=written), did_you_mean(written, known)
                )
