"""One case through public HTTP, from the report to the close-out."""

import h3
import pytest

from homeward.facts.case import AlertIssued
from homeward.geography.hubbook import read_hub_book
from homeward.ports import Recipient
from homeward.replay import history
from homeward.words import RecipientKind


async def test_a_case_from_report_to_close_out(world):
    case = await world.raised("reporter:mother")
    path = f"/v1/cases/{case['code']}"
    assert case["link"].startswith(f"http://homeward.test/r/{case['code']}/")
    for what, body in (
        ("take-up", {"unit": "Linquan"}),
        ("facts", {"note": "he limps", "mode": "vehicle"}),
        ("vehicle", {"seen_at": "2026-03-01T11:10:00+08:00", "licence_plate": "皖K12345"}),
        ("verify", {"unit": "Linquan"}),
    ):
        answer = await world.post("officer", f"{path}/{what}", body)
        assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"5"'

    body = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 86_400}
    draft = await world.post("coordinator", f"{path}/alerts", body)
    assert draft.status_code == 201, draft.text
    draft_path = f"{path}/alerts/{draft.json()['draft']}"
    texts = (await world.get("supervisor", draft_path)).json()
    assert {one["lang"] for one in texts["texts"]} >= {"zh-Hans", "en"}
    assert "【演练】" in texts["texts"][0]["title"]
    assert texts["digest"] == draft.json()["digest"]
    unread = await world.post("supervisor", f"{draft_path}/approve", {"digest": "0" * 64})
    assert (unread.status_code, unread.json()["code"]) == (409, "draft-differs")
    assert (
        await world.post("supervisor", f"{draft_path}/approve", {"digest": texts["digest"]})
    ).status_code == 200
    issued = await world.post("officer", f"{draft_path}/issue")
    assert issued.json()["facts"][0]["kind"] == "case.alert-issued/1"

    sighting = {"seen_at": "2026-03-01T11:20:00+08:00", "mode": "vehicle", "note": "at the gate"}
    place = {"lat": 33.17, "lon": 115.62, "datum": "gcj02"}
    seen = await world.post("ngo", f"{path}/sightings", {**sighting, "place": place})
    assert seen.status_code == 404  # the NGO's desk does not have verified cases of others
    seen = await world.post("officer", f"{path}/sightings", {**sighting, "place": place})
    assert seen.status_code == 201, seen.text
    accepted = await world.post(
        "coordinator", f"/v1/sightings/{seen.json()['sighting']}/accept", {"mode": "vehicle"}
    )
    assert accepted.json()["facts"][0]["kind"] == "sighting.accepted/1"

    resolved = await world.post(
        "officer", f"{path}/resolve",
        {"outcome": "found-safe", "helped_by": [accepted.json()["facts"][0]["id"]]},
    )  # fmt: skip
    assert resolved.status_code == 200, resolved.text
    closed = await world.post("officer", f"{path}/close-out")
    assert closed.json()["facts"][0]["kind"] == "case.closed-out/1"

    view = (await world.get("officer", path)).json()
    assert (view["status"], view["alert"]["state"]) == ("closed-out", "over")
    kinds = [
        one["kind"] for one in (await world.get("auditor", f"{path}/timeline")).json()["items"]
    ]
    assert kinds.count("access.read/1") == 2  # the draft's words, and the supervisor's look


async def test_the_hub_book_is_written_down_when_an_alert_is_issued(world):
    await world.enrolled("h-linquan", "hub")
    case = await world.issued()
    rows = await world.store.log.key_rows(case["case"], kinds={"case.alert-issued/1"})
    from homeward.record.envelope import attachments  # noqa: PLC0415 -- this test alone

    [digest] = attachments(rows[0])
    assert b"h-linquan" in (await world.store.log.blobs([digest]))[digest]


