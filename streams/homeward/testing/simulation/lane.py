"""A small fan-out lane: from an order to chunks of people, minus those already told."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.fanout.days import DayChange
from homeward.geography.cells import from_bytes, meets
from homeward.hosts.consumer import Reacted
from homeward.messages import Recorded
from homeward.ports import Chunk, LaneColumns, Ledger, Roster, Workbench
from homeward.testing.memory import ORIGIN
from homeward.testing.simulation.small import kinds
from homeward.words import Audience, Purpose, RecipientKind, Tier, derived_id

CHUNK_MAX: Final = 6

KINDS: Final = list(RecipientKind)


@dataclass(slots=True)
class SmallLane:
    """One lane over columns that it reads anew when the roster's revision moved."""

    roster: Roster
    ledger: Ledger
    lane: int
    lanes: int
    columns: LaneColumns | None = None
    hears: frozenset[str] = field(default_factory=lambda: kinds(CalloutOrdered))

    @property
    def name(self) -> str:
        """``fanout.<lane>``."""
        return f"fanout.{self.lane}"

    def afresh(self, _: Workbench) -> "SmallLane":
        """Return itself: nobody's day is spent here."""
        return self

    def counted(self) -> tuple[DayChange, ...]:
        """Count nothing."""
        return ()

    def stream(self, key: str) -> str:
        """Return ``fanout-<case>.<lane>``."""
        return f"fanout-{key}.{self.lane}"

    def begin(self) -> dict[str, BitMap]:
        """Return the told of nobody."""
        return {}

    def dump(self, state: dict[str, BitMap]) -> bytes:
        """Return told-bitmaps by alert version."""
        return json.dumps({name: told.to_array().tolist() for name, told in state.items()}).encode()

    def load(self, raw: bytes) -> dict[str, BitMap]:
        """Return told-bitmaps from bytes."""
        return {name: BitMap(told) for name, told in json.loads(raw).items()}

    async def react(self, state: dict[str, BitMap], heard: Recorded) -> Reacted:
        """Cut an order into chunks."""
        order = heard.fact
        assert isinstance(order, CalloutOrdered)
        inside, unreachable = await self._people(order)
        already = BitMap()
        if order.purpose is Purpose.ALERT:
            version = f"{order.alert}.{order.version}"
            known = state.get(version, BitMap())
            since = order.same_since or order.version
            older = (f"{order.alert}.{before}" for before in range(since, order.version))
            known = known.union(*(state.get(one, BitMap()) for one in older))
            already = inside & self.told(known)
            state = {**state, version: known | inside}
        people = inside - already
        parts = [people[at : at + CHUNK_MAX] for at in range(0, len(people), CHUNK_MAX)]
        chunks = tuple(self._chunk(heard, order, seq, part) for seq, part in enumerate(parts))
        digest = hashlib.sha256(b"".join(chunk.recipients for chunk in chunks))
        cut = ChunksCut(
            case=order.case,
            at=heard.at,
            order=heard.id,
            lane=self.lane,
            alert=order.alert,
            version=order.version,
            wave=order.wave,
            audience=order.audience,
            purpose=order.purpose,
            chunks=len(chunks),
            people=len(people),
            already_told=len(already),
            suppressed=0,
            unreachable=len(unreachable),
            digest=digest.hexdigest(),
        )
        return Reacted(state, (cut,), None, chunks)

    def told(self, told: BitMap) -> BitMap:
        """Return who counts as told already (the bug that forgets them overrides this)."""
        return told

    async def _people(self, order: CalloutOrdered) -> tuple[BitMap, BitMap]:
        if order.audience is Audience.TOLD:
            # Idempotent; then the list is cut.
            await self.ledger.close(order.case, order.alert, order.version)
            told = BitMap()
            for alert in {order.alert, 0}:  # the unverified report that it follows
                for _, raw in await self.ledger.ever_leased(order.case, alert):
                    some = BitMap.deserialize(raw)
                    told |= some if alert else some - await self._desks()
            return self._mine(told), BitMap()
        if order.audience is Audience.HUB:
            hub = await self.roster.get(order.hub or "")
            found = BitMap([hub.ordinal]) if hub and hub.recipient.contacts else BitMap()
            return self._mine(found), BitMap()
        rows = await self._columns()
        if order.audience is Audience.DESK:
            chosen = (rows.kinds == KINDS.index(RecipientKind.DESK)) & (rows.levels == order.level)
        else:
            chosen = (rows.kinds == KINDS.index(RecipientKind.VOLUNTEER)) & rows.active
            if order.tier is not None:
                chosen &= rows.tiers == list(Tier).index(order.tier)
            chosen &= meets(from_bytes(order.cells or b""), rows.cells)
        return BitMap(rows.ordinals[chosen & rows.reachable]), BitMap(
            rows.ordinals[chosen & ~rows.reachable]
        )

    async def _desks(self) -> BitMap:
        rows = await self._columns()
        return BitMap(rows.ordinals[rows.kinds == KINDS.index(RecipientKind.DESK)])

    async def _columns(self) -> LaneColumns:
        revision = await self.roster.revision(self.lane, self.lanes)
        if self.columns is None or self.columns.revision < revision:
            self.columns = await self.roster.columns(self.lane, self.lanes)
        return self.columns

    def _mine(self, people: BitMap) -> BitMap:
        first, after = (one * 2**32 // self.lanes for one in (self.lane, self.lane + 1))
        return BitMap([one for one in people if first <= one < after])

    def _chunk(self, heard: Recorded, order: CalloutOrdered, seq: int, people: BitMap) -> Chunk:
        rest: dict[str, Any] = {
            name: getattr(order, name)
            for name in ("purpose", "alert", "version", "texts_of", "contact", "watch")
        }
        return Chunk(
            id=derived_id(ORIGIN, heard.id, self.lane, seq),
            order=heard.id,
            case=order.case,
            lane=self.lane,
            seq=seq,
            recipients=people.serialize(),
            people=len(people),
            wave=order.moved or order.wave,
            **rest,
        )
