"""An alert to a drawn area: inside all are told, outside nobody, and nothing grows."""

from pathlib import Path

from tests.stories.playing.memory import SimulatorHost
from tests.stories.playing.play import Player
from tests.stories.scripts import given_areas

from homeward.facts.hub import WatchOrdered
from homeward.facts.reach import ReachWidened
from homeward.policies import policy_of
from homeward.record.envelope import read
from homeward.seal.keyring import FileKeyRing

HISTORY = "given_areas"


async def test_whoever_is_inside_is_told_and_nobody_else(tmp_path: Path) -> None:
    ring = FileKeyRing.open(tmp_path / "keyring.json")
    host = SimulatorHost.open("homeward.given-areas", 2, ring)
    try:
        await Player(host).play([given_areas.SCRIPT])
        told = {who for who, _ in await host.told()}
        facts = [read(row).fact for row in await host.rows(0)]
    finally:
        await host.close()
    inside = {one["recipient"] for one in given_areas.INSIDE}
    outside = {one["recipient"] for one in given_areas.OUTSIDE}
    assert inside <= told
    assert not outside & told
    [wave] = [one for one in facts if isinstance(one, ReachWidened)]
    assert (wave.policy, wave.policy_version) == ("polygon", policy_of("polygon").version)
    # Hubs are headed off beyond the area: the van leaves it.
    assert {one.hub for one in facts if isinstance(one, WatchOrdered)} >= {"given-areas.hub-1"}
