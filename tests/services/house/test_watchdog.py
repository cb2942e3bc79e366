"""A hub that nobody can tell is alarmed once, by its id; gauges say how far consumers lag."""

from types import SimpleNamespace

from structlog.testing import capture_logs

from homeward.codec import KINDS
from homeward.hosts.pen import NOTHING_SEALED
from homeward.house.watchdog import Watchdog
from homeward.messages import Actor
from homeward.metrics import PrometheusMeter
from homeward.ports import Unit
from homeward.record.envelope import Origin, StreamHead, write
from homeward.testing import samples
from homeward.testing.memory import MemoryClock, MemoryStore
from homeward.words import Role, derived_id


async def say(store, hub):
    sample = next(one for one in samples.ALL if isinstance(one, KINDS["hubs.unreachable/1"]))
    stream = f"hubs-{sample.case}"
    version, chain = await store.log.stream_head(stream)
    entry = write(
        sample.model_copy(update={"hub": hub}),
        fact_id=derived_id("tests", hub),
        log=store.log.origin,
        head=StreamHead(stream, version, chain),
        origin=Origin(by=Actor(id="hubs", role=Role.SYSTEM)),
        recorded=store.clock.real(),
        sealer=NOTHING_SEALED,
    )
    await store.log.append([Unit((entry,))])


async def test_each_hub_that_cannot_be_told_is_alarmed_once():
    store, meter = MemoryStore(), PrometheusMeter()
    dog = Watchdog(SimpleNamespace(store=store, meter=meter, heard={"hubs": 0}))
    await say(store, "h-before")
    await dog.look()
    with capture_logs() as lines:
        for hub in ("h-1", "h-2"):
            await say(store, hub)
        await dog.look()
        await dog.look()
    assert [one["hub"] for one in lines] == ["h-1", "h-2"]
    text = meter.text().decode()
    assert "homeward_unreachable_hubs_total 2.0" in text
    assert 'homeward_unheard_facts{consumer="hubs"} 3.0' in text


async def test_a_sighting_that_waits_says_for_how_long():
    store, meter = MemoryStore(clock=MemoryClock(samples.at(80))), PrometheusMeter()
    dog = Watchdog(SimpleNamespace(store=store, meter=meter, heard={}))
    for fact in (samples.RAISED, samples.SEEN):
        stream = f"{fact.kind.partition('.')[0]}-{fact.case}"
        entry = write(
            fact.without_personal(),
            fact_id=derived_id("tests", stream),
            log=store.log.origin,
            head=StreamHead(stream, *(await store.log.stream_head(stream))),
            origin=Origin(by=Actor(id="officer", role=Role.OFFICER)),
            recorded=store.clock.real(),
            sealer=NOTHING_SEALED,
        )
        await store.log.append([Unit((entry,))])
    await dog.look()
    text = meter.text().decode()
    assert "homeward_sightings_waiting 1.0" in text
    assert "homeward_oldest_sighting_seconds 1800.0" in text
    dog.rest()
    assert "homeward_sightings_waiting 0.0" in meter.text().decode()
