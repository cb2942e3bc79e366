"""The live map: cells, waves and counts in spans, read once however many look on."""

import asyncio
import json

import pytest

from homeward.desk import Asking
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import cells_from, to_bytes
from homeward.http import feeds
from homeward.messages import Actor
from homeward.ports import LogUnavailable
from homeward.words import Role, Severity

CELLS = ("8740b059affffff", "8740b059bffffff", "8740b0598ffffff")


async def widen(world, case, wave, *cells):
    """Say what the reach processor says."""
    at = world.rooms.clock.now()
    fact = ReachWidened(
        case=case["case"],
        at=at,
        alert=1,
        version=1,
        wave=wave,
        policy="circles",
        severity=Severity.EXTREME,
        elapsed_s=60,
        radius_m=1_000 * (wave + 1),
        focus=CELLS[0],
        reach_km_max=30,
        texts_of=case["draft"],
        expires_at=at,
        cell_count=len(cells),
        cells=to_bytes(cells_from(cells)),
    )

    async def nothing():
        return ()

    asking = Asking(Actor(id="reach", role=Role.SYSTEM), f"wave-{wave}", b"")
    await world.rooms.desk.submit(f"reach-{case['case']}", asking, nothing, lambda _: (fact,))


async def on_map(live, what):
    while True:
        said = json.loads((await live.event("map"))["data"])
        if said["what"] == what:
            return said


async def heard(live, kind):
    while json.loads((await live.event())["data"])["kind"] != kind:
        pass


@pytest.fixture
def counted(world, monkeypatch):
    """Lets the ledger say what a test wants."""
    says = {}

    async def counts(_, case):
        return {
            place: {
                **dict.fromkeys(("leased", "failed", "expired", "withdrawn", "unknown"), 0),
                **found,
            }
            for place, found in says.items()
        }

    monkeypatch.setattr(type(world.store.ledger), "counts", counts)
    monkeypatch.setattr(feeds, "COUNT_S", 0.02)
    return says


async def test_first_how_it_stands_then_each_wave_with_its_new_cells(world, listen):
    case = await world.issued()
    await widen(world, case, 0, CELLS[0])
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    snapshot = await on_map(live, "snapshot")
    assert (snapshot["state"], snapshot["version"], snapshot["waves"]) == ("live", 1, 1)
    first = await on_map(live, "wave")
    assert (first["wave"], first["cells"]) == (0, [CELLS[0]])
    await widen(world, case, 1, *CELLS[1:])
    second = await on_map(live, "wave")
    assert (second["wave"], second["radius_m"], second["cells"]) == (1, 2_000, sorted(CELLS[1:]))


async def test_who_comes_back_gets_only_the_waves_they_miss(world, listen):
    case = await world.issued()
    await widen(world, case, 0, CELLS[0])
    path, headers = f"/v1/cases/{case['case']}/live", await world.headers("officer")
    live = listen(path, headers)
    event = await live.event()
    while json.loads(event["data"])["kind"] != "reach.widened/1":
        event = await live.event()
    await live.leave()
    await widen(world, case, 1, CELLS[1])
    again = listen(path, {**headers, "Last-Event-ID": event["id"]})
    assert (await on_map(again, "snapshot"))["waves"] == 2
    assert (await on_map(again, "wave"))["wave"] == 1
    assert json.loads((await again.event())["data"])["what"]["wave"] == 1


async def test_an_end_is_on_the_map(world, listen):
    case = await world.issued()
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    await on_map(live, "snapshot")
    cancel = f"/v1/cases/{case['case']}/cancel"
    assert (await world.post("officer", cancel, {"reason": "false"})).status_code == 200
    assert (await on_map(live, "alert"))["state"] == "cancelled"


async def test_it_ends_with_a_hold_for_all_but_supervisors(world, listen):
    case = await world.raised("reporter")
    path = f"/v1/cases/{case['case']}"
    desks = [listen(f"{path}/live", await world.headers(who)) for who in ("ngo", "officer")]
    seen = listen(f"{path}/live", await world.headers("supervisor"))
    for one in (*desks, seen):
        await heard(one, "case.raised/1")
    more = {"protection_order": True, "note": "He was told to stay away"}
    assert (await world.post("reporter", f"{path}/facts", more)).status_code == 200
    await heard(seen, "hold.placed/1")
    for one in desks:
        async with asyncio.timeout(30):
            await asyncio.shield(one.task)
        left = one._text + "".join(one.pieces.get_nowait() for _ in range(one.pieces.qsize()))
        assert "facts-added" not in left
        assert "hold.placed" not in left


