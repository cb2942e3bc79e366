"""Between our values and the columns of the log."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import asyncpg

from homeward.ports import Unit
from homeward.record.envelope import Entry, Row

Tuples = list[tuple[object, ...]]


def log_args(units: Sequence[Unit]) -> tuple[Tuples, Tuples, Tuples, Tuples]:
    """Return units, entries, sealed values and blobs as ``append_units`` takes them."""
    answers: Tuples = []
    entries: Tuples = []
    sealed: Tuples = []
    blobs: Tuples = []
    for of, unit in enumerate(units, 1):
        kept = unit.idempotency
        answers.append(
            (of, None, None, None)
            if kept is None
            else (of, kept.key, kept.request_hash, kept.references)
        )
        for one in unit.entries:
            entries.append((of, len(entries) + 1, *_columns(one)))
            sealed += [(of, one.id, value.field, value.ciphertext) for value in one.sealed]
            blobs += [
                (of, hashlib.sha256(content).digest(), content, media)
                for content, media in one.blobs
            ]
    return answers, entries, sealed, blobs


def _columns(one: Entry) -> tuple[object, ...]:
    return (
        one.id, one.stream, one.version, one.key, one.kind, one.envelope, one.leaf, one.chain,
    )  # fmt: skip


def appended_rows(entries: Sequence[Entry], outcome: asyncpg.Record) -> tuple[Row, ...]:
    """Return a unit's entries as the rows they became; they stand one after another."""
    first, at = outcome["first_index"], outcome["recorded_at"]
    return tuple(
        Row(first + place, entry.key, key_version, at, entry.envelope)
        for place, (entry, key_version) in enumerate(
            zip(entries, outcome["key_versions"], strict=True)
        )
    )


def stored_rows(found: Iterable[asyncpg.Record]) -> list[Row]:
    """Return rows as they were read; every statement selects the fields of a Row in its order."""
    return [_made(Row, one) for one in found]


_made: Final = tuple.__new__
"""What `Row._make` calls: half the time of a history's rows."""
