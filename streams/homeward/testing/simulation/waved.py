"""What the waves of a version told is what the policy says, no cell twice: judged from the log.

The judge asks the policy anew at each moment of a case, of everything that was said up to then. It
compares sets of cells by H3's own hierarchy, with nothing that a processor computes with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import h3

from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseResolved,
)
from homeward.facts.merging import CaseMerged
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import Cells, from_bytes
from homeward.messages import Recorded
from homeward.processors.keeping import Live, earliest
from homeward.processors.knowledge import NOTHING, Knowledge, News, learnt, policy_for
from homeward.testing.memory.log import LogDisk
from homeward.testing.simulation.reading import moment_by_moment
from homeward.words import RES_PUBLIC_MAX, Cell


@dataclass(slots=True)
class _Waved:
    """What a case's log says up to a moment."""

    knowledge: Knowledge = NOTHING
    live: Live | None = None
    told: set[Cell] = field(default_factory=set)
    """Cells of all waves of this version."""
    above: set[Cell] = field(default_factory=set)
    """Those cells and every cell that holds one of them."""
    known_at: dict[str, tuple[Live, Knowledge]] = field(default_factory=dict)
    """What was known when each fact of this moment was said."""
    twice: int = 0
    """Cells of this moment that had been told."""
    beyond: int = 0
    """Cells of this moment that lie outside the area as it was known when they were said."""
    looks: bool = False
    """Something was said at this moment on which the whole area is due."""
    unheard: bool = False
    """It was widened at this moment, and no wave lets the lanes look again."""
    look_at: datetime | None = None
    """When the policy wants to be asked again."""

    def hear(self, heard: Recorded) -> None:
        """Take in a fact."""
        match heard.fact:
            case news if isinstance(news, News):
                self.knowledge, self.looks = learnt(self.knowledge, news, heard.by.id), True
            case AlertIssued() | AlertUpdated() as fact:
                self.live, self.looks = Live.of(fact, heard.by.id), True
                self.told, self.above = set(), set()
            case AlertWidened() as fact if self.live:
                wide = self.live.widened(fact)
                self.live, self.looks = wide or self.live, self.looks or wide is not None
                self.unheard = wide is not None
            case AlertExtended() as fact if self.live:
                longer = self.live.extended(fact)
                self.live, self.unheard = longer or self.live, longer is not None
            case AlertCancelled() | CaseResolved() | CaseClosedOut() | CaseMerged():
                self.live = None
            case ReachWidened() as wave if self.live and wave.version == self.live.version:
                self._told(wave, heard.cause)
        if self.live:
            self.known_at[heard.id] = self.live, self.knowledge

    def _told(self, wave: ReachWidened, cause: str | None) -> None:
        cells = _texts(from_bytes(wave.cells or b""))
        self.unheard = False
        held = (cell in self.above or _within(cell, self.told) for cell in cells)
        self.twice, self.looks = self.twice + sum(held), True
        self.told |= cells
        self.above.update(above for cell in cells for above in _ancestors(cell))
        if cause in self.known_at:
            live, knowledge = self.known_at[cause]
            area = _texts(policy_for(live).area(knowledge.known(live), wave.at).cells)
            self.beyond += sum(not _covered(cell, area) for cell in cells)


def not_told_as_said(disk: LogDisk, until: datetime) -> Iterator[str]:
    """Return each moment at which the waves differ from the policy's area; ``until``: the clock."""
    for case, found in moment_by_moment(disk).items():
        waved = _Waved()
        ends = [at for at, _ in found[1:]] + [until]
        for (at, said), next_at in zip(found, ends, strict=True):
            waved.looks, waved.twice, waved.beyond, waved.known_at = False, 0, 0, {}
            waved.unheard = False
            for one in said:
                waved.hear(one)
            for wrong in _wrong(waved, at, next_at):
                yield f"{wrong} in {case} at {at:%H:%M:%S}"


def _wrong(waved: _Waved, at: datetime, next_at: datetime) -> Iterator[str]:
    live = waved.live
    if live is None or at >= live.expires_at or not waved.knowledge.sources:
        return
    if waved.knowledge.stands_still(live):
        waved.look_at = None
        return
    if waved.unheard:
        yield "no wave follows a widening"
    if waved.twice:
        yield f"{waved.twice} cells of a wave were told twice"
    if waved.beyond:
        yield f"{waved.beyond} cells of a wave lie outside the area"
    policy, known = policy_for(live), waved.knowledge.known(live)
    overdue = waved.look_at is not None and waved.look_at <= at
    if waved.looks or overdue:
        area = _texts(policy.area(known, at).cells)
        missing = sum(not _covered(one, waved.told) for one in area)
        if missing:
            yield f"{missing} cells of the area were not told by a wave"
        waved.look_at = earliest(policy.next_look(known, at), waved.knowledge.next_source_at(at))
    if waved.look_at is not None and waved.look_at < min(next_at, live.expires_at):
        yield f"no wave was looked for at {waved.look_at:%H:%M:%S}"


def _texts(cells: Cells) -> set[Cell]:
    return {h3.int_to_str(one) for one in cells.tolist()}


def _ancestors(cell: Cell) -> Iterator[Cell]:
    return (h3.cell_to_parent(cell, res) for res in range(h3.get_resolution(cell) + 1))


def _within(cell: Cell, told: set[Cell]) -> bool:
    return any(one in told for one in _ancestors(cell))


def _covered(cell: Cell, told: set[Cell]) -> bool:
    """Return whether a cell lies in a set as a whole, itself or piece by piece."""
    if _within(cell, told):
        return True
    if h3.get_resolution(cell) >= RES_PUBLIC_MAX:
        return False
    return all(_covered(one, told) for one in h3.cell_to_children(cell))
