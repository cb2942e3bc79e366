"""What becomes of a case over HTTP: extended, reopened, taken down, sealed, expunged."""

from datetime import timedelta

import pytest

from homeward.case import LAPSED
from homeward.desk import Asking, destroy_again
from homeward.facts.watch import ReportLapsed
from homeward.http.cases import reporter_path
from homeward.messages import Actor
from homeward.policies.lapsing import LAPSES_AFTER
from homeward.record.envelope import read
from homeward.words import Role

SECRET = "Xiao Ming"


async def ok(world, who, path, body=None, **more):
    answer = await world.post(who, path, body, **more)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def refused(world, who, path, body=None):
    answer = await world.post(who, path, body)
    return answer.status_code, answer.json()["code"]


async def ended(world):
    case = await world.issued()
    path = f"/v1/cases/{case['case']}"
    await ok(world, "officer", f"{path}/resolve", {"outcome": "found-safe"})
    await ok(world, "officer", f"{path}/close-out")
    return case, path


async def sealed(world):
    case, path = await ended(world)
    await ok(world, "officer", f"{path}/de-publish", {"partners": ["radio"]})
    await ok(world, "coordinator", f"{path}/confirm-partner", {"partner": "radio"})
    await ok(world, "supervisor", f"{path}/seal")
    return case, path


async def lapse(world, case):
    """Say what the escalation processor says when its wake comes."""
    clock = world.store.clock
    clock.move_to(clock.now() + LAPSES_AFTER)
    said = ReportLapsed(case=case, at=clock.now(), waiting_s=int(LAPSES_AFTER.total_seconds()))

    async def nothing():
        return ()

    by = Actor(id="escalation", role=Role.SYSTEM)
    await world.rooms.desk.submit(
        f"escalation-{case}", Asking(by, case, b""), nothing, lambda _: (said,)
    )


async def test_a_lapsed_report_is_over_until_an_officer_verifies_it(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    await lapse(world, case["case"])
    view = (await world.get("officer", path)).json()
    listed = (await world.get("officer", "/v1/cases")).json()["items"]
    assert (view["status"], listed[0]["status"]) == ("lapsed", "lapsed")
    assert await refused(world, "officer", f"{path}/facts", {"note": "x"}) == (409, "case-over")
    page = await world.http.get(reporter_path(world.rooms, case["case"]), params={"lang": "en"})
    assert page.status_code == 200
    assert "lapsed" in page.text
    await ok(world, "officer", f"{path}/verify", {"unit": "Linquan"})
    assert (await world.get("officer", path)).json()["status"] == "verified"
    assert LAPSED in {one.kind for one in map(read, await world.store.log.key_rows(case["case"]))}


async def test_one_officer_extends_a_day_and_two_extend_farther(world):
    case = await world.issued()
    path = f"/v1/cases/{case['case']}"
    day = await ok(world, "officer", f"{path}/alerts/extend", {"expires_in_s": 24 * 3_600})
    assert [one["kind"] for one in day["facts"]] == ["case.alert-extended/1"]
    assert day["asked"] is None
    week = {"expires_in_s": 3 * 24 * 3_600}
    asked = await ok(world, "officer", f"{path}/alerts/extend", week)
    view = (await world.get("officer", path)).json()
    assert view["extension"] == {
        "asked": asked["asked"],
        "version": 1,
        "expires_at": asked["expires_at"],
    }
    assert view["alert"]["expires_at"] == day["expires_at"]
    agree = f"{path}/alerts/extend/{asked['asked']}/approve"
    body = {"expires_at": asked["expires_at"]}
    assert await refused(world, "officer", agree, body) == (403, "approver-is-drafter")
    other = {"expires_at": day["expires_at"]}
    assert await refused(world, "supervisor", agree, other) == (409, "extension-differs")
    await ok(world, "supervisor", agree, body)
    view = (await world.get("officer", path)).json()
    assert view["alert"]["expires_at"] == asked["expires_at"]
    assert (view["alert"]["version"], view["extension"]) == (1, None)
    world.store.clock.move_to(world.store.clock.now() + timedelta(days=2))
    assert (await world.get("officer", path)).json()["alert"]["state"] == "live"
    assert (await world.post("coordinator", f"{path}/alerts/extend", week)).status_code == 403


async def test_an_extension_names_one_expiry(world):
    path = f"/v1/cases/{(await world.issued())['case']}/alerts/extend"
    assert await refused(world, "officer", path, {}) == (422, "expiry-missing")
    assert await refused(world, "officer", path, {"expires_in_s": 60}) == (
        422,
        "extension-impossible",
    )


async def test_a_reopened_case_is_shown_as_over_until_it_tells_anew(world):
    _, path = await ended(world)
    await ok(world, "officer", f"{path}/reopen", {"reason": "other-child"})
    view = (await world.get("officer", path)).json()
    assert (view["status"], view["alert"]["state"], view["draft"]) == ("verified", "over", None)
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    draft = (await ok(world, "officer", f"{path}/alerts", body))["draft"]
    await ok(world, "officer", f"{path}/alerts/{draft}/issue")
    view = (await world.get("officer", path)).json()
    alert = view["alert"]
    assert (view["status"], alert["number"], alert["version"]) == ("alerted", 1, 2)
    assert alert["state"] == "live"
    again = await ok(world, "officer", f"{path}/reopen", {"reason": "other-child"})
    assert again["facts"] == []


async def test_pictures_of_a_case_that_was_taken_down_are_not_made(world):
    case, path = await ended(world)
    page = reporter_path(world.rooms, case["case"])
    before = await world.http.get(page, params={"lang": "en"})
    assert (await world.get("officer", f"{path}/field")).status_code == 200
    await ok(world, "officer", f"{path}/de-publish", {"partners": ["radio", "press"]})
    for what in ("field", "map", "replay"):
        answer = await world.get("supervisor", f"{path}/{what}", policy="circles")
        assert (answer.status_code, answer.json()["code"]) == (410, "case-de-published")
    after = await world.http.get(page, params={"lang": "en"})
    assert ("<svg" in before.text, "<svg" in after.text) == (True, False)
    view = (await world.get("officer", path)).json()
    assert view["partners"] == {"press": False, "radio": False}
    assert await refused(world, "supervisor", f"{path}/seal") == (409, "partners-missing")


async def test_of_a_sealed_case_only_supervision_reads_and_each_reading_is_recorded(world):
    case, path = await sealed(world)
    shown = (await world.get("supervisor", path, purpose="complaint")).json()
    assert shown["personal"]["description"]["name"] == SECRET
    shown = (await world.get("auditor", path, purpose="audit")).json()
    assert shown["personal"]["description"]["name"] == SECRET
    assert shown["personal"]["reporter"] is None  # the police's
    for who in ("officer", "coordinator"):
        answer = await world.get(who, path, purpose="search")
        assert answer.status_code in {403, 409}
        assert SECRET not in answer.text
    draft = await world.get("officer", f"{path}/alerts/{case['draft']}")
    assert (draft.status_code, draft.json()["code"]) == (409, "case-sealed")
    reads = [one for one in world.store.disk.log.kinds if one == "access.read/1"]
    assert len(reads) >= 2


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("facts", {"note": "x"}),
        ("verify", {"unit": "x"}),
        ("reopen", {"reason": "x"}),
        ("cancel", {"reason": "hoax"}),
        ("de-publish", {"partners": ["press"]}),
    ],
)
async def test_nothing_is_added_to_a_sealed_case(world, what, body):
    _, path = await sealed(world)
    assert await refused(world, "supervisor", f"{path}/{what}", body) == (409, "case-sealed")


