"""Ring 0 over HTTP: asked by who took the report up, and what those who are told read."""

from datetime import timedelta

import pytest

from homeward.dispatch.words import SealedWords
from homeward.geography.cells import from_bytes
from homeward.record.envelope import attachments, read
from homeward.words import Purpose

NGO = "ngo:n-li:angels"


async def taken_up(world, **more):
    body = {"category": "lost-child", **more}
    case = (await world.raised("reporter", **body))["case"]
    answer = await world.post(NGO, f"/v1/cases/{case}/take-up", {"unit": "Angels"})
    assert answer.status_code == 200, answer.text
    return case


async def asked(world, case, who=NGO):
    return await world.post(who, f"/v1/cases/{case}/ring0")


async def fact_of(world):
    [row] = await world.store.log.newest("case.ring-zero-asked/1")
    blobs = {one: world.store.disk.log.blobs[one] for one in attachments(row)}
    return read(row, blobs=blobs)


async def test_who_took_it_up_asks_and_hubs_on_duty_inside_are_asked(world):
    await world.enrolled("h-on", "hub")
    await world.enrolled("h-closed", "hub", hours="Mo 01:00-02:00")
    case = await taken_up(world)
    answer = await asked(world, case)
    assert answer.status_code == 200, answer.text
    assert [one["kind"] for one in answer.json()["facts"]] == ["case.ring-zero-asked/1"]
    fact = (await fact_of(world)).fact
    assert [one.hub for one in fact.hubs] == ["h-on"]
    assert len(from_bytes(fact.cells)) == fact.cell_count > 0
    assert (await asked(world, case)).json()["facts"] == []


@pytest.mark.parametrize("who", ["reporter", "coordinator", "volunteer", "hub", "auditor", "admin"])
async def test_nobody_else_may_ask(world, who):
    case = await taken_up(world)
    assert (await asked(world, case, who)).status_code in {403, 404}
    assert await world.store.log.newest("case.ring-zero-asked/1") == []


async def test_an_ngo_tells_nobody_of_what_it_reported_itself(world):
    case = (await world.raised(NGO, category="lost-child"))["case"]
    await world.post(NGO, f"/v1/cases/{case}/take-up", {"unit": "Angels"})
    assert (await asked(world, case)).json()["code"] == "own-report"


@pytest.mark.parametrize(
    "more",
    [{"category": "family-abduction"}, {"custody": "disputed"}],
)
async def test_nobody_is_told_where_somebody_may_be_hiding(world, more):
    case = await taken_up(world, **more)
    answer = await asked(world, case, "officer")
    assert answer.json()["code"] == "ring-zero-unsafe"


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("drill", [True, False])
async def test_what_they_read_holds_nothing_that_somebody_typed(world, lang, drill):
    typed = {
        "name": "Qzname", "clothing": "Qzclothing", "marks": "Qzmarks", "medical_need": "Qzneed",
        "language": "Qzlanguage", "age_years": 5, "sex": "male",
    }  # fmt: skip
    seen = {"at": "2026-03-01T11:00:00+08:00", "text": "Qzplace"}
    place = {"lat": 33.068, "lon": 115.276, "datum": "wgs84", "accuracy_m": 50}
    case = await taken_up(world, person=typed, last_seen={**seen, "place": place}, note="Qznote")
    await asked(world, case)
    found = await fact_of(world)
    log, keys = world.store.log, world.store.subject_keys
    words = SealedWords(log, keys, authority="110", drill=drill)
    said = await words.words(found.id, Purpose.ALERT, lang)
    assert said.lang == lang
    whole = said.model_dump_json()
    names = ("name", "clothing", "marks", "need", "language", "place", "note")
    assert not any(f"Qz{one}" in whole for one in names), "a link may hold two letters"
    unverified = {"zh-Hans": "未经核实", "zh-Hant": "未經核實", "en": "Unverified"}[lang]
    for form in (said.title, said.short, said.medium, said.full, said.spoken):
        assert unverified in form
    assert "4-6" in said.full


async def test_its_message_is_pending_and_then_expired(world):
    link = await world.enrolled("v-1")
    case = await taken_up(world)
    await asked(world, case)
    await world.told("v-1", case, (await fact_of(world)).id, version=0)
    path = f"/i/v-1/{link.partition('.')[2]}"
    assert "Unverified" in (await world.http.get(path, params={"lang": "en"})).text
    shown = (await world.get(link, "/v1/messages")).json()["items"]
    assert [one["state"] for one in shown] == ["waiting"]
    world.rooms.clock.pass_s(timedelta(hours=2).total_seconds())
    shown = (await world.get(link, "/v1/messages")).json()["items"]
    assert [one["state"] for one in shown] == ["expired"]
