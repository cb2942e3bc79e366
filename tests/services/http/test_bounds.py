"""Deadline, a store that is away, what breaks, headers, the document."""

import asyncio
import json

import jsonschema
import pytest

from homeward.http.problems import Broken
from homeward.ports import LogUnavailable


def breaking(world, monkeypatch, error):
    async def broken(*_, **__):
        raise error

    monkeypatch.setattr(type(world.store.log), "key_rows", broken)


async def test_a_store_that_is_away_is_503_and_comes_back(world, monkeypatch, a_report):
    with monkeypatch.context() as away:
        breaking(world, away, LogUnavailable("gone"))
        answer = await world.post("officer", "/v1/cases", a_report(), key="k")
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
        assert answer.headers["retry-after"] == "1"
    assert (await world.post("officer", "/v1/cases", a_report(), key="k")).status_code == 201
    assert await world.store.log.size() == 1


async def test_what_breaks_says_nothing_of_what_it_held(world, monkeypatch, capsys):
    breaking(world, monkeypatch, RuntimeError("Xiao Ming, 13800000000"))
    answer = await world.get("officer", "/v1/cases/00000000-0000-5000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.json()["mend"] == Broken.mend
    printed = capsys.readouterr()
    assert "Xiao" not in answer.text + printed.out + printed.err
    assert "RuntimeError" in printed.out


async def test_a_request_that_takes_too_long_is_503(world, monkeypatch):
    async def slow(*_, **__):
        await asyncio.sleep(5)

    monkeypatch.setattr(type(world.store.log), "newest", slow)
    world.rooms.settings.__dict__["request_deadline_s"] = 0.05
    answer = await world.get("officer", "/v1/cases")
    assert (answer.status_code, answer.json()["code"]) == (503, "deadline-passed")
    assert "Idempotency-Key" in answer.json()["mend"]


async def test_a_sender_who_stops_in_the_middle_is_let_go(world):
    world.rooms.settings.__dict__["request_deadline_s"] = 0.05

    async def stalls():
        yield b'{"category":'
        await asyncio.sleep(5)

    headers = {**await world.headers("officer"), "Content-Type": "application/json"}
    answer = await world.http.post("/v1/cases", content=stalls(), headers=headers)
    assert answer.json()["code"] == "deadline-passed"


async def test_every_answer_carries_plain_headers(world):
    for path in ("/livez", "/v1/cases", "/report", "/nowhere"):
        headers = (await world.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_machine_room(world):
    assert (await world.http.get("/livez")).json() == {"live": True}
    assert (await world.http.get("/readyz")).json()["ready"] is True
    version = (await world.http.get("/version")).json()
    assert (version["name"], version["world"]) == ("homeward", "drill")
    clock = (await world.http.get("/v1/clock")).json()
    assert clock == {"now": "2026-03-01T03:30:00.000000Z", "rate": 1.0, "world": "drill"}
    await world.get("officer", "/v1/cases")
    figures = (await world.http.get("/metrics")).text
    assert 'homeward_request_seconds_count{route="/v1/cases",status="200"} 1.0' in figures


async def test_not_ready_is_503(world):
    async def unready():
        return {"ready": False, "checks": {"database": {"ok": False}}}

    object.__setattr__(world.rooms, "ready", unready)
    assert (await world.http.get("/readyz")).status_code == 503


async def test_labels_carry_no_ids_and_no_tokens(world):
    case = await world.raised()
    await world.get("officer", f"/v1/cases/{case['case']}")
    await world.http.get(case["link"])
    figures = (await world.http.get("/metrics")).text
    assert case["case"] not in figures
    assert case["link"].rpartition("/")[2] not in figures


async def test_refusals_are_counted(world):
    await world.http.get("/v1/cases")
    figures = (await world.http.get("/metrics")).text
    assert 'homeward_refusals_total{code="key-missing"} 1.0' in figures


async def test_the_document_is_whole_and_needs_no_other_server(world):
    document = (await world.http.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    routes = [r for r in world.app.routes if r.include_in_schema]
    assert set(document["paths"]) == {route.path for route in routes}
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert reference in document["components"]["schemas"], reference
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            assert said["description"], (method, path)
            assert "application/problem+json" in said["responses"]["default"]["content"]
            assert "422" not in said["responses"]
    listed = await world.http.get("/docs")
    assert "/v1/cases/{case}/alerts/{draft_id}/issue" in listed.text
    assert "//" not in listed.text.replace("https://homeward", "")


async def test_a_problem_is_as_the_document_says(world):
    document = (await world.http.get("/openapi.json")).json()
    schema = {**document["components"]["schemas"]["Problem"], "components": document["components"]}
    for answer in (
        await world.http.get("/v1/cases"),
        await world.post("officer", "/v1/cases", {}),
        await world.http.get("/nowhere"),
    ):
        jsonschema.validate(answer.json(), schema)
        assert answer.json()["type"] == f"urn:homeward:problem:{answer.json()['code']}"


@pytest.mark.parametrize("name", ["services/homeward/http"])
def test_refusals_have_codes_of_their_own(project, name):
    from homeward.refusals import every  # noqa: PLC0415 -- this test alone

    codes = [one.code for one in every()]
    assert len(codes) == len(set(codes)) > 40
    assert all(one.mend and one.message() for one in every())


async def test_answers_are_as_the_document_says(world):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    await world.enrolled("h-1", "hub")
    await world.told("v-1", case["case"], case["draft"])
    await world.watched(case["case"], "h-1", case["draft"])
    own = await world.raised("reporter:mother")
    path = "/v1/cases/{case}"
    place = {"lat": 33.17, "lon": 115.62, "datum": "wgs84"}
    body = {"seen_at": "2026-03-01T11:21:00+08:00", "place": place}
    await world.post("officer", f"/v1/cases/{case['case']}/sightings", body)
    asked = [
        ("officer", path, case, {"purpose": "search"}),
        ("auditor", path, case, {}),
        (bearer, path, case, {}),
        ("reporter:mother", path, own, {}),
        ("officer", f"{path}/timeline", case, {}),
        ("officer", f"{path}/sightings", case, {"purpose": "triage"}),
        ("officer", f"{path}/watches", case, {}),
        ("officer", f"{path}/alerts/{{draft_id}}", case, {}),
        ("officer", "/v1/cases", case, {}),
        (bearer, "/v1/messages", case, {}),
    ]
    document = (await world.http.get("/openapi.json")).json()
    for who, said, of, query in asked:
        found = said.replace("{case}", of["case"]).replace("{draft_id}", of.get("draft", ""))
        answer = await world.get(who, found, **query)
        content = document["paths"][said]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        assert answer.status_code == 200, answer.text
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})
        # A case is answered as a case; what it is once it was expunged stands beside.
        either = schema.get("anyOf", [schema])[0]
        model = document["components"]["schemas"][either["$ref"].rpartition("/")[2]]
        assert answer.json().keys() <= model["properties"].keys()


def test_the_handbook_names_every_address(world, project):
    handbook = (project / "docs/API.md").read_text()
    for route in world.app.routes:
        path = route.path.replace("_id}", "}")
        short = path.removeprefix("/v1/cases/{case}")
        ways = (path, f"…{short}", f"…{short.replace('/{token}', '')}")
        page = "…/" + path.rpartition("/")[2]
        known = any(way in handbook for way in ways) or page in handbook
        assert known or not route.include_in_schema, route.path
