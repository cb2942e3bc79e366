"""Helpers asked to come on the duty page: asked, seen in spans and answers, stopped."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of
from tests.services.http.test_duty_filing import answered

from homeward.facts.asking import AskingOpened


@pytest.fixture
async def coordinator(world):
    return await Browser(world).sign_in("coordinator:c-1:county")


async def opened(world, case):
    facts = [one.fact for one in await world.rooms.desk.case_facts(case)]
    return [one for one in facts if isinstance(one, AskingOpened)]


def figure(page, name):
    return re.search(rf"<dt>{name}</dt><dd>([^<]+)</dd>", page)[1]


async def test_helpers_are_asked_for_seen_and_stopped(world, coordinator):
    made = await world.issued()
    case = made["case"]
    await coordinator.show(f"/duty/cases/{case}")
    page = await coordinator.send("/askings", quota=7, by_min=30, within_km=12)
    [one] = await opened(world, case)
    assert (one.quota, one.within_km, (one.needed_by - one.at).seconds) == (7, 12, 1_800)
    assert "7 wanted by 1 Mar 12:00, within 12 km" in page
    assert "People are being asked." in page
    assert not coordinator.offers("/askings"), "one is open at a time"
    await answered(world, made, "v-1", "coming")
    await answered(world, made, "v-2", "cannot")
    page = await coordinator.show(f"/duty/cases/{case}")
    assert (figure(page, "Coming"), figure(page, "Cannot come")) == ("1", "1")
    assert "v-1" not in page
    page = await coordinator.send("/change", 422, quota="0")
    assert "Give whole numbers within the bounds" in page
    form = coordinator.form("/change")
    for _ in range(2):
        page = await coordinator.post(form["action"], {**form["fields"], "quota": "8"})
    assert "8 wanted by" in page
    assert (await kinds_of(world, case)).count("asking.changed/1") == 1
    form = coordinator.form("/close")
    for _ in range(2):
        page = await coordinator.post(form["action"], form["fields"])
    assert (await kinds_of(world, case)).count("asking.closed/1") == 1
    assert "Over: a desk stopped it." in page
    assert not coordinator.offers("/close")
    page = await coordinator.send("/askings", quota=9)
    assert [one.quota for one in await opened(world, case)] == [7, 9]
    assert figure(page, "Coming") == "1", "who comes keeps their place"


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_it_is_said_in_every_language(world, lang):
    case = (await world.issued())["case"]
    browser = await Browser(world, lang).sign_in("officer")
    await browser.show(f"/duty/cases/{case}")
    page = await browser.send("/askings", quota=3)
    assert {"en": "Asked", "zh-Hans": "问过", "zh-Hant": "問過"}[lang] in page


@pytest.mark.parametrize(
    "typed", [{"quota": ""}, {"quota": "501"}, {"quota": "many"}, {"within_km": "0"}]
)
async def test_a_number_out_of_bounds_comes_back_with_its_mend(world, coordinator, typed):
    case = (await world.issued())["case"]
    await coordinator.show(f"/duty/cases/{case}")
    page = await coordinator.send("/askings", 422, **{"quota": "44", "within_km": "17", **typed})
    assert "Give whole numbers within the bounds" in page
    for name, value in {"quota": "44", "within_km": "17", **typed}.items():
        assert f'name="{name}" value="{value}"' in page
    assert await opened(world, case) == []


async def test_sent_twice_it_is_asked_once_and_a_second_desk_reads_why_not(world, coordinator):
    case = (await world.issued())["case"]
    other = await Browser(world).sign_in("officer")
    await other.show(f"/duty/cases/{case}")
    late = other.form("/askings")
    await coordinator.show(f"/duty/cases/{case}")
    form = coordinator.form("/askings")
    for _ in range(2):
        await coordinator.post(form["action"], {**form["fields"], "quota": "4"})
    page = await other.post(late["action"], late["fields"], 409)
    assert "asked for already" in page
    assert len(await opened(world, case)) == 1


async def test_without_a_live_alert_and_without_the_right_there_is_no_form(world, coordinator):
    case = (await world.verified())["case"]
    await coordinator.show(f"/duty/cases/{case}")
    assert not coordinator.offers("/askings")
    raised = (await world.raised("ngo:n-1:helpers"))["case"]
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    page = await ngo.show(f"/duty/cases/{raised}")
    assert not ngo.offers("/askings")
    assert 'id="helpers"' not in page
