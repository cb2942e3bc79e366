"""Facts of a report corrected over HTTP and on the duty page, and what its reporter reads of it."""

import pytest
from tests.services.http.conftest import raise_body
from tests.services.http.desking import Browser
from tests.services.http.test_merging import facts, ok, refused

from homeward.facts.case import AlertIssued
from homeward.facts.correcting import LastSeenCorrected
from homeward.words import case_code

PLACE = {"lat": 33.2, "lon": 115.4, "datum": "wgs84", "accuracy_m": 60}
DRAFT = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}


async def verified(world, who="reporter:mother", **more):
    case = await world.raised(who, **more)
    path = f"/v1/cases/{case['case']}"
    await ok(world, "officer", f"{path}/verify", {"unit": "Linquan"})
    return {**case, "path": path}


async def view(world, case, who="officer", **query):
    return (await world.get(who, case["path"], **query)).json()


async def proposed(world, case, **said):
    await ok(world, "reporter:mother", f"{case['path']}/facts", said)
    return (await view(world, case))["proposals"][-1]


async def test_what_a_reporter_says_of_a_verified_case_waits_for_an_officer(world):
    case = await verified(world)
    before = await view(world, case)
    one = await proposed(world, case, mode="rail", note="He bought two tickets")
    assert (one["by"], one["mode"], one["state"]) == ("reporter", "rail", "open")
    assert (await view(world, case))["mode"] == before["mode"]
    path = f"{case['path']}/proposals/{one['proposal']}"
    assert await refused(world, "ngo", f"{path}/accept") == (403, "role-not-allowed")
    first = await ok(world, "officer", f"{path}/accept")
    again = await ok(world, "officer", f"{path}/accept")
    assert ([one["kind"] for one in first["facts"]], again["facts"]) == (
        ["case.proposal-accepted/1"],
        [],
    )
    now = await view(world, case, purpose="verification")
    assert (now["mode"], now["proposals"][0]["state"]) == ("rail", "accepted")
    assert "He bought two tickets" in [one["note"] for one in now["personal"]["notes"]]
    assert await refused(world, "officer", f"{path}/refuse") == (409, "proposal-judged")


async def test_a_reporter_sees_that_it_was_said_and_not_what_became_of_it(world):
    case = await verified(world)
    one = await proposed(world, case, mode="rail")
    await ok(world, "officer", f"{case['path']}/proposals/{one['proposal']}/refuse")
    mine = await view(world, case, "reporter:mother")
    assert not {"proposals", "custody", "protection_order"} & {k for k, v in mine.items() if v}
    page = (await world.http.get(case["link"] + "?lang=en")).text
    assert page.count("What you said is with the police") == 1


async def test_a_proposed_plate_stands_in_no_alert_until_staff_say_it(world):
    case = await verified(world)
    said = {"seen_at": "2026-03-01T03:00:00Z", "vehicle": "grey van", "licence_plate": "皖X·00000"}
    await ok(world, "reporter:mother", f"{case['path']}/vehicle", said)
    [one] = (await view(world, case))["proposals"]
    await ok(world, "officer", f"{case['path']}/proposals/{one['proposal']}/accept")
    shown = await view(world, case, purpose="verification")
    assert shown["personal"]["vehicles"][0]["licence_plate"] == "皖X·00000"
    assert shown["mode"] == "vehicle"
    draft = (await ok(world, "officer", f"{case['path']}/alerts", DRAFT))["draft"]
    words = await world.get("officer", f"{case['path']}/alerts/{draft}")
    assert "皖X·00000" not in words.text


async def test_disputed_custody_is_stated_by_anybody_and_taken_away_by_two(world):
    case = await verified(world)
    link = f"hr_{case['case']}.{case['link'].rpartition('/')[2]}"
    await ok(world, link, f"{case['path']}/facts", {"custody": "disputed"})
    draft = (await ok(world, "officer:o-1", f"{case['path']}/alerts", DRAFT))["draft"]
    issue = f"{case['path']}/alerts/{draft}/issue"
    assert await refused(world, "officer:o-1", issue) == (409, "custody-disputed")
    await ok(world, "officer:o-1", f"{case['path']}/facts", {"custody": "none"})
    assert (await view(world, case))["custody"] == "none"
    assert await refused(world, "officer:o-1", issue) == (409, "settled-alone")
    await ok(world, "officer:o-2", issue)


async def test_a_corrected_place_is_the_cases_and_its_words_are_sealed(world):
    case = await verified(world)
    body = {"at": "2026-03-01T02:00:00Z", "place": PLACE, "text": "at the north gate"}
    assert await refused(world, "reporter:mother", f"{case['path']}/last-seen", body) == (
        403,
        "role-not-allowed",
    )
    await ok(world, "officer", f"{case['path']}/last-seen", body)
    shown = await view(world, case, purpose="verification")
    assert shown["last_seen_at"].startswith("2026-03-01T02:00:00")
    assert shown["personal"]["place_text"] == "at the north gate"
    [fact] = [one for one in await facts(world, case) if isinstance(one, LastSeenCorrected)]
    assert (fact.cell, fact.place, fact.place_text) == (shown["last_seen_cell"], None, None)
    draft = (await ok(world, "officer", f"{case['path']}/alerts", DRAFT))["draft"]
    await ok(world, "officer", f"{case['path']}/alerts/{draft}/issue")
    assert [one for one in await facts(world, case) if isinstance(one, AlertIssued)]


