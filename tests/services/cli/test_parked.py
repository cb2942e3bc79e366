"""What a processor could not go on with goes on once a hand says so."""

import pytest

from homeward.cli.checks import parked_keys
from homeward.cli.ledgers import opened
from homeward.cli.output import Complaint
from homeward.cli.parked import parked, unparked
from homeward.cli.whereabouts import Whereabouts
from homeward.desk import Asking
from homeward.hosts.consumer import Pure
from homeward.ports import Parked
from homeward.settings import Settings
from homeward.testing.given import OFFICER
from homeward.testing.samples import RAISED

STUCK = Parked("escalation", RAISED.case, 1, "ValueError at escalation.py:1")


@pytest.fixture
async def settings(dsn, tmp_path, monkeypatch):
    """A drill whose one case is parked before anything of it was heard."""
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", dsn)
    settings = Settings(data_folder=tmp_path, database_url=dsn)
    async with opened(settings, "drill") as house:

        async def nothing():
            return ()

        asking = Asking(OFFICER, "raise", b"raise")
        await house.desk.submit(f"case-{RAISED.case}", asking, nothing, lambda _: (RAISED,))
        await house.store.workbench.park(STUCK)
        said = (await house.ready())["checks"]["parked"]
    assert (said["ok"], said["keys"]) == (False, 1)
    assert "homeward parked unpark" in said["mend"]
    assert RAISED.case not in str(said), "a key is a case, and anybody may ask for readiness"
    return settings


async def position(settings):
    async with opened(settings, "drill") as house:
        return (await house.store.workbench.load(STUCK.processor, [STUCK.key]))[STUCK.key]


async def test_an_unparked_key_hears_at_once_what_it_missed(settings):
    [one] = await parked(settings, "drill")
    assert (one["processor"], one["key"]) == (STUCK.processor, STUCK.key)
    assert (await position(settings)).heard == 0
    await unparked(settings, "drill", STUCK.processor, STUCK.key)
    assert await parked(settings, "drill") == []
    assert (await position(settings)).heard == 1


async def test_what_still_breaks_is_parked_again_and_said_to_be(settings, monkeypatch):
    async def broken(self, state, heard):
        raise ValueError

    monkeypatch.setattr(Pure, "react", broken)
    with pytest.raises(Complaint, match="parked it again"):
        await unparked(settings, "drill", STUCK.processor, STUCK.key)
    assert len(await parked(settings, "drill")) == 1


@pytest.mark.parametrize(
    ("processor", "key"), [("escalation", "another"), ("nobody", STUCK.key), ("reach", STUCK.key)]
)
async def test_what_is_not_parked_is_said_to_be_so(settings, processor, key):
    with pytest.raises(Complaint, match="has parked no key"):
        await unparked(settings, "drill", processor, key)
    assert len(await parked(settings, "drill")) == 1


async def test_the_doctor_names_each_key_and_the_command_that_lets_it_go_on(settings, tmp_path):
    where = Whereabouts(tmp_path / "drill", "drill")
    [one] = [one async for one in parked_keys(where)]
    assert not one.ok
    assert STUCK.error in one.what
    assert one.mend == f"homeward parked unpark {STUCK.processor} {STUCK.key}"
