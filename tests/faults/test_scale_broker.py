"""A broker that dies costs an alert seconds: the bell is gone, the book is there."""

import time
from pathlib import Path

import pytest
from tests.faults.kit import judging
from tests.faults.kit.scene import people_of, set_up
from tests.faults.kit.topics import carried
from tests.faults.kit.town import Town

OUTAGE_S = 60


def test_an_alert_while_the_broker_is_down_and_after_it_came_back(tmp_path: Path):
    with Town(tmp_path).built(workers=2) as town:
        scene = set_up(town, 200)
        scene.issue(1)
        scene.until_told(1, 60)
        assert scene.judge("bell rings").first_s <= 5
        town.broker.kill()
        scene.issue(2)
        scene.until_told(2, 60)
        assert scene.judge("broker down", 2).first_s <= 5
        town.broker.start_again()
        scene.issue(3)
        scene.until_told(3, 60)
        scene.until_recorded(60)
        assert scene.judge("broker back", 3).first_s <= 5


@pytest.mark.heavy
def test_an_outage_of_a_minute_in_the_middle_of_an_alert(tmp_path: Path):
    people = people_of(20_000)
    with Town(tmp_path).built(workers=2) as town:
        scene = set_up(town, people)
        scene.issue(1)
        scene.until_told(1, 120, 0.1)
        town.broker.kill()
        down_s = time.monotonic()
        scene.until_told(1, 300)
        assert scene.judge("killed in the middle").first_s <= 5
        scene.issue(2)  # nobody rings for this one
        scene.until_told(2, 300)
        assert scene.judge("issued while it is down", 2).first_s <= 5
        time.sleep(max(0.0, OUTAGE_S - (time.monotonic() - down_s)))
        town.broker.start_again()
        scene.issue(3)
        scene.until_told(3, 300)
        scene.until_recorded(120)
        assert scene.judge("back after a minute", 3).first_s <= 5


@pytest.mark.heavy
def test_a_relay_that_loses_doubles_and_reorders_loses_nothing(tmp_path: Path):
    with Town(tmp_path, lanes=4).built(workers=2, lossy=True) as town:
        scene = set_up(town, people_of(5_000))
        before = swept(town)
        for version in range(1, 11):
            scene.issue(version)
            scene.until_told(version, 120)
        scene.until_recorded(120)
        for version in range(1, 11):
            assert scene.judge("lossy relay", version).first_s <= 5
        log = judging.log_of(town.database.dsn)
        facts = carried(town.broker.bootstrap, "homeward-drill.facts", log)
        print(f"on the topic: {facts}, swept since {swept(town) - before}")  # noqa: T201 -- figures
        # It did what it is there for, and only therefore the sweep had work.
        assert min(facts.lost, facts.doubled, facts.overtaken) > 0
        assert swept(town) > before


def swept(town: Town) -> int:
    """Return how many facts were heard by the sweep, by whatever consumer."""
    return sum(ways.get("sweep", 0) for ways in judging.heard_by(town.database.dsn).values())
