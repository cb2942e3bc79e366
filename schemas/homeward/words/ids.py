"""The words everything else is said in: small frozen values with their units in their names.

Every value here validates itself once, at the edge, so that no inner code asks again whether a
cell is a cell or a time has an offset.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Annotated, Final

import h3
from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

RES_PUBLIC_MAX: Final = 9
"""The finest H3 resolution that may stand in clear in a fact (AUDIT: exact places are sealed)."""

RES_VOLUNTEER_MAX: Final = 7
"""The finest resolution kept for a volunteer (SAFETY I-16); a private one stays at res 5."""

CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters of a case code: 32 that cannot be taken for one another on paper or by phone."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _instant(value: datetime) -> datetime:
    try:
        if not value.utcoffset():  # as all facts are: a quarter of the way
            return datetime.combine(value, value.time(), UTC)
        return value.astimezone(UTC)
    except OverflowError:  # a year 1 or 9999 whose offset leads out of what a time can say
        msg = "no time that can be written in UTC"
        raise ValueError(msg) from None


def instant_text(value: datetime) -> str:
    """Return a time as facts write it: UTC, six digits, ``Z``."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_in(text: object) -> datetime | None:
    """Return the time that a fact wrote with `instant_text`; None of any other text."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # a month 13
        return None


_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def _cell(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{15}", value) or not h3.is_valid_cell(value):
        msg = "not an H3 cell: 15 lower-case hex digits that name a cell"
        raise ValueError(msg)
    return value


@lru_cache(maxsize=4_096)  # the same few places stand in all facts of a case
def _cell_public(value: str) -> str:
    if h3.get_resolution(_cell(value)) > RES_PUBLIC_MAX:
        msg = f"cell is finer than resolution {RES_PUBLIC_MAX}, which no fact may show"
        raise ValueError(msg)
    return value


Id = Annotated[str, StringConstraints(pattern=rf"^{_UUID}$")]
"""A fact's id: a version 5 UUID derived from what caused it, never drawn by chance."""

CaseId = Id
RecipientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
StreamName = Annotated[str, StringConstraints(pattern=r"^[a-z]+-[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+(-[a-z]+)*/[1-9][0-9]{0,3}$")]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_instant),
    PlainSerializer(instant_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$",
        },
        mode="serialization",
    ),
]
Cell = Annotated[
    str,
    AfterValidator(_cell_public),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{15}$"}),
]
"""An H3 cell in lower-case hex, res 0-9 (as text: the number exceeds 2^53)."""

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=40)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
PERSONS_MAX: Final = 8
"""In one case: whoever misses more has lost a bus, and needs another plan."""
PersonNumber = Annotated[int, Field(ge=1, le=PERSONS_MAX)]
"""Of a person in their case; the first is the one of whom it was raised."""
Metres = Annotated[int, Field(ge=0, le=20_100_000)]
Seconds = Annotated[int, Field(ge=0, le=10**10)]
Ppm = Annotated[int, Field(ge=0, le=1_000_000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Ordinal = Annotated[int, Field(ge=0, lt=2**32)]


def derived_id(origin: str, *parts: object) -> str:
    """Return the id of what follows from ``parts``: uuid5 under the log's origin.

    The parts are joined unambiguously (length before text), so ("a", "bc") is not ("ab", "c").
    """
    return _uuid5(_namespace(origin) + _joined(parts))


def derived_ids(
    origin: str, before: Collection[object], after: Collection[object]
) -> Callable[[object], str]:
    """Return what gives ``derived_id(origin, *before, part, *after)`` for many parts."""
    start, end = _namespace(origin) + _joined(before), _joined(after)
    return lambda part: _uuid5(b"%b%b%b" % (start, _joined((part,)), end))


def _joined(parts: Collection[object]) -> bytes:
    texts = [str(part) for part in parts]
    return "".join([f"{len(text)}:{text}" for text in texts]).encode()


def _uuid5(named: bytes) -> str:
    """Return what uuid.uuid5 gives, without an object in between: every message has an id."""
    text = _sha1(named).hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


_sha1 = partial(hashlib.sha1, usedforsecurity=False)


@lru_cache(maxsize=256)
def _namespace(origin: str) -> bytes:
    return uuid.uuid5(uuid.NAMESPACE_URL, origin).bytes


def case_code(case: str) -> str:
    """Return the short code of a case: its id's first 40 bits in eight letters, ``ABCD-EFGH``."""
    number = int(case.replace("-", "")[:10], 16)
    letters = "".join(CODE_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def case_prefix(code: str) -> str:
    """Return the first ten hex digits (as ids write them) of the case that a code names.

    Raises ValueError when the text is no code. Case, blanks and hyphens do not matter.
    """
    letters = re.sub(r"[\s-]", "", code).upper()
    if len(letters) != len("ABCDEFGH") or any(letter not in CODE_ALPHABET for letter in letters):
        msg = "a case code has eight letters or digits, without 0, O, 1 and I"
        raise ValueError(msg)
    number = 0
    for letter in letters:
        number = number << 5 | CODE_ALPHABET.index(letter)
    digits = f"{number:010x}"
    return f"{digits[:8]}-{digits[8:]}"
