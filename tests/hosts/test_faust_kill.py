"""A worker that is killed in the middle of hearing rings again, in another process."""

import asyncio
import subprocess
import sys

import pytest
from tests.hosts.ringing import Belfry, Listener, running, until

VICTIM = """
import asyncio, sys
from pathlib import Path
from tests.hosts.ringing import Belfry, Listener
from homeward.hosts.watching import Watchdog

async def main(bootstrap, folder, topic, limit_s):
    belfry, listener = Belfry(bootstrap, Path(folder)), Listener()
    belfry.topic = topic

    async def hear(rungs):
        print("hears", flush=True)
        await asyncio.sleep(600)

    listener.hear = hear
    host = belfry.host(listener)
    with Watchdog(host.pulse, lambda *said: None, limit_s=float(limit_s), tick_s=0.1) as dog:
        asyncio.create_task(dog.beat())
        await host.run(asyncio.Event())

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(("limit_s", "code"), [(600, -9), (1, 70)], ids=["killed", "hung"])
async def test_what_a_dead_process_had_in_hand_is_heard_by_another(
    broker, tmp_path, project, limit_s, code
):
    belfry, listener = Belfry(broker.bootstrap, tmp_path), Listener()
    await asyncio.to_thread(belfry.make)
    await belfry.ring(range(30))
    victim = subprocess.Popen(  # noqa: ASYNC220 -- it runs beside us
        [sys.executable, "-c", VICTIM, broker.bootstrap, tmp_path, belfry.topic, str(limit_s)],
        stdout=subprocess.PIPE,
        cwd=project,
    )
    assert await asyncio.to_thread(victim.stdout.readline) == b"hears\n"
    if code == -9:
        victim.kill()
    assert await asyncio.to_thread(victim.wait, 30) == code
    victim.stdout.close()
    async with running(belfry.host(listener)):
        await until(lambda: len(listener.values()) == 30)
    assert all(numbers == sorted(numbers) for numbers in listener.by_key().values())
