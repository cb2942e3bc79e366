"""Cuts a world's lanes anew, offline: all of it in one transaction, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import asyncpg

from homeward.fanout.lane import HEARS
from homeward.ports import KeyTurn, Position, Wake
from homeward.postgres.database import Database
from homeward.postgres.statements import sql

KEYS_MAX: Final = 100
"""Cases cut at once: a lane's row of a wide alert may be a megabyte."""

Heads: TypeAlias = Mapping[int, tuple[int, bytes]]
"""By lane: where the log left its stream of a case."""
Recut: TypeAlias = Callable[[str, Sequence[Position], Heads], Sequence[KeyTurn]]
"""Told a case and the rows of all its lanes; answers with a turn for each new lane."""


class NotAtRest(Exception):
    """The lanes cannot be cut now: so many facts are unheard, so many keys parked."""

    def __init__(self, unheard: int, parked: int) -> None:
        """Count both."""
        super().__init__(f"{unheard} facts are unheard, {parked} cases are parked")
        self.unheard, self.parked = unheard, parked


@dataclass(frozen=True, slots=True)
class Cut:
    """What was done."""

    before: int
    after: int
    cases: int


async def cut_anew(database: Database, lanes: int, recut: Recut) -> Cut:
    """Cut every case's lanes anew. Raises NotAtRest, LogUnavailable, and what ``recut`` raises.

    Who works by the old number can commit no turn of a lane from then on.
    """
    async with database.transaction() as connection:
        # Every turn is committed now, and none begins before we are done.
        await connection.execute(sql("lanes_lock"))
        before = int(await connection.fetchval(sql("lanes_count")))
        unheard = int(await connection.fetchval(sql("lanes_unheard"), sorted(HEARS)))
        parked = int(await connection.fetchval(sql("lanes_parked")))
        if unheard or parked:
            raise NotAtRest(unheard, parked)
        keys = [row["key"] for row in await connection.fetch(sql("lanes_keys"))]
        if before == lanes:
            return Cut(before, lanes, len(keys))
        await connection.execute(sql("lanes_set"), lanes)
        await connection.execute(sql("lanes_session"), str(lanes))
        for start in range(0, len(keys), KEYS_MAX):
            await _cut(connection, keys[start : start + KEYS_MAX], before, lanes, recut)
        names = [f"fanout.{number}" for number in range(lanes)]
        await connection.execute(sql("lanes_consumers"), names)
    return Cut(before, lanes, len(keys))


async def _cut(
    connection: asyncpg.Connection, keys: Sequence[str], before: int, lanes: int, recut: Recut
) -> None:
    streams = {f"fanout-{key}.{number}": (key, number) for key in keys for number in range(lanes)}
    heads: dict[str, dict[int, tuple[int, bytes]]] = {key: {} for key in keys}
    for row in await connection.fetch(sql("lanes_heads"), list(streams)):
        key, number = streams[row["stream"]]
        heads[key][number] = row["version"], row["chain_hash"]
    found: dict[str, dict[str, Position]] = {key: {} for key in keys}
    for row in await connection.fetch(sql("lanes_rows"), keys):
        found[row["key"]][row["processor"]] = Position(
            heard=row["heard"], revision=row["revision"], state=row["state"]
        )
    await connection.execute(sql("lanes_forget"), keys)
    names = [f"fanout.{number}" for number in range(before)]
    turns = [
        (number, turn)
        for key in keys
        for number, turn in enumerate(
            recut(key, [found[key].get(name, Position()) for name in names], heads[key])
        )
    ]
    rows = [_row(number, turn) for number, turn in turns]
    await connection.executemany(sql("lanes_row"), rows)
    wakes = [turn.wake for _, turn in turns if isinstance(turn.wake, Wake)]
    asked = [(one.processor, one.key, one.due, one.asked_by) for one in wakes]
    await connection.executemany(sql("lanes_wake"), asked)


def _row(number: int, turn: KeyTurn) -> tuple[object, ...]:
    due = turn.wake.due if isinstance(turn.wake, Wake) else None
    return (
        f"fanout.{number}", turn.key, turn.heard, turn.expected_revision + 1, turn.state,
        turn.out_version, turn.out_chain, due, turn.live,
    )  # fmt: skip
