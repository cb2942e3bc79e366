"""What every `Workbench` knows of facts that nobody rang for."""

from dataclasses import replace

from homeward.ports import Parked, Unit
from homeward.record.envelope import kind_of
from homeward.testing.contracts.pen import Pen, Ports
from homeward.testing.contracts.workbench import turn


class UnheardContract:
    """Only what is above a key's position, of heard kinds, and not parked."""

    async def test_what_was_not_heard_is_found_in_order(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        one, two = pen.case(1), pen.case(2)
        for key in (one, two, one, two, one):
            await store.log.append([Unit((pen.note(key),))])
        rows = await store.log.rows(-1, 4)
        kinds = {kind_of(row) for row in rows}
        assert await bench.unheard("reach", kinds, 0, 5) == rows
        assert await bench.unheard("reach", kinds, 0, 5, limit=2) == rows[:2]
        assert await bench.unheard("reach", kinds, 1, 4) == rows[1:4]
        assert await bench.unheard("reach", kinds, 1, 2**62, keys=[one, "b"]) == rows[2::2]
        assert await bench.unheard("reach", kinds, 0, 5, keys=[]) == []
        assert await bench.unheard("reach", {"log.nothing/1"}, 0, 5) == []
        await bench.commit_turn("reach", [replace(turn(one), heard=2)])
        assert await bench.unheard("reach", kinds, 0, 5) == [rows[1], rows[3], rows[4]]
        assert await bench.unheard("reach", kinds, 0, 5, keys=[one]) == [rows[4]]
        assert await bench.unheard("hubs", kinds, 0, 5) == rows

    async def test_what_is_parked_waits_for_a_hand(self, store: Ports) -> None:
        pen, bench = Pen(store.log.origin), store.workbench
        one, two = pen.case(1), pen.case(2)
        for key in (one, two):
            await store.log.append([Unit((pen.note(key),))])
        rows = await store.log.rows(-1, 1)
        kinds = {kind_of(row) for row in rows}
        await bench.park(Parked("reach", one, 1, "ValueError at step:1"))
        assert await bench.unheard("reach", kinds, 0, 2) == rows[1:]
        assert await bench.unheard("hubs", kinds, 0, 2) == rows
        await bench.unpark("reach", one)
        assert await bench.unheard("reach", kinds, 0, 2) == rows