async def expunged(world):
    case, path = await sealed(world)
    asked = await ok(world, "supervisor", f"{path}/ask-expunge", {"reason": "kept-long-enough"})
    body = {"asked": asked["facts"][0]["id"]}
    assert await refused(world, "supervisor", f"{path}/expunge", body) == (
        403,
        "approver-is-drafter",
    )
    await ok(world, "officer", f"{path}/expunge", body)
    return case, path


async def test_of_an_expunged_case_a_tombstone_stays_and_nothing_else(world):
    case, path = await expunged(world)
    assert not world.store.disk.keys.keys
    for who in ("officer", "auditor", "supervisor"):
        answer = await world.get(who, path, purpose="search")
        assert set(answer.json()) == {
            *("case", "code", "status", "outcome"),
            *("raised_at", "ended_at", "expunged_at"),
        }
        assert (answer.json()["status"], answer.json()["outcome"]) == ("expunged", "resolved")
    timeline = await world.get("auditor", f"{path}/timeline")
    assert [one["kind"] for one in timeline.json()["items"]][-1] == "case.expunged/1"
    page = await world.http.get(reporter_path(world.rooms, case["case"]), params={"lang": "en"})
    assert page.status_code == 200
    assert "erased" in page.text
    for text in (timeline.text, page.text):
        assert SECRET not in text


async def test_the_same_case_is_not_raised_again(world, a_report):
    """The same request is answered as before for as long as answers are kept; after that not."""
    first = await world.post("officer", "/v1/cases", a_report(), key="once")
    path = f"/v1/cases/{first.json()['case']}"
    await ok(world, "officer", f"{path}/verify", {"unit": "x"})
    await ok(world, "officer", f"{path}/resolve", {"outcome": "returned"})
    await ok(world, "officer", f"{path}/close-out")
    await ok(world, "officer", f"{path}/de-publish")
    await ok(world, "supervisor", f"{path}/seal")
    asked = await ok(world, "supervisor", f"{path}/ask-expunge", {"reason": "old"})
    await ok(world, "officer", f"{path}/expunge", {"asked": asked["facts"][0]["id"]})
    world.store.disk.log.answers.clear()
    again = await world.post("officer", "/v1/cases", a_report(), key="once")
    assert (again.status_code, again.json()["code"]) == (410, "case-expunged")


async def test_keys_that_were_left_by_a_death_are_destroyed_later(world, monkeypatch):
    async def dies(*_):
        raise RuntimeError

    keys = type(world.store.subject_keys)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "destroy", dies)
        with pytest.raises(AssertionError, match="internal"):
            await expunged(world)
    assert world.store.disk.keys.keys
    await destroy_again(world.store.log, world.store.subject_keys)
    assert not world.store.disk.keys.keys
