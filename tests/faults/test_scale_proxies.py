"""The ways between processes misbehave: to the broker, and to the database."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.broker import Broker
from tests.faults.kit.proxy import Proxy
from tests.faults.kit.scene import people_of, set_up
from tests.faults.kit.server import Server
from tests.faults.kit.town import Town

FAULT_S = 10
WEATHERS = ("delay", "trickle", "half-open", "reset", "cut")


@contextmanager
def weather(proxy: Proxy, name: str) -> Iterator[None]:
    """Let it be so until the block ends."""
    over = threading.Event()

    def resetting() -> None:
        while not over.wait(1):
            proxy.reset()

    resets = threading.Thread(target=resetting, daemon=True)
    match name:
        case "delay":
            proxy.delay(0.3)
        case "trickle":
            proxy.trickle(4_000)
        case "half-open":
            proxy.half_open()
        case "cut":
            proxy.cut()
        case "reset":
            resets.start()
    try:
        yield
    finally:
        over.set()
        if name == "reset":
            resets.join()
        proxy.heal()


@pytest.mark.heavy
def test_whatever_happens_on_the_way_to_the_broker_an_alert_goes_out(tmp_path: Path):
    broker = Broker(tmp_path / "kafka")
    with Proxy(("127.0.0.1", broker.port)) as proxy:
        broker.advertised = proxy.address
        with broker:
            town = Town(tmp_path, {"HOMEWARD_KAFKA": proxy.address}, broker=broker)
            with town.built(workers=2):
                scene = set_up(town, people_of(2_000))
                for version, name in enumerate(WEATHERS, 1):
                    with weather(proxy, name):
                        time.sleep(1)
                        scene.issue(version)
                        scene.until_told(version, 60)
                        time.sleep(FAULT_S)
                    assert scene.judge(f"broker {name}", version).first_s <= 5
                    time.sleep(3)
                scene.until_recorded(60)


@pytest.mark.heavy
@pytest.mark.parametrize("name", WEATHERS)
def test_whatever_happens_on_the_way_to_the_database_nobody_is_missed(tmp_path: Path, name: str):
    with Server(tmp_path) as server, Proxy(("127.0.0.1", server.port)) as proxy:
        town = Town(tmp_path, database=server)
        through = {"HOMEWARD_DATABASE_URL": server.dsn_at(proxy.port)}
        town.env_of = {"dispatch": through, "worker": through}
        with town.built(workers=2, dispatches=2):
            scene = set_up(town, people_of(2_000))
            with weather(proxy, name):
                time.sleep(0.5)
                scene.issue(1)
                time.sleep(FAULT_S)
            healed_s = time.monotonic()
            scene.until_told(1, 60)
            after_s = round(time.monotonic() - healed_s, 1)
            # Now in the middle of one.
            scene.issue(2)
            scene.until_told(2, 60, 0.1)
            with weather(proxy, name):
                time.sleep(FAULT_S / 2)
            scene.until_told(2, 60)
            scene.until_recorded(60)
            scene.judge(f"database {name}", 1, told_after_s=after_s)
            scene.judge(f"database {name}, in the middle", 2)
