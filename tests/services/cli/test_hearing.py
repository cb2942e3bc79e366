"""The doctor says who runs, who holds what, and what came by bell and what by sweep."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from homeward.cli.hearing import Apart, judged, of_processes
from homeward.kafka.admin import ensure
from homeward.kafka.catalogue import prefix_of, topics_of
from homeward.ports import By, HeardBy, Process, Swept

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)


def process(role):
    began, seen = NOW - timedelta(hours=2), NOW - timedelta(seconds=2)
    return Process(f"{role}-host-7-0a0b0c0d", role, "host", 7, began, seen)


def swept(minutes_ago):
    return Swept("reach", "case-1", 2, 3, NOW - timedelta(minutes=minutes_ago))


LEASES = dict.fromkeys(("sweep", "waker", "care"), "worker-host-7-0a0b0c0d") | {"relay": "relay"}
WELL = Apart(
    now=NOW,
    processes=[process(role) for role in ("api", "dispatch", "relay", "worker")],
    leases=LEASES,
    counts=[HeardBy("reach", By.BELL, 1_234, NOW), HeardBy("hubs", By.SWEEP, 2, NOW)],
    swept=[swept(60)],
    broker=True,
)


def test_a_well_installation_is_described():
    found = list(judged(WELL))
    assert [one for one in found if not one.ok] == []
    said = [one.what for one in found]
    assert "worker-host-7-0a0b0c0d runs since 2026-05-01 02:00:00 UTC, seen 2 s ago" in said
    assert "sweep is done by worker-host-7-0a0b0c0d" in said
    assert "1,234 facts by bell, 2 by sweep (newest: reach, fact 3 of case-1 at 03:00:00)" in said


def test_a_server_in_one_process_says_nothing_of_this():
    assert list(judged(Apart(now=NOW))) == []


@pytest.mark.parametrize(
    ("broken", "parts"),
    [
        ({"swept": [swept(1)]}, ["2 by sweep"]),
        ({"swept": [swept(1)], "broker": False}, ["the broker does not answer"]),
        ({"topics": ["homeward-drill.facts"]}, ["as they should be: homeward-drill.facts"]),
        ({"processes": WELL.processes[:2]}, ["no worker runs", "no relay runs"]),
        ({"processes": WELL.processes[1:]}, ["no api runs"]),
        ({"leases": {"relay": "relay"}}, ["nobody does sweep", "does waker", "does care"]),
    ],
)
def test_what_is_broken_is_named_with_a_mend(broken, parts):
    wrong = [one for one in judged(replace(WELL, **broken)) if not one.ok]
    assert len(wrong) == len(parts)
    for part in parts:
        [one] = [one for one in wrong if part in one.what]
        assert len(one.mend) > 20


def test_a_relay_without_a_broker_has_no_lease_to_take():
    """The mend is the broker's: a relay gives its lease up until one answers."""
    leases = {name: holder for name, holder in LEASES.items() if name != "relay"}
    found = list(judged(replace(WELL, leases=leases, broker=False)))
    [wrong] = [one for one in found if not one.ok]
    assert wrong.what == "the broker does not answer"
    assert "nobody does relay: there is no broker to relay to" in [one.what for one in found]
    [wrong] = [one for one in judged(replace(WELL, leases=leases)) if not one.ok]
    assert (wrong.what, "takes it within 4 s" in wrong.mend) == ("nobody does relay", True)


async def test_it_is_read_from_a_real_database(dsn, store, monkeypatch):
    monkeypatch.setenv("HOMEWARD_KAFKA", "127.0.0.1:9")
    await store.processes.sign_in("worker-1", "worker", "host", 1)
    await store.leases.take("sweep", "worker-1", 60)
    await store.hearing.note({("reach", By.SWEEP): 1}, [Swept("reach", "case-1", 0, 1, NOW)])
    found = [one async for one in of_processes(dsn, "drill", datetime.now(UTC))]
    said = [one.what for one in found]
    assert "sweep is done by worker-1" in said
    assert "the broker does not answer" in said
    assert any(one.startswith("0 facts by bell, 1 by sweep") for one in said)


async def test_a_broker_that_lost_its_topics_is_named_until_they_are_made(
    dsn, store, broker, monkeypatch, tmp_path
):
    prefix = f"doctor-{tmp_path.name.replace('_', '-')}"[:40]
    monkeypatch.setenv("HOMEWARD_KAFKA", broker.bootstrap)
    monkeypatch.setenv("HOMEWARD_TOPIC_PREFIX", prefix)
    await store.processes.sign_in("relay-1", "relay", "host", 1)

    async def said():
        now = datetime.now(UTC)
        return [one async for one in of_processes(dsn, "drill", now) if "topics" in one.what]

    [wrong] = await said()
    assert not wrong.ok
    assert f"{prefix}-drill.facts, {prefix}-drill.orders, {prefix}-drill.pos" in wrong.what
    wanted = topics_of(prefix_of(prefix, "drill"), 1, 16, 1)
    await asyncio.to_thread(ensure, broker.bootstrap, wanted)
    assert await said() == []
