"""What is answered to whom: sealed parts, buckets, timelines, streams."""

import asyncio
import json

import pytest

from homeward.desk import Asking
from homeward.facts.callout import ChunksCut
from homeward.messages import Actor
from homeward.words import Audience, Purpose, Role, derived_id

SECRETS = ("Xiao Ming", "13800000000", "white van", "alley", "red jacket")


async def test_what_is_sealed_opens_only_with_a_purpose_and_is_recorded_first(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    plain = await world.get("officer", path)
    assert plain.json()["personal"] is None
    assert not any(secret in plain.text for secret in SECRETS)
    opened = await world.get("officer", path, purpose="search")
    personal = opened.json()["personal"]
    assert personal["description"]["name"] == "Xiao Ming"
    assert personal["reporter"]["phone"] == "13800000000"
    assert personal["notes"][0]["note"] == "a white van"
    access = await world.store.log.newest("access.read/1")
    assert len(access) == 1
    assert b'"purpose":"search"' in access[0].envelope
    assert not any(secret.encode() in row.envelope for row in access for secret in SECRETS)


async def test_nothing_opens_when_the_record_cannot_be_kept(world, monkeypatch):
    """I-13: first durable, then answered."""
    from homeward.ports import LogUnavailable  # noqa: PLC0415 -- this test alone

    case = await world.raised()

    async def away(_):
        raise LogUnavailable

    monkeypatch.setattr(type(world.store.log), "append", lambda _, units: away(units))
    answer = await world.get("officer", f"/v1/cases/{case['case']}", purpose="search")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert answer.headers["retry-after"] == "1"
    assert not any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize("who", ["reporter:mother", "auditor"])
async def test_who_may_not_open_is_refused(world, who):
    case = await world.raised("reporter:mother")
    answer = await world.get(who, f"/v1/cases/{case['case']}", purpose="search")
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    assert await world.store.log.newest("access.read/1") == []


async def test_a_coordinator_opens_less_than_the_police(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    body = {"seen_at": "2026-03-01T11:00:00+08:00", "vehicle": "van", "licence_plate": "皖K1"}
    await world.post("officer", f"{path}/vehicle", body)
    seen = (await world.get("coordinator", path, purpose="search")).json()["personal"]
    assert seen["reporter"] is None
    assert seen["vehicles"] == [{"vehicle": "van", "licence_plate": None}]


async def test_the_reporter_never_sees_where_or_when_a_sighting_was(world):
    """I-20, over every way that is open to a reporter."""
    case = await world.raised("reporter:mother")
    path = f"/v1/cases/{case['case']}"
    place = {"lat": 33.171717, "lon": 115.626262, "datum": "wgs84"}
    body = {"seen_at": "2026-03-01T11:21:12+08:00", "place": place, "note": "at the well"}
    seen = (await world.post("officer", f"{path}/sightings", body)).json()["sighting"]
    await world.post("officer", f"/v1/sightings/{seen}/accept")
    told = (await world.get("officer", f"{path}/sightings")).json()["items"][0]
    answers = [
        await world.get("reporter:mother", path),
        await world.http.get(case["link"]),
        *[
            await world.get("reporter:mother", f"{path}/{what}")
            for what in ("timeline", "sightings", "watches")
        ],
    ]
    assert [one.status_code for one in answers] == [200, 200, 403, 403, 403]
    for answer in answers:
        for said in (told["cell"], "03:21:12", "11:21", "33.17", "at the well", seen):
            assert said not in answer.text, said
    assert answers[0].json()["sightings"] == 1


async def test_sightings_in_pages_and_opened_with_a_purpose(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}/sightings"
    for number in range(3):
        place = {"lat": 33.1 + number / 100, "lon": 115.3, "datum": "bd09"}
        body = {"seen_at": "2026-03-01T11:05:00+08:00", "place": place, "note": f"n{number}"}
        assert (await world.post("officer", path, body)).status_code == 201
    first = (await world.get("coordinator", path, limit=2)).json()
    rest = (await world.get("coordinator", path, cursor=first["next"], purpose="triage")).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert first["items"][0]["note"] is None
    assert rest["items"][0]["note"] == "n2"
    assert rest["items"][0]["place"]["datum"] == "bd09"
    assert len(rest["items"][0]["cell"]) == 15


async def chunks_cut(world, case, people):
    fact = ChunksCut(
        case=case,
        at=world.rooms.clock.now(),
        order=derived_id("o", case),
        lane=0,
        alert=1,
        version=1,
        wave=0,
        audience=Audience.AREA,
        purpose=Purpose.ALERT,
        chunks=1,
        people=people,
        already_told=0,
        suppressed=3,
        unreachable=0,
        digest="0" * 64,
    )

    async def nothing():
        return ()

    asking = Asking(Actor(id="fanout", role=Role.SYSTEM), f"cut-{people}", b"")
    await world.rooms.desk.submit(f"fanout-{case}.0", asking, nothing, lambda _: (fact,))


async def test_counts_of_people_are_buckets_for_all_but_auditors(world):
    case = (await world.issued())["case"]
    await chunks_cut(world, case, 957)
    for who, people, suppressed in (("officer", "900+", "<20"), ("auditor", 957, 3)):
        view = (await world.get(who, f"/v1/cases/{case}")).json()
        lines = (await world.get(who, f"/v1/cases/{case}/timeline")).json()["items"]
        [cut] = [one["what"] for one in lines if one["kind"] == "fanout.chunks-cut/1"]
        assert (view["told"]["alert"]["people"], cut["people"]) == (people, people)
        assert (view["told"]["alert"]["suppressed"], cut["suppressed"]) == (suppressed, suppressed)
        assert cut["version"] == 1


async def test_the_timeline_as_of_any_position_and_time(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    for number in range(4):
        world.store.clock.pass_s(60)
        await world.post("officer", f"{path}/facts", {"note": f"n{number}"})
    whole = (await world.get("officer", f"{path}/timeline")).json()
    assert [one["log_index"] for one in whole["items"]] == [0, 1, 2, 3, 4]
    for place, line in enumerate(whole["items"]):
        by_index = await world.get("officer", f"{path}/timeline", as_of=line["log_index"])
        by_time = await world.get("officer", f"{path}/timeline", as_of=line["recorded_at"])
        assert by_index.json()["items"] == by_time.json()["items"] == whole["items"][: place + 1]
        assert by_index.json()["as_of"] == line["log_index"]
    before = await world.get("officer", f"{path}/timeline", as_of="2026-01-01T00:00:00Z")
    assert (before.json()["as_of"], before.json()["items"]) == (-1, [])


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("99", "as-of-in-future"),
        ("2027-01-01T00:00:00Z", "as-of-in-future"),
        ("2026-03-01T03:00:00", "as-of-broken"),
        ("-1", "as-of-broken"),
        ("noon", "as-of-broken"),
    ],
)
async def test_an_impossible_as_of(world, as_of, code):
    case = await world.raised()
    answer = await world.get("officer", f"/v1/cases/{case['case']}/timeline", as_of=as_of)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_timeline_comes_in_pages(world):
    case = await world.issued()
    path = f"/v1/cases/{case['case']}/timeline"
    whole = (await world.get("auditor", path)).json()["items"]
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await world.get("auditor", path, **query)).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole


