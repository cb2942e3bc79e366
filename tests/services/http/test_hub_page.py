"""A hub's page: why here, until when, and what can be tapped; the desk's when nobody is there."""

import re
from datetime import timedelta

import h3
import pytest
from tests.services.http.looking import FORM, shown

from homeward.facts.sighting import SightingReported
from homeward.record.envelope import read
from homeward.words import Mode

BOTH = ("en", "zh-Hans")


async def ordered(world, who="h-1", kind="hub", after_min=10, **more):
    """A hub is ordered to watch, and somebody is told of it; return case, watch and page."""
    case = await world.issued()
    await world.enrolled("h-1", "hub")
    now = world.rooms.clock.now()
    begin = now + timedelta(minutes=after_min)
    window = {"window_from": begin, "window_to": begin + timedelta(minutes=45)}
    watch = await world.watched(case["case"], "h-1", case["draft"], **window, **more)
    bearer = await world.enrolled(who, kind)
    await world.told(who, case["case"], case["draft"], "watch", watch=watch, **window)
    return case["case"], watch, f"/i/{who}/{bearer.rpartition('.')[2]}"


async def tap(world, path, what, case, watch, **more):
    page = await shown(world, path)
    said = {"form": FORM.search(page)[1], "case": case, "watch": watch, **more}
    return await world.http.post(f"{path}/{what}", data=said)


async def newest(world, kind):
    return [read(row).fact for row in await world.store.log.newest(kind)]


@pytest.mark.parametrize("lang", BOTH)
async def test_it_says_how_they_may_come_how_soon_and_until_when(world, lang):
    _, _, path = await ordered(world)
    page = await shown(world, f"{path}?lang={lang}")
    for said in {
        "en": (
            "They may arrive here by road, at 1 Mar 11:40 at the earliest.",
            "Reckoned from when they were last seen: 1 Mar 11:00.",
            "<strong>1 Mar 11:40–12:25</strong>",
        ),
        "zh-Hans": (
            "可能乘汽车到这里，最早 3月1日 11:40。",
            "从最后见到的时间推算：3月1日 11:00。",
            "<strong>3月1日 11:40–12:25</strong>",
        ),
    }[lang]:
        assert said in page
    assert {"en": "Missing: ", "zh-Hans": "寻人："}[lang] in page  # what to look for, as approved


@pytest.mark.parametrize("mode", list(Mode), ids=str)
@pytest.mark.parametrize("lang", BOTH)
async def test_who_may_be_there_already_is_said_to_be(world, lang, mode):
    _, _, path = await ordered(world, after_min=0, mode=mode)
    page = await shown(world, f"{path}?lang={lang}")
    assert {"en": "They may be here already", "zh-Hans": "可能已经"}[lang] in page
    read = re.sub(r"<[^>]*>", " ", page)  # links hold chance letters, at times these
    assert not re.search(r"by-\w+|why-", read)


@pytest.mark.parametrize(
    ("kind", "mode", "english", "chinese"),
    [
        (
            "road-terminal", Mode.VEHICLE,
            "having come by coach or car. Look at those who get off, and at those who wait",
            "可能已经乘客车或小汽车到了这里。请看下车的人，也看候车的人。",
        ),
        (
            "airport", Mode.UNKNOWN,
            "having come by air or any other way. Look at arrivals, and at departures.",
            "可能已经乘飞机或以其他方式到了这里。请看到达的人，也看出发的人。",
        ),
        ("airport", Mode.VEHICLE, "by road. Look at arrivals", "乘汽车到了这里。请看到达"),
        ("port", Mode.VEHICLE, "by road or by ship. Look at those who come ashore", "乘汽车或乘船"),
        ("rail", Mode.RAIL, "by rail. Look at those who get off", "乘火车到了这里。请看出站"),
        ("service-area", Mode.VEHICLE, "by road. Reckoned from", "乘汽车到了这里。从最后"),
    ],
)  # fmt: skip
async def test_by_what_they_may_come_and_where_to_look_follows_from_the_kind_of_hub(
    world, kind, mode, english, chinese
):
    _, _, path = await ordered(world, after_min=0, mode=mode, hub_kind=kind)
    assert english in await shown(world, f"{path}?lang=en")
    assert chinese in await shown(world, f"{path}?lang=zh-Hans")


async def test_a_credible_sighting_is_what_it_is_reckoned_from(world):
    case = await world.issued()
    bearer = await world.enrolled("h-1", "hub")
    now = world.rooms.clock.now()
    place = {"lat": 33.2, "lon": 115.3, "datum": "wgs84"}
    body = {"seen_at": (now - timedelta(minutes=7)).isoformat(), "place": place}
    told = await world.post("officer", f"/v1/cases/{case['case']}/sightings", body)
    await world.post("coordinator", f"/v1/sightings/{told.json()['sighting']}/accept", {})
    watch = await world.watched(case["case"], "h-1", case["draft"])
    await world.told("h-1", case["case"], case["draft"], "watch", watch=watch)
    page = await shown(world, f"/i/h-1/{bearer.rpartition('.')[2]}")
    assert "Reckoned from a credible sighting: 1 Mar 11:23." in page
    assert "33.2" not in page


