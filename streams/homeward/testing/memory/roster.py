"""The roster in memory: ordinals by shard, revisions by lane, columns for the index."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import h3
import numpy as np

from homeward.ports import HubPlace, LaneColumns, Recipient, Registered
from homeward.testing.memory.calls import Calls, port_call
from homeward.words import RES_VOLUNTEER_MAX, RecipientKind, Severity

SHARD_BITS: Final = 6
COUNT_BITS: Final = 26
CELLS_MAX: Final = 3
RES_MAX: Final = {RecipientKind.VOLUNTEER: RES_VOLUNTEER_MAX}
RES_OTHERS_MAX: Final = 10


def shard_of(recipient: str) -> int:
    """Return a recipient's shard: the first 6 bits of SHA-256(id)."""
    return hashlib.sha256(recipient.encode()).digest()[0] >> (8 - SHARD_BITS)


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


class MemoryRoster:
    """`Roster` over a `RosterDisk`."""

    def __init__(self, disk: RosterDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    def _revise(self, shard: int) -> int:
        # One counter for all lanes rises in each of them, however many lanes there are.
        self.disk.changes += 1
        self.disk.revisions[shard] = self.disk.changes
        return self.disk.changes

    @port_call
    async def register(self, recipients: Sequence[Recipient]) -> Sequence[Registered]:
        for one in recipients:
            finest = RES_MAX.get(one.kind, RES_OTHERS_MAX)
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
        registered = Registered(one, ordinal, self._revise(shard))
        self.disk.registered[one.id] = registered
        self.disk.by_ordinal[ordinal] = one.id
        return registered

    @port_call
    async def remove(self, recipient: str) -> bool:
        gone = self.disk.registered.pop(recipient, None)
        if gone is None:
            return False
        del self.disk.by_ordinal[gone.ordinal]
        self._revise(shard_of(recipient))
        return True

    @port_call
    async def get(self, recipient: str) -> Registered | None:
        return self.disk.registered.get(recipient)

    @port_call
    async def by_ordinals(self, ordinals: Collection[int]) -> Mapping[int, Registered]:
        known = self.disk.by_ordinal
        return {one: self.disk.registered[known[one]] for one in ordinals if one in known}

    @port_call
    async def columns(self, lane: int, lanes: int) -> LaneColumns:
        people = [
            one for one in self.disk.registered.values() if _lane(one.recipient.id, lanes) == lane
        ]
        zones = sorted({one.recipient.zone for one in people})
        kinds, severities = list(RecipientKind), list(Severity)
        rows = [
            (one.recipient, one.ordinal, cell)
            for one in people
            for cell in one.recipient.cells or ("0",)
        ]
        return LaneColumns(
            revision=self._revision(lane, lanes),
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
            zone_names=zones,
        )

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
                place = HubPlace(hub.id, hub.hub_kind, lat, lon, len(hub.contacts))
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


def _lane(recipient: str, lanes: int) -> int:
    return shard_of(recipient) * lanes // 64
