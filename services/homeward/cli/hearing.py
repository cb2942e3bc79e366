"""What ``homeward doctor`` says of processes apart: who runs, who holds what, what rang whom."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeward.cli.finding import Check
from homeward.cli.whereabouts import World, settings_with
from homeward.ports import By, HeardBy, LogUnavailable, Process, Swept
from homeward.ports.leasing import CARE, RELAY, SWEEP, WAKER

if TYPE_CHECKING:
    from homeward.settings import Settings

RECENT: Final = timedelta(minutes=3)
"""A sweep before that is history: the log of the processes tells it."""
SHOWN_MAX: Final = 3
MISSED: Final = {
    "api": "nobody answers requests: homeward api",
    "worker": "nobody hears facts: homeward worker",
    "relay": "facts come by sweep alone, two seconds late: homeward relay",
    "dispatch": "nobody hands messages over: homeward dispatch",
}
HELD: Final = {SWEEP: "worker", WAKER: "worker", CARE: "worker", RELAY: "relay"}
"""Lease -> the role of which one has it at any time."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What was found of a world's processes."""

    now: datetime
    """By the database's clock."""
    processes: Sequence[Process] = ()
    leases: Mapping[str, str] | None = None
    counts: Sequence[HeardBy] = ()
    swept: Sequence[Swept] = ()
    """Newest first."""
    broker: bool | None = None
    """Whether it answers; None: none is named here."""
    topics: Sequence[str] = ()
    """Those that `homeward topics apply` would make or mend."""


async def of_processes(dsn: str, world: World, now: datetime) -> AsyncIterator[Check]:
    """Which processes run apart, who holds what, and whether bells ring; it changes nothing."""
    from homeward.postgres.database import Database
    from homeward.postgres.hearing import PostgresHearing
    from homeward.postgres.leases import PostgresLeases
    from homeward.postgres.processes import PostgresProcesses

    database, settings = Database(dsn, world, None), settings_with()
    hearing = PostgresHearing(database)
    try:
        await database.open()
        lanes = int(await database.value("lanes_count"))
        broker, topics = await asyncio.to_thread(_asked, settings, world, lanes)
        found = Apart(
            now=now,
            processes=await PostgresProcesses(database).signed_in(),
            leases=await PostgresLeases(database).held(),
            counts=await hearing.counts(),
            swept=await hearing.swept(),
            broker=broker,
            topics=topics,
        )
    except LogUnavailable as away:
        yield Check(f"the processes cannot be read ({away})", ok=False, mend="ask again")
        return
    finally:
        await database.close()
    for one in judged(found):
        yield one


def _asked(settings: "Settings", world: World, lanes: int) -> tuple[bool | None, Sequence[str]]:
    """Return whether the broker answers, and which topics are not as they should be."""
    if not settings.kafka:
        return None, ()
    from homeward.kafka.admin import KafkaAway, TopicsRefused, admin_of, plan
    from homeward.kafka.catalogue import prefix_of, topics_of

    prefix = prefix_of(settings.topic_prefix, world)
    wanted = topics_of(prefix, lanes, settings.facts_partitions, settings.replication)
    try:
        with admin_of(settings.kafka) as client:
            changes = plan(client, wanted)
    except (KafkaAway, TopicsRefused):
        return False, ()
    return True, tuple(dict.fromkeys(one.topic for one in changes if not one.mend))


def judged(found: Apart) -> Iterator[Check]:
    """Yield what is to be said; nothing where no process ever ran apart."""
    roles = Counter(one.role for one in found.processes)
    if roles:
        yield from _running(found, roles)
    if found.broker is not None:
        mend = "alerts take two seconds longer, nobody is lost: start it, or mend HOMEWARD_KAFKA"
        answers = "answers" if found.broker else "does not answer"
        yield Check(f"the broker {answers}", found.broker, mend)
    if found.topics and roles.keys() & {"worker", "relay"}:
        what = f"topics are missing or not as they should be: {', '.join(found.topics)}"
        yield Check(what, ok=False, mend="see homeward topics plan, then: homeward topics apply")
    if found.counts:
        yield _rang(found)


def _running(found: Apart, roles: Counter[str]) -> Iterator[Check]:
    for one in found.processes:
        since = one.started_at.strftime("%Y-%m-%d %H:%M:%S")
        seen_s = max(0.0, (found.now - one.seen_at).total_seconds())
        yield Check(f"{one.id} runs since {since} UTC, seen {seen_s:.0f} s ago", ok=True)
    if roles.keys() & MISSED.keys():
        for role, mend in MISSED.items():
            if role not in roles:
                yield Check(f"no {role} runs", ok=False, mend=mend)
    held = found.leases or {}
    for name, holder in sorted(held.items()):
        yield Check(f"{name} is done by {holder}", ok=True)
    for name, role in HELD.items():
        if role not in roles or name in held:
            continue
        if name == RELAY and found.broker is False:
            yield Check(f"nobody does {name}: there is no broker to relay to", ok=True)
            continue
        mend = f"one of the {role}s takes it within 4 s: ask again, then see their logs"
        yield Check(f"nobody does {name}", ok=False, mend=mend)


def _rang(found: Apart) -> Check:
    """Say what rang; wrong when facts were swept of late though the broker answers."""
    by = Counter[By]()
    for one in found.counts:
        by[one.by] += one.facts
    what = f"{by[By.BELL]:,} facts by bell, {by[By.SWEEP]:,} by sweep"
    if by[By.CASCADE]:
        what += f" and {by[By.CASCADE]:,} that followed at once"
    newest = [one for one in found.swept if found.now - one.at < RECENT]
    shown = newest[:SHOWN_MAX] or found.swept[:1]
    if shown:
        what += f" (newest: {'; '.join(_line(one) for one in shown)})"
    mend = (
        "a few while a worker came or went are nothing; else: homeward topics lag, topics plan, "
        "and the relay's and the workers' logs"
    )
    return Check(what, ok=not (newest and found.broker), mend=mend)


def _line(one: Swept) -> str:
    facts = f"fact {one.upto}" if one.upto == one.after + 1 else f"facts {one.after + 1}-{one.upto}"
    return f"{one.consumer}, {facts} of {one.key} at {one.at:%H:%M:%S}"
