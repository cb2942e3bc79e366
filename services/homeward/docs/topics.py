"""The topics as AsyncAPI 3: which channels there are, what is said in them, by which keys."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeward.codec import KINDS
from homeward.docs.published import file_name
from homeward.fanout.lane import HEARS
from homeward.record.wire import HEADERS, MEDIA_TYPE

ASYNCAPI: Final = "asyncapi.json"
VERSION: Final = "3.0.0"
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
_TEXT: Final = {"type": "string"}


def asyncapi_text() -> str:
    """Return the file; the schemas that it names stand beside it."""
    return json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n"


def asyncapi() -> dict[str, Any]:
    """Return the document."""
    messages = {file_name(kind): _fact(kind) for kind in sorted(KINDS)} | {"position": _position()}
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Homeward's topics",
            "version": "1",
            "description": "Kafka is a bell and the log is the book: a record may come late, "
            "twice, out of order or never, and nothing that is promised rests on one. Who reads "
            "facts skips those whose `key_version` it has seen for their key, and takes a jump "
            "in it for something missed. No record holds a person: personal fields are named by "
            "the hash of their ciphertext, and positions are cells of resolution 7 or coarser. "
            "`prefix` is HOMEWARD_TOPIC_PREFIX, with `-drill` after it in a drill.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": messages,
            "messageTraits": {"fact": {"headers": _headers(), "bindings": _key(_FACT_KEY)}},
        },
    }


def _channels() -> dict[str, Any]:
    return {
        "facts": _channel(
            "{prefix}.facts",
            "Every fact of the log; those of one ordering key are in one partition, by Kafka's "
            "default hash of the key.",
            map(file_name, sorted(KINDS)),
        ),
        "orders": _channel(
            "{prefix}.orders",
            "What fan-out lanes hear, once for each lane: partition = lane. The same bytes as in "
            "facts.",
            map(file_name, sorted(HEARS)),
        ),
        "positions": _channel(
            "{prefix}.positions",
            "Where recipients are, for minutes: partition = lane of the recipient. Nobody but "
            "this system may write to it or read it.",
            ["position"],
        ),
    }


def _channel(address: str, description: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "parameters": {
            "prefix": {
                "default": "homeward",
                "examples": ["homeward", "homeward-drill"],
                "description": "Nothing of one world is read in the other.",
            }
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _operations() -> dict[str, Any]:
    """What this system does; who else reads facts does what `hearFacts` does."""
    said = {
        "publishFacts": ("send", "facts", "homeward relay"),
        "publishOrders": ("send", "orders", "homeward relay"),
        "sayPositions": ("send", "positions", "homeward api"),
        "hearFacts": ("receive", "facts", "homeward worker"),
        "hearOrders": ("receive", "orders", "homeward worker"),
        "hearPositions": ("receive", "positions", "homeward worker"),
    }
    return {
        name: {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": by}
        for name, (action, channel, by) in said.items()
    }


def _fact(kind: str) -> dict[str, Any]:
    pub = {"$ref": f"./{file_name(kind)}.json"}
    narrowed = {"type": "object", "properties": {"kind": {"const": kind}, "pub": pub}}
    return {
        "name": kind,
        "title": KINDS[kind].__name__,
        "contentType": MEDIA_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/fact"}],
        "payload": _payload({"allOf": [{"$ref": "./envelope.json"}, narrowed]}),
    }


def _position() -> dict[str, Any]:
    return {
        "name": "position",
        "title": "Position",
        "contentType": MEDIA_TYPE,
        "payload": _payload({"$ref": "./position.json"}),
        "bindings": _key("The recipient's id."),
    }


def _payload(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Name the dialect: AsyncAPI's own is older."""
    return {"schemaFormat": SCHEMA_FORMAT, "schema": dict(schema)}


def _headers() -> dict[str, Any]:
    constant = {"ce_specversion", "ce_dataschema", "content-type"}
    numbers = {"log_index", "key_version"}
    return {
        "type": "object",
        "description": "CloudEvents 1.0 in binary mode (Kafka protocol binding), each UTF-8; and "
        "three of our own. The record's key was chosen by us, so the binding allows no "
        "`partitionkey` beside it.",
        "properties": {
            name: {**_TEXT, "const" if name in constant else "description": said}
            | ({"pattern": "^(0|[1-9][0-9]*)$"} if name in numbers else {})
            for name, said in HEADERS.items()
        },
        "required": list(HEADERS),
    }


_FACT_KEY: Final = "The ordering key: the fact's case, or its stream where it is of none."


def _key(description: str) -> dict[str, Any]:
    key: Mapping[str, str] = {**_TEXT, "description": description}
    return {"kafka": {"key": key, "bindingVersion": "0.5.0"}}


__all__ = ["ASYNCAPI", "asyncapi", "asyncapi_text"]
