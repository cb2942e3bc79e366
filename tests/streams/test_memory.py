"""What the memory store adds for tests: places to die, a clock that is moved, keys that go."""

from datetime import timedelta

import pytest

from homeward.ports import LogUnavailable, Parked
from homeward.testing.memory import (
    Calls,
    Crashed,
    Fault,
    MemoryClock,
    MemoryKeyRing,
    MemoryStore,
    crash_at,
)

PARKED = Parked("reach", "a", 1, "ValueError at x:1")


@pytest.mark.parametrize(
    ("fault", "raised", "done"),
    [
        (Fault.CRASH_BEFORE, Crashed, False),
        (Fault.CRASH_AFTER, Crashed, True),
        (Fault.AWAY_BEFORE, LogUnavailable, False),
        (Fault.AWAY_AFTER, LogUnavailable, True),
    ],
)
async def test_a_fault_befalls_one_call_before_or_after_its_work(fault, raised, done):
    store = MemoryStore(calls=Calls(crash_at(2, fault)))
    await store.log.size()
    with pytest.raises(raised):
        await store.workbench.park(PARKED)
    assert await store.restarted().workbench.parked() == [PARKED] * done


async def test_the_dead_stay_dead_and_the_next_process_goes_on():
    store = MemoryStore(calls=Calls(crash_at(1)))
    for _ in range(3):
        with pytest.raises(Crashed):
            await store.log.size()
    assert await store.restarted().log.size() == 0


async def test_a_host_that_retries_every_exception_does_not_retry_death():
    assert not issubclass(Crashed, Exception)


def test_the_case_clock_is_scaled_and_stands_still_while_real_time_lingers():
    clock = MemoryClock(scale=60)
    start = clock.now()
    clock.pass_s(2)
    assert clock.now() - start == timedelta(minutes=2)
    assert clock.real() - start == timedelta(seconds=2)
    clock.linger_s(30)
    assert clock.now() - start == timedelta(minutes=2)
    moment = start + timedelta(minutes=5)
    assert clock.real_s_until(moment) == 3
    clock.move_to(moment)
    assert clock.now() == moment
    clock.move_to(start)
    assert clock.now() == moment


async def test_the_feed_rings_when_the_log_grows_and_gives_up_in_time():
    store = MemoryStore()
    assert not await store.feed.beyond(0, 0.01)
    assert await store.feed.beyond(-1, 0.01)


def test_a_data_key_dies_with_its_epoch():
    ring = MemoryKeyRing()
    wrapped = ring.wrap(b"k" * 32)
    assert ring.unwrap(wrapped) == b"k" * 32
    ring.rotate()
    assert ring.unwrap(wrapped) == b"k" * 32
    ring.destroy("epoch1")
    with pytest.raises(KeyError):
        ring.unwrap(wrapped)
    assert ring.token("page", "a") != ring.token("page", "b")
    assert ring.mac("one", b"x") != ring.mac("other", b"x")


async def test_a_forgotten_subject_gets_another_key():
    store = MemoryStore()
    (first,) = (await store.subject_keys.keys_for(["s"], create=True)).values()
    store.subject_keys.forget("s")
    assert await store.subject_keys.keys_for(["s"], create=False) == {}
    (second,) = (await store.subject_keys.keys_for(["s"], create=True)).values()
    assert first != second
