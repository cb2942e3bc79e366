"""One fact as the exact bytes that are hashed, stored and proven (AUDIT "Envelope").

RFC 8785 JSON. Our envelopes hold integers and strings only and ASCII keys, for which sorted
compact JSON is byte for byte the same and thirty times faster; a property test holds the two
together.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter

from homeward.codec import KINDS, decode
from homeward.messages import Actor, Fact, Later, Recorded
from homeward.record.chain import chain_next, leaf_hash
from homeward.record.parts import fact_in, head_in, kind_in, nothing_attached
from homeward.record.sealing import Derived, Sealed, seal, subject_of
from homeward.upcasts import UPCASTS
from homeward.words import Role, instant_text

ENVELOPE_BYTES_MAX: Final = 32_768
ACTORS_KEPT: Final = 1_024
"""A case is written by few accounts; each is checked once."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class EnvelopeTooLarge(Exception):
    """The fact does not fit into an envelope: what is large belongs into a blob."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from: who, why, and from what it follows."""

    by: Actor
    cause: str | None = None
    corr: str | None = None
    reason: str | None = None
    source: str = "server"
    error_ms: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, ready to be inserted: nothing in it is computed later."""

    id: str
    stream: str
    version: int
    key: str
    kind: str
    envelope: bytes
    leaf: bytes
    chain: bytes
    sealed: tuple[Sealed, ...] = ()
    blobs: tuple[tuple[bytes, str], ...] = ()
    """Content and media type; kept under SHA-256 of the content."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What sealing needs from outside: the data key of each subject, and fresh nonces."""

    data_key: Callable[[str], bytes]
    nonce: Callable[[], bytes]


@dataclass(slots=True)
class StreamHead:
    """The end of a stream as far as its writer knows it."""

    stream: str
    version: int
    chain: bytes
    entries: list[Entry] = field(default_factory=list)


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return RFC 8785 bytes of a value of integers, strings, lists and maps with ASCII keys."""
    return _ENCODER.encode(value).encode()


def person_owner(fact: Fact, stream: str, person: str) -> str:
    """Return what a person's part belongs to: child and guardian to the case, else the stream."""
    return fact.case if fact.case and person in {"child", "guardian"} else stream


def write(
    fact: Fact,
    *,
    fact_id: str,
    log: str,
    head: StreamHead,
    origin: Origin,
    recorded: datetime,
    sealer: Sealer,
) -> Entry:
    """Return the entry that follows ``head``, and move ``head`` on to it.

    Raises EnvelopeTooLarge.
    """
    sealed = _seal_all(fact, fact_id, log, head.stream, sealer)
    blobs = fact.blobs()
    media = {name: mark.media_type for name, mark in fact.blob_fields().items()}
    body = {
        **_who_and_why(fact, origin, recorded),
        "v": 1,
        "id": fact_id,
        "log": log,
        "stream": head.stream,
        "case": fact.case,
        "ver": head.version + 1,
        "kind": fact.kind,
        "prev": head.chain.hex(),
        "pub": fact.public(),
        "sealed": [one.entry() for one in sealed],
        "blob": [
            {
                "f": name,
                "ct": hashlib.sha256(content).hexdigest(),
                "len": len(content),
                "mt": media[name],
            }
            for name, content in blobs.items()
        ],
    }
    raw = canonical(body)
    if len(raw) > ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge(fact.kind)
    leaf = leaf_hash(raw)
    head.version += 1
    head.chain = chain_next(head.chain, leaf)
    return Entry(
        id=fact_id,
        stream=head.stream,
        version=head.version,
        key=fact.case or head.stream,
        kind=fact.kind,
        envelope=raw,
        leaf=leaf,
        chain=head.chain,
        sealed=sealed,
        blobs=tuple((content, media[name]) for name, content in blobs.items()),
    )


def _who_and_why(fact: Fact, origin: Origin, recorded: datetime) -> dict[str, Any]:
    return {
        "actor": {
            "id": origin.by.id,
            "role": origin.by.role.value,
            "org": origin.by.org,
            "auth": origin.by.auth,
            "for": origin.by.acting_for,
        },
        "reason": None if origin.reason is None else {"code": origin.reason},
        "t": {
            "occ": instant_text(fact.at),
            "rec": instant_text(recorded),
            "src": origin.source,
            "err_ms": origin.error_ms,
        },
        "cause": origin.cause,
        "corr": origin.corr,
    }


def _seal_all(
    fact: Fact, fact_id: str, log: str, stream: str, sealer: Sealer
) -> tuple[Sealed, ...]:
    keys: dict[str, tuple[str, Derived]] = {}  # by person: a fact is about one or two
    sealed = []
    for name, text in fact.personal().items():
        person = fact.personal_fields()[name].of
        if person not in keys:
            subject = subject_of(log, person_owner(fact, stream, person), person)
            keys[person] = subject, Derived.of(sealer.data_key(subject))
        subject, derived = keys[person]
        sealed.append(
            seal(
                text,
                derived=derived,
                nonce=sealer.nonce(),
                subject=subject,
                log=log,
                stream=stream,
                fact_id=fact_id,
                field=name,
            )
        )
    return tuple(sealed)


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


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the log as it is stored."""

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


def attachments(row: Row) -> list[str]:
    """Return the SHA-256 of each blob that a stored line names."""
    if nothing_attached(row.envelope):
        return []
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
        kind = kind_of(self.row) if self.said is None else self.said.kind
        return self._fact().kind if kind in UPCASTS else kind

    def fill(self, recorded: Recorded, name: str) -> None:
        if name == "fact":
            _set_fact(recorded, self._fact())
            return
        said = self._parsed()
        actor = said.actor
        _set_id(recorded, said.id)
        _set_stream(recorded, said.stream)
        _set_version(recorded, said.ver)
        _set_by(
            recorded,
            _actor(actor["id"], actor["role"], actor["org"], actor["auth"], actor["for"]),
        )
        _set_cause(recorded, said.cause)
        _set_corr(recorded, said.corr)

    def _parsed(self) -> Said:
        if self.said is None:
            self.said = said_in(self.row)
        return self.said

    def _fact(self) -> Fact:
        envelope = self.row.envelope
        if not self.opened and (not self.blobs or nothing_attached(envelope)):
            kind, raw = fact_in(envelope) or (b"", b"")
            known = _KINDS.get(kind)
            if known is not None and known not in UPCASTS:
                return KINDS[known].model_validate_json(raw)  # without Python's values between
        said, attached = self._parsed(), None
        if said.blob and self.blobs:
            kept = self.blobs
            attached = {name: kept[digest] for name, digest in said.attached() if digest in kept}
        public = json.loads(envelope)["pub"]
        return decode(said.kind, said.case, public, opened=self.opened, attached=attached)


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
def _actor(account: str, role: str, org: str, auth: str, acting_for: str | None) -> Actor:
    return Actor(id=account, role=Role(role), org=org, auth=auth, acting_for=acting_for)
