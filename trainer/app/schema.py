"""Schema: the form of a scenario file as JSON Schema (draft 7), for completion and checks in an editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic.fields import FieldInfo

from trainer.core.actions import VERBS, Action
from trainer.core.checks import CHECKS, Check
from trainer.core.contract import Contract
from trainer.core.model import Model
from trainer.core.scenario import Scenario, Seed, Step

Schema = dict[str, Any]


def json_schema(contract: Contract) -> Schema:
    """Return the schema of scenario files for the HR system with this contract; ``x-contract`` keeps it."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario",
        **_object(Scenario, contract, seed=_ref("seed"), steps=_list(_ref("step"), least=1)),
        "definitions": {
            "testId": _test_id(contract),
            "state": {"anyOf": [{"enum": list(contract.codes())}, {"type": "string", "pattern": "[^a-z_]"}]},
            "seed": _object(Seed, contract),
            "step": _object(
                Step,
                contract,
                do=_list(_ref("action"), least=1),
                expect=_list(_ref("check")),
                accept=_list({"anyOf": [_ref("action"), _list(_ref("action"), least=1)]}),
                detour=_list(_ref("testId")),
                hints=_list({"type": "string"}),
            ),
            "action": {"anyOf": [*(_action(verb, contract) for verb in VERBS.values()), _bare_verbs()]},
            "check": {"anyOf": [_check(check, contract) for check in CHECKS.values()]},
        },
        "x-contract": contract.model_dump(mode="json"),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _list(items: Schema, *, least: int = 0) -> Schema:
    return {"type": "array", "items": items} | ({"minItems": least} if least else {})


def _test_id(contract: Contract) -> Schema:
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


def _object(kind: type[Model], contract: Contract, **own: Schema) -> Schema:
    """Return the schema of one model; `own` holds fields that are written differently from what they become."""
    summary, fields = kind.told()
    keys = kind.keys()
    return {
        "description": summary,
        "type": "object",
        "properties": {
            keys[name]: (own.get(name) or _field(name, info, contract)) | {"description": fields[name]}
            for name, info in kind.model_fields.items()
        },
        "required": [keys[name] for name, info in kind.model_fields.items() if info.is_required()],
        "additionalProperties": False,
    }


def _field(name: str, info: FieldInfo, contract: Contract) -> Schema:
    codes: dict[str, Sequence[str]] = {
        "role": contract.roles,
        "fault": contract.faults,
        "event": contract.events,
        "profile": contract.profiles,
        "dataset": contract.datasets,
    }
    if name in codes:
        return {"enum": list(codes[name])}
    if name == "target":
        return {"allOf": [_ref("testId")]}
    if name == "see":
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ref("testId"),
            "additionalProperties": _ref("state"),
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
