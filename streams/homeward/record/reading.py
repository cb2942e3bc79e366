"""Stored lines as recorded facts: each part when looked at, or all facts of some kinds now."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, from_json

from homeward.codec import KINDS, decode
from homeward.messages import Actor, Fact, InShort, Later, Recorded
from homeward.record.parts import (
    KIND,
    OURS,
    blobs_in,
    fact_in,
    head_in,
    kind_in,
    nothing_attached,
    parts_of_head,
)
from homeward.upcasts import UPCASTS
from homeward.words import Role, instant_in

ACTORS_KEPT: Final = 1_024
"""A case is written by few accounts; each is checked once."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader of facts wants of an envelope beside the fact.

    Hashes and sealed parts are left where they are, and the public part until somebody asks for
    it: a history is mostly parsing. Who doubts an envelope parses it whole (`walk`).
    """

    id: str
    stream: str
    ver: int
    kind: str
    case: str | None
    actor: dict[str, str | None]
    blob: list[dict[str, Any]]
    cause: str | None
    corr: str | None

    def attached(self) -> Sequence[tuple[str, str]]:
        """Return (field, SHA-256) of each blob that it names."""
        return [(one["f"], one["ct"]) for one in self.blob]


_SAID: Final = TypeAdapter(Said)


class Row(NamedTuple):
    """One line of the log as it is stored; a tuple, for a history makes thousands at once."""

    log_index: int
    key: str
    key_version: int
    recorded_at: datetime
    envelope: bytes


def blob_refs(body: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return (field, SHA-256) of each blob that an envelope names."""
    return [(one["f"], one["ct"]) for one in body["blob"]]


def said_in(row: Row) -> Said:
    """Return what a stored line's envelope says."""
    return _SAID.validate_json(head_in(row.envelope) or row.envelope)


def kind_of(row: Row) -> str:
    """Return the kind of a stored line."""
    return _KINDS.get(kind_in(row.envelope) or b"") or said_in(row).kind


_KINDS: Final = {kind.encode(): kind for kind in KINDS}
_CURRENT: Final = {name: kind for name, kind in _KINDS.items() if kind not in UPCASTS}
_VALIDATORS: Final[Mapping[bytes, SchemaValidator]] = {
    name: cast(SchemaValidator, KINDS[kind].__pydantic_validator__)
    for name, kind in _CURRENT.items()
}
"""What `model_validate` asks; a kind that an upcast brings up to date is not among them."""
_FIELDS: Final = {name: KINDS[kind].model_fields for name, kind in _CURRENT.items()}


def attachments(row: Row) -> list[str]:
    """Return the SHA-256 of each blob that a stored line names."""
    if nothing_attached(row.envelope):
        return []
    if kind_in(row.envelope) in _CURRENT:
        return [one["ct"] for one in from_json(blobs_in(row.envelope))]
    return [digest for _, digest in said_in(row).attached()]


class _Unread:
    """A stored line of which its place was read."""

    __slots__ = ("blobs", "opened", "row", "said")

    def __init__(
        self,
        row: Row,
        opened: Mapping[str, str] | None,
        blobs: Mapping[str, bytes] | None,
        said: Said | None,
    ) -> None:
        self.row, self.opened, self.blobs, self.said = row, opened, blobs, said

    @property
    def kind(self) -> str:
        raw = self.row.envelope
        if raw.startswith(OURS):  # as `kind_in` does, without a call: a fold asks each fact
            start = raw.find(KIND) + len(KIND)
            current = _CURRENT.get(raw[start : raw.find(b'"', start)])
            if current is not None:
                return current
        kind = kind_of(self.row) if self.said is None else self.said.kind
        return self._fact().kind if kind in UPCASTS else kind

    def fill(self, recorded: Recorded, name: str) -> None:
        if name == "fact":
            _set_fact(recorded, self._fact())
            return
        if self.said is None and (head := parts_of_head(self.row.envelope)) is not None:
            _set_id(recorded, head.id.decode())
            _set_stream(recorded, head.stream.decode())
            _set_version(recorded, int(head.ver))
            _set_by(recorded, _actor_in(head.actor))
            _set_cause(recorded, None if head.cause is None else head.cause.decode())
            _set_corr(recorded, None if head.corr is None else head.corr.decode())
            return
        said = self._parsed()
        _set_id(recorded, said.id)
        _set_stream(recorded, said.stream)
        _set_version(recorded, said.ver)
        _set_by(recorded, _actor_of(said.actor))
        _set_cause(recorded, said.cause)
        _set_corr(recorded, said.corr)

    def in_short(self, names: Sequence[str]) -> InShort | None:
        raw = self.row.envelope
        if (fields := _FIELDS.get(kind_in(raw) or b"")) is None:
            return None
        body = from_json(raw)
        public, at = body["pub"], instant_in(body["pub"].get("at"))
        if at is None:
            return None
        shown = {}
        for name in names:
            if name in public:
                shown[name] = public[name]
            elif fields[name].default is not None:
                return None
        return InShort(body["id"], at, body["actor"]["role"], shown)

    def _parsed(self) -> Said:
        if self.said is None:
            self.said = said_in(self.row)
        return self.said

    def _fact(self) -> Fact:
        envelope = self.row.envelope
        if not self.opened and (fact := _current(envelope, self.blobs, _VALIDATORS)) is not None:
            return fact
        said, attached = self._parsed(), None
        if said.blob and self.blobs:
            kept = self.blobs
            attached = {name: kept[digest] for name, digest in said.attached() if digest in kept}
        public = json.loads(envelope)["pub"]
        return decode(said.kind, said.case, public, opened=self.opened, attached=attached)


