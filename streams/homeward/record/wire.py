"""One fact as a record of a topic: CloudEvents 1.0, binary mode (its Kafka protocol binding).

The value is the envelope as it was hashed, the record's key is the ordering key; the binding lets
no attribute be added for a key that the sender chose, so there is no ``partitionkey``. What our
own readers need and an envelope does not hold stands in headers beside the attributes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from pydantic_core import from_json

from homeward.record.envelope import ENVELOPE_BYTES_MAX
from homeward.record.parts import OURS
from homeward.record.reading import Row
from homeward.words import instant_in, instant_text

DATA_SCHEMA: Final = "urn:homeward:schema:envelope:1"
"""``$id`` of schemas/published/envelope.json, which every value follows."""
MEDIA_TYPE: Final = "application/json"
HEADERS: Final[Mapping[str, str]] = {
    "ce_specversion": "1.0",
    "ce_id": "The fact's id.",
    "ce_source": "The log's origin.",
    "ce_type": "The fact's kind, which names the schema of the envelope's `pub`.",
    "ce_subject": "The stream in which it was said.",
    "ce_time": "When it was recorded, by the database's clock.",
    "ce_dataschema": DATA_SCHEMA,
    "content-type": MEDIA_TYPE,
    "log_index": "Its place in the log, dense from 0.",
    "key_version": "Its place among the facts of its ordering key, dense from 1.",
    "kind": "The same as `ce_type`.",
}
"""Header -> what it says, in the order in which they are sent."""

_INDEX_MAX: Final = 2**63 - 1
_VERSION_MAX: Final = 2**31 - 1
_ID: Final = b',"id":"'
_ID_BYTES: Final = 36
_ID_AT: Final = _ID_BYTES + len(_ID)
_KIND: Final = b'","kind":"'
_LOG: Final = b'","log":"'
_PREV: Final = b'","prev":"'
_STREAM: Final = b',"stream":"'
_STREAM_END: Final = b'","t":{'
_SPEC: Final = ("ce_specversion", b"1.0")
_SCHEMA: Final = ("ce_dataschema", DATA_SCHEMA.encode())
_MEDIA: Final = ("content-type", MEDIA_TYPE.encode())

T = TypeVar("T")


class WireBroken(ValueError):
    """A record is no fact of a log; the text names what is wrong and quotes nothing of it."""


class Wire(NamedTuple):
    """What is sent of a fact."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class _Named(NamedTuple):
    id: bytes
    log: bytes
    kind: bytes
    stream: bytes


def to_wire(row: Row) -> Wire:
    """Return a line of the log as the record that says it."""
    named = _cut(row.envelope) or _parsed(row.envelope)
    return Wire(
        row.key.encode(),
        row.envelope,
        [
            _SPEC,
            ("ce_id", named.id),
            ("ce_source", named.log),
            ("ce_type", named.kind),
            ("ce_subject", named.stream),
            ("ce_time", _time(row.recorded_at)),
            _SCHEMA,
            _MEDIA,
            ("log_index", b"%d" % row.log_index),
            ("key_version", b"%d" % row.key_version),
            ("kind", named.kind),
        ],
    )


@lru_cache(maxsize=64)  # what is appended together has one time
def _time(at: datetime) -> bytes:
    return instant_text(at).encode()


def _cut(raw: bytes) -> _Named | None:
    """Return the names in an envelope of ours without parsing it: half of a relay's own work.

    As `record.parts` does, for its reasons; None where one of them may hold what must be parsed.
    """
    if not raw.startswith(OURS):
        return None
    kind = raw.find(_KIND)
    log = raw.find(_LOG, kind)
    prev = raw.find(_PREV, log)
    stream = raw.rfind(_STREAM)
    end = raw.find(_STREAM_END, stream)
    if not 0 < kind < log < prev < stream < end or raw[kind - _ID_AT : kind - _ID_BYTES] != _ID:
        return None
    names = raw[log + len(_LOG) : prev], raw[stream + len(_STREAM) : end]
    if b"\\" in names[0] or b"\\" in names[1]:
        return None
    return _Named(raw[kind - _ID_BYTES : kind], names[0], raw[kind + len(_KIND) : log], names[1])


def _parsed(raw: bytes) -> _Named:
    body = from_json(raw)
    return _Named(*(body[name].encode() for name in ("id", "log", "kind", "stream")))


def from_wire(key: bytes | None, value: bytes | None, headers: Mapping[str, bytes]) -> Row:
    """Return the line of the log that a record says. Raises WireBroken.

    Headers and key must say what the envelope says; whether the log holds it so is not known here.
    """
    if value is None or len(value) > ENVELOPE_BYTES_MAX:
        raise WireBroken("no value" if value is None else "the value is over size")
    if headers.get("ce_specversion") != b"1.0" or headers.get("ce_dataschema") != _SCHEMA[1]:
        raise WireBroken("not such an event")
    body = _read("the value", lambda: from_json(value))
    if not isinstance(body, dict) or body.get("v") != 1 or not isinstance(body.get("pub"), dict):
        raise WireBroken("the value is no envelope")
    kind = _said(body, "kind", headers, "ce_type")
    if headers.get("kind") != kind.encode():
        raise WireBroken("kind")
    _said(body, "id", headers, "ce_id")
    _said(body, "log", headers, "ce_source")
    stream = _said(body, "stream", headers, "ce_subject")
    ordering = stream if body.get("case") is None else body["case"]
    if not isinstance(ordering, str) or key != _read("the key", ordering.encode):
        raise WireBroken("the key is another")
    recorded_at = instant_in(headers.get("ce_time", b"").decode("ascii", "replace"))
    if recorded_at is None:
        raise WireBroken("ce_time")
    index = _number(headers, "log_index", 0, _INDEX_MAX)
    return Row(
        index, ordering, _number(headers, "key_version", 1, _VERSION_MAX), recorded_at, value
    )


def index_in(headers: Mapping[str, bytes]) -> int:
    """Return the place in the log that a record names. Raises WireBroken."""
    return _number(headers, "log_index", 0, _INDEX_MAX)


def says(key: bytes | None, value: bytes | None, headers: Mapping[str, bytes], row: Row) -> bool:
    """Whether a record says this very line, as `to_wire` does: a third of reading what it says."""
    if value != row.envelope:
        return False
    wire = to_wire(row)
    return key == wire.key and headers == dict(wire.headers)


def _said(body: Mapping[str, object], name: str, headers: Mapping[str, bytes], header: str) -> str:
    said = body.get(name)
    if not isinstance(said, str) or headers.get(header) != _read(header, said.encode):
        raise WireBroken(header)
    return said


def _read(what: str, way: Callable[[], T]) -> T:
    try:
        return way()
    except ValueError:
        raise WireBroken(f"{what} cannot be read") from None  # its text would quote it


def _number(headers: Mapping[str, bytes], name: str, least: int, most: int) -> int:
    """Return a number written as we write it: ``int`` takes blanks, signs, 1_0 and zeros too."""
    raw = headers.get(name, b"")
    if not raw.isdigit() or len(raw) > len(str(most)) or (raw[:1] == b"0" and raw != b"0"):
        raise WireBroken(name)
    number = int(raw)
    if not least <= number <= most:
        raise WireBroken(name)
    return number


__all__ = ["DATA_SCHEMA", "HEADERS", "MEDIA_TYPE", "Wire", "WireBroken", "from_wire", "to_wire"]
