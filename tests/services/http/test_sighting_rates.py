"""A flood of false sightings is stopped at the door, and never keeps out who is on duty."""

import pytest

from homeward.http.pages.rates import Rates
from homeward.http.problems import TooManySightings

BODY = {
    "seen_at": "2026-03-01T03:20:00Z",
    "place": {"lat": 33.17, "lon": 115.40, "datum": "wgs84", "accuracy_m": 100},
}


@pytest.fixture
async def case(world):
    """A case that volunteer v-1 and hub h-1 know of."""
    issued = await world.issued()
    for one, kind in (("v-1", "volunteer"), ("v-2", "volunteer"), ("h-1", "hub")):
        await world.enrolled(one, kind)
        await world.told(one, issued["case"], issued["draft"])
    await world.watched(issued["case"], "h-1", issued["draft"])
    return issued["case"]


async def tell(world, case, who, **more):
    return await world.post(who, f"/v1/cases/{case}/sightings", BODY, **more)


async def test_an_eleventh_in_an_hour_is_429_and_says_when(world, case):
    for _ in range(10):
        assert (await tell(world, case, "volunteer:v-1")).status_code == 201
    refused = await tell(world, case, "volunteer:v-1")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-sightings")
    assert 3_590 <= int(refused.headers["retry-after"]) <= 3_600
    assert "110" in refused.json()["mend"]
    listed = (await world.get("officer", "/v1/sightings", limit=200)).json()
    assert listed["waiting"] == 10, "nothing that was acknowledged is lost"


async def test_another_key_of_the_same_account_has_the_days_limit(world, case):
    world.app.state.sighting_rates.by_account.at_most = 12
    link = f"hi_v-1.{world.store.key_ring.token('inbox', 'v-1')}"
    answers = [
        (await tell(world, case, who)).status_code
        for who in ("volunteer:v-1", link)
        for _ in range(7)
    ]
    assert answers == [201] * 12 + [429] * 2


async def test_a_case_takes_so_many_a_minute_and_hubs_and_staff_all_the_same(world, case):
    world.app.state.sighting_rates.by_case.at_most = 3
    for _ in range(3):
        assert (await tell(world, case, "volunteer:v-1")).status_code == 201
    refused = await tell(world, case, "volunteer:v-2")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    for who in ("hub:h-1", "officer", "coordinator"):
        for _ in range(12):
            assert (await tell(world, case, who)).status_code == 201


async def test_the_same_again_and_what_was_refused_count_nothing(world, case):
    world.app.state.sighting_rates.by_key.at_most = 2
    for _ in range(5):
        assert (await tell(world, case, "volunteer:v-1", key="same")).status_code == 201
        path = f"/v1/cases/{case}/sightings"
        future = {**BODY, "seen_at": "2026-03-02T00:00:00Z"}
        assert (await world.post("volunteer:v-1", path, future)).status_code == 422
    assert (await tell(world, case, "volunteer:v-1")).status_code == 201
    assert (await tell(world, case, "volunteer:v-1")).status_code == 429


def test_a_window_is_as_long_as_it_says():
    now = [0.0]
    rates = Rates(1, lambda: now[0], TooManySightings, within_s=60.0)
    rates.take("a")
    with pytest.raises(TooManySightings):
        rates.take("a")
    now[0] = 60.0
    rates.take("a")


async def test_whoever_tries_out_when_the_person_went_missing_has_ten_tries(world):
    """A seen time that is refused says that it lies before; time after time it would say when."""
    case = (await world.verified("reporter:mother"))["case"]
    path, early = f"/v1/cases/{case}/sightings", {**BODY, "seen_at": "2026-02-27T00:00:00Z"}
    answers = [(await world.post("reporter:mother", path, early)).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize("merged", [False, True])
async def test_a_reporter_does_not_find_out_a_time_that_others_said(world, merged):
    """Days later than they said: by an officer, or by the case in which theirs goes on."""
    long_ago = {"at": "2026-02-20T11:00:00+08:00", "place": BODY["place"]}
    mine = await world.raised("reporter:neighbour", last_seen=long_ago)
    path = f"/v1/cases/{mine['case']}"
    assert (await world.post("officer", f"{path}/verify", {"unit": "county"})).is_success
    if merged:
        into = {"into": (await world.verified("reporter:mother"))["case"]}
        assert (await world.post("officer", f"{path}/merge", into)).is_success
    else:
        at = {"at": "2026-03-01T03:00:00Z"}
        assert (await world.post("officer", f"{path}/last-seen", at)).is_success
    link = f"hr_{mine['case']}.{mine['link'].rpartition('/')[2]}"
    for who in ("reporter:neighbour", link):
        for day, status in (("20", 201), ("25", 201), ("18", 422)):
            seen = {**BODY, "seen_at": f"2026-02-{day}T00:00:00Z"}
            assert (await world.post(who, f"{path}/sightings", seen)).status_code == status, day
