"""Every story says the same words on every host: (derived id, stream, kind, public part).

Simulator, embedded host and Faust on a real Kafka play the scripts of all stories, each in a world
of its own with the same origin, keys and case clock, and rest between two steps. On Kafka a second
worker joins or dies in the middle of each story.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.broker import Broker
from tests.stories.playing.comparing import differences
from tests.stories.playing.kafka import Group, on_kafka
from tests.stories.playing.memory import SimulatorHost
from tests.stories.playing.play import Moment, Player, Told
from tests.stories.playing.postgres import database, embedded, server, settings_of, world
from tests.stories.playing.worker import SWEEP_AFTER_S
from tests.stories.scripts import ALL

from homeward.house.positions import positions_by_broker
from homeward.ports import By, HeardBy
from homeward.seal.keyring import FileKeyRing

NO_HISTORY = "it plays the scripts of all the others"

ORIGIN = "stories.homeward.test"
LANES = 4
RING = "drill/keyring.json"
"""The worlds share it: a roster's file is named under a key."""
KINDS_MIN, FACTS_MIN = 28, 900
SWEPT_MAX = 0.1
"""Of all facts that consumers heard on Kafka: a bell may be lost, few are."""


@dataclass(frozen=True)
class Played:
    """What one host said and told."""

    host: str
    moments: list[Moment]
    told: frozenset[Told]

    def of(self, script: str) -> list[Moment]:
        return [one for one in self.moments if one.script == script]


@dataclass(frozen=True)
class Plays:
    """All hosts, and what became of the workers on Kafka."""

    simulator: Played
    embedded: Played
    faust: Played
    group: Group
    heard: list[HeardBy]


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Plays:
    """Play everything once on each host."""
    folder = tmp_path_factory.mktemp("same-words")
    (folder / RING).parent.mkdir()
    simulated = asyncio.run(_simulated(folder))
    on_postgres = asyncio.run(_on_postgres(folder, broker))
    return Plays(simulated, *on_postgres)


async def _simulated(folder: Path) -> Played:
    host = SimulatorHost.open(ORIGIN, LANES, FileKeyRing.open(folder / RING, "drill"))
    player = Player(host)
    try:
        await player.play(ALL)
        return Played("simulator", player.moments, await host.told())
    finally:
        await host.close()


async def _on_postgres(folder: Path, broker: Broker) -> tuple[Played, Played, Group, list[HeardBy]]:
    async with server(folder) as started:
        ours = await _on_embedded(await database(started, "embedded", ORIGIN), folder)
        theirs = await _on_faust(await database(started, "faust", ORIGIN), folder, broker)
        return (ours, *theirs)


async def _on_embedded(dsn: str, folder: Path) -> Played:
    async with world(settings_of(dsn, folder), LANES) as opened, embedded(opened) as host:
        player = Player(host)
        await player.play(ALL)
        return Played("embedded", player.moments, await host.told())


async def _on_faust(dsn: str, folder: Path, broker: Broker) -> tuple[Played, Group, list[HeardBy]]:
    settings = settings_of(dsn, folder, kafka=broker.bootstrap, topic_prefix="stories")
    async with world(settings, LANES, positions_by_broker) as opened:
        async with on_kafka(opened, settings, folder) as group:
            player = Player(opened, group.between)
            await player.play(ALL)
        heard = await opened.house.store.hearing.counts()
        return Played("Faust", player.moments, await opened.told()), group, list(heard)


@pytest.mark.parametrize("other", ["embedded", "faust"])
@pytest.mark.parametrize("script", [one.name for one in ALL])
def test_a_story_says_the_same_words_wherever_it_is_played(
    plays: Plays, script: str, other: str
) -> None:
    simulator, there = plays.simulator, getattr(plays, other)
    found = differences("simulator", simulator.of(script), there.host, there.of(script))
    assert not found, "\n".join(found)


def test_everybody_has_the_same_messages_wherever_it_is_played(plays: Plays) -> None:
    assert plays.simulator.told == plays.embedded.told == plays.faust.told
    assert len(plays.simulator.told) > 1_000


def test_the_stories_say_nearly_everything_that_can_be_said(plays: Plays) -> None:
    said = Counter(kind for one in plays.simulator.moments for _, _, kind, _ in one.words)
    assert len(said) >= KINDS_MIN, said
    assert said.total() > FACTS_MIN


def test_workers_joined_and_died_and_what_they_heard_was_delivered_again(plays: Plays) -> None:
    group, spy = plays.group, plays.group.spy
    # As the broker counted them: alone, then in turn a second one joins and dies.
    assert group.counts[:3] == [1, 2, 1]
    deaths = group.counts.count(1) - 1
    assert deaths >= len(ALL) // 4
    assert len(spy.redelivered) >= deaths  # two workers heard the same record
    owners = defaultdict(set)
    for who, places in spy.assigned:
        for place in places:
            owners[place].add(who)
    assert sum(len(one) > 1 for one in owners.values()) >= LANES
    assert not group.failures, group.failures


def test_it_is_the_bell_that_carries_the_facts(plays: Plays) -> None:
    by = Counter[By]()
    for one in plays.heard:
        by[one.by] += one.facts
    assert by[By.SWEEP] + by[By.CASCADE] <= SWEPT_MAX * by.total(), (by, SWEEP_AFTER_S)
