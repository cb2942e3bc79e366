"""The queue: every open case with what it waits for, the longest urgent first."""

import logging
import re
from datetime import timedelta

import pytest
from tests.services.http.desking import Browser, sighted

from homeward.desk import Asking
from homeward.facts.watch import ClockLapsed
from homeward.messages import Actor
from homeward.record.envelope import read
from homeward.words import Role, case_code


async def say(world, stream, fact):
    async def nothing():
        return ()

    asking = Asking(Actor(id="escalation", role=Role.SYSTEM), f"{stream} {fact.at}", b"")
    await world.rooms.desk.submit(stream, asking, nothing, lambda _: (fact,))


def codes(page):
    return re.findall(r'data-item><span class="number">(.+?)</span>', page)


@pytest.fixture
async def browser(world):
    return await Browser(world).sign_in("officer:a-1:county")


async def test_an_unanswered_report_shows_its_level_and_its_clock(world, browser):
    case = (await world.raised("reporter:mother"))["case"]
    page = await browser.show("/duty")
    assert "The report waits for somebody to take it up: 0 min" in page
    assert "the duty desk was told; at 1 Mar 11:40 the county is told" in page
    world.store.clock.pass_s(700)
    now = world.rooms.clock.now()
    await say(world, f"escalation-{case}", ClockLapsed(case=case, at=now, level=1, waiting_s=600))
    page = await browser.show("/duty")
    assert "take it up: 11 min; the county was told; at 1 Mar 11:50 the province is told" in page
    await world.post("officer", f"/v1/cases/{case}/take-up", {"unit": "Linquan"})
    page = await browser.show("/duty")
    assert "take it up" not in page
    assert "Waits to be verified" in page
    assert "Nothing is urgent." in page


async def test_the_longest_urgent_is_first_and_what_is_not_urgent_is_last(world, browser):
    calm = (await world.verified())["case"]
    world.store.clock.pass_s(60)
    first = (await world.raised("reporter:one"))["case"]
    world.store.clock.pass_s(60)
    second = (await world.raised("reporter:two"))["case"]
    page = await browser.show("/duty")
    assert codes(page) == [case_code(one) for one in (first, second, calm)]
    assert "Urgent: 2" in page
    assert "<title>(2) Queue</title>" in page


