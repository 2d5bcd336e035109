"""Record: what a person did in a window becomes a scenario file, with checks proposed from what was stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from trainer.app.ports import Control
from trainer.core.actions import Action, Choose, Click, Fill
from trainer.core.checks import quote_raw_string
from trainer.core.errors import LookFailed

SETTLE_SECONDS = 0.6
"""So long after an action what it stored is looked at."""

CHECKS_A_STEP = 3
"""More checks than these would be noise: the author chooses among them."""

VOLATILE = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{8,}|\d\d:\d\d")
"""Dates, times and made-up ids differ from run to run and prove nothing."""

COUNTS = re.compile(r"(\b|_)counts?(\b|_)|Counts?\b|revision|(\b|_)id$|Id$")
"""So are numbers that only count, and ids; an account, a country and a headcount are none of them."""

UNCONFIRMED = "# proposed, confirmed by nobody: take away the # before what has to be true"
"""Stands in the file before checks that the author has not been asked about."""

PLAIN = re.compile(r"[A-Za-z_]\w*")

ENTRY = re.compile(r"^(?=[a-z_]+ *:)", re.MULTILINE)
"""Where an entry of a scenario file begins: at a key that is not indented."""


class Camera(Protocol):
    """A window that tells what a person does in it."""

    def next(self) -> Action | None:
        """Return what was done since the last time, one at a time; None when there is nothing."""
        ...

    def closed(self) -> bool:
        """Tell whether the person has closed the window."""
        ...


@dataclass
class Recorded:
    """One step of a recording.

    Attributes:
        do: What was done.
        expect: What was stored by it, as JMESPath expressions.
        unconfirmed: The same, of which nobody has said yet whether it belongs there.
    """

    do: list[Action] = field(default_factory=list)
    expect: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)


def record(
    camera: Camera, control: Control, sandbox: str, wait: Callable[[float], None], ended: Callable[[], bool]
) -> list[Recorded]:
    """Watch until the window is closed, or `ended` says so; a step ends where something was stored."""
    steps: list[Recorded] = []
    now, before = Recorded(), _stored(control, sandbox)
    while True:
        over = camera.closed() or ended()
        while action := camera.next():
            if isinstance(action, Choose) and now.do and now.do[-1] == Click(target=action.target):
                now.do.pop()  # it has opened the list, as choosing does anyway
            if isinstance(action, Fill) and now.do and _is_same_field(now.do[-1], action):
                now.do.pop()  # it was typed further there
            now.do.append(action)
            if isinstance(action, Fill):
                continue
            wait(SETTLE_SECONDS)
            after = _stored(control, sandbox)
            if found := proposed(before, after, _typed(now)):
                now.expect = found
                steps.append(now)
                now, before = Recorded(), after
        if over:
            break
        wait(SETTLE_SECONDS / 4)
    if now.do:
        wait(SETTLE_SECONDS)  # a field may be stored by leaving it, and anything a little later
        now.expect = proposed(before, _stored(control, sandbox), _typed(now))
        if now.expect or not steps:
            steps.append(now)
        else:
            steps[-1].do += now.do  # nothing was stored by it: it belongs to what was done before
    return steps


def _is_same_field(before: Action, typed: Fill) -> bool:
    return isinstance(before, Fill) and before.target == typed.target


def _typed(step: Recorded) -> set[str]:
    return {text for done in step.do if (text := getattr(done, "text", getattr(done, "option", None)))}


def _stored(control: Control, sandbox: str) -> Mapping[str, Any]:
    try:
        return control.snapshot(sandbox)
    except LookFailed:
        return {}


def proposed(before: Mapping[str, Any], after: Mapping[str, Any], typed: Collection[str] = ()) -> list[str]:
    """Return expressions true of `after` and not of `before`: on states first, then on what was `typed`."""
    old = dict(_leaves(before))
    new = [(path, value) for path, value in _leaves(after) if path not in old or old[path] != value]
    told = [(path, value) for path, value in new if not VOLATILE.search(str(value)) and not COUNTS.search(path)]
    told.sort(key=lambda leaf: (not leaf[0].endswith(("status", "saved")), str(leaf[1]) not in typed))
    return [f"{path} == {_literal(value)}" for path, value in told[:CHECKS_A_STEP]]


def _literal(value: object) -> str:
    """Return a value as JMESPath writes it; between single quotes it can write no backslash."""
    if isinstance(value, str) and "\\" not in value:
        return f"'{quote_raw_string(value)}'"
    return "`" + json.dumps(value, ensure_ascii=False).replace("`", "\\`") + "`"


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            key = name if PLAIN.fullmatch(name) else json.dumps(name)
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{path}[{number}]")
    else:
        yield path, value


def head_of(source: str, scenario_id: str, schema: str) -> str:
    """Return the head of a lesson that plays where another one does, under a name of its own.

    What stands below the steps of the other lesson belongs to its head, too. Its summary and its remarks do not:
    they tell what happens there.

    Args:
        source: The file of the other lesson.
        scenario_id: Id of the new one.
        schema: Path of the schema, as seen from the new file.
    """
    own = {"id": scenario_id, "version": 1, "title": scenario_id.replace("-", " ").capitalize()}
    lines = [f"# yaml-language-server: $schema={schema}\n"]
    for entry in ENTRY.split(source)[1:]:
        key = entry.partition(":")[0].rstrip()
        if key in own:
            lines.append(f"{key}: {own[key]}\n")
        elif key not in {"steps", "summary"}:
            lines.append(entry.rstrip() + "\n")
    return "".join(lines)


def written(head: str, steps: list[Recorded]) -> str:
    """Return the scenario file: `head`, then one step for each that was recorded."""
    lines = [head.rstrip(), "steps:"]
    for number, step in enumerate(steps, start=1):
        lines += [f"  - id: step-{number}", "    say: Say here what to do.", "    do:"]
        lines += [line for action in step.do for line in _action(action)]
        if step.expect:
            lines += ["    expect:", *(f"      - stored: {_scalar(check)}" for check in step.expect)]
        if step.unconfirmed:
            lines += [f"    {UNCONFIRMED}", *([] if step.expect else ["    # expect:"])]
            lines += [f"    #   - stored: {_scalar(check)}" for check in step.unconfirmed]
        elif not step.expect:
            lines += ["    # expect: say what is then true, by `stored` or `see`"]
    return "\n".join(lines) + "\n"


def _action(action: Action) -> Iterator[str]:
    keys, primary = action.keys(), action.primary
    yield f"      - {action.verb}: {_scalar(getattr(action, primary)) if primary else '{}'}"
    for name, field_ in type(action).model_fields.items():
        value = getattr(action, name)
        if name != primary and value != field_.default:
            yield f"        {keys[name]}: {_scalar(value)}"


def _scalar(value: object) -> str:
    """Return a value as a YAML scalar; a text is always quoted, which is always right."""
    return json.dumps(value, ensure_ascii=False)
