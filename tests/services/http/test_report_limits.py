"""One report of a person waits at a time, and a device makes three a day."""

import asyncio
import re

from homeward.http.pages.rates import Rates
from homeward.http.reportlimits import A_DAY_MAX, CLAIM_LASTS

PLACE = "33.068, 115.276"
OTHER = {"reporter": {"name": "Wu", "phone": "13900000000"}}


async def by_form(world, n):
    page = await world.http.get("/report", params={"lang": "en"})
    token = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    said = {
        "form": token,
        "category": "lost-child",
        "place": PLACE,
        "datum": "wgs84",
        "last_seen_date": "2026-03-01",
        "last_seen_time": "11:00",
        "custody": "none",
        "protection_order": "no",
        "age_years": "4",
        "reporter_phone": f"1390000000{n}",
    }
    answer = await world.http.post("/report", data=said)
    assert answer.status_code == 303 or "110" in answer.text
    return answer.status_code


async def told(world, body, who="reporter", **more):
    answer = await world.post(who, "/v1/cases", body, **more)
    return answer.status_code, answer.json().get("code"), answer


async def test_a_second_report_waits_until_the_first_one_is_checked(world, a_report):
    first = await told(world, a_report())
    assert first[0] == 201
    status, code, answer = await told(world, a_report(**OTHER))
    assert (status, code) == (409, "report-open")
    case = first[2].json()
    assert case["case"] not in answer.text
    assert case["link"] not in answer.text, "a stranger at the telephone learns nothing of it"
    await world.post("officer", f"/v1/cases/{case['case']}/verify", {"unit": "county"})
    assert (await told(world, a_report(**OTHER)))[0] == 201


async def test_one_telephone_is_one_person_whatever_the_account(world, a_report):
    assert (await told(world, a_report(), "reporter:one"))[0] == 201
    same = {"reporter": {"name": "Li", "phone": "+86 138-0000-0000"}}
    assert (await told(world, a_report(**same), "reporter:two"))[1] == "report-open"
    assert (await told(world, a_report(**OTHER), "reporter:three"))[0] == 201


async def test_the_same_request_again_is_answered_and_no_second_report(world, a_report):
    first, again = [(await told(world, a_report(), key="once"))[2].json() for _ in range(2)]
    assert first == again


async def test_desks_report_for_others(world, a_report):
    for _ in range(A_DAY_MAX + 1):
        assert (await told(world, a_report(), "officer"))[0] == 201


async def test_of_two_at_once_one_is_taken(world, a_report):
    turns = [told(world, a_report(), f"reporter:{n}", key=f"k-{n}") for n in range(4)]
    found = sorted(status for status, *_ in await asyncio.gather(*turns))
    assert found == [201, 409, 409, 409]


async def test_a_claim_without_a_report_is_forgotten(world, a_report):
    impossible = a_report()
    impossible["last_seen"] = {**impossible["last_seen"], "at": "2020-01-01T00:00:00+08:00"}
    assert (await told(world, impossible))[0] == 422
    world.store.clock.move_to(world.store.clock.now() + CLAIM_LASTS)
    assert (await told(world, a_report()))[0] == 201


async def test_a_browser_makes_three_a_day_whatever_it_writes(world):
    statuses = [await by_form(world, n) for n in range(A_DAY_MAX + 1)]
    assert statuses == [303] * A_DAY_MAX + [429]
    world.app.state.rates = Rates(9)
    assert await by_form(world, 5) == 429, "its address is not what is counted"
    world.http.cookies.clear()
    assert await by_form(world, 6) == 303


async def test_whose_report_it_was_stands_in_no_fact(world, a_report):
    await told(world, a_report())
    await told(world, a_report(**OTHER), "reporter:other")
    for row in world.store.disk.log.rows:
        assert b"13800000000" not in row.envelope
        assert b"13900000000" not in row.envelope