async def test_each_thing_that_a_case_can_wait_for(world, browser):
    made = await world.issued(km=200)
    case, draft = made["case"], made["draft"]
    assert "Waits for a second person" in await browser.show("/duty")
    await sighted(world, case, 10)
    await world.enrolled("h-1", "hub")
    watch = await world.watched(case, "h-1", draft)
    page = await browser.show("/duty")
    assert "Sightings to judge: 1" in page
    assert "Hubs that nobody watches" not in page
    world.store.clock.pass_s(200)
    assert "Hubs that nobody watches: 1, the first for 0 min" in await browser.show("/duty")
    await world.post("officer", f"/v1/cases/{case}/watches/{watch}/acknowledge")
    assert "Hubs that nobody watches" not in await browser.show("/duty")
    await world.post(
        "officer", f"/v1/cases/{case}/watches/{watch}/stand-down", {"reason": "cannot-watch"}
    )
    assert "Hubs that nobody watches: 1" in await browser.show("/duty")
    digest = (await world.get("supervisor", f"/v1/cases/{case}/alerts/{draft}")).json()["digest"]
    body = {"digest": digest}
    await world.post("supervisor", f"/v1/cases/{case}/alerts/{draft}/approve", body)
    assert "Waits for a second person" not in await browser.show("/duty")
    world.store.clock.pass_s(3_600)
    assert "The alert expired" in await browser.show("/duty")
    await world.post("officer", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"})
    page = await browser.show("/duty")
    assert "those told do not know it yet" in page
    assert "Sightings to judge" not in page
    await world.post("officer", f"/v1/cases/{case}/close-out")
    assert "There is no open case." in await browser.show("/duty")


async def test_an_approval_that_runs_out_says_so_and_then_waits_again(world, browser):
    case = (await world.verified())["case"]
    body = {"severity": "extreme", "reach_km_max": 200, "expires_in_s": 7_200}
    made = (await world.post("officer", f"/v1/cases/{case}/alerts", body)).json()
    assert "Waits for a second person" in await browser.show("/duty")
    path = f"/v1/cases/{case}/alerts/{made['draft']}/approve"
    await world.post("supervisor", path, {"digest": made["digest"]})
    world.store.clock.pass_s(480)
    assert "A draft waits to be issued: 8 min; void in 2 min" in await browser.show("/duty")
    world.store.clock.pass_s(120)
    assert "Waits for a second person" in await browser.show("/duty")


async def test_the_queue_has_pages(world, browser):
    made = [(await world.raised(f"reporter:r-{one}"))["case"] for one in range(23)]
    first = codes(await browser.show("/duty"))
    assert 'href="/duty?page=2&amp;lang=en"' in browser.text
    second = codes(await browser.show("/duty?page=2"))
    assert sorted(first + second) == sorted(map(case_code, made))
    assert (len(first), len(second)) == (20, 3)
    heard = re.search(r'data-heard="([^"]*)"', browser.text)[1].split()
    assert len(heard) == len(set(heard)) == 23  # a new one sounds on whichever page it is


async def test_it_is_read_again_without_a_script_and_says_what_is_new(world, browser):
    page = await browser.show("/duty")
    again = re.search(r'http-equiv="refresh" content="(\d+);url=([^"]+)"', page)
    assert again[1] == str(world.rooms.settings.desk_refresh_s)
    assert 'data-heard=""' in page
    await world.raised("reporter:mother")
    page = await browser.show(again[2].replace("&amp;", "&"))
    before = re.search(r'data-heard="([^"]+)"', page)[1]
    assert 'aria-live="polite"' in page
    world.store.clock.pass_s(60)
    page = await browser.show("/duty?auto=1")
    assert re.search(r'data-heard="([^"]+)"', page)[1] == before, "only what is new sounds"


async def test_a_desk_of_helpers_sees_its_own_cases_and_what_nobody_verified(world):
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    own = (await world.raised("ngo:n-2:helpers"))["case"]
    foreign = (await world.raised("reporter:mother"))["case"]
    for one in (own, foreign):
        await world.post("officer", f"/v1/cases/{one}/verify", {"unit": "Linquan"})
    waiting = (await world.raised("reporter:father"))["case"]
    assert set(codes(await ngo.show("/duty"))) == {case_code(one) for one in (own, waiting)}


async def test_nothing_sealed_is_on_the_queue_nor_in_the_logs(world, browser, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    case = (await world.raised("reporter:mother"))["case"]
    await browser.show(f"/duty/cases/{case}?purpose=search")
    await browser.send("/facts", note="seen with a man in green")
    await browser.show("/duty/hand-over")
    await browser.send("/accept")
    page = await browser.show("/duty")
    sealed = ("Xiao Ming", "13800000000", "white van", "man in green", "hw_")
    assert [one for one in sealed if one in page] == []
    said = caplog.text + "".join(capsys.readouterr())
    assert [one for one in sealed if one in said] == []


# --- the hand-over -------------------------------------------------------------------------------


async def test_a_shift_signs_over_and_the_next_accepts(world, browser):
    case = (await world.raised("reporter:mother"))["case"]
    assert "Nobody has taken the duty." in await browser.show("/duty")
    await browser.show("/duty/hand-over")
    page = await browser.send("/hand-over/accept")
    assert "a-1, since 1 Mar 11:30" in page
    await browser.show("/duty/hand-over")
    page = await browser.send("/hand-over", note="call the coach station at 13:30")
    assert "You signed over" in page
    world.store.clock.pass_s(899)
    other = await Browser(world).sign_in("officer:a-2:county")
    assert "a-1 signed over 14 min ago; nobody has accepted." in other.text
    assert "for too long" not in other.text
    assert "13:30" not in other.text
    world.store.clock.pass_s(1)
    assert "Nobody accepted for too long!" in await other.show("/duty")
    page = await other.show("/duty/hand-over")
    assert "call the coach station at 13:30" in page
    assert page.count(case_code(case)) == 2
    page = await other.send("/hand-over/accept")
    assert "a-2, since 1 Mar 11:45" in page
    assert "signed over" not in page
    [handed] = await world.store.log.newest("duty.handed-over/1")
    assert read(handed).fact.cases == (case,)
    assert b"13:30" not in handed.envelope
    looks = [read(row) for row in await world.store.log.newest("access.note-read/1")]
    assert {one.by.id for one in looks} == {"a-1", "a-2"}
    assert {one.fact.handed for one in looks} == {read(handed).id}


async def test_only_who_is_on_duty_signs_over_and_they_may_take_it_back(world, browser):
    other = await Browser(world).sign_in("officer:a-2:county")
    await browser.show("/duty/hand-over")
    await browser.send("/hand-over/accept")
    await other.show("/duty/hand-over")
    assert not other.offers("/duty/hand-over")
    assert "has not signed over" in other.text
    form = browser
    await form.show("/duty/hand-over")
    await form.send("/hand-over", note="one")
    assert "Take it back" in form.text
    page = await form.send("/hand-over/accept")
    assert "a-1, since" in page
    await form.show("/duty/hand-over")
    await form.send("/hand-over", note="two")
    await other.show("/duty/hand-over")
    assert ">two</p>" in other.text


async def test_a_note_is_not_written_over_and_what_was_not_read_is_not_accepted(world, browser):
    other = await Browser(world).sign_in("officer:a-2:county")
    late = await Browser(world).sign_in("officer:a-3:county")
    await browser.show("/duty/hand-over")
    await browser.send("/hand-over/accept")
    await browser.show("/duty/hand-over")
    stale = browser.form("/duty/hand-over")
    await browser.send("/hand-over", note="one")
    fields = {**browser.form("/duty/out")["fields"], "note": "another"}
    page = await browser.post(stale["action"], fields, 409)
    assert "A hand-over waits already." in page
    await other.show("/duty/hand-over")
    await late.show("/duty/hand-over")
    await other.send("/hand-over/accept")
    page = await late.send("/hand-over/accept", 409)
    assert "Somebody took over meanwhile" in page
    assert "a-2, since" in page
    fields = {**browser.form("/duty/out")["fields"], "note": "a third"}
    page = await browser.post(stale["action"], fields, 403)
    assert "You are not on duty." in page


async def test_an_empty_or_endless_note_is_refused_and_poison_stays_text(world, browser):
    await browser.show("/duty/hand-over")
    await browser.send("/hand-over/accept")
    await browser.show("/duty/hand-over")
    page = await browser.send("/hand-over", 422, note=" ")
    assert "Nothing was written." in page
    page = await browser.send("/hand-over", note="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_shift_after_shift_the_newest_counts(world, browser):
    other = await Browser(world).sign_in("officer:a-2:county")
    await browser.show("/duty/hand-over")
    await browser.send("/hand-over/accept")
    for number in range(3):
        here, there = (browser, other) if number % 2 == 0 else (other, browser)
        await here.show("/duty/hand-over")
        await here.send("/hand-over", note=f"shift {number}")
        page = await there.show("/duty/hand-over")
        assert f"shift {number}" in page
        page = await there.send("/hand-over/accept")
        assert re.search(r"<p>a-\d, since", page)[0][3:6] == ("a-2" if number % 2 == 0 else "a-1")


async def test_each_organisation_has_a_desk_of_its_own(world, browser):
    await browser.show("/duty/hand-over")
    await browser.send("/hand-over/accept")
    other = await Browser(world).sign_in("officer:a-7:province")
    assert "Nobody has taken the duty." in other.text


async def test_where_the_clock_of_a_case_runs_the_queue_goes_by_it(world, browser):
    before = world.rooms.clock.now()
    await world.raised("reporter:mother")
    world.store.clock.pass_s(timedelta(hours=2).total_seconds())
    assert world.rooms.clock.now() - before == timedelta(hours=2)
    assert "take it up: 2 h 0 min" in await browser.show("/duty?auto=1")


async def test_it_stands_still_for_whoever_asks_for_that(world, browser):
    page = await browser.show("/duty")
    still = re.search(r'href="(/duty\?still=1[^"]+)"', page)[1].replace("&amp;", "&")
    page = await browser.show(still)
    assert "http-equiv" not in page
    assert "the page stands still" in page
    assert 'http-equiv="refresh"' in await browser.show("/duty?page=1")
