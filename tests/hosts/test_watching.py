"""What hangs is ended; what waits for a database, or slept, is not."""

import asyncio
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest

from homeward.hosts.pump import Pump
from homeward.hosts.watching import EXIT, Pulse, Watchdog
from homeward.ports import LogUnavailable
from homeward.testing.memory import MemoryMeter


@dataclass
class Kennel:
    """A watchdog that is quick, and what it did."""

    pulse: Pulse = field(default_factory=Pulse)
    exits: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def dog(self, **more: float) -> Watchdog:
        quick = {"limit_s": 0.4, "tick_s": 0.05, "slept_s": 0.3, **more}
        said = self.said
        return Watchdog(
            self.pulse, lambda _, what: said.append(what), exit=self.exits.append, **quick
        )


@dataclass
class Event:
    """A record that was delivered."""

    acks: list[int] = field(default_factory=list)

    @property
    def message(self):
        return self

    topic, partition, offset, key, value, headers = "t", 0, 0, b"k", b"v", ()

    def ack(self) -> bool:
        self.acks.append(1)
        return True


def pump_of(pulse: Pulse, hear) -> Pump:
    return Pump(hear, MemoryMeter(), lambda *_: None, pulse, 10, 10)


async def watched(kennel: Kennel, hear, for_s: float) -> None:
    """Let a delivered record be heard while the dog looks."""
    pump = pump_of(kennel.pulse, hear)
    with kennel.dog() as dog:
        tasks = [asyncio.create_task(pump.run()), asyncio.create_task(dog.beat())]
        await pump.put(Event())
        await asyncio.sleep(for_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_whoever_hears_and_never_ends_is_ended():
    kennel = Kennel()

    async def hear(_):
        await asyncio.sleep(60)

    await watched(kennel, hear, 1.2)
    assert kennel.exits == [EXIT]
    assert kennel.said == ["what was delivered is not heard for 0.4 s: ending, to be started again"]


async def test_whoever_fails_for_another_reason_than_the_database_is_ended():
    kennel = Kennel()

    async def hear(_):
        raise ValueError

    await watched(kennel, hear, 1.2)
    assert kennel.exits == [EXIT]


async def test_who_waits_for_the_database_is_left_in_peace():
    kennel = Kennel()

    async def hear(_):
        raise LogUnavailable("tests")

    pump = pump_of(kennel.pulse, hear)
    with kennel.dog(limit_s=2.5) as dog:  # the back-off is 2 s at last
        tasks = [asyncio.create_task(pump.run()), asyncio.create_task(dog.beat())]
        await pump.put(Event())
        await asyncio.sleep(6)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert kennel.exits == []


async def test_what_takes_long_and_says_that_it_goes_on_is_left_in_peace():
    kennel = Kennel()

    async def hear(_):
        for _ in range(12):
            await asyncio.sleep(0.1)
            kennel.pulse.progress()

    await watched(kennel, hear, 1.5)
    assert kennel.exits == []


async def test_a_quiet_bell_is_no_reason():
    kennel = Kennel()

    async def hear(_):
        pass

    await watched(kennel, hear, 1.5)
    assert kennel.exits == []


async def test_a_loop_that_does_not_come_round_is_ended():
    kennel = Kennel()
    with kennel.dog() as dog:
        beating = asyncio.create_task(dog.beat())
        await asyncio.sleep(0.2)
        time.sleep(1)  # noqa: ASYNC251 -- it is the fault
        beating.cancel()
    assert kennel.exits == [EXIT]
    assert "event loop" in kennel.said[0]


async def test_what_delivers_and_cannot_be_replaced_is_ended():
    kennel = Kennel()
    kennel.pulse.broken_s = time.monotonic()
    with kennel.dog() as dog:
        beating = asyncio.create_task(dog.beat())
        await asyncio.sleep(0.8)
        beating.cancel()
    assert kennel.exits == [EXIT]


def test_after_a_sleep_of_the_whole_process_everything_has_its_time_anew():
    kennel, now = Kennel(), [1000.0]
    kennel.pulse.beat_s = kennel.pulse.progress_s = kennel.pulse.waiting_s = 1000.0
    dog = kennel.dog(tick_s=0.01, limit_s=30, slept_s=2)
    dog.clock = lambda: now[0]
    with dog:
        time.sleep(0.1)
        now[0] += 40  # stopped, and woken
        time.sleep(0.1)
        for _ in range(20):  # 20 s on which it may catch up
            now[0] += 1
            time.sleep(0.02)
        assert kennel.exits == []
        for _ in range(15):
            now[0] += 1
            time.sleep(0.02)
    assert kennel.exits == [EXIT]


def test_its_thread_ends_with_the_block():
    with Kennel().dog():
        assert any(one.name == "watchdog" for one in threading.enumerate())
    time.sleep(0.2)
    assert not any(one.name == "watchdog" for one in threading.enumerate())


STUCK = """
import asyncio, time
from homeward.hosts.watching import Pulse, Watchdog
async def main():
    with Watchdog(Pulse(), lambda *said: print(*said, flush=True), limit_s=0.5, tick_s=0.1) as dog:
        asyncio.create_task(dog.beat())
        await asyncio.sleep(0.3)
        time.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("stopped_s", [0.0, 4.0])
def test_a_real_process_ends_with_70_and_being_stopped_is_no_reason(stopped_s):
    script = STUCK if not stopped_s else STUCK.replace("time.sleep(60)", "await asyncio.sleep(6)")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        if stopped_s:
            time.sleep(1.5)
            process.send_signal(19)
            time.sleep(stopped_s)
            process.send_signal(18)
        said = process.stdout.read()
        code = process.wait(20)
    assert (code, b"event loop" in said) == ((0, False) if stopped_s else (EXIT, True))
