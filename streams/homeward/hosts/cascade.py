"""The shortest way from a fact to what follows from it: several consumers in one commit.

A shortcut and nothing else. Whoever takes it guesses which places in the key's order the outputs
will get, lets the next consumer hear them before they are written, and commits all of it or nothing
under the same compare-and-set as a turn; a wrong guess, a moved position, a failing or a slow
consumer leaves everything to the sweeps, which find and hear whatever is not heard.

The nearest chunk that it cuts may go to a sender of the same process without a look at the ledger:
the commit that makes it leases it.
"""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from homeward.hosts.consumer import Consumer
from homeward.hosts.turn import Bench, Heard, as_turn, missing, opened, take
from homeward.ports import Chunk, KeyTurn, Leased, LogUnavailable, Taken
from homeward.record.envelope import Entry, Row, attachments, kind_of, read

OUTPUTS_MAX: Final = 100
"""Facts said in one commit: what orders hundreds of hubs goes on sweep by sweep."""
PATIENCE_S: Final = 0.5
"""An index that is being read holds up only its own lane."""
FIRST_S_MAX: Final = 0.05
"""The sweeps wait no longer for the nearest people."""
UNPLACED: Final = -1
"""The log index of a fact that is not written yet; nothing that follows depends on it."""


class Hands(Protocol):
    """Whoever hands chunks over in this process."""

    @property
    def lease_s(self) -> float:
        """How long a chunk is theirs."""
        ...

    def ready(self, leased: Leased) -> Callable[[], Awaitable[object]] | None:
        """Begin to read whom and what a chunk is about; None: there is no room for it now.

        Called once it is known to be leased so, what is returned hands it over; what that returns
        is done when the first people are with their channel, or have to wait for it.
        """
        ...


@dataclass(slots=True)
class _Key:
    """One key on its way: who hears what, and what was said so far."""

    newest: int
    made: dict[str, tuple[Consumer, Heard]]
    waiting: deque[tuple[Row, Mapping[str, bytes], list[str]]]
    """In the key's order: a fact, its blobs, and the consumers that are to hear it."""
    said: list[Entry]


@dataclass(frozen=True, slots=True)
class Cascade:
    """Consumers in the order in which their positions are locked, the same in every process."""

    bench: Bench
    consumers: Sequence[Consumer]
    hands: Hands | None = None
    before: Callable[[], object] = lambda: None
    """Called before anything is heard: begins what takes a while."""

    async def hear(self, rows: Iterable[Row]) -> frozenset[str]:
        """Let the consumers hear new facts and what follows; return the keys that went.

        ``rows`` holds every new fact of its keys, of whatever kind. Raises LogUnavailable.
        """
        rung: dict[str, list[Row]] = {}
        for row in rows:
            rung.setdefault(row.key, []).append(row)
        return frozenset([key for key, some in rung.items() if await self._went(key, some)])

    async def _went(self, key: str, rung: Sequence[Row]) -> bool:
        heard = frozenset[str]().union(*(one.hears for one in self.consumers))
        if not any(kind_of(row) in heard for row in rung):
            return False
        self.before()
        await asyncio.sleep(0)  # what it asks for is under way while we compute
        try:
            async with asyncio.timeout(PATIENCE_S):
                made = await self._made(key, rung)
        except LogUnavailable:
            raise
        except Exception:  # noqa: BLE001 -- the sweep meets it again, and parks the key
            return False
        turns = [
            (one.name, as_turn(one, key, heard))
            for one, heard in made.made.values()
            if heard.heard > heard.position.heard
        ]
        return bool(turns) and await self._commit(turns, made)

    async def _commit(self, turns: Sequence[tuple[str, KeyTurn]], made: _Key) -> bool:
        first = made.newest - len(made.said) + 1
        commit, chunk = self.bench.workbench.commit_cascade, _nearest(turns)
        if chunk is None or self.hands is None:
            return await commit(turns, made.said, first)
        hand_over = self.hands.ready(Leased(chunk, 1, chunk.recipients, None))
        if hand_over is None:
            return await commit(turns, made.said, first)
        await asyncio.sleep(0)  # so is what the sender reads
        taken = Taken(chunk.id, self.hands.lease_s)
        won = await commit(turns, made.said, first, taken)
        if won:
            with contextlib.suppress(TimeoutError):  # whoever sweeps next leaves us the processor
                await asyncio.wait_for(hand_over(), FIRST_S_MAX)
        return won

    async def _made(self, key: str, rung: Sequence[Row]) -> _Key:
        found = await self._begun(key, rung)
        while found.waiting:
            row, blobs, names = found.waiting.popleft()
            recorded = read(row, blobs=blobs)
            for name in names:
                consumer, heard = found.made[name]
                birth, _ = await self.bench.workbench.start(name)
                silent = UNPLACED < row.log_index < birth
                self._follow(
                    found, await take(self.bench, consumer, heard, recorded, silent=silent)
                )
        return found

    async def _begun(self, key: str, rung: Sequence[Row]) -> _Key:
        """Return what each consumer has not heard of a key, in order."""
        made: dict[str, tuple[Consumer, Heard]] = {}
        rows: dict[int, Row] = {}
        names: dict[int, list[str]] = {}
        for one in self.consumers:
            consumer = one.afresh(self.bench.workbench)
            position = (await self.bench.workbench.load(consumer.name, [key]))[key]
            if position.parked:
                continue
            made[consumer.name] = consumer, opened(self.bench, consumer, key, position)
            for row in await missing(self.bench, consumer, key, position, rung):
                rows[row.key_version] = row
                names.setdefault(row.key_version, []).append(consumer.name)
        digests = {digest for row in rows.values() for digest in attachments(row)}
        blobs = await self.bench.log.blobs(digests) if digests else {}
        waiting = deque((rows[place], blobs, names[place]) for place in sorted(rows))
        return _Key(max(row.key_version for row in rung), made, waiting, [])

    def _follow(self, found: _Key, entries: Sequence[Entry]) -> None:
        """Let those who hear what was said hear it next, as if it were written."""
        for entry in entries:
            found.newest += 1
            found.said.append(entry)
            row = Row(UNPLACED, entry.key, found.newest, self.bench.pen.real(), entry.envelope)
            blobs = {hashlib.sha256(one).hexdigest(): one for one, _ in entry.blobs}
            names = [name for name, (one, _) in found.made.items() if entry.kind in one.hears]
            if names:
                found.waiting.append((row, blobs, names))
        if len(found.said) > OUTPUTS_MAX:
            found.waiting.clear()


def _nearest(turns: Sequence[tuple[str, KeyTurn]]) -> Chunk | None:
    """Return the chunk that goes first, when it may go at once and ends nothing.

    What is over goes to everyone ever leased by its own queue.
    """
    chunks = [one for _, turn in turns for one in turn.chunks if not one.delay_s]
    nearest = min(chunks, key=lambda one: (one.priority, one.seq), default=None)
    return None if nearest is None or nearest.purpose.ends else nearest
