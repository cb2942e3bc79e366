"""Where recipients are: cells only, their own word only, the newest one only."""

import asyncio
from datetime import timedelta

import h3
import pytest

from homeward.http.moving import GROUP_MAX, Mover
from homeward.http.positions import Pace
from homeward.http.problems import TooManyPositions, TooManyWaiting
from homeward.metrics import PrometheusMeter
from homeward.ports import LogUnavailable, Move
from homeward.words import instant_text

PLACES = sorted(h3.grid_disk(h3.latlng_to_cell(33.068, 115.276, 7), 2))


async def here(world, recipient):
    return (await world.store.roster.get(recipient)).here


async def test_a_volunteer_says_where_they_are_and_forgets_it(world):
    bearer = await world.enrolled("v-1")
    answer = await world.post(bearer, "/v1/positions", {"cell": PLACES[0]})
    assert (answer.status_code, answer.json()) == (200, {"moved": 1, "cell": PLACES[0]})
    shown = (await world.get(bearer, "/v1/recipients/v-1")).json()
    assert (shown["here"], shown["channels"]) == (PLACES[0], ["inbox"])
    answer = await world.post(bearer, "/v1/positions", {"cell": None})
    assert answer.json() == {"moved": 1, "cell": None}
    assert (await world.get(bearer, "/v1/recipients/v-1")).json()["here"] is None


async def test_a_place_too_fine_is_coarsened_and_the_answer_says_so(world):
    bearer = await world.enrolled("v-1")
    fine = h3.cell_to_center_child(PLACES[0], 11)
    assert (await world.post(bearer, "/v1/positions", {"cell": fine})).json()["cell"] == PLACES[0]
    assert await here(world, "v-1") == PLACES[0]
    said = {"cell": f"0x{PLACES[1].upper()}"[:17]}
    assert (await world.post(bearer, "/v1/positions", said)).status_code == 422
    said = {"cell": PLACES[1].upper()}
    assert (await world.post(bearer, "/v1/positions", said)).json()["cell"] == PLACES[1]


async def test_the_newest_word_stands_and_no_clock_silences_the_next(world):
    bearer = await world.enrolled("v-1")
    now = world.rooms.clock.now()

    async def say(place, minutes):
        at = instant_text(now + timedelta(minutes=minutes))
        answer = await world.post(bearer, "/v1/positions", {"cell": PLACES[place], "at": at})
        return answer.json()

    assert (await say(1, -5))["moved"] == 1
    await say(2, -9)
    assert await here(world, "v-1") == PLACES[1]
    assert await say(3, -60 * 25) == {"moved": 0, "too_old": 1}
    await say(4, 60 * 24 * 365)
    assert await here(world, "v-1") == PLACES[4]
    await say(5, 0)
    assert await here(world, "v-1") == PLACES[5]


async def test_a_gateway_says_where_many_are(world):
    for number in range(3):
        await world.enrolled(f"v-{number}")
    old = instant_text(world.rooms.clock.now() - timedelta(days=2))
    said = [{"recipient": f"v-{n}", "cell": PLACES[n]} for n in range(3)]
    said += [
        {"recipient": "nobody", "cell": PLACES[0]},
        {"recipient": "v-0", "cell": "nonsense"},
        {"recipient": "v-1", "cell": PLACES[5], "at": old},
    ]
    answer = await world.post("ngo", "/v1/positions", {"positions": said})
    assert answer.json() == {"moved": 3, "unknown": ["nobody"], "refused": ["v-0"], "too_old": 1}
    assert [await here(world, f"v-{n}") for n in range(3)] == PLACES[:3]
    figures = (await world.http.get("/metrics")).text
    assert 'homeward_positions_total{outcome="kept"} 3.0' in figures


