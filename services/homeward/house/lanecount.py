"""How many lanes cut the roster: shown, and changed while nothing runs."""

import asyncio
from collections.abc import Sequence
from typing import Final

from homeward.fanout.lane import Lane
from homeward.hosts.recutting import Unequal, recut_key
from homeward.house.opening import House
from homeward.ports import KeyTurn, Position, Process
from homeward.postgres.recutting import Cut, Heads, NotAtRest, cut_anew

COUNTS: Final = (1, 2, 4, 8, 16, 32, 64)
"""Shards are divided evenly."""
SETTLES_S: Final = 0.5


class NotNow(Exception):
    """The lanes cannot be cut now; the text says what stands in the way, and the mend."""

    def __init__(self, what: str, mend: str) -> None:
        """Say both."""
        super().__init__(what)
        self.what, self.mend = what, mend


async def cut_lanes(house: House, lanes: int) -> Cut:
    """Cut the lanes anew; nobody is told anything. Raises NotNow, ValueError, LogUnavailable.

    The house that is open works by the number that it found: close it, and open it again.
    """
    if lanes not in COUNTS:
        raise ValueError(f"lanes are {', '.join(map(str, COUNTS))}")
    running = await house.store.processes.signed_in()
    if running:
        mend = "stop it first; one that was killed counts as gone 10 s later"
        raise NotNow(f"the {house.world} world runs: {_named(running)}", mend)
    cut = [Lane(number, lanes, house.store.log.origin) for number in range(lanes)]
    now = house.store.clock.now()

    def recut(key: str, positions: Sequence[Position], heads: Heads) -> Sequence[KeyTurn]:
        return recut_key(key, positions, cut, heads, now)

    start = f"start the server (homeward up --{house.world}), let it catch up, and stop it"
    try:
        done = await cut_anew(house.store.database, lanes, recut)
    except NotAtRest as not_yet:
        mend = "see homeward parked list" if not_yet.parked else start
        raise NotNow(str(not_yet), mend) from None
    except Unequal:
        raise NotNow("the lanes of a case have not heard the same", start) from None
    await asyncio.sleep(SETTLES_S)
    running = await house.store.processes.signed_in()
    if running:  # it found the old number, and can commit no turn of a lane
        raise NotNow(f"meanwhile there started: {_named(running)}", "stop it and start it again")
    return done


def _named(running: Sequence[Process]) -> str:
    return ", ".join(f"{one.role} (pid {one.pid} on {one.host})" for one in running)
