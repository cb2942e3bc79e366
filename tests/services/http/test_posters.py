"""A public link of a case: published and taken back by officers, used by strangers, flooded."""

import asyncio
import re
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.services.http.desking import Browser
from tests.services.http.looking import BROWSER, FORM, shown
from tests.services.http.test_witness import ENDS, SAID, ends, opened, reported, send

from homeward.words import Role, case_code


async def published(world, who="officer"):
    """Return a case with a live alert and the path of its public link."""
    case = (await world.issued())["case"]
    answer = await world.post(who, f"/v1/cases/{case}/poster")
    assert answer.status_code == 201, answer.text
    return case, urlsplit(answer.json()["link"]).path


def from_address(world, address):
    transport = httpx2.ASGITransport(app=world.app, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://homeward.test")


async def tell(world, path, address, form=None, **typed):
    """Send what a stranger saw from an address; return the answer."""
    async with from_address(world, address) as http:
        page = form or (await http.get(f"{path}?lang=en")).text
        said = {"form": FORM.search(page)[1], **SAID, **typed}
        return await http.post(f"{path}?lang=en", data=said, headers=BROWSER)


async def test_a_stranger_says_what_they_saw_and_it_waits_to_be_judged(world):
    case, path = await published(world)
    page = await shown(world, f"{path}?lang=en")
    assert case_code(case) in page
    for part in ("alley", "market", "Xiao Ming", "Linquan", "11:00", "red jacket"):
        assert part not in page
    to = await send(world, path)
    assert "It has arrived." in await shown(world, to)
    [one] = await reported(world, case)
    assert (one.by.role, one.by.auth, one.fact.source) == (Role.REPORTER, "poster", Role.REPORTER)
    [seen] = await opened(world, case)
    assert (seen["teller"], seen["status"]) == ("public", "reported")
    assert "beside the blue kiosk" in seen["note"]
    page = await shown(world, f"{path}?lang=en")
    assert [part for part in ("33.17", "kiosk", "139000") if part in page] == []


async def test_two_strangers_are_two_and_one_who_sends_twice_is_one(world):
    case, path = await published(world)
    page = await shown(world, f"{path}?lang=en")
    assert await send(world, path, form=page) == await send(world, path, form=page)
    await send(world, path)
    told = await reported(world, case)
    assert len({one.by.id for one in told}) == len(told) == 2


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_it_is_said_in_every_language(world, lang):
    _, path = await published(world)
    page = await shown(world, f"{path}?lang={lang}")
    assert {"en": "Certain", "zh-Hans": "确定是", "zh-Hant": "確定是"}[lang] in page


async def test_only_the_police_publish_it_and_only_while_an_alert_is_live(world):
    case = (await world.verified())["case"]
    answer = await world.post("officer", f"/v1/cases/{case}/poster")
    assert (answer.status_code, answer.json()["code"]) == (409, "alert-not-live")
    case = (await world.issued())["case"]
    for who in ("coordinator", "ngo", "volunteer:v-1", "auditor", "reporter:mother"):
        assert (await world.post(who, f"/v1/cases/{case}/poster")).status_code in {403, 404}
        assert (await world.get(who, f"/v1/cases/{case}/poster")).status_code in {403, 404}
    assert (await world.get("officer", f"/v1/cases/{case}/poster")).json() == {"link": None}


async def test_of_two_who_publish_at_once_both_get_the_one_link(world):
    case = (await world.issued())["case"]
    path = f"/v1/cases/{case}/poster"
    answers = await asyncio.gather(
        *(world.post(f"officer:a-{one}:county", path) for one in range(4))
    )
    links = {one.json()["link"] for one in answers}
    assert len(links) == 1
    kinds = [one.kind for one in await world.rooms.desk.case_facts(case)]
    assert kinds.count("poster.opened/1") == 1


async def test_taken_back_it_takes_nothing_and_another_one_is_another(world):
    case, path = await published(world)
    form = await shown(world, f"{path}?lang=en")
    closed = await world.post("officer", f"/v1/cases/{case}/poster/close")
    assert [one["kind"] for one in closed.json()["facts"]] == ["poster.closed/1"]
    again = await world.post("officer", f"/v1/cases/{case}/poster/close")
    assert again.json()["facts"] == []
    assert "Nothing is taken by this link now." in await shown(world, f"{path}?lang=en", 410)
    await send(world, path, 410, form=form)
    other = await world.post("officer", f"/v1/cases/{case}/poster")
    assert urlsplit(other.json()["link"]).path != path
    await shown(world, f"{path}?lang=en", 410)
    await send(world, urlsplit(other.json()["link"]).path)
    assert len(await reported(world, case)) == 1


async def test_it_outlives_the_alerts_expiry(world):
    case, path = await published(world)
    world.store.clock.pass_s(7_200)
    await send(world, path)
    assert len(await reported(world, case)) == 1


@pytest.mark.parametrize("how", ENDS)
async def test_after_the_end_it_is_over_and_the_same_for_each_end(world, how):
    case, path = await published(world)
    form = await shown(world, f"{path}?lang=en")
    await ends(world, case, how)
    page = await shown(world, f"{path}?lang=en", 410)
    assert (await send(world, path, 410, form=form)).text == page
    assert "This search is over." in page
    spoken = re.sub(r"<[^>]+>", "", page)
    assert [one for one in (case_code(case), "found", how) if one in spoken] == []
    assert await reported(world, case) == []


async def test_a_reopened_case_takes_again_but_not_what_was_taken_down(world):
    case, path = await published(world)
    for how, status in (("resolved", 200), ("de-published", 410)):
        await ends(world, case, how)
        await world.post("officer", f"/v1/cases/{case}/reopen", {"reason": "by-mistake"})
        await shown(world, f"{path}?lang=en", status)


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 101])
async def test_what_is_no_link_is_not_found_whatever_case_it_names(world, token):
    case, path = await published(world)
    code = case_code(case)
    for one in (f"/s/{code}/{token}", f"/s/AAAA-AAAA/{path.rpartition('/')[2]}"):
        assert "Open the whole link" in await shown(world, f"{one}?lang=en", 404)


