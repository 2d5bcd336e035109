"""Schema: the form of a scenario file as JSON Schema (draft 7), for completion and checks in an editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic.fields import FieldInfo

from trainer.core.actions import VERBS, Action, Clear, Goto, Inject
from trainer.core.application import Account, Application, Request
from trainer.core.checks import CHECKS, Check, Event
from trainer.core.contract import Contract
from trainer.core.locators import KINDS
from trainer.core.model import Model
from trainer.core.scenario import Scenario, Seed, Step

Schema = dict[str, Any]


ANYWHERE = Contract.of(Application(url="http://localhost", sign_in={"anybody": ()}))
"""What a schema can know of somebody else's application: nothing but the form of a locator."""


def json_schema(contract: Contract) -> Schema:
    """Return the schema of scenario files for the HR system with this contract; ``x-contract`` keeps it.

    A file with `target` plays on somebody else's application and has definitions of its own.
    """
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario",
        "if": {"required": ["target"]},
        "then": _scenario(ANYWHERE),
        "else": _scenario(contract),
        "definitions": {**_definitions(contract), **_definitions(ANYWHERE)},
        "x-contract": contract.model_dump(mode="json"),
    }


def _scenario(contract: Contract) -> Schema:
    steps = _list(_ref("step", contract), least=1)
    hide = _list(_ref("element", contract))
    if contract.application is not None:
        theirs = _ref("application", contract)
        schema = _object(Scenario, contract, steps=steps, hide=hide, target=theirs, profile=None, seed=None)
        return {**schema, "required": [*schema["required"], "target"]}
    schema = _object(Scenario, contract, steps=steps, hide=hide, seed=_ref("seed", contract), target=None)
    return {**schema, "required": [*schema["required"], "profile", "seed"]}


def _definitions(contract: Contract) -> Schema:
    step = _object(
        Step,
        contract,
        do=_list(_ref("action", contract), least=1),
        expect=_list(_ref("check", contract)),
        accept=_list({"anyOf": [_ref("action", contract), _list(_ref("action", contract), least=1)]}),
        detour=_list(_ref("element", contract)),
        hints=_list({"type": "string"}),
    )
    verbs = [verb for verb in VERBS.values() if verb not in (OURS if contract.application else THEIRS)]
    checks = [check for check in CHECKS.values() if contract.application is None or check is not Event]
    own = {
        "element": _element(contract),
        "step": step,
        "action": {"anyOf": [*(_action(verb, contract) for verb in verbs), _bare_verbs()]},
        "check": {"anyOf": [_check(check, contract) for check in checks]},
    }
    if contract.application is None:
        state = {"anyOf": [{"enum": list(contract.codes())}, {"type": "string", "pattern": "[^a-z_]"}]}
        return {**own, "state": state, "seed": _object(Seed, contract)}
    texts: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
    reset = _object(
        Request,
        contract,
        method={"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
        json_body={"type": "object"},
        form=texts,
        fine=_list({"type": "integer"}),
    )
    target = _object(
        Application,
        contract,
        origins=_list({"type": "string"}),
        sign_in={"type": "object", "minProperties": 1, "additionalProperties": _list(_ref("action", contract))},
        account=_object(Account, contract),
        headers=texts,
        reset=_list(reset),
        snapshot=texts,
    )
    return {_name(name, contract): schema for name, schema in {**own, "application": target}.items()}


OURS = (Inject, Clear)
"""Verbs for the sandbox HRMS only."""

THEIRS = (Goto,)
"""Verbs for somebody else's application only."""


def _name(name: str, contract: Contract) -> str:
    return name if contract.application is None else f"their-{name}"


def _ref(name: str, contract: Contract) -> Schema:
    return {"$ref": f"#/definitions/{_name(name, contract)}"}


def _list(items: Schema, *, least: int = 0) -> Schema:
    return {"type": "array", "items": items} | ({"minItems": least} if least else {})


def _element(contract: Contract) -> Schema:
    if contract.application is not None:
        return {
            "description": 'Locator of an element: button "Save", label "Amount", text "Saved", css ".total"',
            "type": "string",
            "pattern": f"^({'|'.join(KINDS)})( |$)",
        }
    many = "|".join(re.escape(pattern).replace(r"\[\*\]", r"\[[^\]]+\]") for pattern in contract.patterns)
    return {
        "description": "Test id of an element. Many of a kind: " + ", ".join(contract.patterns),
        "anyOf": [{"enum": list(contract.test_ids)}, {"type": "string", "pattern": f"^({many})$"}],
    }


def _bare_verbs() -> Schema:
    return {
        "description": "A verb that needs no value",
        "enum": [name for name, verb in VERBS.items() if verb.primary is None],
    }


def _action(verb: type[Action], contract: Contract) -> Schema:
    schema = _object(verb, contract)
    if verb.primary is None:
        empty: Schema = {"anyOf": [{"type": "object", "maxProperties": 0}, {"type": "null"}]}
        schema["properties"] = {verb.verb: empty, **schema["properties"]}
        schema["required"] = [verb.verb]
    schema["properties"][verb.verb]["description"] = schema.pop("description")
    return schema


def _check(check: type[Check], contract: Contract) -> Schema:
    schema = _object(check, contract)
    schema["properties"][check.name]["description"] = schema.pop("description")
    return schema


def _object(kind: type[Model], contract: Contract, **own: Schema | None) -> Schema:
    """Return the schema of one model; `own` holds fields that are written in another form, or None."""
    summary, fields = kind.told()
    keys = kind.keys()
    return {
        "description": summary,
        "type": "object",
        "properties": {
            keys[name]: (own.get(name) or _field(name, info, contract)) | {"description": fields[name]}
            for name, info in kind.model_fields.items()
            if own.get(name, {}) is not None
        },
        "required": [keys[name] for name, info in kind.model_fields.items() if info.is_required()],
        "additionalProperties": False,
    }


def _field(name: str, info: FieldInfo, contract: Contract) -> Schema:
    ours = contract.application is None
    codes: dict[str, Sequence[str]] = {
        "role": contract.roles,
        "fault": contract.faults,
        "event": contract.events,
        "profile": contract.profiles,
        "dataset": contract.datasets,
    }
    if name in codes and ours:
        return {"enum": list(codes[name])}
    if name == "target":
        return {"allOf": [_ref("element", contract)]}
    if name == "see":
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ref("element", contract),
            "additionalProperties": _ref("state", contract) if ours else {"type": "string"},
        }
    return _scalar(info)


def _scalar(info: FieldInfo) -> Schema:
    types = {str: "string", bool: "boolean", int: "integer", float: "number"}
    kinds = [info.annotation, *get_args(info.annotation)]
    known = next((name for kind, name in types.items() if kind in kinds), None)
    schema: Schema = {"type": known} if known else {"enum": list(get_args(info.annotation))}
    for limit in info.metadata:
        if (pattern := getattr(limit, "pattern", None)) is not None:
            schema["pattern"] = pattern
        if (least := getattr(limit, "ge", None)) is not None:
            schema["minimum"] = least
        if (most := getattr(limit, "le", None)) is not None:
            schema["maximum"] = most
    if not info.is_required() and info.default not in (None, ""):
        schema["default"] = info.default
    return schema