async def test_counts_are_spans_for_all_but_auditors_and_change_as_it_goes_on(
    world, listen, counted
):
    case = await world.issued()
    counted["alert", 1, 0] = {"people": 30_000, "accepted": 7, "pending": 29_993}
    path = f"/v1/cases/{case['case']}/live"
    seen = {
        who: listen(path, await world.headers(who)) for who in ("officer", "coordinator", "auditor")
    }
    for who, live in seen.items():
        told = await on_map(live, "told")
        exact = who == "auditor"
        assert told["waves"][0]["people"] == (30_000 if exact else "20,000-50,000")
        assert told["total"]["alert"]["accepted"] == (7 if exact else "1-20")
        assert told["total"]["alert"]["failed"] == (0 if exact else "0")
    counted["alert", 1, 0] = {"people": 30_000, "accepted": 10_007, "pending": 19_993}
    told = await on_map(seen["officer"], "told")
    assert told["total"]["alert"]["accepted"] == "10,000-20,000"
    assert told["total"]["alert"]["pending"] == "10,000-20,000"


async def test_nothing_on_the_map_says_where_or_who_anybody_is(world, listen):
    case = await world.issued()
    await world.enrolled("v-secret")
    await widen(world, case, 0, CELLS[0])
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    await on_map(live, "told")
    assert "v-secret" not in live._text


async def test_many_streams_ask_the_store_as_often_as_one(world, listen, settings):
    case = await world.issued()
    path, headers = f"/v1/cases/{case['case']}/live", await world.headers("officer")
    world.rooms.settings.__dict__["stream_beat_s"] = 15
    asked = {}

    async def calls_of(readers):
        streams = [listen(path, headers) for _ in range(readers)]
        await asyncio.gather(*(one.event() for one in streams))
        calls, before = world.store.calls, world.store.calls.count
        for number in range(5):
            said = {"note": f"{readers} {number}"}
            await world.post("officer", f"/v1/cases/{case['case']}/facts", said)
            event = (None, None)
            for one in streams:
                event = await one.event()
                while "facts-added" not in event["data"]:
                    event = await one.event()
        asked[readers] = calls.count - before
        for one in streams:
            await one.leave()

    await calls_of(1)
    await calls_of(100)
    assert asked[100] <= asked[1] * 2


async def test_who_fell_behind_the_shared_lines_misses_nothing(world, listen, monkeypatch):
    monkeypatch.setattr(feeds, "KEPT_MAX", 4)
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    live = listen(f"{path}/live", await world.headers("officer"))
    await live.event()
    held, going = live._send, asyncio.Event()

    async def slowly(message):
        await going.wait()
        await held(message)

    live._send = slowly
    for number in range(30):
        await world.post("officer", f"{path}/facts", {"note": f"n{number}"})
        await asyncio.sleep(0)
    going.set()
    found = [int((await live.event())["id"]) for _ in range(30)]
    assert found == list(range(found[0], found[0] + 30))


async def test_the_reading_ends_with_the_last_reader(world, listen):
    case = await world.raised()
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    await live.event()
    assert world.app.state.feeds._feeds
    await live.leave()
    assert not world.app.state.feeds._feeds
    assert world.app.state.feeds._task is None


async def test_an_outage_of_the_store_is_waited_out_by_every_reader(world, listen, monkeypatch):
    monkeypatch.setattr(feeds, "AWAY_S", 0.01)
    case = await world.raised()
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    await live.event()
    log, size = type(world.store.log), type(world.store.log).size
    away = asyncio.Event()

    async def gone(_):
        away.set()
        raise LogUnavailable

    monkeypatch.setattr(log, "size", gone)
    await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "meanwhile"})
    await away.wait()
    monkeypatch.setattr(log, "size", size)
    assert json.loads((await live.event())["data"])["kind"] == "case.facts-added/1"