def _current(
    envelope: bytes,
    blobs: Mapping[str, bytes] | None,
    validators: Mapping[bytes, SchemaValidator],
) -> Fact | None:
    """Return the fact that an envelope of ours holds, of a kind that has a validator."""
    kind, raw = fact_in(envelope) or _NOTHING
    if (validator := validators.get(kind)) is None:
        return None
    fact: Fact
    if not blobs or nothing_attached(envelope):
        fact = validator.validate_json(raw)  # without Python's values between
        return fact
    said = from_json(raw)
    for one in from_json(blobs_in(envelope)):
        if one["ct"] in blobs:
            said[one["f"]] = blobs[one["ct"]]
    fact = validator.validate_python(said)
    return fact


_NOTHING: Final = b"", b""


def _setter(name: str) -> Callable[[Recorded, Any], None]:
    """Return what sets a field of a frozen value; `read` makes one for every fact there is."""
    of = Later if name == "_unread" else Recorded
    setter: Callable[[Recorded, Any], None] = vars(of)[name].__set__
    return setter


_set_fact, _set_id, _set_stream = _setter("fact"), _setter("id"), _setter("stream")
_set_version, _set_by = _setter("version"), _setter("by")
_set_cause, _set_corr = _setter("cause"), _setter("corr")
_set_key, _set_key_version = _setter("key"), _setter("key_version")
_set_log_index, _set_recorded_at = _setter("log_index"), _setter("recorded_at")
_set_unread = _setter("_unread")


def read(
    row: Row,
    *,
    opened: Mapping[str, str] | None = None,
    blobs: Mapping[str, bytes] | None = None,
    said: Said | None = None,
) -> Recorded:
    """Return what a stored line says: public part, and what was opened or attached.

    ``opened`` maps field names to JSON text, ``blobs`` maps SHA-256 to content; ``said`` is
    the line's own envelope where it was parsed before. The envelope is parsed and the fact
    decoded when somebody looks at them; what cannot be decoded raises ValidationError then.
    """
    recorded = _new(Recorded)
    _set_unread(recorded, _Unread(row, opened, blobs, said))
    _set_key(recorded, row.key)
    _set_key_version(recorded, row.key_version)
    _set_log_index(recorded, row.log_index)
    _set_recorded_at(recorded, row.recorded_at)
    return recorded


_new: Final = object.__new__


@lru_cache(maxsize=ACTORS_KEPT)
def _actor_in(raw: bytes) -> Actor:
    return _actor_of(json.loads(raw))


def _actor_of(actor: Mapping[str, Any]) -> Actor:
    return _actor(actor["id"], actor["role"], actor["org"], actor["auth"], actor["for"])


@lru_cache(maxsize=ACTORS_KEPT)
def _actor(account: str, role: str, org: str, auth: str, acting_for: str | None) -> Actor:
    return Actor(id=account, role=Role(role), org=org, auth=auth, acting_for=acting_for)


def read_all(
    rows: Sequence[Row],
    *,
    blobs: Mapping[str, bytes] | None = None,
    kinds: Collection[str] = (),
) -> list[Recorded]:
    """Return what stored lines say, as `read` does, with the facts of ``kinds`` decoded now.

    For who looks at each of them: decoding later takes a third longer. What cannot be decoded is
    left unread, and raises where it is looked at.
    """
    wanted = {name: _VALIDATORS[name] for name, kind in _CURRENT.items() if kind in kinds}
    found = [read(row, blobs=blobs) for row in rows]
    for row, recorded in zip(rows, found, strict=True) if wanted else ():
        try:
            fact = _current(row.envelope, blobs, wanted)
        except ValidationError:
            continue
        if fact is not None:
            _set_fact(recorded, fact)
    return found