@pytest.mark.parametrize(
    ("credibility_ppm", "noted"), [(900_000, {"h-far", "h-near"}), (400_000, {"h-near"})]
)
async def test_hubs_are_noted_around_the_last_seen_and_the_newest_credible_place(
    world, credibility_ppm, noted
):
    """A weak sighting far away moves nothing, and a credible one can be false all the same."""
    far = {"lat": 39.9, "lon": 116.4, "datum": "wgs84"}
    for name, cell in (
        ("h-near", "8a40b059a787fff"),
        ("h-far", h3.latlng_to_cell(39.9, 116.4, 10)),
    ):
        await world.store.roster.register([Recipient(name, RecipientKind.HUB, (cell,), name=name)])
    case = await world.verified()
    path = f"/v1/cases/{case['case']}"
    body = {"seen_at": "2026-03-01T11:20:00+08:00", "place": far}
    sighting = (await world.post("officer", f"{path}/sightings", body)).json()["sighting"]
    body = {"credibility_ppm": credibility_ppm}
    assert (
        await world.post("officer", f"/v1/sightings/{sighting}/accept", body)
    ).status_code == 200
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    draft = (await world.post("officer", f"{path}/alerts", body)).json()["draft"]
    answer = await world.post("officer", f"{path}/alerts/{draft}/issue")
    assert answer.status_code == 200, answer.text
    [issued] = [
        one.fact
        for one in await history(world.store.log, case["case"])
        if isinstance(one.fact, AlertIssued)
    ]
    assert {one.id for one in read_hub_book(issued.hubs)} == noted


async def test_rejecting_cancelling_and_withdrawing(world):
    rejected = await world.raised()
    body = {"reason": "known-to-be-safe"}
    path = f"/v1/cases/{rejected['case']}"
    assert (await world.post("officer", f"{path}/reject", body)).status_code == 200
    again = await world.post("officer", f"{path}/verify", {"unit": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "case-over")

    live = await world.issued()
    answer = await world.post("officer", f"/v1/cases/{live['case']}/cancel", {"reason": "hoax"})
    assert answer.json()["facts"][0]["kind"] == "case.alert-cancelled/1"

    own = await world.raised("reporter:mother")
    path = f"/v1/cases/{own['case']}/withdraw"
    assert (await world.post("officer", path)).json()["code"] == "case-not-found"
    assert (await world.post("reporter:mother", path)).status_code == 200


async def test_the_same_decision_twice_adds_nothing(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}/verify"
    first = await world.post("officer", path, {"unit": "Linquan"})
    second = await world.post("officer", path, {"unit": "Linquan"})
    assert len(first.json()["facts"]) == 1
    assert (second.status_code, second.json()["facts"]) == (200, [])
    assert second.json()["version"] == first.json()["version"]


async def test_watches_are_listed_acknowledged_and_ended(world):
    await world.enrolled("h-1", "hub")
    bearer = await world.enrolled("h-2", "hub")
    case = await world.issued()
    watch = await world.watched(case["case"], "h-1", case["draft"])
    own = await world.watched(case["case"], "h-2", case["draft"])
    path = f"/v1/cases/{case['case']}/watches"
    listed = (await world.get("officer", path)).json()["items"]
    assert [one["hub_name"] for one in listed] == ["Linquan station"] * 2
    assert {one["watch"] for one in (await world.get(bearer, path)).json()["items"]} == {own}
    foreign = await world.post(bearer, f"{path}/{watch}/acknowledge")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "watch-not-found")
    assert (await world.post(bearer, f"{path}/{own}/acknowledge")).status_code == 200
    shown = next(o for o in (await world.get("officer", path)).json()["items"] if o["watch"] == own)
    assert (shown["status"], bool(shown["acknowledged_at"])) == ("acknowledged", True)
    ended = await world.post("officer", f"{path}/{watch}/stand-down", {"reason": "shift-over"})
    assert ended.json()["facts"][0]["kind"] == "watch.stood-down/1"


async def test_a_volunteer_who_was_told_answers_and_reports(world):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    path = f"/v1/cases/{case['case']}"
    assert (await world.post(bearer, f"{path}/answers", {"answer": "later"})).status_code == 404
    await world.told("v-1", case["case"], case["draft"])
    for body in ({"answer": "coming", "minutes": 15}, {"answer": "cannot"}):
        answer = await world.post(bearer, f"{path}/answers", body)
        assert answer.json()["facts"][0]["kind"] == "answer.given/1", answer.text
    seen = (await world.get(bearer, path)).json()
    assert seen.keys() == {
        *("case", "code", "status", "category", "mode", "alert", "age_band", "sex", "persons")
    }
    world.store.clock.pass_s(4_000)
    late = await world.post(bearer, f"{path}/answers", {"answer": "later"})
    assert (late.status_code, late.json()["code"]) == (409, "alert-not-live")
