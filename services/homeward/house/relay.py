"""The relay as a process of its own."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final

import structlog

from homeward.house.beacon import Ready
from homeward.house.collector import spare_what_stays
from homeward.house.opening import House, World
from homeward.house.processes import Announce, Process, needs_kafka, process, shown
from homeward.house.topics import lag_of, missing_topics
from homeward.kafka.admin import KafkaAway, TopicsRefused
from homeward.kafka.catalogue import names_of
from homeward.kafka.producer import Line
from homeward.kafka.relay import Mangle, Relay
from homeward.settings import Settings

LAG_EVERY_S: Final = 10.0

log = structlog.get_logger("homeward")


async def run_relay(
    settings: Settings,
    world: World,
    announce: Announce | None = None,
    *,
    mangle: Mangle | None = None,
) -> None:
    """Publish the log until SIGINT or SIGTERM; ready while the broker is away, too.

    ``mangle``: what a test does to records on their way. Raises HouseRefused.
    """
    needs_kafka(settings, "homeward relay")
    async with process(settings, world, "relay", announce) as one:
        house, store = one.house, one.house.store
        line = Line(settings.kafka, name=one.id)

        def relay() -> Relay:
            return Relay(
                store.log,
                store.feed,
                leases=store.leases,
                published=store.published,
                line=line,
                names=names_of(settings.topic_prefix, world),
                lanes=store.lanes,
                meter=house.meter,
                holder=one.id,
                mangle=mangle,
            )

        one.beside("relay", lambda: relay().run(one.stop))
        one.beside("lag", lambda: _lag(one))
        spare_what_stays()
        async with shown(one, _has_broker(house, line)):
            await one.stop.wait()
            await one.ended()


async def _lag(one: Process) -> None:
    """Set how far the workers are behind, and say which topics are not there, until the end."""
    missing: tuple[str, ...] = ()
    while not one.stop.is_set():
        with contextlib.suppress(KafkaAway, TopicsRefused):
            found = await asyncio.to_thread(missing_topics, one.house)
            if found and found != missing:
                log.warning("topics missing", topics=found, mend="homeward topics apply")
            missing = found
            for topic, behind in (await asyncio.to_thread(lag_of, one.house)).items():
                one.house.meter.gauge("homeward_consumer_lag", behind, topic=topic)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(one.stop.wait(), LAG_EVERY_S)


def _has_broker(house: House, line: Line) -> Ready:
    """Return the house's own checks, and whether the broker is there: without it nothing waits."""

    async def ready() -> Mapping[str, Any]:
        said = await house.ready()
        broker: dict[str, Any] = {"ok": line.up}
        if not line.up:
            broker["mend"] = "Nobody is lost: workers sweep. See make kafka, HOMEWARD_KAFKA."
        return {**said, "checks": {**said["checks"], "broker": broker}}

    return ready
