"""The recipient's page: what somebody reads and taps, and what is gone when it is over."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.services.http.looking import FORM, shown, sound

from homeward.desk import Asking
from homeward.facts.hub import WatchReleased
from homeward.facts.watch import WatchLapsed
from homeward.messages import Actor
from homeward.record.envelope import read
from homeward.words import Role

NIGHT = datetime(2026, 3, 1, 15, 50, tzinfo=UTC)  # 23:50 in Beijing


async def letter(world, who="v-1", kind="volunteer", purpose="alert", **more):
    """Tell somebody of an alert, and return the case and the path of their page."""
    case = await world.issued()
    bearer = await world.enrolled(who, kind, **more)
    await world.told(who, case["case"], case["draft"], purpose)
    return case, f"/i/{who}/{bearer.rpartition('.')[2]}"


async def test_a_volunteer_sees_where_when_and_whom_to_look_for(live_world):
    case, path = await letter(live_world)
    for lang, said in (
        ("en", ("Missing: Xiao Ming, boy, 2", "the alley behind the market", "red jacket")),
        ("zh-Hans", ("寻人：Xiao Ming，男孩，2岁", "2026-03-01 11:00最后出现于", "只观察，勿靠近")),
    ):
        page = await shown(live_world, f"{path}?lang={lang}")
        for one in (*said, "tel:110", f'<span class="number">{case["code"]}</span></p>'):
            assert one in page, one
        assert not re.search("演练|DRILL|Drill", page)


async def test_an_older_version_gives_way_to_the_newer_one(live_world):
    case, path = await letter(live_world)
    await live_world.told("v-1", case["case"], case["draft"], version=2)
    page = await shown(live_world, path)
    assert page.count("red jacket") == page.count('<article class="live"') == 1
    assert page.index("red jacket") < page.index("See the newer message above")


@pytest.mark.parametrize(
    ("act", "body", "said"),
    [
        ("cancel", {"reason": "false"}, "The alert was taken back; please stop"),
        ("resolve", {"outcome": "found-safe"}, "It is over; please stop"),
    ],
)
async def test_when_it_is_over_nobody_is_described_any_more(live_world, act, body, said):
    case, path = await letter(live_world)
    assert "red jacket" in await shown(live_world, path)
    await live_world.post("officer", f"/v1/cases/{case['case']}/{act}", body)
    page = await shown(live_world, path)
    assert said in page
    for gone in ("red jacket", "the alley", "<button", 'class="live"'):
        assert gone not in page, gone


async def test_an_answer_is_said_back_with_its_minutes_and_can_be_changed(world):
    case, path = await letter(world)
    page = await shown(world, path)
    assert "<details>" not in page
    said = {"form": FORM.search(page)[1], "case": case["case"], "answer": "coming", "minutes": "30"}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 303
    page = await shown(world, path)
    assert "Your answer: coming, there within 30 min" in page
    assert page.index("Change your answer</summary>") < page.index('value="cannot"')


async def test_a_page_with_an_error_leads_back_to_the_page(world):
    _, path = await letter(world)
    assert f'content="30; url={path}?lang=en"' in await shown(world, path)
    answer = await world.http.post(f"{path}/answer?lang=zh-Hans", data={"form": "1.a.b"})
    sound(answer.text)
    assert answer.status_code == 409
    assert f'content="60; url={path}?lang=zh-Hans"' in answer.text


async def watched(world, who="h-1", kind="hub", **more):
    case = await world.issued()
    await world.enrolled("h-1", "hub")
    window = {"window_from": NIGHT, "window_to": NIGHT + timedelta(minutes=50)}
    watch = await world.watched(case["case"], "h-1", case["draft"], **window)
    bearer = await world.enrolled(who, kind, **more)
    await world.told(who, case["case"], case["draft"], "watch", watch=watch, **window)
    return case, watch, f"/i/{who}/{bearer.rpartition('.')[2]}"


async def said_by(world, stream, fact):
    async def nothing():
        return ()

    asking = Asking(Actor(id="hubs", role=Role.SYSTEM), stream, b"")
    await world.rooms.desk.submit(stream, asking, nothing, lambda _: (fact,))


@pytest.mark.parametrize(
    ("zone", "window"),
    [
        ("Asia/Shanghai", "1 Mar 23:50–2 Mar 00:40"),
        ("Asia/Ho_Chi_Minh", "1 Mar 22:50–23:40 (UTC+07:00)"),
    ],
)
async def test_a_watch_says_its_day_and_the_hubs_own_time(world, zone, window):
    _, _, path = await watched(world, zone=zone)
    page = await shown(world, path)
    assert f"<strong>{window}</strong>" in page
    assert page.index("Received, we are watching</button>") < page.index("Last seen")


async def test_a_watch_that_is_released_is_not_live(world):
    case, watch, path = await watched(world)
    at = world.rooms.clock.now()
    said = {"watch": watch, "hub": "h-1", "alert": 1, "version": 1, "reason": "passed"}
    fact = WatchReleased(case=case["case"], at=at, **said)
    await said_by(world, f"hubs-{case['case']}-2", fact)
    await world.told("h-1", case["case"], case["draft"], "stand-down", watch=watch)
    page = await shown(world, path)
    assert page.count('<article class="over"') == 2
    assert "The watch is over." in page
    assert "<button" not in page


async def test_a_desk_reads_who_is_silent_and_has_no_button_that_refuses(world):
    case, watch, path = await watched(world, "d-1", "desk")
    fact = WatchLapsed(
        case=case["case"],
        at=world.rooms.clock.now(),
        watch=watch,
        hub="h-1",
        alert=1,
        version=1,
        contact=1,
        to_desk=True,
        texts_of=case["draft"],
        next_at=None,
    )
    await said_by(world, f"escalation-{case['case']}", fact)
    page = await shown(world, path)
    assert "has not acknowledged it. Please call them." in page
    assert "<button" not in page
    assert "tel:110" not in page


async def test_a_desk_reads_when_a_report_waits_no_more(world):
    case = await world.raised("reporter:mother")
    bearer = await world.enrolled("d-1", "desk")
    [row] = await world.store.log.newest("case.raised/1")
    await world.told("d-1", case["case"], read(row).id, "clock")
    path = f"/i/d-1/{bearer.rpartition('.')[2]}"
    page = await shown(world, path)
    assert "Take it up now" in page
    assert "version 0" not in page
    await world.post("officer", f"/v1/cases/{case['case']}/take-up", {"unit": "Linquan PSB"})
    page = await shown(world, path)
    assert "With Linquan PSB" in page
    assert "Take it up now" not in page