async def test_a_flood_from_one_address_is_429_and_others_come_through(world):
    case, path = await published(world)
    other, there = await published(world)
    for _ in range(10):
        assert (await tell(world, path, "192.0.2.1")).status_code == 303
    refused = await tell(world, path, "192.0.2.1")
    assert refused.status_code == 429
    assert 3_590 <= int(refused.headers["retry-after"]) <= 3_600
    assert "a red jacket, with a tall man</textarea>" in refused.text
    assert (await tell(world, path, "192.0.2.2")).status_code == 303
    assert (await tell(world, there, "192.0.2.1")).status_code == 303
    assert len(await reported(world, case)) == 11
    assert len(await reported(world, other)) == 1


async def test_a_stranger_does_not_find_out_a_corrected_time(world):
    case = (await world.issued())["case"]
    later = {"at": "2026-03-01T03:25:00Z"}
    answer = await world.post("officer", f"/v1/cases/{case}/poster")
    path = urlsplit(answer.json()["link"]).path
    assert (await world.post("officer", f"/v1/cases/{case}/last-seen", later)).is_success
    day_before = {"seen_date": "2026-02-28", "seen_time": "11:10"}
    assert (await tell(world, path, "192.0.2.1", **day_before)).status_code == 303
    too_early = {"seen_date": "2026-02-28", "seen_time": "10:50"}
    codes = [(await tell(world, path, "192.0.2.1", **too_early)).status_code for _ in range(10)]
    assert codes == [422] * 9 + [429], "a try that is refused counts"


async def test_a_flood_from_one_network_is_one_address(world):
    _, path = await published(world)
    for one in range(10):
        assert (await tell(world, path, f"2001:db8:1:2::{one:x}")).status_code == 303
    assert (await tell(world, path, "2001:db8:1:2:ffff::1")).status_code == 429
    assert (await tell(world, path, "2001:db8:1:3::1")).status_code == 303


async def test_a_flood_from_many_addresses_leaves_room_for_who_was_told(world):
    case, path = await published(world)
    world.app.state.sighting_rates.of_strangers.at_most = 3
    codes = [(await tell(world, path, f"192.0.2.{one}")).status_code for one in range(6)]
    assert codes == [303] * 3 + [429] * 3
    await world.enrolled("v-1")
    await world.told("v-1", case, case)
    who = f"hi_v-1.{world.store.key_ring.token('inbox', 'v-1')}"
    body = {
        "seen_at": "2026-03-01T03:20:00Z",
        "place": {"lat": 33.17, "lon": 115.4, "datum": "wgs84"},
    }
    answer = await world.post(who, f"/v1/cases/{case}/sightings", body)
    assert answer.status_code == 201


async def test_who_comes_when_all_places_wait_is_503_and_counts_nothing(world):
    case, path = await published(world)
    page = await shown(world, f"{path}?lang=en")
    rates = world.app.state.sighting_rates
    rates.strangers.waiting_max = 0
    answer = await send(world, path, 503, form=page)
    assert int(answer.headers["retry-after"]) >= 1
    assert "a red jacket, with a tall man</textarea>" in answer.text
    rates.strangers.waiting_max = 1
    await send(world, path, form=page)
    assert len(await reported(world, case)) == 1


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_officers_publish_and_take_back_on_the_duty_page(world, lang):
    case = (await world.issued())["case"]
    officer = await Browser(world, lang).sign_in("officer")
    await officer.show(f"/duty/cases/{case}")
    form = officer.form("/poster")
    for _ in range(2):
        page = await officer.post(form["action"], form["fields"])
    link = re.search(r'href="([^"]*/s/[^"]+)"', page)[1]
    await send(world, urlsplit(link).path)
    assert not officer.offers("/poster")
    page = await officer.send("/poster/close")
    assert link not in page
    await shown(world, f"{urlsplit(link).path}?lang=en", 410)
    kinds = [one.kind for one in await world.rooms.desk.case_facts(case)]
    assert (kinds.count("poster.opened/1"), kinds.count("poster.closed/1")) == (1, 1)
    coordinator = await Browser(world, lang).sign_in("coordinator")
    await coordinator.show(f"/duty/cases/{case}")
    assert not coordinator.offers("/poster")
