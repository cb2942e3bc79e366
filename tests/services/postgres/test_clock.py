import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from homeward.postgres.store import open_store


async def test_real_is_the_databases_time(store, dsn):
    connection = await asyncpg.connect(dsn)
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    await connection.close()
    assert abs(store.clock.real() - theirs) < timedelta(seconds=1)
    assert store.clock.real().tzinfo == UTC


async def test_neither_clock_runs_back(store):
    seen = []
    for _ in range(50):
        seen.append((store.clock.real(), store.clock.now()))
        await store.clock.measure()
    assert seen == sorted(seen)


async def test_a_drill_may_run_faster_from_its_present_time_on(store):
    clock = store.clock
    assert clock.rate == 1
    before = clock.now()
    await clock.set_rate(600)
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=30)
    began = clock.now()
    await asyncio.sleep(0.2)
    assert clock.now() - began > timedelta(seconds=100)
    assert clock.real_s_until(clock.now() + timedelta(minutes=10)) == pytest.approx(1, abs=0.2)
    assert clock.real_s_until(datetime(2020, 1, 1, tzinfo=UTC)) == 0


async def test_every_process_shows_the_same_case_time(store, dsn, ring):
    async with open_store(dsn, "drill", ring) as other:
        await asyncio.sleep(0.3)  # both listen
        await store.clock.set_rate(60)
        for _ in range(100):
            if other.clock.rate == 60:
                break
            await asyncio.sleep(0.05)
        assert other.clock.rate == 60
        assert abs(other.clock.now() - store.clock.now()) < timedelta(seconds=30)


async def test_a_live_clock_runs_at_rate_1(empty_dsn, ring):
    async with open_store(empty_dsn, "live", ring) as live:
        with pytest.raises(ValueError, match="rate 1"):
            await live.clock.set_rate(2)
        await live.clock.set_rate(1)


async def test_a_clock_set_back_does_not_take_the_case_clock_behind_a_fact(store, dsn):
    """As the rows see it: the newest fact was recorded an hour later than the clock shows."""
    clock = store.clock
    before = clock.now()
    await _recorded_ahead(dsn, "1 hour")
    await clock.measure()
    assert abs(clock.now() - before - timedelta(hours=1)) < timedelta(seconds=2)
    held = clock.now()
    await asyncio.sleep(0.4)
    await clock.measure()
    assert timedelta(seconds=0.15) < clock.now() - held < timedelta(seconds=0.35)  # half the speed
    due = clock.now() + timedelta(minutes=10)
    assert clock.real_s_until(due) == pytest.approx(1_200, abs=1)
    assert clock.real_s_until(due + timedelta(days=1)) == pytest.approx(86_400 + 4_200, abs=5)
    assert abs(clock.real() - datetime.now(UTC)) < timedelta(seconds=2)


async def test_a_new_rate_counts_from_the_held_case_time(store, dsn):
    clock = store.clock
    await _recorded_ahead(dsn, "1 hour")
    await clock.measure()
    for rate in (600, 1):
        held = clock.now()
        await clock.set_rate(rate)
        assert timedelta(0) <= clock.now() - held < timedelta(minutes=10)  # not an hour
    due = clock.now() + timedelta(minutes=10)
    assert clock.real_s_until(due) == pytest.approx(1_200, abs=5)


async def test_a_case_clock_that_is_held_is_the_same_in_every_process(store, dsn, ring):
    async with open_store(dsn, "drill", ring) as other:
        await asyncio.sleep(0.3)  # both listen
        before = other.clock.now()
        await _recorded_ahead(dsn, "1 hour")
        await store.clock.measure()
        for _ in range(100):
            if other.clock.now() - before > timedelta(minutes=50):
                break
            await asyncio.sleep(0.05)
        assert abs(other.clock.now() - store.clock.now()) < timedelta(seconds=1)


async def _recorded_ahead(dsn, how_far):
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        f"UPDATE homeward_drill.log_head SET recorded_at = clock_timestamp() + interval '{how_far}'"
    )
    await connection.close()
