"""Two cases of one child, in memory and on PostgreSQL: one goes on in the other.

Whoever was told of the one that is over hears once that it goes on, and once that it is over when
the other one is, also where that other one never reached.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.stories.playing.memory import SimulatorHost
from tests.stories.playing.play import Host, Player
from tests.stories.playing.postgres import database, embedded, server, settings_of, world
from tests.stories.scripts import merged

from homeward.facts.callout import CalloutOrdered, ChunksCut
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.merging import CaseJoined, CaseMerged
from homeward.facts.reach import ReachWidened
from homeward.facts.sighting import SightingAccepted, SightingReported
from homeward.record.envelope import read
from homeward.seal.keyring import FileKeyRing
from homeward.testing.contracts import log_is_sound
from homeward.words import Purpose

Store: TypeAlias = Any
"""Whatever has ports: in memory or on PostgreSQL."""
HISTORY = "merged"
LANES = 2


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[tuple[Host, Store]]:
    ring = FileKeyRing.open(folder / "keyring.json")
    host = SimulatorHost.open("homeward.merged", LANES, ring)
    try:
        yield host, host.store
    finally:
        await host.close()


@asynccontextmanager
async def on_postgres(folder: Path) -> AsyncIterator[tuple[Host, Store]]:
    async with server(folder) as started:
        dsn = await database(started, "merged", "homeward.merged")
        async with world(settings_of(dsn, folder), LANES) as opened, embedded(opened) as host:
            yield host, opened.house.store


@pytest.mark.parametrize("hosted", [in_memory, on_postgres], ids=["memory", "postgres"])
async def test_one_case_goes_on_in_the_other_and_nobody_is_left_behind(tmp_path, hosted) -> None:
    async with hosted(tmp_path) as (host, store):
        await Player(host).play([merged.SCRIPT])
        heard = Counter(who for who, _ in await host.told())
        rows = await host.rows(0)
        assert await log_is_sound(store.log) == len(rows)
    facts = [read(row).fact for row in rows]
    [gone] = [one for one in facts if isinstance(one, CaseMerged)]
    [joined] = [one for one in facts if isinstance(one, CaseJoined)]
    assert (joined.case, joined.joined, joined.at) == (gone.into, gone.case, gone.at)
    assert facts.index(joined) == facts.index(gone) + 1  # one append

    cut = [one for one in facts if isinstance(one, ChunksCut)]

    def told(case, purpose):
        return sum(one.people for one in cut if (one.case, one.purpose) == (case, purpose))

    people = {one["recipient"] for one in merged.PEOPLE if one["contacts"]}
    assert told(gone.case, Purpose.ALERT) == len(people)
    near = told(gone.into, Purpose.ALERT)
    assert 0 < near < len(people)  # the other one never reached them all
    hubs = told(gone.case, Purpose.JOINED) - len(people)
    assert hubs >= 1
    assert told(gone.into, Purpose.CLOSE_OUT) >= len(people) + hubs
    # The first alert, that it goes on, that it is over; near by the other alert, too: each once.
    assert sum(heard[one] for one in people) == 3 * len(people) + near
    assert {heard[one] for one in people} == {3, 4}
    assert heard[f"{merged.TOWN.name}.{merged.LATE}"] == 0

    waves = [one for one in facts if isinstance(one, ReachWidened)]
    assert not [one for one in waves if one.case == gone.case and one.at >= gone.at]
    assert [one for one in waves if one.case == gone.into and one.at >= gone.at]
    orders = [one for one in facts if isinstance(one, CalloutOrdered)]
    assert not [one for one in orders if one.case == gone.case and one.purpose.closes][1:]


@pytest.mark.parametrize("hosted", [in_memory], ids=["memory"])
async def test_watches_and_sightings_go_on_in_the_other(tmp_path, hosted) -> None:
    async with hosted(tmp_path) as (host, _):
        await Player(host).play([merged.SCRIPT])
        facts = [read(row).fact for row in await host.rows(0)]
    [gone] = [one for one in facts if isinstance(one, CaseMerged)]
    [joined] = [one for one in facts if isinstance(one, CaseJoined)]
    ordered = {
        one.watch for one in facts if isinstance(one, WatchOrdered) and one.case == gone.case
    }
    ended = [one for one in facts if isinstance(one, WatchReleased) and one.case == gone.case]
    assert ordered
    assert {one.watch for one in ended} == ordered
    assert {one.reason for one in ended} <= {"merged", "watches-on", "not-ahead"}
    assert {one.hub for one in ended if one.reason == "watches-on"} == set(gone.hubs)
    seen = [one for one in facts if isinstance(one, SightingReported)]
    accepted = [one for one in facts if isinstance(one, SightingAccepted)]
    assert [one.case for one in seen] == [gone.case, gone.into]
    assert [one.case for one in accepted] == [gone.case, gone.into]
    assert [one.cell for one in joined.sources] == [seen[0].cell]
