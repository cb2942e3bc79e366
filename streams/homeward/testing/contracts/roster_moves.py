"""What every `Roster` keeps of where people are, and what it says of changes."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.fanout.columns import LaneColumns
from homeward.ports import LaneChanges, Move, Recipient, Roster
from homeward.testing.contracts.pen import Ports
from homeward.testing.contracts.roster import FUYANG, volunteer
from homeward.words import RecipientKind

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLACES = sorted(h3.grid_disk(h3.latlng_to_cell(*FUYANG, 7), 2))


def at(minutes: float, place: int, recipient: str = "ann") -> Move:
    return Move(recipient, PLACES[place], AT + timedelta(minutes=minutes))


def cells_of(columns: LaneColumns, ordinal: int) -> list[str]:
    return sorted(f"{one:x}" for one in columns.cells[columns.ordinals == ordinal].tolist())


async def here(roster: Roster, recipient: str = "ann") -> str | None:
    found = await roster.get(recipient)
    assert found is not None
    return found.here


async def changed(roster: Roster, after: int) -> LaneChanges:
    changes = await roster.changes(0, 1, after)
    assert changes is not None
    assert changes.columns.revision == await roster.revision(0, 1)
    return changes


def ordinals(people: Iterable[int]) -> list[int]:
    return sorted(people)


class RosterMovesContract:
    """Moving, forgetting, and reading what changed."""

    async def test_the_newest_word_stands_in_whatever_order_they_come(self, store: Ports) -> None:
        roster = store.roster
        await roster.register([volunteer("ann"), volunteer("bob")])
        assert await roster.move([at(5, 1), at(5, 2, "nobody"), at(5, 3, "bob")]) == [
            True, False, True,
        ]  # fmt: skip
        assert await roster.move([]) == []
        assert await here(roster) == PLACES[1]
        assert await here(roster, "bob") == PLACES[3]
        assert await roster.move([at(4, 2)]) == [True]
        assert await here(roster) == PLACES[1]
        assert await roster.move([at(9, 4), at(7, 5), at(8, 6)]) == [True] * 3
        assert await here(roster) == PLACES[4]
        by_ordinal = await roster.by_ordinals(
            [one.ordinal for one in await roster.page(None, "", 9)]
        )
        assert {one.here for one in by_ordinal.values()} == {PLACES[3], PLACES[4]}

    async def test_only_a_new_place_is_a_change(self, store: Ports) -> None:
        roster = store.roster
        await roster.register([volunteer("ann")])
        before = await roster.revision(0, 1)
        await roster.move([at(1, 1)])
        moved = await roster.revision(0, 1)
        assert moved > before
        await roster.move([at(6, 1), at(2, 2), at(3, 1)])
        assert await roster.revision(0, 1) == moved
        await roster.move([at(5, 2)])  # older than the last word, which was no change
        assert await here(roster) == PLACES[1]
        assert await roster.revision(0, 1) == moved

    async def test_a_place_too_fine_is_coarsened(self, store: Ports) -> None:
        roster = store.roster
        fine = h3.latlng_to_cell(*FUYANG, 12)
        owner = replace(volunteer("cam"), kind=RecipientKind.CAMERA_OWNER)
        await roster.register([volunteer("ann"), owner])
        await roster.move([Move("ann", fine, AT), Move("cam", fine, AT)])
        assert await here(roster) == h3.cell_to_parent(fine, 7)
        assert await here(roster, "cam") == h3.cell_to_parent(fine, 10)
        (now,) = await roster.register([volunteer("cam")])
        assert now.here == await here(roster, "cam") == h3.cell_to_parent(fine, 7)
        coarse = h3.cell_to_parent(fine, 5)
        await roster.move([Move("ann", coarse, AT)])
        assert await here(roster) == coarse

    async def test_what_is_no_cell_keeps_nothing(self, store: Ports) -> None:
        await store.roster.register([volunteer("ann")])
        with pytest.raises(ValueError, match="cell"):
            await store.roster.move([at(1, 1), Move("ann", "nonsense", AT)])
        assert await here(store.roster) is None

    async def test_a_place_counts_beside_the_registered_ones(self, store: Ports) -> None:
        roster = store.roster
        desk = Recipient("duty", RecipientKind.DESK, ())
        ann, duty = await roster.register([volunteer("ann", PLACES[0], PLACES[1]), desk])
        await roster.move([at(1, 2), at(1, 3, "duty")])
        columns = await roster.columns(0, 1)
        assert cells_of(columns, ann.ordinal) == PLACES[:3]
        assert cells_of(columns, duty.ordinal) == [PLACES[3]]
        await roster.move([at(2, 1)])
        assert cells_of(await roster.columns(0, 1), ann.ordinal) == PLACES[:2]

    async def test_a_place_stays_when_wishes_change_and_goes_with_its_owner(
        self, store: Ports
    ) -> None:
        roster = store.roster
        await roster.register([volunteer("ann")])
        await roster.move([at(5, 1)])
        (again,) = await roster.register([replace(volunteer("ann"), lang="en")])
        assert again.here == PLACES[1]
        assert await roster.get("ann") == again
        await roster.remove("ann")
        (back,) = await roster.register([volunteer("ann")])
        assert back.here is None
        assert len((await roster.columns(0, 1)).cells) == 1
        await roster.move([at(1, 2)])
        assert await here(roster) == PLACES[2]

    async def test_places_are_forgotten(self, store: Ports) -> None:
        roster = store.roster
        people = [volunteer(name) for name in ("ann", "bob", "cas")]
        await roster.register(people)
        await roster.move([at(1, 1), at(9, 2, "bob"), at(1, 3, "cas")])
        await roster.move([Move("cas", None, AT + timedelta(minutes=2)), at(1.5, 3, "cas")])
        assert await here(roster, "cas") is None
        before = await roster.revision(0, 1)
        assert await roster.forget_places(AT + timedelta(minutes=5)) == 1
        assert await here(roster) is None
        assert await here(roster, "bob") == PLACES[2]
        assert await roster.revision(0, 1) > before
        assert await roster.forget_places(AT + timedelta(minutes=5)) == 0
        await roster.move([at(6, 4)])
        assert await here(roster) == PLACES[4]

    async def test_changes_are_whole_recipients_and_who_left(self, store: Ports) -> None:
        roster = store.roster
        people = [volunteer(f"v{number}") for number in range(20)]
        found = {one.recipient.id: one.ordinal for one in await roster.register(people)}
        start = await roster.revision(0, 1)
        assert not (await changed(roster, start)).changed
        await roster.move([at(1, 1, "v1"), at(1, 2, "v2")])
        await roster.register([replace(volunteer("v3"), zone="Asia/Urumqi"), volunteer("new")])
        await roster.remove("v4")
        await roster.move([at(1, 1, "v5")])
        await roster.remove("v5")
        new = await roster.get("new")
        assert new is not None
        changes = await changed(roster, start)
        assert ordinals(changes.gone) == ordinals([found["v4"], found["v5"]])
        there = [found["v1"], found["v2"], found["v3"], new.ordinal]
        assert ordinals(changes.changed) == ordinals(there)
        whole = await roster.columns(0, 1)
        for ordinal in there:
            assert cells_of(changes.columns, ordinal) == cells_of(whole, ordinal)
        urumqi = changes.columns.zones[changes.columns.ordinals == found["v3"]]
        assert [changes.columns.zone_names[one] for one in urumqi] == ["Asia/Urumqi"]
        assert not (await changed(roster, changes.columns.revision)).changed

    async def test_changes_are_those_of_the_lane(self, store: Ports) -> None:
        roster = store.roster
        await roster.register([volunteer(f"v{number}") for number in range(40)])
        halves = [await roster.changes(lane, 2, 0) for lane in (0, 1)]
        for lane, half in enumerate(halves):
            assert half is not None
            assert len(half.columns.ordinals) > 0
            assert (half.columns.ordinals >> 31 == lane).all()
        assert sum(len(half.changed) for half in halves if half is not None) == 40

    async def test_of_too_much_it_says_nothing(self, store: Ports) -> None:
        await store.roster.register([volunteer(f"v{number}") for number in range(1_500)])
        assert await store.roster.changes(0, 1, 0) is None
        assert len((await store.roster.columns(0, 1)).ordinals) == 1_500

    async def test_progress_is_told(self, store: Ports) -> None:
        await store.roster.register([volunteer(f"v{number}") for number in range(50)])
        told: list[tuple[int, int]] = []
        await store.roster.columns(0, 1, lambda *said: told.append(said))
        assert told[-1] == (50, 50)

    async def test_who_waits_hears_of_a_change(self, store: Ports) -> None:
        roster = store.roster
        (ann,) = await roster.register([volunteer("ann")])
        mark = await roster.wait(0.05, await roster.wait(0.05))
        waiting = asyncio.create_task(roster.wait(20, mark))
        another = asyncio.create_task(roster.wait(20, mark))
        await asyncio.sleep(0)
        await roster.move([at(1, 1)])
        mark = await asyncio.wait_for(waiting, 10)
        assert await asyncio.wait_for(another, 10) == mark  # nobody takes it away from another
        changes = await changed(roster, ann.revision)
        assert changes.columns.ordinals.tolist() == [ann.ordinal] * 2
        assert np.array_equal(changes.columns.cells, (await roster.columns(0, 1)).cells)
        waiting = asyncio.create_task(roster.wait(20, mark))
        await roster.remove("ann")
        await asyncio.wait_for(waiting, 10)
