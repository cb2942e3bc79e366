"""The same history again: fold a case's facts and compare what follows with what was recorded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from homeward.messages import Recorded
from homeward.ports import Log, Position, Workbench
from homeward.processor import Processor
from homeward.record.envelope import read, said_in
from homeward.words import derived_id


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


async def history(log: Log, case: str, upto: int | None = None) -> list[Recorded]:
    """Return a case's facts in log order with their blobs, up to a log_index (inclusive)."""
    rows = [row for row in await log.key_rows(case) if upto is None or row.log_index <= upto]
    said = [said_in(row) for row in rows]
    blobs = await log.blobs({digest for one in said for _, digest in one.attached()})
    return [read(row, blobs=blobs, said=one) for row, one in zip(rows, said, strict=True)]


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
    facts = await history(log, case, upto)
    recorded = {one.id: one for one in facts}
    results = []
    for processor in processors:
        position = (await workbench.load(processor.name, [case]))[case]
        results.append(_fold(log.origin, processor, case, facts, recorded, position))
    return results


def _fold(
    origin: str,
    processor: Processor[Any],
    case: str,
    facts: Sequence[Recorded],
    recorded: dict[str, Recorded],
    position: Position,
) -> Replayed:
    state, heard, said = processor.begin(), 0, 0
    missing: list[str] = []
    different: list[str] = []
    for one in facts:
        if one.kind not in processor.hears:
            continue
        reaction = processor.step(state, one)
        state, heard = reaction.state, one.key_version
        for ordinal, fact in enumerate(reaction.says):
            said += 1
            fact_id = derived_id(origin, one.id, processor.name, ordinal)
            kept = recorded.get(fact_id)
            if kept is None:
                missing.append(fact_id)
            elif (kept.stream, kept.kind, kept.fact.public()) != (
                f"{processor.name}-{case}",
                fact.kind,
                fact.public(),
            ):
                different.append(fact_id)
    digest = hashlib.sha256(processor.dump(state)).hexdigest()
    stored = position.state if position.heard == heard else None
    return Replayed(
        processor=processor.name,
        heard=heard,
        state_sha256=digest,
        stored_sha256=None if stored is None else hashlib.sha256(stored).hexdigest(),
        said=said,
        missing=tuple(missing),
        different=tuple(different),
    )
