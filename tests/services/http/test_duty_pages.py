"""The duty page of a case: acts as forms, drafts, approvals, sightings, one request to cancel."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of, sighted

from homeward.facts.hub import HubUnreachable
from homeward.http.pages.desk import WORDS
from homeward.record.envelope import read
from homeward.timeline.entries import SUMMARY

POISON = "\"><script>alert(1)</script><b x='{{7*7}}"
SEALED = ("Xiao Ming", "red jacket", "the alley behind the market", "13800000000", "a white van")


async def issued(world, browser, case, km=30):
    """Draft and issue an alert on one officer's word, through the pages."""
    await browser.show(f"/duty/cases/{case}/draft")
    await browser.send("/draft", reach_km_max=km)
    draft = browser.path.rpartition("/")[2]
    await browser.send("/issue")
    return draft


@pytest.fixture
async def case(world):
    return (await world.raised("reporter:mother"))["case"]


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


@pytest.fixture
async def supervisor(world):
    return await Browser(world).sign_in("supervisor:a-2:county")


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_a_case_shows_how_it_stands_and_nothing_sealed(world, case, lang):
    browser = await Browser(world, lang).sign_in("officer")
    page = await browser.show(f"/duty/cases/{case}")
    d = WORDS[lang]
    assert f'<html lang="{lang}">' in page
    for name in ("take-up", "verify", "reject", "add-facts", "timeline"):
        assert d[name] in page
    assert [one for one in SEALED if one in page] == []
    assert f'<img src="/duty/cases/{case}/map.svg?lang={lang}"' in page


