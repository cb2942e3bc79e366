"""A hub's page once news has moved its window: what it shows, and what must be tapped again."""

from datetime import timedelta

import pytest
from tests.services.http.looking import FORM, shown

from homeward.desk import Asking
from homeward.messages import Actor
from homeward.record.envelope import read
from homeward.words import Role, derived_id

ACK = "Received, we are watching</button>"


async def newest(world, kind):
    return [read(row).fact for row in await world.store.log.newest(kind)]


async def ordered(world):
    case = await world.issued()
    bearer = await world.enrolled("h-1", "hub")
    watch = await world.watched(case["case"], "h-1", case["draft"])
    await tell(world, (await newest(world, "hubs.watch-ordered/1"))[0])
    return case["case"], watch, f"/i/h-1/{bearer.rpartition('.')[2]}"


async def tell(world, order):
    window = {"window_from": order.window_from, "window_to": order.window_to}
    said = {"watch": order.watch, "version": order.version + 10 * (order.moved or 0)}  # of its id
    await world.told("h-1", order.case, order.texts_of, "watch", **window, **said)


async def move(world, by_min):
    """Order the watch anew, as the hubs processor does after news, without telling anybody yet."""
    order = (await newest(world, "hubs.watch-ordered/1"))[0]
    by = timedelta(minutes=by_min)
    fact = order.model_copy(
        update={
            "moved": (order.moved or 0) + 1,
            "window_from": order.window_from + by,
            "window_to": order.window_to + by,
        }
    )

    async def nothing():
        return ()

    asking = Asking(Actor(id="hubs", role=Role.SYSTEM), derived_id("x", fact.moved), b"")
    await world.rooms.desk.submit(f"hubs-{order.case}", asking, nothing, lambda _: (fact,))
    return fact


async def acknowledge(world, path, case, watch, page):
    fields = {"form": FORM.search(page)[1], "case": case, "watch": watch}
    moved = page.partition('name="moved" value="')[2].partition('"')[0]
    said = {**fields, "moved": moved}
    return await world.http.post(f"{path}/acknowledge", data=said)


@pytest.mark.parametrize("told", [False, True], ids=["not told yet", "told"])
async def test_the_page_shows_the_new_window_and_asks_to_acknowledge_it_again(world, told):
    case, watch, path = await ordered(world)
    page = await shown(world, path)
    assert "<strong>1 Mar 11:40–12:10</strong>" in page
    assert (await acknowledge(world, path, case, watch, page)).status_code == 303
    assert ACK not in await shown(world, path)
    order = await move(world, 45)
    if told:
        await tell(world, order)
    page = await shown(world, path)
    assert "<strong>1 Mar 12:25–12:55</strong>" in page
    assert "11:40–12:10" not in page
    assert page.count(ACK) == 1
    assert page.count('<article class="live"') == 1
    assert (await acknowledge(world, path, case, watch, page)).status_code == 303
    assert ACK not in await shown(world, path)
    assert len(await newest(world, "watch.acknowledged/1")) == 2


async def test_who_taps_on_a_page_of_before_has_not_acknowledged_the_new_window(world):
    case, watch, path = await ordered(world)
    page = await shown(world, path)
    await move(world, 45)
    assert (await acknowledge(world, path, case, watch, page)).status_code == 303
    assert await newest(world, "watch.acknowledged/1") == []
    assert ACK in await shown(world, path)


async def test_a_moved_watch_is_listed_once_and_waits(world):
    case, watch, path = await ordered(world)
    await acknowledge(world, path, case, watch, await shown(world, path))
    [before] = (await world.get("officer", f"/v1/cases/{case}/watches")).json()["items"]
    await move(world, 45)
    [after] = (await world.get("officer", f"/v1/cases/{case}/watches")).json()["items"]
    assert (before["status"], after["status"]) == ("acknowledged", "ordered")
    assert after["acknowledged_at"] is None
    assert after["watch"] == before["watch"]
    assert after["window_from"] > before["window_from"]
