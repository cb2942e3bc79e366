"""One fact as the exact bytes that are hashed, stored and proven (AUDIT "Envelope").

RFC 8785 JSON. Our envelopes hold integers and strings only and ASCII keys, for which sorted
compact JSON is byte for byte the same and thirty times faster; a property test holds the two
together.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from homeward.messages import CASE_ROLES, Actor, Fact
from homeward.record.chain import chain_next, leaf_hash
from homeward.record.reading import (
    Row,
    Said,
    attachments,
    blob_refs,
    kind_of,
    read,
    read_all,
    said_in,
)
from homeward.record.sealing import Derived, Sealed, seal, subject_of
from homeward.words import instant_text

ENVELOPE_BYTES_MAX: Final = 32_768
__all__ = [
    "ENVELOPE_BYTES_MAX",
    "Entry",
    "EnvelopeTooLarge",
    "Origin",
    "Row",
    "Said",
    "Sealer",
    "StreamHead",
    "attachments",
    "blob_refs",
    "canonical",
    "kind_of",
    "person_owner",
    "read",
    "read_all",
    "said_in",
    "write",
]

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
    """Return what a person's part belongs to: of `CASE_ROLES` to the case, else the stream."""
    return fact.case if fact.case and person.partition("-")[0] in CASE_ROLES else stream


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
        person = fact.whose(name)
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
