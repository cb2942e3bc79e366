"""A case on hold on the duty page: nothing but that it is, and the supervisor's form."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of
from tests.services.http.test_holding import SECRETS, WHY, held

from homeward.http.pages.desk import WORDS
from homeward.record.envelope import attachments, read
from homeward.words import case_code


@pytest.fixture
async def supervisor(world):
    return await Browser(world).sign_in("supervisor:a-2:county")


async def hold_kinds(world, case):
    return [one.kind for one in await world.rooms.desk.case_facts(case) if "hold." in one.kind]


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("role", ["officer", "coordinator", "ngo"])
async def test_who_may_not_see_it_sees_that_it_is_on_hold_and_nothing_else(world, role, lang):
    case = (await held(world))["case"]
    browser = await Browser(world, lang).sign_in(role)
    queue = await browser.show("/duty")
    page = await browser.show(f"/duty/cases/{case}")
    for text in (queue, page):
        assert case_code(case) in text
        assert WORDS[lang]["hold"] in text
        assert [one for one in SECRETS if one in text] == []
    assert f'datetime="{world.rooms.clock.now():%Y}' not in queue + page, "not even since when"
    assert 'data-heard=""' in queue, "it sounds at no desk that can do nothing"
    shown = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    assert "<form" not in shown
    assert "<section" not in shown.replace('<section class="clock">', "")
    for part in ("/sightings", "/draft", "/ring0", "/map.svg"):
        answer = await browser.http.get(f"/duty/cases/{case}{part}", params={"lang": lang})
        assert answer.status_code in {403, 409}, part
        assert [one for one in SECRETS if one in answer.text] == []


async def test_a_held_case_says_what_to_do_with_it_and_is_taken_up_by_nobody(world):
    ordinary = (await world.raised("reporter:other"))["case"]
    case = (await held(world))["case"]
    browser = await Browser(world).sign_in("officer:a-1:county")
    await browser.show(f"/duty/cases/{ordinary}")
    form = browser.form("/take-up")
    action = form["action"].replace(ordinary, case)
    page = await browser.post(action, {**form["fields"], "unit": "Linquan"}, 409)
    assert "a supervisor looks at it" in page
    assert "case.taken-up/1" not in await kinds_of(world, case)


async def test_a_supervisor_lifts_it_with_a_reason_and_another_person_verifies(world, supervisor):
    case = (await held(world))["case"]
    assert "On hold, waits for a supervisor" in supervisor.text or await supervisor.show("/duty")
    page = await supervisor.show(f"/duty/cases/{case}")
    assert "Somebody in the report is on the list of protected persons." in page
    assert not supervisor.offers("/draft")
    page = await supervisor.send("/hold/lift", 422, reason="She is another")
    assert "of 20 characters at least" in page
    assert ">She is another</textarea>" in page
    assert "Written so far: <span data-written>14</span>" in page
    assert "hold.lifted/1" not in await hold_kinds(world, case)

    form = supervisor.form("/hold/lift")
    said = {**form["fields"], "reason": WHY}
    page = await supervisor.post(form["action"], said)
    assert "The hold is lifted." in page
    assert not supervisor.offers("/hold/lift")
    assert not supervisor.offers("/verify"), "somebody else does"
    assert "You lifted the hold, so somebody else verifies the report." in page
    await supervisor.post(form["action"], said)
    assert (await hold_kinds(world, case)).count("hold.lifted/1") == 1
    assert WHY not in page

    officer = await Browser(world).sign_in("officer:a-1:county")
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan")
    assert "case.verified/1" in await kinds_of(world, case)


async def test_sightings_of_it_are_on_nobodys_page(world, supervisor):
    case = (await held(world))["case"]
    officer = await Browser(world).sign_in("officer:a-1:county")
    seen = {
        "seen_at": "2026-03-01T11:30:00+08:00",
        "place": {"lat": 33.0, "lon": 115.2, "datum": "wgs84"},
    }
    assert (await world.post("reporter", f"/v1/cases/{case}/sightings", seen)).is_success
    assert case_code(case) not in await officer.show("/duty/sightings")
    assert case_code(case) in await supervisor.show("/duty/sightings")
    page = await officer.show("/duty/hand-over")
    assert case_code(case) not in page


async def test_what_is_typed_stays_text(world, supervisor):
    case = (await held(world))["case"]
    await supervisor.show(f"/duty/cases/{case}")
    page = await supervisor.send("/hold/lift", 422, reason="</textarea><script>")
    assert "<script>" not in page
    page = await supervisor.send("/hold/lift", reason="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in page


async def test_the_reason_is_sealed(world, supervisor):
    case = (await held(world))["case"]
    await supervisor.show(f"/duty/cases/{case}")
    await supervisor.send("/hold/lift", reason=WHY)
    [row] = await world.store.log.newest("hold.lifted/1")
    assert read(row).by.id == "a-2"
    blobs = [world.store.disk.log.blobs[one] for one in attachments(row)]
    assert not any(b"shelter" in one for one in (row.envelope, *blobs))


async def test_a_stated_order_is_named_and_only_supervisors_have_the_form(world, supervisor):
    case = (await world.raised("reporter", protection_order=True))["case"]
    assert "A protection order was stated." in await supervisor.show(f"/duty/cases/{case}")
    form = supervisor.form("/hold/lift")
    officer = await Browser(world).sign_in("officer:a-1:county")
    await officer.show("/duty")
    token = officer.form("/duty/out")["fields"]["form"]
    page = await officer.post(form["action"], {"form": token, "reason": WHY}, 403)
    assert "Your role may not do that." in page
    assert "hold.lifted/1" not in await hold_kinds(world, case)
