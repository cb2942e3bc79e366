"""Positions that this process committed last, in memory: the compare-and-set is the fence.

A position from memory may be out of date when another process moved it; then the commit is refused,
and the key is read again. What is parked is never kept: another process may take it up.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from homeward.ports import KEEP_WAKE, KeyTurn, Parked, Position, Taken, Wake
from homeward.postgres.database import Database
from homeward.postgres.workbench import PostgresWorkbench
from homeward.record.envelope import Entry

KEPT: Final = 4_000
"""Some five consumers' positions of 800 cases: 20 MB at most."""


class KeptWorkbench(PostgresWorkbench):
    """`Workbench` that reads a position only when it does not know it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._kept: OrderedDict[tuple[str, str], Position] = OrderedDict()
        self._started: dict[str, tuple[int, int]] = {}

    async def load(self, processor: str, keys: Collection[str]) -> Mapping[str, Position]:
        known = {key: one for key in keys if (one := self._kept.get((processor, key)))}
        missing = [key for key in keys if key not in known]
        if missing:
            known |= await super().load(processor, missing)
            for key in missing:
                self._keep(processor, key, known[key])
        return known

    async def commit_turn(self, processor: str, turns: Sequence[KeyTurn]) -> frozenset[str]:
        before = {one.key: self._kept.pop((processor, one.key), None) for one in turns}
        refused = await super().commit_turn(processor, turns)
        for one in turns:
            if one.key not in refused:
                self._keep(processor, one.key, _after(one, before[one.key]))
        return refused

    async def commit_cascade(
        self,
        turns: Sequence[tuple[str, KeyTurn]],
        entries: Sequence[Entry],
        first: int,
        taken: Taken | None = None,
    ) -> bool:
        before = {name: self._kept.pop((name, one.key), None) for name, one in turns}
        won = await super().commit_cascade(turns, entries, first, taken)
        for name, one in turns if won else ():
            self._keep(name, one.key, _after(one, before[name]))
        return won

    async def live(self, processor: str) -> Mapping[str, int]:
        """Return the live keys; a position that another process moved since is forgotten."""
        found = await super().live(processor)
        for key, revision in found.items():
            kept = self._kept.get((processor, key))
            if kept is not None and kept.revision != revision:
                del self._kept[processor, key]
        return found

    async def start(self, processor: str) -> tuple[int, int]:
        """Return birth and ``low`` as far as they are known here: what was low once is still."""
        if processor not in self._started:
            self._started[processor] = await super().start(processor)
        return self._started[processor]

    async def raise_low(self, processor: str, low: int) -> None:
        await super().raise_low(processor, low)
        if processor in self._started:
            birth, before = self._started[processor]
            self._started[processor] = birth, max(before, low)

    async def park(self, parked: Parked) -> None:
        self._kept.pop((parked.processor, parked.key), None)
        await super().park(parked)

    def _keep(self, processor: str, key: str, position: Position | None) -> None:
        if position is None or position.parked:
            return
        kept = self._kept.get((processor, key))
        if kept is not None and kept.revision > position.revision:
            return  # it was read before that one was committed
        self._kept[processor, key] = position
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _after(turn: KeyTurn, before: Position | None) -> Position | None:
    """Return the position that a committed turn left; None when it is not known whole."""
    if before is not None and before.revision != turn.expected_revision:
        before = None  # not what the turn was made from
    if before is None and turn.expected_revision and turn.wake == KEEP_WAKE:
        return None
    wake = turn.wake
    if wake == KEEP_WAKE:
        wake_at = before.wake_at if before else None
    else:
        wake_at = wake.due if isinstance(wake, Wake) else None
    return Position(
        heard=turn.heard,
        revision=turn.expected_revision + 1,
        state=turn.state,
        out_version=turn.out_version,
        out_chain=turn.out_chain,
        wake_at=wake_at,
    )
