"""The same history again: fold a case's facts and compare what follows with what was recorded."""

import asyncio
import gc
import hashlib
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from homeward.messages import Fact, Recorded
from homeward.ports import Log, Position, Workbench
from homeward.processor import Processor
from homeward.record.envelope import Row, attachments, read, read_all
from homeward.record.parts import nothing_attached
from homeward.words import derived_id

BATCH: Final = 1_000
"""Facts of a history read at once: about a megabyte."""
NET_OBJECTS: Final = 100_000
"""More than the objects of two batches."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one processor makes of a case's history, held against the log."""

    processor: str
    heard: int
    """key_version of the last fact heard."""
    state_sha256: str
    stored_sha256: str | None
    """Of the state row; None when it is not as far, or further, than this replay."""
    said: int
    missing: tuple[str, ...]
    """Ids that follow from the history and stand not in the log."""
    different: tuple[str, ...]
    """Ids whose stream, kind or public part is another one in the log."""

    @property
    def same(self) -> bool:
        """Whether the replay says the same words and ends in the same state."""
        stored_same = self.stored_sha256 in {None, self.state_sha256}
        return stored_same and not self.missing and not self.different


async def history(
    log: Log,
    case: str,
    upto: int | None = None,
    *,
    blobs: bool = True,
    only: Collection[str] | None = None,
) -> list[Recorded]:
    """Return a case's facts in log order, up to a log_index (inclusive); ``only`` these kinds.

    Without ``blobs`` they are public parts, which is all that a timeline shows.
    """
    rows: Sequence[Row] = await log.key_rows(case, kinds=only)
    if upto is not None:
        rows = [row for row in rows if row.log_index <= upto]
    return (await _read(log, rows))[0] if blobs else [read(row) for row in rows]


async def streamed(
    log: Log,
    case: str,
    upto: int | None = None,
    batch: int = BATCH,
    *,
    kinds: Collection[str] = (),
) -> AsyncIterator[Sequence[Recorded]]:
    """Yield a case's history in batches: the next is fetched while one is looked at.

    However long the case, no more than two batches are held; facts become objects one by one, as
    they are looked at, which spares the garbage collector most of its work; those of ``kinds``
    with their batch, which is faster for who looks at all of them.
    """
    blobs: dict[str, bytes] = {}
    fetching = asyncio.ensure_future(_batch(log, case, 0, batch))
    try:
        while rows := await fetching:
            fetching = asyncio.ensure_future(_batch(log, case, rows[-1].key_version, batch))
            await asyncio.sleep(0)  # it asks now, so that the server works meanwhile
            wanted = [row for row in rows if upto is None or row.log_index <= upto]
            if wanted:
                recorded, blobs = await _read(log, wanted, kinds, blobs)
                yield recorded
            if len(wanted) < len(rows):
                break
    finally:
        fetching.cancel()


async def _batch(log: Log, case: str, after: int, many: int) -> Sequence[Row]:
    return await log.key_rows(case, after, after + many)


async def _read(
    log: Log,
    rows: Sequence[Row],
    kinds: Collection[str] = (),
    kept: Mapping[str, bytes] | None = None,
) -> tuple[list[Recorded], dict[str, bytes]]:
    """Return what rows say, and their blobs; ``kept`` are some that need not be asked for."""
    large = [row for row in rows if not nothing_attached(row.envelope)]
    digests = {digest for row in large for digest in attachments(row)}
    blobs = {digest: kept[digest] for digest in digests if digest in kept} if kept else {}
    if missing := digests - blobs.keys():
        blobs.update(await log.blobs(missing))
    return read_all(rows, blobs=blobs or None, kinds=kinds), blobs


@contextmanager
def batch_job() -> Iterator[None]:
    """Keep the garbage collector from looking through everything each 700 objects meanwhile.

    What a long read makes goes by itself, and at once; looking for rings among it, and among all
    that was there before, takes as long as the reading. For a process that does only this.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NET_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def replay(
    log: Log,
    workbench: Workbench,
    processors: Sequence[Processor[Any]],
    case: str,
    upto: int | None = None,
) -> list[Replayed]:
    """Fold a case through each processor and compare with the log and the stored states.

    What the newest facts lead to may not be in the log yet; run it on a quiet case.
    """
    folds = [_Fold(log.origin, one, case, one.begin()) for one in processors]
    heard_kinds = frozenset[str]().union(*(one.hears for one in processors))
    with batch_job():
        async for batch in streamed(log, case, upto, kinds=heard_kinds):
            for heard in batch:
                for fold in folds:
                    fold.hear(heard)
    return [
        fold.replayed((await workbench.load(fold.processor.name, [case]))[case]) for fold in folds
    ]


@dataclass(slots=True)
class _Fold:
    """One processor on its way through the history; what it says is awaited there."""

    origin: str
    processor: Processor[Any]
    case: str
    state: Any
    heard: int = 0
    said: int = 0
    awaited: dict[str, Fact] = field(default_factory=dict)
    """By id, what follows from what was heard: in the log it comes later than its cause."""
    different: list[str] = field(default_factory=list)

    def hear(self, one: Recorded) -> None:
        stream = f"{self.processor.name}-{self.case}"
        if self.awaited and (fact := self.awaited.pop(one.id, None)) is not None:
            kept = (one.stream, one.kind, one.fact.public())
            if kept != (stream, fact.kind, fact.public()):
                self.different.append(one.id)
        if one.kind not in self.processor.hears:
            return
        reaction = self.processor.step(self.state, one)
        self.state, self.heard = reaction.state, one.key_version
        for ordinal, fact in enumerate(reaction.says):
            self.said += 1
            self.awaited[derived_id(self.origin, one.id, self.processor.name, ordinal)] = fact

    def replayed(self, position: Position) -> Replayed:
        digest = hashlib.sha256(self.processor.dump(self.state)).hexdigest()
        stored = position.state if position.heard == self.heard else None
        return Replayed(
            processor=self.processor.name,
            heard=self.heard,
            state_sha256=digest,
            stored_sha256=None if stored is None else hashlib.sha256(stored).hexdigest(),
            said=self.said,
            missing=tuple(self.awaited),
            different=tuple(self.different),
        )
