"""The roster in memory: ordinals by shard, revisions by lane, columns for the index."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import h3
import numpy as np
from pyroaring import BitMap

from homeward.fanout.columns import NO_CELL, too_many
from homeward.fanout.shards import lane_of, shard_of
from homeward.ports import (
    HubPlace,
    LaneChanges,
    LaneColumns,
    Limits,
    Listener,
    Move,
    Recipient,
    Registered,
)
from homeward.testing.memory.calls import Calls, port_call
from homeward.words import RES_VOLUNTEER_MAX, RecipientKind, Severity, Tier

COUNT_BITS: Final = 26
CELLS_MAX: Final = 3
RES_MAX: Final = {RecipientKind.VOLUNTEER: RES_VOLUNTEER_MAX}
RES_OTHERS_MAX: Final = 10


@dataclass(slots=True)
class RosterDisk:
    """What a crash leaves of the roster."""

    registered: dict[str, Registered] = field(default_factory=dict)
    by_ordinal: dict[int, str] = field(default_factory=dict)
    counted: Counter[int] = field(default_factory=Counter)
    """Ordinals ever given, by shard."""
    revisions: dict[int, int] = field(default_factory=dict)
    """Newest revision, by shard."""
    changes: int = 0
    said: dict[str, datetime] = field(default_factory=dict)
    """When recipients said where they are."""
    gone: list[tuple[int, int]] = field(default_factory=list)
    """(revision, ordinal) of those who left."""
    horizon: int = 0
    """What left up to this revision is not known any more."""
    rung: set[asyncio.Event] = field(default_factory=set)
    limited: set[str] = field(default_factory=set)
    """Who set limits of their own."""


class MemoryRoster:
    """`Roster` over a `RosterDisk`."""

    def __init__(self, disk: RosterDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    def _revise(self, shard: int) -> int:
        # One counter for all lanes rises in each of them, however many lanes there are.
        self.disk.changes += 1
        self.disk.revisions[shard] = self.disk.changes
        for waiting in self.disk.rung:
            waiting.set()
        return self.disk.changes

    @port_call
    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        for one in recipients:
            finest = _finest(one.kind)
            if len(one.cells) > CELLS_MAX or any(
                not h3.is_valid_cell(cell) or h3.get_resolution(cell) > finest for cell in one.cells
            ):
                raise ValueError(f"a {one.kind} has up to {CELLS_MAX} cells, res <= {finest}")
        return [self._register(one) for one in recipients]

    def _register(self, one: Recipient) -> Registered:
        shard, known = shard_of(one.id), self.disk.registered.get(one.id)
        if known is None:
            ordinal = shard << COUNT_BITS | self.disk.counted[shard]
            self.disk.counted[shard] += 1
        else:
            ordinal = known.ordinal
        here = None if known is None else _coarse(known.here, one.kind)
        registered = Registered(one, ordinal, self._revise(shard), here)
        if known is not None:
            kept = known.limits if one.id in self.disk.limited else registered.limits
            registered = _limited(registered, replace(kept, paused_until=known.paused_until))
        self.disk.registered[one.id] = registered
        self.disk.by_ordinal[ordinal] = one.id
        return registered

    @port_call
    async def remove(self, recipient: str) -> bool:
        return self.drop(recipient)

    def drop(self, recipient: str) -> bool:
        """Forget a recipient, within another port's call."""
        gone = self.disk.registered.pop(recipient, None)
        if gone is None:
            return False
        del self.disk.by_ordinal[gone.ordinal]
        self.disk.said.pop(recipient, None)
        self.disk.limited.discard(recipient)
        self.disk.gone.append((self._revise(shard_of(recipient)), gone.ordinal))
        return True

    @port_call
    async def limit(self, recipient: str, limits: Limits) -> bool:
        known = self.disk.registered.get(recipient)
        if known is None:
            return False
        self._limit(known, limits)
        self.disk.limited.add(recipient)
        return True

    def _limit(self, known: Registered, limits: Limits) -> None:
        name = known.recipient.id
        limited = _limited(known, limits)
        self.disk.registered[name] = replace(limited, revision=self._revise(shard_of(name)))

    def activate(self, recipient: str, tier: Tier) -> None:
        """Make a registered recipient active, within another port's call."""
        known = self.disk.registered[recipient]
        one = replace(known.recipient, active=True, tier=tier)
        revision = self._revise(shard_of(recipient))
        self.disk.registered[recipient] = replace(known, recipient=one, revision=revision)

    @port_call
    async def end_pauses(self, now: datetime) -> int:
        over = [
            one
            for one in self.disk.registered.values()
            if one.paused_until is not None and one.paused_until <= now
        ]
        for one in over:
            self._limit(one, replace(one.limits, paused_until=None))
        return len(over)

    @port_call
    async def get(self, recipient: str) -> Registered | None:
        return self.disk.registered.get(recipient)

    @port_call
    async def known(self, ids: Collection[str]) -> frozenset[str]:
        return frozenset(ids) & self.disk.registered.keys()

    @port_call
    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        known = self.disk.by_ordinal
        return {one: self.disk.registered[known[one]] for one in ordinals if one in known}

    @port_call
    async def listeners(self, ordinals: Collection[int]) -> Mapping[int, Listener]:
        known = self.disk.by_ordinal
        found = [self.disk.registered[known[one]] for one in ordinals if one in known]
        return {
            one.ordinal: Listener(
                one.recipient.id,
                one.ordinal,
                one.recipient.lang,
                one.recipient.contacts,
                one.recipient.kind,
                one.recipient.tier,
                one.recipient.level,
            )
            for one in found
        }

    @port_call
    async def move(self, moves: Sequence[Move]) -> Sequence[bool]:
        if any(one.cell is not None and not h3.is_valid_cell(one.cell) for one in moves):
            raise ValueError("a place is an H3 cell")
        newest = {one.recipient: one for one in sorted(moves, key=lambda one: one.at)}
        for one in newest.values():
            self._move(one)
        return [one.recipient in self.disk.registered for one in moves]

    def _move(self, one: Move) -> None:
        known = self.disk.registered.get(one.recipient)
        if known is None or one.at < self.disk.said.get(one.recipient, one.at):
            return
        self.disk.said[one.recipient] = one.at
        here = _coarse(one.cell, known.recipient.kind)
        if here != known.here:
            revision = self._revise(shard_of(one.recipient))
            self.disk.registered[one.recipient] = replace(known, here=here, revision=revision)

    @port_call
    async def forget_places(self, before: datetime) -> int:
        late = [
            name
            for name, said in self.disk.said.items()
            if said < before and self.disk.registered[name].here is not None
        ]
        for name in late:
            self._move(Move(name, None, self.disk.said[name]))
        return len(late)

    @port_call
    async def columns(
        self, lane: int, lanes: int, progress: Callable[[int, int], None] | None = None
    ) -> LaneColumns:
        people = self._people(lane, lanes)
        if progress is not None:
            progress(len(people), len(people))
        return _columns(self._revision(lane, lanes), people)

    @port_call
    async def changes(self, lane: int, lanes: int, after: int) -> LaneChanges | None:
        people = self._people(lane, lanes)
        changed = [one for one in people if one.revision > after]
        gone = BitMap(
            ordinal
            for revision, ordinal in self.disk.gone
            if revision > after and (ordinal >> COUNT_BITS) * lanes // 64 == lane
        )
        if after < self.disk.horizon or too_many(len(changed) + len(gone), len(people)):
            return None
        return LaneChanges(_columns(self._revision(lane, lanes), changed), gone)

    @port_call
    async def wait(self, timeout_s: float, mark: str = "") -> str:
        rung = asyncio.Event()
        self.disk.rung.add(rung)
        try:
            if str(self.disk.changes) == mark:
                await asyncio.wait_for(rung.wait(), timeout_s)
        except TimeoutError:
            pass
        finally:
            self.disk.rung.discard(rung)
        return str(self.disk.changes)

    def forget_departures(self) -> None:
        """Forget who left, as a store does after a day: changes from before are read anew."""
        self.disk.gone.clear()
        self.disk.horizon = self.disk.changes

    def _people(self, lane: int, lanes: int) -> list[Registered]:
        found = self.disk.registered
        return [one for name, one in found.items() if _lane(name, lanes) == lane]

    @port_call
    async def revision(self, lane: int, lanes: int) -> int:
        return self._revision(lane, lanes)

    def _revision(self, lane: int, lanes: int) -> int:
        shards = self.disk.revisions.items()
        return max((rev for shard, rev in shards if shard * lanes // 64 == lane), default=0)

    @port_call
    async def hubs_near(
        self, lat_deg: float, lon_deg: float, within_m: float, limit: int
    ) -> Sequence[HubPlace]:
        near: list[tuple[float, HubPlace]] = []
        for one in self.disk.registered.values():
            hub = one.recipient
            if hub.kind is not RecipientKind.HUB or not hub.active or not hub.cells:
                continue
            lat, lon = h3.cell_to_latlng(hub.cells[0])
            away_m = h3.great_circle_distance((lat_deg, lon_deg), (lat, lon), unit="m")
            if away_m <= within_m:
                place = HubPlace(hub.id, hub.hub_kind, lat, lon, len(hub.contacts), hub.duty)
                near.append((away_m, place))
        near.sort(key=lambda pair: (pair[0], pair[1].id))
        return [place for _, place in near[:limit]]

    @port_call
    async def page(
        self, kind: RecipientKind | None, after: str, limit: int
    ) -> Sequence[Registered]:
        found = self.disk.registered
        ids = sorted(
            name
            for name, one in found.items()
            if name > after and (kind is None or one.recipient.kind is kind)
        )
        return [found[name] for name in ids[:limit]]

    @port_call
    async def count(self) -> Mapping[RecipientKind, int]:
        kinds = Counter(one.recipient.kind for one in self.disk.registered.values())
        return {kind: kinds[kind] for kind in RecipientKind}


def _limited(one: Registered, limits: Limits) -> Registered:
    """Return a recipient with limits of their own."""
    said = {name: getattr(limits, name) for name in Limits.__dataclass_fields__}
    paused_until = said.pop("paused_until")
    return replace(one, recipient=replace(one.recipient, **said), paused_until=paused_until)


def _lane(recipient: str, lanes: int) -> int:
    return lane_of(recipient, lanes)


def _finest(kind: RecipientKind) -> int:
    return RES_MAX.get(kind, RES_OTHERS_MAX)


def _coarse(cell: str | None, kind: RecipientKind) -> str | None:
    """Return a cell no finer than a kind may keep."""
    if cell is None or h3.get_resolution(cell) <= _finest(kind):
        return cell
    return str(h3.cell_to_parent(cell, _finest(kind)))


def _columns(revision: int, people: Sequence[Registered]) -> LaneColumns:
    zones = sorted({one.recipient.zone for one in people})
    kinds, severities, tiers = list(RecipientKind), list(Severity), list(Tier)
    rows = [
        (_awake(one), one.ordinal, cell)
        for one in people
        for cell in _cells(one) or (f"{NO_CELL:x}",)
    ]
    return LaneColumns(
        revision=revision,
        cells=np.array([int(cell, 16) for _, _, cell in rows], np.uint64),
        ordinals=np.array([ordinal for _, ordinal, _ in rows], np.uint32),
        kinds=np.array([kinds.index(one.kind) for one, _, _ in rows], np.uint8),
        reach_km_max=np.array([one.reach_km_max for one, _, _ in rows], np.int32),
        severity_min=np.array([severities.index(r.severity_min) for r, _, _ in rows], np.uint8),
        quiet_from_min=np.array([one.quiet_from_min for one, _, _ in rows], np.int16),
        quiet_to_min=np.array([one.quiet_to_min for one, _, _ in rows], np.int16),
        zones=np.array([zones.index(one.zone) for one, _, _ in rows], np.uint16),
        active=np.array([one.active for one, _, _ in rows], np.bool_),
        reachable=np.array([any(one.contacts) for one, _, _ in rows], np.bool_),
        levels=np.array([one.level for one, _, _ in rows], np.uint8),
        per_day=np.array([one.per_day for one, _, _ in rows], np.uint8),
        tiers=np.array([tiers.index(one.tier) for one, _, _ in rows], np.uint8),
        zone_names=zones,
    )


def _awake(one: Registered) -> Recipient:
    """Return a recipient as the index knows them: who paused is told nothing."""
    return one.recipient if one.paused_until is None else replace(one.recipient, active=False)


def _cells(one: Registered) -> tuple[str, ...]:
    """Return the places of a recipient, each once."""
    here = () if one.here is None else (one.here,)
    return tuple(dict.fromkeys((*one.recipient.cells, *here)))