async def test_the_live_feed_goes_on_where_it_was_left(world, listen):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    headers = await world.headers("officer")
    live = listen(f"{path}/live", headers)
    assert (await live.event())["id"] == "0"
    await world.post("officer", f"{path}/facts", {"note": "one"})
    event = await live.event()
    assert (event["id"], event["event"]) == ("1", "fact")
    assert json.loads(event["data"])["kind"] == "case.facts-added/1"
    await live.leave()
    await world.post("officer", f"{path}/facts", {"note": "two"})
    again = listen(f"{path}/live", {**headers, "Last-Event-ID": "1"})
    assert (await again.event())["id"] == "2"
    lines = (await world.get("officer", f"{path}/timeline")).json()["items"]
    assert json.loads(event["data"]) == lines[1]


async def test_a_quiet_stream_outlives_the_deadline(world, listen, settings):
    case = await world.raised()
    world.rooms.settings.__dict__["request_deadline_s"] = 0.1
    live = listen(f"/v1/cases/{case['case']}/live", await world.headers("officer"))
    await live.event()
    await asyncio.sleep(0.3)
    world.rooms.settings.__dict__["request_deadline_s"] = 10
    await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "late"})
    assert (await live.event())["id"] == "1"


async def test_streams_are_bounded_and_counted_down(world, listen):
    case = await world.raised()
    world.rooms.settings.__dict__["streams_max"] = 1
    path, headers = f"/v1/cases/{case['case']}/live", await world.headers("officer")
    live = listen(path, headers)
    await live.event()
    refused = await world.http.get(path, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "too-many-streams")
    await live.leave()
    assert world.app.state.streams.open == 0


async def test_a_broken_last_event_id(world):
    case = await world.raised()
    headers = await world.headers("officer", **{"Last-Event-ID": "x"})
    answer = await world.http.get(f"/v1/cases/{case['case']}/live", headers=headers)
    assert answer.json()["code"] == "cursor-broken"


async def test_cases_are_listed_newest_first_in_pages(world):
    codes = [(await world.raised())["code"] for _ in range(3)]
    first = (await world.get("officer", "/v1/cases", limit=2)).json()
    rest = (await world.get("officer", "/v1/cases", limit=2, cursor=first["next"])).json()
    assert [one["code"] for one in first["items"] + rest["items"]] == codes[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_a_probe_may_ask_with_head(world, path):
    asked, probed = await world.http.get(path), await world.http.head(path)
    assert (probed.status_code, probed.headers["content-type"]) == (
        asked.status_code,
        asked.headers["content-type"],
    )
