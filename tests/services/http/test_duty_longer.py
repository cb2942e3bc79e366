"""A longer life, those an alert lets sleep, and a case that was closed by mistake: as forms."""

import re
from urllib.parse import urlsplit

import pytest
from tests.services.http.desking import Browser, Forms, kinds_of

from homeward.record.envelope import read


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


@pytest.fixture
async def supervisor(world):
    return await Browser(world).sign_in("supervisor:a-2:county")


async def test_on_the_fast_lane_one_officer_extends(world, officer):
    case = (await world.issued())["case"]
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/alerts/extend", hours=3)
    assert "Extended, or asked of a second person." in page
    assert "The alert lasts until" in page
    assert "case.alert-extended/1" in await kinds_of(world, case)


async def test_what_is_longer_waits_for_another_person(world, officer, supervisor):
    made = await world.issued(km=200)
    case = made["case"]
    digest = (await world.get("supervisor", f"/v1/cases/{case}/alerts/{made['draft']}")).json()
    path = f"/v1/cases/{case}/alerts/{made['draft']}/approve"
    await world.post("supervisor", path, {"digest": digest["digest"]})
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/alerts/extend", hours=12)
    assert "An extension is asked for" in page
    assert "Someone else must agree." in page
    assert not officer.offers("/approve")
    assert "Waits for a second person" in await officer.show("/duty")
    await supervisor.show(f"/duty/cases/{case}")
    page = await supervisor.send("/approve")
    assert "Agreed." in page
    assert "case.alert-extended/1" in await kinds_of(world, case)


async def test_an_expired_alert_is_not_extended_and_says_what_to_do(world, officer):
    case = (await world.issued())["case"]
    await officer.show(f"/duty/cases/{case}")
    form = officer.form("/alerts/extend")
    for _ in range(3):  # somebody acts, or the session falls asleep
        world.store.clock.pass_s(1_201)
        await officer.http.get("/duty")
    page = await officer.post(form["action"], {**form["fields"], "hours": "3"}, 409)
    assert "or it has expired. Issue the next version." in page
    assert not officer.offers("/alerts/extend")


async def test_two_people_wake_those_who_sleep(world, officer, supervisor):
    case = (await world.issued())["case"]
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/override", 422, reason="too short")
    assert ">too short</textarea>" in page
    page = await officer.send("/override", reason="the van was seen heading for the ferry")
    assert "It was asked to wake those in their quiet hours." in page
    assert "ferry" not in page
    assert not officer.offers("/override/approve")
    await supervisor.show(f"/duty/cases/{case}")
    page = await supervisor.send("/override/approve")
    assert "Two agreed" in page
    assert "case.attention-overridden/1" in await kinds_of(world, case)


async def test_nobody_agrees_in_the_browser_that_asked_whoever_signs_in_there(world, officer):
    made = await world.issued(km=200)
    case, draft = made["case"], f"/v1/cases/{made['case']}/alerts/{made['draft']}"
    digest = (await world.get("supervisor", draft)).json()["digest"]
    await world.post("supervisor", f"{draft}/approve", {"digest": digest})
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/alerts/extend", hours=12)
    await officer.send("/override", reason="the van was seen heading for the ferry")
    await officer.sign_out()
    await officer.sign_in("supervisor:a-2:county")
    await officer.show(f"/duty/cases/{case}")
    extension = next(
        one["action"]
        for one in Forms(officer.text).forms
        if re.search(r"/extend/[^/]+/approve$", urlsplit(one["action"]).path)
    )
    for part in (urlsplit(extension).path, "/override/approve"):
        await officer.show(f"/duty/cases/{case}")
        await officer.send(part, 403)
    kinds = await kinds_of(world, case)
    assert not {"case.alert-extended/1", "case.attention-overridden/1"} & set(kinds)


async def test_a_case_that_was_closed_by_mistake_is_open_again(world, officer):
    case = (await world.issued())["case"]
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/cancel", reason="false")
    assert "There is no open case." in await officer.show("/duty")
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/reopen", reason="by-mistake")
    assert "Open again." in page
    assert "Opened again: it had been closed by mistake (by mistake)" in page
    assert not officer.offers("/cancel"), "that alert was taken back already"
    assert "Verified without an alert" in await officer.show("/duty")


async def test_a_sealed_case_shows_its_timeline_and_nothing_to_do(world, officer):
    case = (await world.issued())["case"]
    await world.post("officer", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"})
    await world.post("officer", f"/v1/cases/{case}/close-out")
    await world.post("officer", f"/v1/cases/{case}/de-publish", {"partners": []})
    assert (await world.post("supervisor", f"/v1/cases/{case}/seal")).is_success
    page = await officer.show(f"/duty/cases/{case}")
    assert "map.svg" not in page
    assert "The file is sealed" in page
    for part in ("/facts", "/cancel", "/resolve", "/close-out", "/reject", "/reopen"):
        assert not officer.offers(part)
    assert "Open what is sealed" not in page


async def test_who_agrees_reads_why_and_the_reading_is_recorded(world, officer, supervisor):
    made = await world.issued()
    case, why = made["case"], "the van was seen heading for the ferry"
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/override", 422, reason="a van")
    assert "of 20 characters at least" in page
    assert "Written so far: <span data-written>5</span>" in page
    await officer.send("/override", reason=why)
    path = f"/duty/cases/{case}/alerts/{made['draft']}/override"
    assert why in await officer.show(path)
    assert not officer.offers("/override/approve"), "who asked does not agree"
    assert f'href="{path}?lang=en"' in await supervisor.show(f"/duty/cases/{case}")
    page = await supervisor.show(path)
    assert why in page
    assert "Asked for by a-1" in page
    looks = [read(row) for row in await world.store.log.newest("access.read/1")]
    assert ("a-2", "approval") in {(one.by.id, one.fact.purpose) for one in looks}
    form = supervisor.form("/override/approve")
    await supervisor.post(form["action"], form["fields"])
    await supervisor.post(form["action"], form["fields"])
    assert (await kinds_of(world, case)).count("case.attention-overridden/1") == 1
    assert "Two agreed" in await supervisor.show(path)
    coordinator = await Browser(world).sign_in("coordinator:c-1:county")
    page = await coordinator.show(path, 403)
    assert why not in page


async def test_of_what_nobody_asked_there_is_no_page(world, officer):
    made = await world.issued()
    path = f"/duty/cases/{made['case']}/alerts/{made['draft']}/override"
    assert "Nobody asked to wake them." in await officer.show(path, 409)
