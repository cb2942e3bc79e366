"""Live and drill have nothing in common: what is of one opens and names nothing in the other."""

import pytest

from homeward.house.opening import HouseRefused, folder_of, open_house
from homeward.settings import Settings
from homeward.words import Role


@pytest.mark.parametrize(
    ("setting", "value", "mend"),
    [
        ("webhook_loopback", "127.0.0.1:9", "unset HOMEWARD_WEBHOOK_LOOPBACK"),
        ("case_clock_rate", 60, "unset HOMEWARD_CASE_CLOCK_RATE"),
    ],
)
async def test_what_only_a_drill_may_have_is_refused_before_live_is_made(
    tmp_path, setting, value, mend
):
    settings = Settings(data_folder=tmp_path, **{setting: value})
    with pytest.raises(HouseRefused, match=mend):
        async with open_house(settings, "live"):
            pass
    assert not folder_of(settings, "live").exists()


async def test_two_worlds_in_one_data_folder_and_database_share_nothing(tmp_path, empty_dsn):
    settings = Settings(data_folder=tmp_path / "home", database_url=empty_dsn)
    async with open_house(settings, "drill") as drill, open_house(settings, "live") as live:
        worlds = (drill, live)
        assert len({folder_of(settings, one.world) for one in worlds}) == 2
        assert len({one.store.log.origin for one in worlds}) == 2
        assert len({one.ring.token("inbox", "v-1") for one in worlds}) == 2
        assert len({one.ring.mac("request", b"x") for one in worlds}) == 2
        schemas = [
            await one.store.database.pool.fetchval("SELECT current_schema") for one in worlds
        ]
        assert schemas == ["homeward_drill", "homeward_live"]


async def test_a_drill_key_opens_nothing_in_live(tmp_path, empty_dsn):
    settings = Settings(data_folder=tmp_path / "home", database_url=empty_dsn)
    async with open_house(settings, "drill") as drill, open_house(settings, "live") as live:
        secret, holder = await drill.store.api_keys.create(Role.ADMIN, "owner", "-")
        assert await drill.store.api_keys.lookup(secret) == holder
        assert await live.store.api_keys.lookup(secret) is None
        assert await live.store.api_keys.page() == []
        with pytest.raises(KeyError):
            live.ring.unwrap(drill.ring.wrap(b"d" * 32))
