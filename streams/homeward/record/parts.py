"""Parts of an envelope, cut out of its bytes where whole JSON need not be parsed for them.

Our envelopes are canonical: keys sorted, no blanks. The head's keys are known (`write`), and a
bare quotation mark in JSON only ever begins or ends a string; so the first ``"kind":`` is the
envelope's own, for nothing before it has a key of that name, and the last ``,"reason":`` is too,
for nothing after it has one. Whoever is no such envelope is None here, and is parsed whole.
"""

from typing import Final, NamedTuple

OURS: Final = b'{"actor":{"auth":"'
KIND: Final = b'"kind":"'
_NO_BLOB: Final = b'},"blob":[],"case":'
_HEAD_BYTES: Final = 1_024
"""An actor is shorter; looking no further for what is not there is only faster."""
_CASE: Final = b'"case":'
_PUB: Final = b'"pub":{'


def kind_in(raw: bytes) -> bytes | None:
    """Return the kind."""
    if not raw.startswith(OURS):
        return None
    start = raw.find(KIND) + len(KIND)
    return raw[start : raw.find(b'"', start)]


def nothing_attached(raw: bytes) -> bool:
    """Whether it surely names no blob."""
    return raw.find(_NO_BLOB, 0, _HEAD_BYTES) > 0 and raw.startswith(OURS)


def blobs_in(raw: bytes) -> bytes:
    """Return the list of blobs of an envelope of ours, as JSON."""
    return raw[raw.find(_BLOB) + len(_BLOB) - 1 : raw.find(b"," + _CASE)]


class Head(NamedTuple):
    """What a reader of facts wants of an envelope beside the fact, each as it stands in there."""

    actor: bytes
    """As JSON: a case is written by few accounts, so that whoever reads it may keep what it is."""
    id: bytes
    stream: bytes
    ver: bytes
    cause: bytes | None
    corr: bytes | None


_ACTOR_AT: Final = len(b'{"actor":')
_BLOB: Final = b',"blob":['
_CAUSED: Final = b',"cause":'
_CORR: Final = b',"corr":'
_ID: Final = b',"id":"'
_KIND_AFTER: Final = b'","kind":"'
_STREAM: Final = b',"stream":"'
_VERSION: Final = b'},"v":1,"ver":'


def parts_of_head(raw: bytes) -> Head | None:
    """Return them; None too where one of them may hold what must be parsed."""
    if not raw.startswith(OURS):
        return None
    blob = raw.find(_BLOB)
    cause = raw.find(_CAUSED, blob)
    corr = raw.find(_CORR, cause)
    named = raw.find(_ID, corr)
    kind = raw.find(_KIND_AFTER, named)
    stream, version = raw.rfind(_STREAM), raw.rfind(_VERSION)
    number = raw[version + len(_VERSION) : -1]
    escaped = raw.find(b"\\", 0, kind) >= 0 or raw.find(b"\\", stream) >= 0
    in_order = 0 < blob < cause < corr < named < kind < stream < version
    if escaped or not in_order or not number.isdigit():
        return None
    stream += len(_STREAM)
    return Head(
        actor=raw[_ACTOR_AT:blob],
        id=raw[named + len(_ID) : kind],
        stream=raw[stream : raw.find(b'"', stream)],
        ver=number,
        cause=_text_or_none(raw[cause + len(_CAUSED) : corr]),
        corr=_text_or_none(raw[corr + len(_CORR) : named]),
    )


def _text_or_none(raw: bytes) -> bytes | None:
    return None if raw == b"null" else raw[1:-1]


def head_in(raw: bytes) -> bytes | None:
    """Return it as JSON without its public part, reason and sealed fields: a third of it."""
    if not raw.startswith(OURS):
        return None
    end, rest = raw.find(b',"log":', raw.find(KIND)), raw.rfind(b',"stream":')
    return raw[:end] + raw[rest:] if 0 < end < rest else None


def fact_in(raw: bytes) -> tuple[bytes, bytes] | None:
    """Return its kind; and case, kind and public part as one JSON object."""
    if not raw.startswith(OURS):
        return None
    case = raw.find(_CASE)
    case_end = raw.find(b',"cause":', case)
    kind = raw.find(KIND, case_end)
    start, end = raw.find(_PUB, kind), raw.rfind(b'},"reason":')
    if not 0 < case < case_end < kind < start < end - len(_PUB):
        return None
    kind_end = raw.find(b'"', kind + len(KIND)) + 1
    said = b"," if raw.startswith(b"null", case + len(_CASE)) else b",%b," % raw[case:case_end]
    named = raw[kind:kind_end]
    fact = b"".join((b"{", raw[start + len(_PUB) : end], said, named, b"}"))
    return named[len(KIND) : -1], fact
