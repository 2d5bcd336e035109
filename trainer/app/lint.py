"""Lint: whether what a scenario points at and asks for exists in the HR system it is meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from trainer.core.actions import Action, Choose, Clear, Detour, Inject, SignIn
from trainer.core.checks import Check, Event, FieldValue, See, Stored, Visible
from trainer.core.contract import Contract
from trainer.core.expressions import parse, unknown_fields
from trainer.core.judge import proving
from trainer.core.model import PLACEHOLDER, fill_in
from trainer.core.scenario import Step, split_repeat
from trainer.i18n import gettext as _

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
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
        yield from _test_id(action.target, contract, "target")
        yield from _test_id(f"{action.target}.option[{action.option}]", contract, "target")
    elif isinstance(action, SignIn):
        yield from _one_of(action.role, contract.roles, ("role",), _("there is no role `{word}`"))
    elif isinstance(action, Inject | Clear):
        yield from _one_of(action.fault, contract.faults, ("fault",), _("there is no fault `{word}`"))
    elif aim := action.aim():
        yield from _test_id(aim, contract, "target")


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
        for target, text in check.see.items():
            yield from _test_id(target, contract, "see", target)
            if _CODE.fullmatch(text):
                yield from _one_of(
                    text, contract.codes(), ("see", target), _("`{word}` is not the code of a state")
                )
    elif isinstance(check, FieldValue | Visible):
        yield from _test_id(check.target, contract, "target")


def lint_text(text: str, contract: Contract, names: Names) -> Iterator[Finding]:
    """Look at the ``${…}`` of a text."""
    return _names(text, (), contract, names)


def lint_detour(detour: Detour, contract: Contract) -> Iterator[Finding]:
    """Look at the test id of a Detour."""
    return _test_id(detour.target, contract)


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


def lint_proof(step: Step) -> Iterator[Finding]:
    """Look whether what a trainee does in a Step is proven at all."""
    if any(action.by == "trainee" for action in step.do) and not any(proving(step)):
        yield Finding(
            ("id",),
            _("step `{step}` cannot be passed: no check proves what was stored").format(step=step.id),
            _("Add a `stored` or an `event` check to `expect`."),
        )


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


def _one_of(word: str, known: Iterable[str], path: tuple[str | int, ...], message: str) -> Iterator[Finding]:
    words = list(known)
    if word not in words and "${" not in word:
        yield Finding(path, message.format(word=word), did_you_mean(word, words))


def _test_id(target: str, contract: Contract, *path: str | int) -> Iterator[Finding]:
    plain = fill_in(target, lambda _name: "id")
    if not contract.knows(plain):
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
