"""Parts of an envelope, cut out of its bytes where whole JSON need not be parsed for them.

Our envelopes are canonical: keys sorted, no blanks. The head's keys are known (`write`), and a
bare quotation mark in JSON only ever begins or ends a string; so the first ``"kind":`` is the
envelope's own, for nothing before it has a key of that name, and the last ``,"reason":`` is too,
for nothing after it has one. Whoever is no such envelope is None here, and is parsed whole.
"""

from typing import Final

_OURS: Final = b'{"actor":{"auth":"'
_KIND: Final = b'"kind":"'
_BLOB: Final = b'"blob":['
_CASE: Final = b'"case":'
_PUB: Final = b'"pub":{'


def kind_in(raw: bytes) -> bytes | None:
    """Return the kind."""
    if not raw.startswith(_OURS):
        return None
    start = raw.find(_KIND) + len(_KIND)
    return raw[start : raw.find(b'"', start)]


def nothing_attached(raw: bytes) -> bool:
    """Whether it surely names no blob."""
    return raw.startswith(_OURS) and raw.startswith(b"]", raw.find(_BLOB) + len(_BLOB))


def head_in(raw: bytes) -> bytes | None:
    """Return it as JSON without its public part, reason and sealed fields: a third of it."""
    if not raw.startswith(_OURS):
        return None
    end, rest = raw.find(b',"log":', raw.find(_KIND)), raw.rfind(b',"stream":')
    return raw[:end] + raw[rest:] if 0 < end < rest else None


def fact_in(raw: bytes) -> tuple[bytes, bytes] | None:
    """Return its kind; and case, kind and public part as one JSON object."""
    if not raw.startswith(_OURS):
        return None
    case = raw.find(_CASE)
    case_end, kind = raw.find(b',"cause":', case), raw.find(_KIND, case)
    start, end = raw.find(_PUB, kind), raw.rfind(b'},"reason":')
    if not 0 < case < case_end < kind < start < end - len(_PUB):
        return None
    said = b"" if raw.startswith(b"null", case + len(_CASE)) else raw[case:case_end] + b","
    named = raw[kind + len(_KIND) : raw.find(b'"', kind + len(_KIND))]
    return named, b'{%b,%b"kind":"%b"}' % (raw[start + len(_PUB) : end], said, named)
