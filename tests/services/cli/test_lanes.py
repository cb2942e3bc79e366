"""`homeward lanes`: shown, cut anew, and cut back."""

import pytest

from homeward.cli.lanes import changed, shown
from homeward.cli.ledgers import opened
from homeward.cli.output import Complaint
from homeward.settings import Settings


@pytest.fixture
def settings(dsn, tmp_path):
    return Settings(data_folder=tmp_path, database_url=dsn)


async def test_lanes_are_shown_cut_and_cut_back(settings):
    async with opened(settings, "drill") as house:
        await house.store.leases.take("lane.0", "worker-1", 60)
        await house.store.leases.take("sweep", "worker-1", 60)
    assert await shown(settings, "drill") == {"lanes": 1, "held": {"lane.0": "worker-1"}}
    assert await changed(settings, "drill", 4) == {"before": 1, "lanes": 4, "cases": 0}
    assert (await shown(settings, "drill"))["lanes"] == 4
    assert await changed(settings, "drill", 1) == {"before": 4, "lanes": 1, "cases": 0}


async def test_what_cannot_be_is_said_with_the_mend(settings):
    with pytest.raises(Complaint, match="cannot be 3 lanes") as refused:
        await changed(settings, "drill", 3)
    assert refused.value.code == 2
    async with opened(settings, "drill") as house:
        await house.store.processes.sign_in("up-x-1-00000000", "up", "x", 1)
    with pytest.raises(Complaint, match="the drill world runs: up") as refused:
        await changed(settings, "drill", 2)
    assert refused.value.mend.startswith("stop it first")
