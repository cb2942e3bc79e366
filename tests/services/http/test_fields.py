"""The field of a case over HTTP: who may see it, as of when, and under which policy."""

import asyncio
import time
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from tests.services.formats.test_geojson import held_to_rfc_7946

from homeward.desk import Asking
from homeward.facts.reach import ReachWidened
from homeward.formats.geojson import field_json
from homeward.http import pictures
from homeward.messages import Actor
from homeward.picture.course import under
from homeward.picture.field import field_of
from homeward.record.envelope import read
from homeward.replay import history
from homeward.words import Role, instant_text

SEES = ("officer", "supervisor", "coordinator", "auditor")
SEES_NOT = ("reporter", "ngo", "hub:h-1", "volunteer:v-1", "admin")


async def widened(world, case):
    """Say the waves of an issued case, as the reach processor does."""
    facts = await history(world.store.log, case)
    course = under(facts, "field", world.rooms.clock.now() + timedelta(minutes=1))

    async def nothing():
        return ()

    by = Actor(id="reach", role=Role.SYSTEM)
    for wave in course.waves:
        asking = Asking(by, f"wave {wave.wave}", b"")
        await world.rooms.desk.submit(f"reach-{case}", asking, nothing, lambda _, one=wave: (one,))
    return course


@pytest.fixture
async def case(world):
    await world.enrolled("h-1", "hub", hub_kind="coach")
    return (await world.issued())["case"]


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("what", ["field", "map"])
async def test_who_searches_for_the_police_and_who_audits_sees_the_field(world, case, who, what):
    answer = await world.get(who, f"/v1/cases/{case}/{what}")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("who", SEES_NOT)
@pytest.mark.parametrize("what", ["field", "map", "replay?policy=circles"])
async def test_nobody_else_does_whatever_they_were_told(world, case, who, what):
    await world.told("v-1", case, "x")
    answer = await world.get(who, f"/v1/cases/{case}/{what}")
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_case_that_is_not_there_is_none(world):
    for what in ("field", "map", "replay?policy=circles"):
        answer = await world.get("officer", f"/v1/cases/{'0' * 8}-0000-5000-8000-{'0' * 12}/{what}")
        assert answer.status_code == 404


async def test_the_field_is_geojson_with_bands_hubs_and_what_was_told(world, case):
    await widened(world, case)
    answer = await world.get("officer", f"/v1/cases/{case}/field")
    assert answer.headers["content-type"] == "application/geo+json"
    said = answer.json()
    features = held_to_rfc_7946(said)
    kinds = [one["properties"]["kind"] for one in features]
    assert {"band", "reachable", "told", "source"} <= set(kinds)
    assert (said["case"], said["policy"], said["world"]) == (case, "field", "drill")
    for hub in (one["properties"] for one in features if one["properties"]["kind"] == "hub"):
        assert hub["name"] == "Linquan station"


