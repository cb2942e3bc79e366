"""A case that was cancelled by mistake tells everybody anew, in memory and on PostgreSQL.

Nothing of the first version's end holds up the second: it is told to those who were told before and
to those who came since, lives on when it is extended, and closes out everybody of both versions. At
last nobody can open what was known of the child, and the log is whole all the same.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.stories.playing.memory import SimulatorHost
from tests.stories.playing.play import Host, Player
from tests.stories.playing.postgres import database, embedded, server, settings_of, world
from tests.stories.scripts import reopened

from homeward.facts.callout import ChunksCut
from homeward.facts.case import AlertCancelled, AlertExtended, AlertIssued, AlertUpdated
from homeward.facts.hub import WatchOrdered, WatchReleased
from homeward.facts.reach import ReachWidened
from homeward.record.envelope import read
from homeward.seal.keyring import FileKeyRing
from homeward.testing.contracts import log_is_sound
from homeward.words import Purpose

Store: TypeAlias = Any
"""Whatever has ports: in memory or on PostgreSQL."""
HISTORY = "reopened"
LANES = 2


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[tuple[Host, Store]]:
    ring = FileKeyRing.open(folder / "keyring.json")
    host = SimulatorHost.open("homeward.reopened", LANES, ring)
    try:
        yield host, host.store
    finally:
        await host.close()


@asynccontextmanager
async def on_postgres(folder: Path) -> AsyncIterator[tuple[Host, Store]]:
    async with server(folder) as started:
        dsn = await database(started, "reopened", "homeward.reopened")
        async with world(settings_of(dsn, folder), LANES) as opened, embedded(opened) as host:
            yield host, opened.house.store


@pytest.mark.parametrize("hosted", [in_memory, on_postgres], ids=["memory", "postgres"])
async def test_what_was_closed_by_mistake_tells_everybody_anew(tmp_path: Path, hosted) -> None:
    async with hosted(tmp_path) as (host, store):
        await Player(host).play([reopened.SCRIPT])
        told = await host.told()
        rows = await host.rows(0)
        assert await log_is_sound(store.log) == len(rows)
        sealed = [one for row in rows for one in json.loads(row.envelope)["sealed"]]
        subjects = {one["subj"] for one in sealed}
        assert await store.subject_keys.keys_for(subjects, create=False) == {}
    assert len(subjects) >= 1
    facts = [read(row).fact for row in rows]
    [first] = [one for one in facts if isinstance(one, AlertIssued)]
    [second] = [one for one in facts if isinstance(one, AlertUpdated)]
    assert (first.alert, first.version, second.alert, second.version) == (1, 1, 1, 2)

    people = {one["recipient"] for one in reopened.PEOPLE if one["contacts"]}
    heard = Counter(who for who, _ in told)
    # The alert, that it was false, the alert again, that it is over: each once.
    assert {heard[one] for one in people} == {4}
    late = [f"{reopened.TOWN.name}.{one}" for one in reopened.LATE]
    assert [heard[one] for one in late] == [2, 2]  # the second version, and that it is over

    cut = [one for one in facts if isinstance(one, ChunksCut)]
    new = sum(one.people for one in cut if one.purpose is Purpose.ALERT and one.version == 2)
    assert new == len(people) + len(late)
    told_over = sum(one.people for one in cut if one.purpose is Purpose.CLOSE_OUT)
    assert told_over >= len(people) + len(late)  # and the hubs of both versions

    [cancelled] = [one for one in facts if isinstance(one, AlertCancelled)]
    waves = [one for one in facts if isinstance(one, ReachWidened)]
    assert not [one for one in waves if cancelled.at <= one.at < second.at]
    [longer] = [one for one in facts if isinstance(one, AlertExtended)]
    assert longer.expires_at > second.expires_at
    assert {one.expires_at for one in waves if one.at > longer.at} <= {longer.expires_at}
    orders = [one for one in facts if isinstance(one, WatchOrdered)]
    assert {one.version for one in orders} == {1, 2}
    ended = {one.watch for one in facts if isinstance(one, WatchReleased)}
    assert {one.watch for one in orders if one.version == 1} <= ended
