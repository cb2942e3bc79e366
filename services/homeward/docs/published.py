"""One JSON Schema for the public part of each kind, and for what stands around or beside it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeward.codec import KINDS
from homeward.messages import PERSON_ROLES, Fact
from homeward.record.position import PositionSaid
from homeward.record.sealing import ALGORITHM
from homeward.record.wire import DATA_SCHEMA
from homeward.words import Role

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NULL: Final = {"type": "null"}
_UUID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
_HASH: Final = r"^[0-9a-f]{64}$"


def file_name(kind: str) -> str:
    """Return how files about a kind are named: a slash cannot stand in a name."""
    return kind.replace("/", ".")


def schema_of(cls: type[Fact]) -> dict[str, Any]:
    """Return the schema of what `Fact.public` gives for a kind."""
    whole = cls.model_json_schema(mode="serialization")
    hidden = {*cls.PUBLIC_EXCLUDED, *cls.personal_fields(), *cls.blob_fields()}
    fields = {
        name: _without_null(field)
        for name, field in whole["properties"].items()
        if name not in hidden
    }
    defs = _named(fields, whole.get("$defs", {}))
    optional = {name for name, one in cls.model_fields.items() if one.default is None}
    return {
        "$schema": DIALECT,
        "title": str(cls.model_fields["kind"].default),
        "description": whole["description"],
        "type": "object",
        "properties": {name: fields[name] for name in sorted(fields)},
        "required": sorted(set(fields) - optional),
        "additionalProperties": False,
        **({"$defs": defs} if defs else {}),
    }


def _named(fields: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definitions that fields name, and those that these name."""
    found: dict[str, Any] = {}
    while True:
        said = json.dumps([fields, found])
        new = {
            name: _plain(one)
            for name, one in known.items()
            if name not in found and f'#/$defs/{name}"' in said
        }
        if not new:
            return {name: found[name] for name in known if name in found}
        found |= new


def _without_null(field: Mapping[str, Any]) -> dict[str, Any]:
    """Public parts leave out what is None."""
    kept = _plain({name: value for name, value in field.items() if name != "default"})
    choices = [one for one in kept.pop("anyOf", []) if one != _NULL]
    match choices:
        case []:
            return kept
        case [only]:
            return {**kept, **only}
        case _:
            return {**kept, "anyOf": choices}


def _plain(field: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out titles that only repeat a name."""
    return {name: field[name] for name in sorted(field) if name != "title"}


def envelope_schema() -> dict[str, Any]:
    """Return the schema of an envelope (AUDIT "Envelope")."""
    text = {"type": "string"}
    maybe = {"type": ["string", "null"]}
    natural = {"type": "integer", "minimum": 0}
    return {
        "$schema": DIALECT,
        "$id": DATA_SCHEMA,
        "title": "envelope",
        "description": "One fact as it is hashed, stored and proven: RFC 8785 JSON, at most "
        "32,768 bytes. `pub` follows the schema that its kind names.",
        "type": "object",
        "properties": {
            "v": {"const": 1},
            "id": {"type": "string", "pattern": _UUID},
            "log": text,
            "stream": text,
            "case": {"type": ["string", "null"], "pattern": _UUID},
            "ver": {"type": "integer", "minimum": 1},
            "kind": {"type": "string", "pattern": r"^[a-z]+\.[a-z]+(-[a-z]+)*/[1-9][0-9]{0,3}$"},
            "actor": _closed(_actor_fields()),
            "reason": {"anyOf": [_NULL, _closed({"code": text})]},
            "t": _closed(
                {
                    "occ": {"type": "string", "pattern": _INSTANT},
                    "rec": {"type": "string", "pattern": _INSTANT},
                    "src": {"enum": ["device", "server", "import"]},
                    "err_ms": natural,
                }
            ),
            "cause": maybe,
            "corr": maybe,
            "prev": {"type": "string", "pattern": _HASH},
            "pub": {"type": "object"},
            "sealed": {"type": "array", "items": _closed(_sealed_fields())},
            "blob": {
                "type": "array",
                "items": _closed(
                    {"f": text, "ct": {"type": "string", "pattern": _HASH}, "len": natural}
                    | {"mt": text}
                ),
            },
        },
        "required": [
            *("v", "id", "log", "stream", "case", "ver", "kind", "actor", "reason", "t"),
            *("cause", "corr", "prev", "pub", "sealed", "blob"),
        ],
        "additionalProperties": False,
    }


def _actor_fields() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "id": text,
        "role": {"enum": [role.value for role in Role]},
        "org": text,
        "auth": text,
        "for": {"type": ["string", "null"]},
    }


def _sealed_fields() -> dict[str, Any]:
    return {
        "f": {"type": "string"},
        "subj": {
            "type": "string",
            "pattern": r"^s_[0-9a-f]{32}$",
            "description": f"The part of one person ({', '.join(PERSON_ROLES)}) whose key seals.",
        },
        "alg": {"const": ALGORITHM},
        "n": {"type": "string", "description": "Nonce, base64."},
        "kc": {"type": "string", "description": "Commitment to the key, base64."},
        "ct": {"type": "string", "pattern": _HASH, "description": "SHA-256 of the ciphertext."},
        "len": {"type": "integer", "minimum": 0},
    }


def _closed(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def position_schema() -> dict[str, Any]:
    """Return the schema of a record of the positions' topic."""
    whole = PositionSaid.model_json_schema()
    return {
        "$schema": DIALECT,
        "$id": "urn:homeward:schema:position:1",
        "title": "position",
        "description": " ".join(str(whole["description"]).split()),
        "type": "object",
        "properties": {name: _plain(field) for name, field in whole["properties"].items()},
        "required": whole["required"],
        "additionalProperties": False,
    }


def published() -> Iterator[tuple[str, str]]:
    """Return (file name, content) of every published schema."""
    yield "envelope.json", _file(envelope_schema())
    yield "position.json", _file(position_schema())
    for kind, cls in sorted(KINDS.items()):
        yield f"{file_name(kind)}.json", _file(schema_of(cls))


def _file(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