async def test_seen_is_a_sighting_at_the_hub_and_needs_no_other_acknowledgement(world):
    case, watch, path = await ordered(world)
    answer = await tap(world, path, "seen", case, watch, note="red jacket, with a man")
    assert answer.status_code == 303, answer.text
    [fact] = await newest(world, "sighting.reported/1")
    assert isinstance(fact, SightingReported)
    hub = await world.store.roster.get("h-1")
    assert h3.cell_to_parent(hub.recipient.cells[0], 9) == fact.cell
    assert fact.seen_at == world.rooms.clock.now()
    assert len(await newest(world, "watch.acknowledged/1")) == 1
    page = await shown(world, path)
    assert "You said that you saw them (1 Mar 11:30); it has arrived." in page
    assert "Received, we are watching</button>" not in page


async def test_a_double_tap_is_one_sighting(world):
    case, watch, path = await ordered(world)
    page = await shown(world, path)
    said = {"form": FORM.search(page)[1], "case": case, "watch": watch, "note": ""}
    for _ in range(2):
        assert (await world.http.post(f"{path}/seen", data=said)).status_code == 303
    assert len(await newest(world, "sighting.reported/1")) == 1


async def test_they_did_not_come_is_offered_once_the_window_began(world):
    _, _, early = await ordered(world)
    page = await shown(world, early)
    assert "We watched, they did not come" not in page
    assert "We cannot watch" in page


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("not-here", "Ended: they did not come. Thank you."),
        ("cannot-watch", "Ended; the duty desk was told."),
    ],
)
async def test_a_hub_ends_its_watch_and_says_why(world, reason, said):
    case, watch, path = await ordered(world, after_min=0)
    answer = await tap(world, path, "stand-down", case, watch, reason=reason)
    assert answer.status_code == 303, answer.text
    assert [one.reason for one in await newest(world, "watch.stood-down/1")] == [reason]
    page = await shown(world, path)
    assert said in page
    assert "<button" not in page
    listed = (await world.get("officer", f"/v1/cases/{case}/watches")).json()["items"]
    assert [(one["status"], one["ended_for"]) for one in listed] == [("stood-down", reason)]


@pytest.mark.parametrize("reason", ["", "bored", "over"])
async def test_a_watch_ends_for_no_other_reason(world, reason):
    case, watch, path = await ordered(world)
    assert (await tap(world, path, "stand-down", case, watch, reason=reason)).status_code == 422
    assert await newest(world, "watch.stood-down/1") == []


@pytest.mark.parametrize("what", ["seen", "stand-down", "acknowledge"])
async def test_a_hub_speaks_for_no_other_hub(world, what):
    case, watch, _ = await ordered(world)
    bearer = await world.enrolled("h-2", "hub")
    path = f"/i/h-2/{bearer.rpartition('.')[2]}"
    own, _, own_path = await ordered(world)  # a form that the server signed, of another page
    page = await shown(world, own_path)
    said = {"form": FORM.search(page)[1], "case": case, "watch": watch, "reason": "not-here"}
    answer = await world.http.post(f"{path}/{what}", data=said)
    assert answer.status_code in {404, 409}
    assert own != case
    assert await newest(world, "watch.stood-down/1") == []


@pytest.mark.parametrize(("why", "hub", "desk"), [
    ("closed", "closed then, so the duty desk was told", "nobody may read this. Send somebody."),
    ("off-duty", "nobody is on duty now, so the duty desk", "nobody is on duty at the hub. Call"),
])  # fmt: skip
async def test_where_silence_is_to_be_expected_hub_and_desk_read_why(world, why, hub, desk):
    case, _, path = await ordered(world, unattended=why)
    assert hub in await shown(world, path)
    _, _, path = await ordered(world, "d-1", "desk", unattended=why)
    page = await shown(world, path)
    assert desk in page
    assert "Hub: Linquan station" in page
    [listed] = (await world.get("officer", f"/v1/cases/{case}/watches")).json()["items"]
    assert (listed["unattended"], listed["mode"]) == (why, "vehicle")


async def test_a_desk_reads_of_a_hub_that_cannot_watch_as_long_as_it_is_live(world):
    case, watch, desk = await ordered(world, "d-1", "desk")
    token = world.store.key_ring.token("inbox", "h-1")
    body = {"reason": "cannot-watch"}
    path = f"/v1/cases/{case}/watches/{watch}/stand-down"
    assert (await world.post(f"hi_h-1.{token}", path, body)).status_code == 200
    page = await shown(world, desk)
    assert "The hub says that it cannot watch. Send somebody." in page
    assert page.count('<article class="live"') == 1
    await world.post("officer", f"/v1/cases/{case}/cancel", {"reason": "false"})
    assert '<article class="live"' not in await shown(world, desk)


async def test_a_desk_reads_of_every_hub_that_is_silent(world):
    case, watch, path = await ordered(world, "d-1", "desk")
    await world.enrolled("h-2", "hub")
    draft = (await newest(world, "hubs.watch-ordered/1"))[0].texts_of
    second = await world.watched(case, "h-2", draft)
    await world.told("d-1", case, draft, "watch", watch=second, version=2)
    page = await shown(world, path)
    assert page.count('<article class="live"') == 2
    assert watch != second