async def test_what_is_sealed_is_shown_for_a_purpose_and_recorded(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    assert await world.store.log.newest("access.read/1") == []
    page = await officer.show(f"/duty/cases/{case}?purpose=search")
    assert [one for one in SEALED if one not in page] == []
    [row] = await world.store.log.newest("access.read/1")
    assert (read(row).by.id, read(row).fact.purpose) == ("a-1", "search")
    page = await officer.show(f"/duty/cases/{case}?purpose=curiosity")
    assert [one for one in SEALED if one in page] == []
    assert len(await world.store.log.newest("access.read/1")) == 1


async def test_a_coordinator_sees_no_telephone_and_a_desk_of_helpers_nothing_sealed(world, case):
    coordinator = await Browser(world).sign_in("coordinator")
    page = await coordinator.show(f"/duty/cases/{case}?purpose=search")
    assert "Xiao Ming" in page
    assert "13800000000" not in page
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    page = await ngo.show(f"/duty/cases/{case}?purpose=search")
    assert [one for one in SEALED if one in page] == []
    assert "Open what is sealed" not in page


async def test_acts_are_forms_and_lead_back_to_the_case(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/take-up", unit="Linquan PSB")
    assert "Taken up." in page
    page = await officer.send("/facts", category="lost-child", mode="vehicle", note="came by bus")
    assert "Added." in page
    page = await officer.send("/vehicle", seen_date="2026-03-01", seen_time="11:20", vehicle="van")
    assert "The vehicle is recorded." in page
    page = await officer.send("/verify")
    assert 'value="Linquan PSB"' not in page  # there is nothing to verify any more
    said = [one for one in await kinds_of(world, case) if one.startswith("case.")]
    assert said == [
        *("case.raised/1", "case.taken-up/1", "case.facts-added/1"),
        *("case.vehicle-identified/1", "case.verified/1"),
    ]
    assert "Vehicle identified, seen 1 Mar 11:20" in page
    page = await officer.send("/reject", reason="not-ours", note="the next county's")
    assert "Turned down." in page
    assert not officer.offers("/reject")


async def test_a_refused_form_says_why_and_keeps_what_was_typed(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    page = await officer.send("/facts", 422, category="endangered-runaway", note="typed for long")
    assert "does not fit what happened" in page
    assert ">typed for long</textarea>" in page
    assert '<option value="endangered-runaway" selected>' in page
    page = await officer.send(
        "/vehicle", 422, seen_date="2026-03-01", seen_time="25:00", vehicle="a grey van"
    )
    assert "Please give date and time." in page
    assert 'value="a grey van"' in page
    page = await officer.send("/take-up", 422, unit="x" * 300)
    assert "One of the fields is too long." in page


async def test_a_form_sent_twice_is_true_once(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    form = officer.form("/facts")
    said = {**form["fields"], "note": "one thing"}
    for _ in range(2):
        await officer.post(form["action"], said)
    page = await officer.post(form["action"], {**said, "note": "another"}, 422)
    assert "was sent before" in page
    assert (await kinds_of(world, case)).count("case.facts-added/1") == 1


async def test_one_officer_drafts_reads_the_words_and_issues(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    await officer.show(f"/duty/cases/{case}/draft")
    page = await officer.send("/draft", reach_km_max=30, hours=6, severity="severe")
    draft = officer.path.rpartition("/")[2]
    told = await world.get("officer", f"/v1/cases/{case}/alerts/{draft}")
    for words in (*told.json()["texts"], *told.json()["retraction"]):
        for form in ("title", "short", "medium", "full"):
            assert words[form].replace("&", "&amp;").replace("'", "&#39;") in page
    assert "DRILL: " in page
    assert "someone else must approve it" in page
    assert not officer.offers("/approve")
    page = await officer.send("/issue")
    assert "Issued." in page
    assert "On one officer&#39;s word: within 30 km" in page
    assert "case.alert-issued/1" in await kinds_of(world, case)


async def test_in_the_live_world_it_says_so(live_world):
    made = await live_world.verified()
    officer = await Browser(live_world).sign_in("officer:a-1:county")
    await officer.show(f"/duty/cases/{made['case']}/draft")
    page = await officer.send("/draft", reach_km_max=300)
    assert re.search(r'class="blast">LIVE: .+ people, \d+ hubs, within 300 km', page)
    assert "Drill: nothing here is real" not in page
    assert "Xiao Ming" in page  # the words as they will be sent
    [row] = await live_world.store.log.newest("access.area-previewed/1", limit=1)
    assert read(row).by.id == "a-1"


async def test_a_second_person_approves_what_they_read_by_typing_the_place(
    world, case, officer, supervisor
):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    draft = await issued(world, officer, case, 200)
    path = f"/duty/cases/{case}/drafts/{draft}"
    page = await supervisor.show(path)
    assert "It is out on one officer&#39;s word" in page
    place = re.search(r"type the place “(.+?)” or the case code “(.+?)”", page)
    for wrong in ("", "北京市", "AAAA-AAAA"):
        page = await supervisor.send("/approve", 422, confirm=wrong)
        assert "not the place" in page
        assert f'name="confirm" value="{wrong}"' in page
    page = await supervisor.send("/approve", confirm=place[1])
    assert "Approved." in page
    assert "case.alert-widened/1" in await kinds_of(world, case)
    assert not supervisor.offers("/approve")


@pytest.mark.parametrize("typed", ["code", "lower", "bare"])
async def test_the_case_code_confirms_however_it_is_typed(world, case, officer, supervisor, typed):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    draft = await issued(world, officer, case, 200)
    page = await supervisor.show(f"/duty/cases/{case}/drafts/{draft}")
    code = re.search(r"case code “(.+?)”", page)[1]
    said = {"code": code, "lower": code.lower(), "bare": f" {code.replace('-', ' ')} "}[typed]
    await supervisor.send("/approve", confirm=said)


async def test_approved_before_it_is_issued_it_goes_out_whole(world, case, officer, supervisor):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    await officer.show(f"/duty/cases/{case}/draft")
    await officer.send("/draft", reach_km_max=200)
    path = officer.path
    page = await supervisor.show(path)
    code = re.search(r"case code “(.+?)”", page)[1]
    page = await supervisor.send("/approve", confirm=code)
    assert "for another 10 min" in page
    page = await officer.show(path)
    assert "Issue to the whole bound" in page
    queue = await officer.show("/duty")
    assert "void in 10 min" in queue
    await officer.show(path)
    page = await officer.send("/issue")
    assert "Approved by two: within 200 km" in page


async def test_who_drafted_cannot_approve_nor_can_their_browser_nor_another_digest(
    world, case, officer, supervisor
):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    draft = await issued(world, officer, case, 200)
    path = f"/duty/cases/{case}/drafts/{draft}"
    page = await supervisor.show(path)
    form, code = supervisor.form("/approve"), re.search(r"case code “(.+?)”", page)[1]
    fields = {**form["fields"], "confirm": code}
    await officer.show(path)
    mine = {**fields, "form": officer.form("/duty/out")["fields"]["form"]}
    page = await officer.post(form["action"], mine, 403)
    assert "Nobody approves what they drafted. Somebody else must." in page
    key = await world.key("supervisor", "a-9", "county")
    await officer.sign_out()
    await officer.send("/duty/in", key=key)
    page = await officer.show(path)  # another account in the browser that drafted
    assert "on another machine or a phone" in page
    assert not officer.offers("/approve")
    mine = {**fields, "form": officer.form("/duty/out")["fields"]["form"]}
    page = await officer.post(form["action"], mine, 403)
    assert "The draft was made in this browser." in page
    page = await supervisor.post(form["action"], {**fields, "digest": "0" * 64}, 409)
    assert "Read it again." in page
    assert "case.alert-approved/1" not in await kinds_of(world, case)
    await supervisor.show(path)
    await supervisor.send("/approve", confirm=code)


async def test_the_alert_is_cancelled_with_one_request_and_its_words_stand_ready(
    world, case, officer
):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    draft = await issued(world, officer, case)
    retraction = (await world.get("officer", f"/v1/cases/{case}/alerts/{draft}")).json()[
        "retraction"
    ]
    page = await officer.show(f"/duty/cases/{case}")
    for words in retraction:
        assert words["full"].replace("'", "&#39;") in page
    form, before = officer.form("/cancel"), officer.asked
    fields = {**form["fields"], "reason": "unfounded"}
    headers = {"Origin": "https://homeward.test"}
    officer.asked += 1
    answer = await officer.http.post(form["action"], data=fields, headers=headers)
    assert officer.asked == before + 1
    assert answer.status_code == 303
    assert (await kinds_of(world, case))[-1] in {"case.alert-cancelled/1", "access.read/1"}
    assert "case.alert-cancelled/1" in await kinds_of(world, case)
    page = await officer.show(f"/duty/cases/{case}")
    assert not officer.offers("/cancel")
    assert "unfounded" in page


async def test_a_result_and_a_close_out(world, case, officer):
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/verify", unit="Linquan PSB")
    await issued(world, officer, case)
    page = await officer.send("/resolve", outcome="found-safe")
    assert "found safe" in page
    assert "There is a result" in await officer.show("/duty")
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/close-out")
    assert "case.closed-out/1" in await kinds_of(world, case)
    assert "There is no open case." in await officer.show("/duty")


async def test_hubs_are_recorded_as_they_said_by_telephone(world, officer):
    made = await world.issued()
    await world.enrolled("h-1", "hub")
    await world.watched(made["case"], "h-1", made["draft"])
    page = await officer.show(f"/duty/cases/{made['case']}")
    assert "Linquan station</strong>" in page
    page = await officer.send("/acknowledge")
    assert "It is recorded that they watch." in page
    assert "acknowledged, watching" in page
    page = await officer.send("/stand-down", reason="shift-over")
    assert "ended by the hub" in page
    assert HubUnreachable.model_fields["kind"].default not in page


POISONED = {
    "/take-up": ("unit",),
    "/facts": ("note",),
    "/vehicle": ("vehicle", "licence_plate", "seen_time"),
    "/verify": ("unit",),
    "/reject": ("note",),
}


@pytest.mark.parametrize("part", POISONED)
async def test_what_is_typed_stays_text(world, case, officer, part):
    await officer.show(f"/duty/cases/{case}")
    typed = dict.fromkeys(POISONED[part], POISON)
    more = {"/reject": {"reason": "hoax"}, "/vehicle": {"seen_date": "2026-03-01"}}.get(part, {})
    status = 422 if part == "/vehicle" else 303
    page = await officer.send(part, status, **typed, **more)
    assert "<script>alert" not in page
    for path in ("", "?purpose=search"):
        page = await officer.show(f"/duty/cases/{case}{path}")
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"b x=.{0,20}", page)


async def test_poison_of_others_stays_text(world, officer):
    body = {
        "person": {"name": POISON, "clothing": POISON, "marks": POISON},
        "reporter": {"name": POISON, "phone": POISON[:40]},
        "note": POISON,
    }
    case = (await world.raised("reporter:mother", **body))["case"]
    await sighted(world, case, 10, POISON)
    page = await officer.show(f"/duty/cases/{case}?purpose=search")
    assert page.count("&lt;script&gt;") >= 5
    page += await officer.show(f"/duty/cases/{case}/sightings?purpose=search")
    assert "<script>alert" not in page


async def test_a_foreign_case_and_a_wrong_address_do_not_exist(world, officer):
    made = await world.verified()
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    page = await ngo.show(f"/duty/cases/{made['case']}", 404)
    assert "There is no such case" in page
    for path in ("/duty/cases/nonsense", f"/duty/cases/{made['case']}/drafts/x", "/duty/x/y"):
        answer = await officer.http.get(f"{path}?lang=en")
        assert answer.status_code == 404, path
    assert (await officer.http.get(f"/duty/cases/{'x' * 60}")).status_code == 404


async def test_the_map_is_drawn_for_who_may_see_it_counted_and_recorded(world, case, officer):
    world.app.state.pictures.rates.at_most = 1
    path = f"/duty/cases/{case}/map.svg?lang=en"
    answer = await officer.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg")
    [row] = await world.store.log.newest("access.field-shown/1")
    assert read(row).by.id == "a-1"
    assert (await officer.http.get(path)).status_code == 429
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    assert "map.svg" not in await ngo.show(f"/duty/cases/{case}")
    assert (await ngo.http.get(path)).status_code == 403


async def test_every_kind_of_fact_has_words_in_every_language():
    for lang, words in WORDS.items():
        missing = [one for one in SUMMARY if f"line-{one.partition('/')[0]}" not in words]
        assert missing == [], lang