@pytest.mark.parametrize(
    "body",
    [
        {"lat": 33.0, "lon": 115.2},
        {"cell": PLACES[0], "longitude": 115.2},
        {"place": {"lat": 33.0, "lon": 115.2, "datum": "wgs84"}},
        {"positions": [{"recipient": "v-1", "lat": 33.0, "lon": 115.2}]},
    ],
)
async def test_coordinates_are_refused_with_how_to_say_it(world, body):
    bearer = await world.enrolled("v-1")
    answer = await world.post(bearer, "/v1/positions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "coordinates-sent")
    assert "latlng_to_cell" in answer.json()["mend"]
    assert "33" not in answer.text


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({}, "request-invalid", 422),
        ({"cell": "nonsense"}, "cell-unknown", 422),
        ({"cell": "-" + PLACES[0][1:]}, "cell-unknown", 422),
        ({"cell": "８" + PLACES[0][1:]}, "cell-unknown", 422),
        ({"cell": PLACES[0] + "\n"}, "cell-unknown", 422),
        ({"cell": 7}, "request-invalid", 422),
        ({"cell": PLACES[0], "at": 1_700_000_000}, "request-invalid", 422),
        ({"cell": PLACES[0], "name": "Li"}, "request-invalid", 422),
        ({"positions": [{"recipient": "v-2", "cell": PLACES[0]}]}, "role-not-allowed", 403),
    ],
)
async def test_what_is_wrong_is_refused(world, body, code, status):
    bearer = await world.enrolled("v-1")
    answer = await world.post(bearer, "/v1/positions", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await here(world, "v-1") is None


async def test_nobody_speaks_for_another(world):
    bearer, _ = await world.enrolled("v-1"), await world.enrolled("v-2")
    for wrong in (bearer.replace("v-1", "v-2"), "hi_v-1.x", "hw_none"):
        answer = await world.post(wrong, "/v1/positions", {"cell": PLACES[0]})
        assert (answer.status_code, answer.json()["code"]) == (401, "key-unknown")
    missing = await world.http.post("/v1/positions", json={"cell": PLACES[0]})
    assert (missing.status_code, missing.json()["code"]) == (401, "key-missing")
    answer = await world.post("ngo", "/v1/positions", {"cell": PLACES[0]})
    assert answer.status_code == 403
    assert (await world.get(bearer, "/v1/recipients/v-2")).status_code == 404
    await world.store.roster.remove("v-1")
    answer = await world.post(bearer, "/v1/positions", {"cell": PLACES[0]})
    assert (answer.status_code, answer.json()["code"]) == (401, "key-unknown")


async def test_one_recipient_does_not_storm(world):
    bearer = await world.enrolled("v-1")
    at_most = world.rooms.settings.positions_per_minute
    said = [await world.post(bearer, "/v1/positions", {"cell": PLACES[0]}) for _ in range(at_most)]
    assert {one.status_code for one in said} == {200}
    answer = await world.post(bearer, "/v1/positions", {"cell": PLACES[0]})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-positions")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_a_pace_begins_anew_each_minute():
    now = [0.0]
    pace = Pace(2, lambda: now[0])
    for _ in range(2):
        pace.check("v-1")
    with pytest.raises(TooManyPositions):
        pace.check("v-1")
    pace.check("v-2")
    now[0] = 60.0
    pace.check("v-1")


class Slow:
    """A roster that keeps moves when it is let."""

    def __init__(self):
        self.groups, self.go = [], asyncio.Event()

    async def move(self, moves):
        await self.go.wait()
        self.groups.append(len(moves))
        if moves[0].recipient == "broken":
            raise LogUnavailable
        return [one.recipient != "nobody" for one in moves]


async def test_moves_are_written_together_and_each_caller_hears_of_their_own():
    roster = Slow()
    mover = Mover(roster, PrometheusMeter(), 2_500)
    some = [Move(f"v-{n}", None, None) for n in range(600)]
    first = asyncio.create_task(mover.move(some[:1]))
    await asyncio.sleep(0)
    others = [asyncio.create_task(mover.move(some)) for _ in range(3)]
    lone = asyncio.create_task(mover.move([Move("nobody", None, None)]))
    await asyncio.sleep(0)
    others[2].cancel()
    with pytest.raises(TooManyWaiting):
        await mover.move(some * 2)
    roster.go.set()
    assert await first == [True]
    assert await lone == [False]
    assert [len(await one) for one in others[:2]] == [600, 600]
    assert sum(roster.groups) == 1_802
    assert max(roster.groups) <= GROUP_MAX


async def test_who_was_not_kept_hears_so_and_the_next_is_kept():
    roster = Slow()
    roster.go.set()
    mover = Mover(roster, PrometheusMeter(), 10)
    with pytest.raises(LogUnavailable):
        await mover.move([Move("broken", None, None)])
    assert await mover.move([Move("v-1", None, None)] * 20) == [True] * 20


async def test_overload_is_answered_at_once(world, monkeypatch):
    bearer = await world.enrolled("v-1")

    async def full(_):
        raise TooManyWaiting

    monkeypatch.setattr(world.app.state.positions.mover, "move", full)
    answer = await world.post(bearer, "/v1/positions", {"cell": PLACES[0]})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
