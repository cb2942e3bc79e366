"""What recipients want to be told of: their own word, and nobody else's to read or to undo."""

from datetime import timedelta

import pytest


async def limits(world, bearer, **body):
    answer = await world.post(bearer, "/v1/recipients/v-1/limits", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_volunteer_sets_and_reads_their_own_limits(world):
    bearer = await world.enrolled("v-1")
    before = (await world.get(bearer, "/v1/recipients/v-1/limits")).json()
    assert (before["per_day"], before["per_day_counts"], before["paused_until"]) == (0, 3, None)
    quiet = {"from": "22:30", "to": "06:00", "zone": "Asia/Urumqi"}
    said = await limits(
        world, bearer, per_day=1, severity_min="severe", reach_km_max=20, quiet=quiet
    )
    assert (said["per_day_counts"], said["severity_min"], said["reach_km_max"]) == (1, "severe", 20)
    assert (said["quiet_from"], said["quiet_to"], said["zone"]) == ("22:30", "06:00", "Asia/Urumqi")
    assert (await world.get(bearer, "/v1/recipients/v-1/limits")).json() == said
    after = await limits(world, bearer, quiet="none")
    assert after == {**said, "quiet_from": None, "quiet_to": None}


async def test_a_pause_begins_and_ends_and_a_second_tap_changes_nothing(world):
    bearer = await world.enrolled("v-1")
    for pause, hours in (("8h", 8), ("24h", 24), ("7d", 168)):
        await limits(world, bearer, pause=pause)
        known = await world.store.roster.get("v-1")
        left = known.paused_until - world.rooms.clock.now()
        assert timedelta(0) <= timedelta(hours=hours) - left < timedelta(minutes=5)
    assert (await limits(world, bearer, pause="until-ended"))["paused_until"] == "until-ended"
    revision = (await world.store.roster.get("v-1")).revision
    await limits(world, bearer, pause="until-ended")
    assert (await world.store.roster.get("v-1")).revision == revision
    assert (await limits(world, bearer, pause="ended"))["paused_until"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"per_day": 11},
        {"per_day": -1},
        {"pause": "1h"},
        {"reach_km_max": 5_001},
        {"quiet": {"from": "25:00", "to": "06:00"}},
        {"quiet": {"from": "22:00", "to": "06:00", "zone": "No/Where"}},
        {"active": False},
    ],
)
async def test_what_is_no_limit_is_refused(world, body):
    bearer = await world.enrolled("v-1")
    answer = await world.post(bearer, "/v1/recipients/v-1/limits", body)
    assert answer.status_code == 422


async def test_nobody_else_reads_or_sets_them(world):
    await world.enrolled("v-1")
    other = await world.enrolled("v-2")
    assert (await world.get(other, "/v1/recipients/v-1/limits")).status_code == 404
    answer = await world.post(other, "/v1/recipients/v-1/limits", {"pause": "8h"})
    assert answer.status_code == 404
    for officer in ("officer", "supervisor", "admin"):
        found = await world.get(officer, "/v1/recipients/v-1/limits")
        assert found.status_code in {403, 404}
        assert "paused" not in found.text


async def test_what_is_kept_of_somebody_shows_their_alerts_a_day(world):
    bearer = await world.enrolled("v-1", per_day=4)
    assert (await world.get(bearer, "/v1/recipients/v-1")).json()["per_day"] == 4
    await limits(world, bearer, per_day=1)
    assert (await world.get(bearer, "/v1/recipients/v-1")).json()["per_day"] == 1


async def test_a_language_is_a_limit_and_one_that_is_none_is_refused(world):
    bearer = await world.enrolled("v-1")
    assert (await limits(world, bearer, lang="zh-Hant"))["lang"] == "zh-Hant"
    for wrong in ("", "xx", "x" * 50):
        answer = await world.post(bearer, "/v1/recipients/v-1/limits", {"lang": wrong})
        assert answer.status_code == 422
    assert (await limits(world, bearer))["lang"] == "zh-Hant"
