"""An alert on one officer's word, approved two minutes later: near first, then all, each once."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import h3
from tests.stories.playing.memory import SimulatorHost
from tests.stories.playing.play import Player
from tests.stories.scripts import fast_lane

from homeward.facts.callout import ChunksCut
from homeward.facts.case import AlertIssued, AlertWidened
from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.record.envelope import read
from homeward.seal.keyring import FileKeyRing
from homeward.words import Audience

HISTORY = "fast_lane"
OVERHANG_KM = 6
"""Of an area's cells beyond its bound, and of people's own cells."""


async def test_whoever_lives_near_is_told_first_and_everybody_once(tmp_path: Path) -> None:
    host = SimulatorHost.open("homeward.fast", 2, FileKeyRing.open(tmp_path / "keyring.json"))
    try:
        await Player(host).play([fast_lane.SCRIPT])
        told = await host.told()
        facts = [read(row).fact for row in await host.rows(0)]
    finally:
        await host.close()
    [issued] = [one for one in facts if isinstance(one, AlertIssued)]
    [widened] = [one for one in facts if isinstance(one, AlertWidened)]
    assert (issued.reach_km_max, issued.people_max, widened.reach_km_max) == (30, 5_000, 300)
    assert widened.at - issued.at == timedelta(minutes=2)
    waves = [one for one in facts if isinstance(one, ReachWidened)]
    assert {one.people_max for one in waves if one.at < widened.at} == {5_000}
    assert {one.people_max for one in waves if one.at >= widened.at} == {None}
    cut = [one for one in facts if isinstance(one, ChunksCut) and one.audience is Audience.AREA]
    near = sum(one.people for one in cut if one.at < widened.at)
    away = [_away_km(one) for one in fast_lane.PEOPLE if one["contacts"]]
    within = sum(km <= 30 for km in away), sum(km <= 30 + OVERHANG_KM for km in away)
    assert within[0] <= near <= within[1] < len(away)
    alerts = Counter(who for who, _ in told if ".v-" in who)
    assert set(alerts.values()) == {2}  # the alert, once, and that it is over
    assert len(alerts) == len(away) == sum(one.people for one in cut)
    # Far hubs are ordered once two have approved; those near at once, and never twice.
    orders = [one for one in facts if isinstance(one, WatchOrdered)]
    assert len({one.watch for one in orders}) == len(orders)
    assert {one.at for one in orders} >= {issued.at, widened.at}


def _away_km(person: dict[str, list[str]]) -> float:
    town = fast_lane.TOWN
    return h3.great_circle_distance((town.lat, town.lon), h3.cell_to_latlng(person["cells"][0]))
