"""A flood of sightings leaves the process to who needs it more, and is told so (I-33, I-34)."""

import asyncio

import pytest

from homeward.http.problems import SightingsWait
from homeward.http.turns import Turns

BODY = {
    "seen_at": "2026-03-01T03:20:00Z",
    "place": {"lat": 33.17, "lon": 115.40, "datum": "wgs84", "accuracy_m": 100},
}


@pytest.fixture
async def case(world):
    issued = await world.issued()
    for one, kind in (("v-1", "volunteer"), ("v-2", "volunteer"), ("h-1", "hub")):
        await world.enrolled(one, kind)
        await world.told(one, issued["case"], issued["draft"])
    await world.watched(issued["case"], "h-1", issued["draft"])
    return issued["case"]


async def test_so_many_work_at_once_so_many_wait_and_the_others_are_told():
    turns, ended, at_work = Turns(SightingsWait, at_once=2, waiting_max=3), asyncio.Event(), []

    async def work(number):
        async with turns.taken():
            at_work.append(number)
            await ended.wait()

    tasks = [asyncio.create_task(work(number)) for number in range(9)]
    for _ in range(9):
        await asyncio.sleep(0)
    assert at_work == [0, 1]
    refused = [one for one in tasks if one.done()]
    assert [type(one.exception()) for one in refused] == [SightingsWait] * 4
    ended.set()
    await asyncio.wait(tasks)
    assert at_work == [0, 1, 2, 3, 4], "in the order of asking"


async def test_who_leaves_while_they_wait_or_work_leaves_their_place_free():
    turns = Turns(SightingsWait, at_once=1, waiting_max=1)

    async def work():
        async with turns.taken():
            await asyncio.Event().wait()

    for _ in range(20):
        works, waits = asyncio.create_task(work()), asyncio.create_task(work())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for one in (waits, works):
            one.cancel()
        await asyncio.wait([works, waits])
    async with asyncio.timeout(5), turns.taken():
        assert turns.waiting == 0


async def test_beyond_the_places_it_is_503_with_a_time_and_hubs_and_staff_come_through(world, case):
    path, turns = f"/v1/cases/{case}/sightings", world.app.state.sighting_rates.turns
    async with turns.taken(), turns.taken():
        turns.waiting = turns.waiting_max
        refused = await world.post("volunteer:v-1", path, BODY, key="mine")
        assert (refused.status_code, refused.json()["code"]) == (503, "sightings-overload")
        assert int(refused.headers["retry-after"]) >= 1
        assert "110" in refused.json()["mend"]
        for who in ("hub:h-1", "officer", "coordinator"):
            assert (await world.post(who, path, BODY)).status_code == 201
        turns.waiting = 0
    assert (await world.post("volunteer:v-1", path, BODY, key="mine")).status_code == 201


async def test_a_refused_one_gives_its_place_back(world, case):
    path = f"/v1/cases/{case}/sightings"
    future = {**BODY, "seen_at": "2026-03-02T00:00:00Z"}
    for _ in range(5):
        assert (await world.post("volunteer:v-1", path, future)).status_code == 422
        assert (await world.post("volunteer:v-9", path, BODY)).status_code == 404
    assert (await world.post("volunteer:v-1", path, BODY)).status_code == 201


async def test_a_volunteers_page_is_no_way_around_the_limits(world, case):
    """The page's own button is a hub's; a volunteer who finds it counts as in the API."""
    link = f"/i/v-1/{world.store.key_ring.token('inbox', 'v-1')}"
    world.app.state.sighting_rates.by_key.at_most = 3
    answers = []
    for _ in range(6):
        page = (await world.http.get(f"{link}?lang=en")).text
        token = page.partition('name="form" value="')[2].partition('"')[0]
        said = {"form": token, "case": case, "note": ""}
        answers.append((await world.http.post(f"{link}/seen", data=said)).status_code)
    assert answers == [303] * 3 + [429] * 3
    bearer = link.removeprefix("/i/").replace("/", ".")
    refused = await world.post(f"hi_{bearer}", f"/v1/cases/{case}/sightings", BODY)
    assert refused.status_code == 429, "page and API count together"