async def test_the_time_alone_is_corrected_without_a_place(world):
    case = await verified(world)
    cell = (await view(world, case))["last_seen_cell"]
    await ok(world, "officer", f"{case['path']}/last-seen", {"at": "2026-03-01T02:00:00Z"})
    assert (await view(world, case))["last_seen_cell"] == cell


async def test_a_person_reported_wrongly_is_forgotten(world):
    case = await world.raised("reporter:mother")
    path = f"/v1/cases/{case['case']}"
    await ok(world, "officer", f"{path}/reject", {"reason": "not-missing"})
    await ok(world, "supervisor", f"{path}/seal")
    asked = await ok(world, "supervisor", f"{path}/ask-expunge", {"reason": "not-missing"})
    body = {"asked": asked["facts"][0]["id"]}
    assert await refused(world, "supervisor", f"{path}/expunge", body) == (
        403,
        "approver-is-drafter",
    )
    await ok(world, "officer", f"{path}/expunge", body)
    gone = (await world.get("officer", path)).json()
    assert (gone["status"], gone["outcome"]) == ("expunged", "rejected")


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


async def test_the_duty_page_shows_a_proposal_with_its_age_and_accepts_it(world, officer):
    case = await verified(world)
    one = await proposed(world, case, category="family-abduction", custody="none")
    assert one["custody"] is None or one["custody"] == "none"
    text = await officer.show(f"/duty/cases/{case['case']}")
    assert "What outsiders said" in text
    assert "waits for an officer: 1" in text
    await officer.send(f"/proposals/{one['proposal']}/accept")
    assert "Accepted: the search goes by it." in officer.text
    assert (await view(world, case))["category"] == "family-abduction"
    assert "What outsiders said" not in await officer.show(f"/duty/cases/{case['case']}")


async def test_the_duty_page_corrects_the_place_and_states_a_dispute(world, officer):
    case = await verified(world)
    await officer.show(f"/duty/cases/{case['case']}")
    typed = {"seen_date": "2026-03-01", "seen_time": "10:00", "lat": "33.2", "lon": "115.4"}
    await officer.send("/last-seen", **typed, datum="wgs84", text="north gate")
    assert "Corrected." in officer.text
    assert (await view(world, case))["last_seen_at"].startswith("2026-03-01T02:00")
    await officer.show(f"/duty/cases/{case['case']}")
    await officer.send(
        "/last-seen", seen_date="2026-03-01", seen_time="10:00", lat="north", status=422
    )
    await officer.show(f"/duty/cases/{case['case']}")
    await officer.send("/facts", custody="disputed", protection_order="yes")
    now = await view(world, case, "supervisor")
    assert (now["custody"], now["protection_order"], now["held"]) == ("disputed", True, True)


async def test_an_alert_on_one_word_that_becomes_disputed_stands_on_the_duty_page(world, officer):
    case = await verified(world)
    draft = (await ok(world, "officer:o-1", f"{case['path']}/alerts", DRAFT))["draft"]
    await ok(world, "officer:o-1", f"{case['path']}/alerts/{draft}/issue")
    await ok(world, "reporter:mother", f"{case['path']}/facts", {"custody": "disputed"})
    text = await officer.show(f"/duty/cases/{case['case']}")
    assert "Custody is disputed, and the alert is out on one person" in text


GROWN = {"category": "other", "person": {"age_years": 34, "sex": "female"}}


async def test_who_wants_no_contact_is_well_and_nothing_else_is_said(world):
    case = await verified(world, **GROWN)
    page = f"/r/{case_code(case['case'])}/{case['link'].rpartition('/')[2]}"
    await ok(world, "officer", f"{case['path']}/resolve", {"outcome": "located-no-contact"})
    mine = await view(world, case, "reporter:mother")
    assert (mine["outcome"], mine["unit"], mine["sightings"], mine["released"]) == (
        "located-no-contact",
        "",
        0,
        [],
    )
    for lang, word in (
        ("en", "do not wish contact"),
        ("zh-Hans", "不愿联系"),
        ("zh-Hant", "不願聯絡"),
    ):
        assert word in (await world.http.get(f"{page}?lang={lang}")).text
    assert "Linquan" not in (await world.http.get(f"{page}?lang=en")).text


async def test_a_child_is_not_closed_so(world):
    case = await verified(world)
    body = {"outcome": "located-no-contact"}
    assert await refused(world, "officer", f"{case['path']}/resolve", body) == (
        422,
        "outcome-unfit",
    )
    runaway = raise_body()["person"] | {"age_years": 14}
    case = await verified(world, category="endangered-runaway", person=runaway)
    await ok(world, "officer", f"{case['path']}/resolve", body)
