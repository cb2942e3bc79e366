"""What every `Roster` keeps: ordinals never used again, revisions that only rise."""

from dataclasses import replace

import h3
import numpy as np
import pytest

from homeward.fanout.columns import NO_CELL
from homeward.ports import Contact, Limits, Listener, Recipient
from homeward.testing.contracts.pen import Ports
from homeward.words import RecipientKind, Severity, Tier

FUYANG = (32.90, 115.81)


def volunteer(name: str, *cells: str) -> Recipient:
    there = cells or (h3.latlng_to_cell(*FUYANG, 7),)
    return Recipient(name, RecipientKind.VOLUNTEER, there, contacts=((Contact("inbox"),),))


def hub(name: str, lat: float, lon: float) -> Recipient:
    return Recipient(
        id=name,
        kind=RecipientKind.HUB,
        cells=(h3.latlng_to_cell(lat, lon, 10),),
        hub_kind="rail",
        contacts=((Contact("inbox"), Contact("webhook", "https://hub.example/x")), ()),
        name="Fuyang West",
    )


class RosterContract:
    """Registering and finding."""

    async def test_who_is_registered_is_known(self, store: Ports) -> None:
        await store.roster.register([volunteer("ann"), volunteer("ben")])
        await store.roster.remove("ben")
        assert await store.roster.known({"ann", "ben", "nobody"}) == {"ann"}
        assert await store.roster.known(()) == frozenset()

    async def test_what_is_registered_is_found_as_it_came(self, store: Ports) -> None:
        given = replace(
            hub("fuyang-west", *FUYANG),
            lang="en", reach_km_max=30, severity_min=Severity.SEVERE, quiet_from_min=60,
            quiet_to_min=300, zone="Asia/Urumqi", active=False, level=2,
        )  # fmt: skip
        (registered,) = await store.roster.register([given])
        assert registered.recipient == given
        assert await store.roster.get("fuyang-west") == registered
        assert await store.roster.by_ordinals([registered.ordinal, 5]) == {
            registered.ordinal: registered
        }
        assert await store.roster.listeners([registered.ordinal, 5]) == {
            registered.ordinal: Listener(
                given.id, registered.ordinal, "en", given.contacts, given.kind, given.tier, 2
            )
        }
        assert await store.roster.get("nobody") is None
        assert await store.roster.register([]) == []

    async def test_what_they_say_themselves_outlives_a_registration_by_others(
        self, store: Ports
    ) -> None:
        await store.roster.register([volunteer("ann")])
        own = Limits(30, Severity.SEVERE, 60, 300, "Asia/Urumqi", 2, None, "zh-Hant")
        assert await store.roster.limit("ann", own)
        await store.roster.register([replace(volunteer("ann"), lang="en", zone="Asia/Tokyo")])
        kept = await store.roster.get("ann")
        assert kept is not None
        assert kept.limits == own
        heard = await store.roster.listeners([kept.ordinal])
        assert heard[kept.ordinal].lang == "zh-Hant"
        assert not await store.roster.limit("nobody", own)

    async def test_a_tier_is_kept_and_stands_in_the_columns(self, store: Ports) -> None:
        vetted = replace(volunteer("vet"), tier=Tier.VETTED)
        known = await store.roster.register([volunteer("ann"), vetted, volunteer("ben")])
        (again,) = await store.roster.register([replace(vetted, tier=Tier.PUBLIC)])
        assert (known[1].recipient.tier, again.recipient.tier) == (Tier.VETTED, Tier.PUBLIC)
        (ben,) = await store.roster.register([replace(volunteer("ben"), tier=Tier.VETTED)])
        assert await store.roster.get("ben") == ben
        heard = await store.roster.listeners([ben.ordinal, again.ordinal])
        assert {one.id: one.tier for one in heard.values()} == {
            "ben": Tier.VETTED,
            "vet": Tier.PUBLIC,
        }
        columns = await store.roster.columns(0, 1)
        tiers = dict(zip(columns.ordinals.tolist(), columns.tiers.tolist(), strict=True))
        assert {one for one, tier in tiers.items() if list(Tier)[tier] is Tier.VETTED} == {
            ben.ordinal
        }

    async def test_ordinals_are_dense_in_their_shard_and_stay(self, store: Ports) -> None:
        people = [volunteer(f"v{number}") for number in range(300)]
        first = await store.roster.register(people)
        assert [one.recipient.id for one in first] == [one.id for one in people]
        assert len({one.ordinal for one in first}) == 300
        for shard in range(64):
            within = sorted(
                one.ordinal & (2**26 - 1) for one in first if one.ordinal >> 26 == shard
            )
            assert within == list(range(len(within)))
        again = await store.roster.register([replace(one, lang="en") for one in people])
        assert [one.ordinal for one in again] == [one.ordinal for one in first]

    async def test_who_comes_twice_in_one_call_is_one(self, store: Ports) -> None:
        twice = [volunteer("ann"), replace(volunteer("ann"), lang="en")]
        await store.roster.register(twice)
        found = await store.roster.get("ann")
        assert found is not None
        assert found.recipient.lang == "en"
        assert (await store.roster.count())[RecipientKind.VOLUNTEER] == 1

    async def test_an_ordinal_is_never_used_again(self, store: Ports) -> None:
        (gone,) = await store.roster.register([volunteer("ann")])
        assert await store.roster.remove("ann")
        assert not await store.roster.remove("ann")
        assert await store.roster.get("ann") is None
        (back,) = await store.roster.register([volunteer("ann")])
        assert back.ordinal != gone.ordinal
        assert await store.roster.by_ordinals([gone.ordinal]) == {}

    @pytest.mark.parametrize(
        ("kind", "finest"),
        [(RecipientKind.VOLUNTEER, 7), (RecipientKind.CAMERA_OWNER, 10), (RecipientKind.HUB, 10)],
    )
    async def test_cells_too_fine_are_refused(
        self, store: Ports, kind: RecipientKind, finest: int
    ) -> None:
        def at(resolution: int) -> Recipient:
            return Recipient("ann", kind, (h3.latlng_to_cell(*FUYANG, resolution),))

        with pytest.raises(ValueError, match="cell"):
            await store.roster.register([volunteer("bob"), at(finest + 1)])
        assert await store.roster.get("bob") is None
        await store.roster.register([at(finest)])

    async def test_more_than_three_cells_and_what_is_no_cell_are_refused(
        self, store: Ports
    ) -> None:
        many = tuple(h3.grid_disk(h3.latlng_to_cell(*FUYANG, 7), 1))
        for cells in (many[:4], ("nonsense",)):
            with pytest.raises(ValueError, match="cell"):
                await store.roster.register([volunteer("ann", *cells)])

    async def test_each_change_raises_its_lane(self, store: Ports) -> None:
        lanes = 4
        roster = store.roster
        (one,) = await roster.register([volunteer("ann")])
        lane = (one.ordinal >> 26) * lanes // 64
        before = [await roster.revision(number, lanes) for number in range(lanes)]
        await roster.register([replace(volunteer("ann"), active=False)])
        after = [await roster.revision(number, lanes) for number in range(lanes)]
        assert after[lane] > before[lane]
        assert after[:lane] + after[lane + 1 :] == before[:lane] + before[lane + 1 :]
        await roster.remove("ann")
        assert await roster.revision(lane, lanes) > after[lane]
        assert await roster.revision(0, 1) == await roster.revision(lane, lanes)

    async def test_a_lane_is_read_as_columns(self, store: Ports) -> None:
        cells = tuple(h3.grid_disk(h3.latlng_to_cell(*FUYANG, 7), 1))[:3]
        people = [volunteer("ann", *cells), replace(volunteer("bob"), zone="Asia/Urumqi")]
        people += [volunteer(f"v{number}") for number in range(50)]
        people += [replace(volunteer("mute"), contacts=()), replace(volunteer("off"), active=False)]
        registered = {one.recipient.id: one for one in await store.roster.register(people)}
        columns = await store.roster.columns(0, 1)
        assert columns.revision == await store.roster.revision(0, 1)
        assert len(columns.cells) == len(columns.ordinals) == 56
        ann = columns.ordinals == registered["ann"].ordinal
        assert {f"{cell:015x}" for cell in columns.cells[ann].tolist()} == set(cells)
        bob = columns.ordinals == registered["bob"].ordinal
        assert columns.zone_names[int(columns.zones[bob][0])] == "Asia/Urumqi"
        mute = columns.ordinals == registered["mute"].ordinal
        assert not columns.reachable[mute].any()
        assert not columns.active[columns.ordinals == registered["off"].ordinal].any()
        halves = [await store.roster.columns(lane, 2) for lane in (0, 1)]
        both = np.concatenate([half.ordinals for half in halves])
        assert sorted(both.tolist()) == sorted(columns.ordinals.tolist())
        assert all((half.ordinals >> 31 == lane).all() for lane, half in enumerate(halves))

    async def test_who_has_no_place_has_a_row_all_the_same(self, store: Ports) -> None:
        desk = Recipient("duty", RecipientKind.DESK, (), contacts=((Contact("inbox"),),))
        (registered,) = await store.roster.register([desk])
        columns = await store.roster.columns(0, 1)
        assert columns.ordinals.tolist() == [registered.ordinal]
        assert columns.cells.tolist() == [NO_CELL]
        assert columns.reachable.all()

    async def test_hubs_are_found_nearest_first(self, store: Ports) -> None:
        lat, lon = FUYANG
        hubs = [hub(f"h{n}", lat + n * 0.1, lon) for n in range(5)]
        paused = replace(hub("paused", lat, lon), active=False)
        await store.roster.register([*hubs[::-1], paused, volunteer("ann")])
        found = await store.roster.hubs_near(lat, lon, 25_000, 9)
        assert [(one.id, one.kind, one.contacts) for one in found] == [
            ("h0", "rail", 2), ("h1", "rail", 2), ("h2", "rail", 2),
        ]  # fmt: skip
        assert abs(found[1].lat_deg - lat - 0.1) < 0.001
        assert [one.id for one in await store.roster.hubs_near(lat, lon, 25_000, 1)] == ["h0"]
        await store.roster.remove("h0")
        await store.roster.register([replace(paused, active=True)])
        assert [one.id for one in await store.roster.hubs_near(lat, lon, 1_000, 9)] == ["paused"]

    async def test_hours_and_shifts_come_back_and_stand_at_the_place(self, store: Ports) -> None:
        lat, lon = FUYANG
        manned = replace(
            hub("h1", lat, lon),
            zone="Europe/Berlin",
            hours="Mo-Fr 06:00-22:00; Sa 08:00-12:00",
            shifts=("06:00-14:00", ""),
        )
        [registered] = await store.roster.register([manned])
        await store.roster.register([hub("h2", lat + 0.1, lon), volunteer("ann")])
        assert await store.roster.get("h1") == registered
        assert [one.recipient for one in await store.roster.page(None, "ann", 1)] == [manned]
        found = await store.roster.hubs_near(lat, lon, 25_000, 9)
        assert [one.duty for one in found] == [manned.duty, None]
        await store.roster.register([replace(manned, hours="", shifts=())])
        found = await store.roster.hubs_near(lat, lon, 25_000, 9)
        assert [one.duty for one in found] == [None, None]

    async def test_the_roster_is_paged_by_id(self, store: Ports) -> None:
        await store.roster.register([hub("h1", *FUYANG), *(volunteer(v) for v in "dbca")])
        first = await store.roster.page(RecipientKind.VOLUNTEER, "", 3)
        assert [one.recipient.id for one in first] == ["a", "b", "c"]
        rest = await store.roster.page(None, "c", 9)
        assert [one.recipient.id for one in rest] == ["d", "h1"]
        counts = await store.roster.count()
        assert (counts[RecipientKind.VOLUNTEER], counts[RecipientKind.HUB]) == (4, 1)