async def test_the_map_is_svg_in_either_language_and_holds_no_script(world, case):
    for lang, word in (("en", "last seen"), ("zh-Hans", "最后见到处")):
        answer = await world.get("officer", f"/v1/cases/{case}/map", lang=lang)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        root = ET.fromstring(answer.text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert word in answer.text
        assert "script" not in answer.text


async def test_as_of_a_position_shows_what_was_known_then(world, case):
    await widened(world, case)
    facts = await history(world.store.log, case)
    first = next(one for one in facts if isinstance(one.fact, ReachWidened))
    before = (
        await world.get("officer", f"/v1/cases/{case}/field", as_of=first.log_index - 1)
    ).json()
    after = (await world.get("officer", f"/v1/cases/{case}/field", as_of=first.log_index)).json()
    told = [
        {one["properties"]["kind"] for one in said["features"]} & {"told"}
        for said in (before, after)
    ]
    assert told == [set(), {"told"}]
    assert (before["as_of"] < first.log_index, after["as_of"]) == (True, first.log_index)
    assert after["at"] == instant_text(first.at)
    by_time = await world.get(
        "officer", f"/v1/cases/{case}/field", as_of=instant_text(facts[-1].recorded_at)
    )
    assert by_time.status_code == 200


async def test_at_asks_about_another_moment_ahead_too(world, case):
    now = world.rooms.clock.now()
    for minutes in (-20, 0, 45):
        at = now + timedelta(minutes=minutes)
        path = f"/v1/cases/{case}/field?at={at.isoformat()}"  # with a plus, as people type it
        said = (await world.http.get(path, headers=await world.headers("officer"))).json()
        facts = await history(world.store.log, case)
        assert said["at"] == instant_text(at)
        expected = field_json(field_of(facts, at))["features"]
        bands = [one for one in said["features"] if one["properties"]["kind"] == "band"]
        assert bands == [one for one in expected if one["properties"]["kind"] == "band"] != []


async def test_another_policy_can_be_asked(world, case):
    said = (await world.get("officer", f"/v1/cases/{case}/field", policy="circles")).json()
    assert said["policy"] == "circles"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"policy": "squares"}, 422, "policy-unknown"),
        ({"policy": "No Word"}, 422, "request-invalid"),
        ({"as_of": "yesterday"}, 422, "as-of-broken"),
        ({"as_of": "999999999"}, 422, "as-of-in-future"),
        ({"as_of": "2020-01-01T00:00:00Z"}, 422, "case-not-raised-yet"),
        ({"at": "2020-01-01T00:00:00Z"}, 422, "at-out-of-range"),
        ({"at": "9999-12-31T23:59:59Z"}, 422, "at-out-of-range"),
        ({"at": "noon"}, 422, "request-invalid"),
        ({"at": "2026-03-01T12:00:00"}, 422, "request-invalid"),
    ],
)
@pytest.mark.parametrize("what", ["field", "map"])
async def test_what_cannot_be_asked_is_refused(world, case, what, query, status, code):
    answer = await world.get("officer", f"/v1/cases/{case}/{what}", **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_report_without_an_alert_has_a_field_too(world):
    case = (await world.raised())["case"]
    said = (await world.get("officer", f"/v1/cases/{case}/field")).json()
    assert {one["properties"]["kind"] for one in said["features"]} == {
        "band",
        "reachable",
        "source",
    }


async def test_each_look_is_written_down_with_who_and_what_before_it_is_answered(world, case):
    for what in ("field", "map"):
        answer = await world.get("coordinator", f"/v1/cases/{case}/{what}", policy="circles")
        assert answer.status_code == 200
    rows = await world.store.log.newest("access.field-shown/1")
    assert len(rows) == 2
    for row in rows:
        fact = read(row).fact
        assert (row.key, fact.policy, fact.shown_at) == (case, "circles", world.rooms.clock.now())
        assert b'"a-coordinator"' in row.envelope
    before = await world.store.log.size()
    assert (await world.get("ngo", f"/v1/cases/{case}/field")).status_code == 403
    assert await world.store.log.size() == before


async def test_an_account_has_so_many_an_hour_however_many_it_asks_for_at_once(world, case):
    world.app.state.pictures.rates.at_most = 3
    asked = [f"/v1/cases/{case}/{what}" for what in ("field", "map") * 3]
    answers = await asyncio.gather(*(world.get("officer", one) for one in asked))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 429, 429, 429]
    answer = await world.get("officer", asked[0])
    assert (answer.json()["code"], int(answer.headers["retry-after"]) > 3_000) == (
        "too-many-pictures",
        True,
    )
    assert (await world.get("supervisor", asked[0])).status_code == 200


async def test_few_are_computed_at_once_and_the_same_one_once(world, case, monkeypatch):
    made, now, most = [], [], []

    def counted(*asked):
        now.append(asked)
        most.append(len(now))
        time.sleep(0.05)
        made.append(asked)
        now.pop()
        return field_of(*asked)

    monkeypatch.setattr(pictures, "field_of", counted)
    start = world.rooms.clock.now()
    moments = [instant_text(start + timedelta(minutes=number)) for number in range(6)]
    path = f"/v1/cases/{case}/field"
    first = await asyncio.gather(*(world.get("officer", path, at=at) for at in moments))
    assert {one.status_code for one in first} == {200}
    assert max(most) <= pictures.AT_ONCE
    again = [await world.get("officer", path, at=at) for at in moments]
    assert [one.json() for one in again] == [one.json() for one in first]
    assert len(made) == len(moments)
    await widened(world, case)  # what is known is another now
    assert (await world.get("officer", path, at=moments[0])).json() != first[0].json()
    for number in range(pictures.KEPT_MAX):
        await world.get("officer", path, at=instant_text(start - timedelta(minutes=number)))
    assert len(world.app.state.pictures._kept) == pictures.KEPT_MAX
