"""How a case ends and what becomes of its file, as forms: result, last words, file, erasure."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of, sighted

from homeward.facts.case import CaseDePublished, CaseResolved
from homeward.formats import texts
from homeward.http.alerts import frame
from homeward.words import Outcome

SEALED = ("Xiao Ming", "red jacket", "13800000000")


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


@pytest.fixture
async def supervisor(world):
    return await Browser(world).sign_in("supervisor:a-2:county")


async def fact(world, case, kind):
    """Return the newest fact of a type of a case."""
    facts = [one.fact for one in await world.rooms.desk.case_facts(case)]
    return next(one for one in reversed(facts) if isinstance(one, kind))


async def answered(world, made, recipient, answer="arrived"):
    await world.enrolled(recipient)
    await world.told(recipient, made["case"], made["draft"])
    who = f"hi_{recipient}.{world.store.key_ring.token('inbox', recipient)}"
    given = await world.post(who, f"/v1/cases/{made['case']}/answers", {"answer": answer})
    assert given.is_success, given.text


async def helped_case(world):
    """Return a case with an alert, two sightings, a hub and two answers."""
    made = await world.issued()
    case = made["case"]
    ids = {"sighting": await sighted(world, case, 10), "other": await sighted(world, case, 12)}
    reject = f"/v1/sightings/{ids['other']}/reject"
    assert (await world.post("officer", reject, {"reason": "mistaken"})).is_success
    await world.enrolled("h-1", "hub")
    ids["watch"] = await world.watched(case, "h-1", made["draft"])
    await answered(world, made, "v-1")
    await answered(world, made, "v-2", "cannot")
    facts = await world.rooms.desk.case_facts(case)
    ids["answer"] = next(one.id for one in facts if one.kind == "answer.given/1")
    return made, ids


def ticks(browser):
    form = browser.form("/resolve")
    return {one.removeprefix("helped.") for one in form["choices"] if one.startswith("helped.")}


async def test_who_helped_is_ticked_in_words_and_no_id_is_read_or_typed(world, officer):
    made, ids = await helped_case(world)
    page = await officer.show(f"/duty/cases/{made['case']}")
    assert ticks(officer) == {ids["sighting"], ids["watch"], ids["answer"]}
    spoken = re.sub(r"<[^>]+>", "", page)
    assert [one for one in ids.values() if one in spoken] == []
    assert "Linquan station asked to watch" in spoken
    helped = {f"helped.{ids[one]}": "1" for one in ("watch", "answer")}
    page = await officer.send("/resolve", outcome="found-safe", **helped)
    said = await fact(world, made["case"], CaseResolved)
    assert said.outcome is Outcome.FOUND_SAFE
    assert set(said.helped_by) == {ids["watch"], ids["answer"]}
    listed = re.search(r"<h3>Who helped</h3>\s*<ul>(.+?)</ul>", page, re.DOTALL)[1]
    assert "Linquan station" in listed
    assert "A volunteer answers" in listed
    assert "Told by" not in listed


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_result_can_be_said(world, officer, outcome):
    grown = {"person": {"age_years": 34}, "category": "other"}
    wants = outcome is Outcome.LOCATED_NO_CONTACT
    case = (await world.raised(**(grown if wants else {})))["case"]
    assert (await world.post("officer", f"/v1/cases/{case}/verify", {"unit": "Linquan"})).is_success
    await officer.show(f"/duty/cases/{case}")
    offered = officer.form("/resolve")["choices"]["outcome"]
    assert (Outcome.LOCATED_NO_CONTACT.value in offered) is wants, "of a child nobody says so"
    await officer.send("/resolve", outcome=outcome.value)
    assert (await fact(world, case, CaseResolved)).outcome is outcome


async def test_a_refused_result_keeps_what_was_ticked_and_an_id_of_elsewhere_is_refused(
    world, officer
):
    made, ids = await helped_case(world)
    await officer.show(f"/duty/cases/{made['case']}")
    form = officer.form("/resolve")
    tick = f"helped.{ids['watch']}"
    page = await officer.post(form["action"], {**form["fields"], tick: "1"}, 422)
    assert f'name="{tick}" value="1" checked' in page
    assert "Check them and send again." in page
    other = await sighted(world, (await world.issued())["case"], 20)
    fields = {**form["fields"], "outcome": "returned", f"helped.{other}": "1"}
    page = await officer.post(form["action"], fields, 422)
    assert "not of this case" in page
    assert "case.resolved/1" not in await kinds_of(world, made["case"])


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_the_last_words_are_read_before_they_are_sent(world, lang):
    case = (await world.issued())["case"]
    await world.post("officer", f"/v1/cases/{case}/resolve", {"outcome": "deceased"})
    officer = await Browser(world, lang).sign_in("officer")
    page = await officer.show(f"/duty/cases/{case}")
    for words in texts.close_out(frame(world.rooms, case, 1)):
        assert words.full.replace("'", "&#39;") in page
    form = officer.form("/close-out")
    for _ in range(2):
        await officer.post(form["action"], form["fields"])
    assert (await kinds_of(world, case)).count("case.closed-out/1") == 1
    assert not officer.offers("/close-out")


async def over(world, *partners):
    """Return a case whose file is open: closed out, and de-published where partners are named."""
    case = (await world.issued())["case"]
    await world.post("officer", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"})
    await world.post("officer", f"/v1/cases/{case}/close-out")
    if partners:
        body = {"partners": partners}
        assert (await world.post("officer", f"/v1/cases/{case}/de-publish", body)).is_success
    return case


async def test_what_was_published_is_taken_down_and_each_partner_confirms(world, officer):
    case = await over(world)
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/de-publish", 422, partners="City Radio\n电台")
    assert "in Latin letters" in page
    assert ">City Radio\n电台</textarea>" in page
    page = await officer.send("/de-publish", partners="City Radio\n\n press ")
    assert (await fact(world, case, CaseDePublished)).partners == ("city-radio", "press")
    assert page.count("has not confirmed yet") == 2
    supervisor = await Browser(world).sign_in("supervisor")
    await supervisor.show(f"/duty/cases/{case}")
    assert not supervisor.offers("/seal")
    coordinator = await Browser(world).sign_in("coordinator")
    for partner in ("press", "city-radio"):
        await coordinator.show(f"/duty/cases/{case}")
        assert not coordinator.offers("/de-publish")
        page = await coordinator.send("/confirm-partner", partner=partner)
    assert page.count("</strong>: has taken its copy down</li>") == 2
    assert not coordinator.offers("/confirm-partner")
    await officer.show(f"/duty/cases/{case}")
    assert not officer.offers("/seal")
    await supervisor.show(f"/duty/cases/{case}")
    page = await supervisor.send("/seal")
    assert "The file is sealed" in page
    assert "case.sealed/1" in await kinds_of(world, case)
    assert not supervisor.offers("/de-publish")


async def test_nobody_holds_a_copy(world, officer):
    case = await over(world)
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/de-publish")
    assert (await fact(world, case, CaseDePublished)).partners == ()
    assert officer.offers("/de-publish"), "one that was forgotten can be named later"


async def sealed(world):
    case = await over(world, "press")
    path = f"/v1/cases/{case}"
    await world.post("officer", f"{path}/confirm-partner", {"partner": "press"})
    assert (await world.post("supervisor", f"{path}/seal")).is_success
    return case


async def test_two_people_erase_the_persons_and_the_second_types_the_code(
    world, officer, supervisor
):
    case = await sealed(world)
    page = await officer.show(f"/duty/cases/{case}")
    assert not officer.offers("/ask-expunge")
    assert not officer.offers("/expunge")
    page = await supervisor.show(f"/duty/cases/{case}")
    assert "This cannot be undone, by anybody." in page
    page = await supervisor.send("/ask-expunge", reason="family-asks")
    assert "the family asks. Someone else must agree." in page
    assert not supervisor.offers("/expunge")
    page = await officer.show(f"/duty/cases/{case}")
    assert "This cannot be undone, by anybody." in page
    code = re.search(r"type the case code (\S+?)<", page)[1]
    for wrong in ("", "AAAA-AAAA"):
        page = await officer.send("/expunge", 422, confirm=wrong)
        assert "Type it as the page shows it." in page
        assert f'name="confirm" value="{wrong}"' in page
    assert world.store.disk.keys.keys
    form = officer.form("/expunge")
    fields = {**form["fields"], "confirm": code.lower()}
    for _ in range(2):
        page = await officer.post(form["action"], fields)
    assert (await kinds_of(world, case)).count("case.expunged/1") == 1
    assert not world.store.disk.keys.keys
    assert [one for one in SEALED if one in page] == []
    for part in ("/expunge", "/ask-expunge", "/seal", "/reopen", "/facts"):
        assert not officer.offers(part)


async def test_nobody_agrees_to_an_erasure_in_the_browser_that_asked(world, supervisor):
    case = await sealed(world)
    await supervisor.show(f"/duty/cases/{case}")
    await supervisor.send("/ask-expunge", reason="court-orders")
    await supervisor.sign_out()
    await supervisor.sign_in("officer:a-9:county")
    page = await supervisor.show(f"/duty/cases/{case}")
    code = re.search(r"type the case code (\S+?)<", page)[1]
    page = await supervisor.send("/expunge", 403, confirm=code)
    assert world.store.disk.keys.keys


async def test_ones_own_report_is_taken_back_and_nobody_elses(world):
    case = (await world.raised("ngo:n-1:helpers"))["case"]
    for who in ("officer", "ngo:n-2:helpers"):
        other = await Browser(world).sign_in(who)
        await other.show(f"/duty/cases/{case}")
        assert not other.offers("/withdraw")
        token = other.form("/duty/out")["fields"]["form"]
        await other.post(f"/duty/cases/{case}/withdraw?lang=en", {"form": token}, 404)
    mine = await Browser(world).sign_in("ngo:n-1:helpers")
    await mine.show(f"/duty/cases/{case}")
    page = await mine.send("/withdraw", note="she is at her aunt's")
    assert "Taken back." in page
    assert "aunt" not in page
    assert "case.withdrawn/1" in await kinds_of(world, case)
    assert not mine.offers("/withdraw")


async def test_a_report_of_which_nobody_heard_is_sealed_at_once(world, supervisor):
    case = (await world.raised("officer"))["case"]
    assert (await world.post("officer", f"/v1/cases/{case}/withdraw")).is_success
    await supervisor.show(f"/duty/cases/{case}")
    assert not supervisor.offers("/de-publish")
    await supervisor.send("/seal")
    assert "case.sealed/1" in await kinds_of(world, case)
