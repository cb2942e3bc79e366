"""When nothing more follows on PostgreSQL, by what is stored, whoever works on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from homeward.fanout import told
from homeward.fanout.brute import BruteIndex
from homeward.fanout.late import Looked, late_query, plan_late
from homeward.hosts.consumer import Consumer
from homeward.hosts.lane import LaneConsumer
from homeward.hosts.latecomers import Latecomers
from homeward.house import House
from homeward.postgres.workbench import PostgresWorkbench


@dataclass(slots=True)
class Judge:
    """Reads a world's tables anew each time; each is read after what could still change it."""

    house: House
    sending: list[bool]
    """Whether senders are up: else what waits in the ledger is at rest."""
    look_outs: list[Latecomers]
    """Every one of this process: for each live case one of them has seen it as it is."""
    why: str = ""
    """What was not at rest when it was last asked."""
    lows: dict[str, int] = field(default_factory=dict)
    indexes: dict[int, BruteIndex] = field(default_factory=dict)

    async def at_rest(self) -> bool:
        """Whether nothing follows any more, and nothing was said while we looked."""
        size = await self.house.store.log.size()
        self.why = (
            await self._unheard(size)
            or await self._due()
            or await self._open()
            or await self._late()
            or ("" if size == await self.house.store.log.size() else "facts are said")
        )
        return not self.why

    @property
    def _bench(self) -> PostgresWorkbench:
        return PostgresWorkbench(self.house.store.database)

    async def _unheard(self, size: int) -> str:
        for one in self._consumers():
            low = self.lows.get(one.name, 0)
            if await self._bench.unheard(one.name, one.hears, low, size, 1):
                return f"{one.name} has not heard all"
            self.lows[one.name] = size
        parked = await self._bench.parked()
        assert not parked, parked
        return ""

    def _consumers(self) -> Sequence[Consumer]:
        return self.house.consumers

    async def _due(self) -> str:
        due = await self._bench.next_due()
        return "a wake is due" if due and due <= self.house.store.clock.now() else ""

    async def _open(self) -> str:
        if not self.sending[0]:
            return ""
        open_s = await self.house.store.ledger.next_open_s()
        return "" if open_s is None else "chunks are open"

    async def _late(self) -> str:
        for lane in self.house.lanes:
            live = await self._bench.live(lane.name)
            if not live:
                continue
            index = await self._index(lane)
            looked = [one for one in self.look_outs if one.consumer.name == lane.name]
            if not any(_saw(one, live, index.revision) for one in looked):
                return f"nobody looked at {lane.name}"
            for key, position in (await self._bench.load(lane.name, list(live))).items():
                if position.state and self._says(lane, index, key, told.load(position.state)):
                    return f"somebody is late for {lane.name}"
        return ""

    def _says(self, lane: LaneConsumer, index: BruteIndex, key: str, state: told.LaneState) -> bool:
        """Whether somebody is inside and not told, by the rule itself."""
        at = self.house.store.clock.now()
        looked = [
            Looked(one, index.match(late_query(one, at, None)), None) for one in state.live(at)
        ]
        plan = plan_late(key, state, lane.lane, looked, at, index.revision)
        return plan is not None and bool(plan.says)

    async def _index(self, lane: LaneConsumer) -> BruteIndex:
        number, lanes = lane.lane.number, lane.lane.lanes
        roster = self.house.store.roster
        known = self.indexes.get(number)
        if known is None or known.revision < await roster.revision(number, lanes):
            known = self.indexes[number] = BruteIndex(await roster.columns(number, lanes))
        return known


def _saw(look_out: Latecomers, live: Mapping[str, int], revision: int) -> bool:
    """Whether a look-out knows each live case and the roster as they are, and has looked.

    Whoever sleeps says nothing, but a wake has to be asked for before the clock goes on.
    """
    rows, keeper = look_out._rows, look_out.consumer.keeper
    index, journal = keeper._index, keeper._journal
    if index is None or index.revision < revision or journal is None or journal:
        return False
    return not look_out._dirty and all(
        key in rows and rows[key].position.revision == known for key, known in live.items()
    )
