"""Cases on hold over HTTP: everybody sees the same nothing, and the reporter an ordinary case."""

import re

import pytest

WHY = "The shelter says that it is another woman"
LIST = {"load": "load-0001", "persons": [{"name": "Lin Xiaohe", "birth_year": 2022}]}
HER = {"person": {"name": "Xiaohe LIN", "age_years": 4, "sex": "female"}}
SECRETS = ("Lin", "alley", "8a40", "8940", "van", "stranger", "13800000000", '"protection_order"')


async def loaded(world, body=None):
    answer = await world.post("admin", "/v1/protected", body or LIST)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def held(world, who="reporter", **more):
    await loaded(world)
    return await world.raised(who, **{**HER, **more})


async def test_the_list_is_digests_and_only_their_number_is_read(world):
    assert await loaded(world) == {"digests": 2}
    assert (await world.get("supervisor", "/v1/protected")).json() == {"digests": 2}
    for row in world.store.disk.log.rows:
        assert b"Lin" not in row.envelope
    assert not any(b"lin" in one for one in world.store.disk.protected.digests)
    again = {"load": "load-0002", "persons": [{"phone": "13800000001"}], "last": True}
    assert await loaded(world, again) == {"digests": 1}


async def test_a_part_that_comes_late_or_is_refused_undoes_no_newer_list(world):
    old = {"load": "load-0002", "persons": [{"phone": "13800000001"}], "last": True}
    assert (await world.post("admin", "/v1/protected", old, key="old")).json() == {"digests": 1}
    newer = {"load": "load-0003", "persons": LIST["persons"], "last": True}
    assert await loaded(world, newer) == {"digests": 2}
    again = await world.post("admin", "/v1/protected", old, key="old")
    assert (again.status_code, again.json()) == (200, {"digests": 2})
    other = {**old, "load": "load-0004"}
    refused = await world.post("admin", "/v1/protected", other, key="old")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
    nobody = await world.post(
        "admin", "/v1/protected", {"load": "load-0005", "persons": [], "last": True}
    )
    assert nobody.status_code == 422
    assert (await world.get("supervisor", "/v1/protected")).json() == {"digests": 2}


@pytest.mark.parametrize("who", ["officer", "coordinator", "ngo", "auditor", "reporter"])
async def test_nobody_else_loads_or_counts_it(world, who):
    assert (await world.post(who, "/v1/protected", LIST)).status_code == 403
    assert (await world.get(who, "/v1/protected")).status_code == 403


@pytest.mark.parametrize("person", [{}, {"birth_year": 2020}, {"phone": "12"}, {"name": "…"}])
async def test_somebody_without_a_name_or_a_telephone_is_nobody(world, person):
    answer = await world.post("admin", "/v1/protected", {**LIST, "persons": [person]})
    assert answer.status_code == 422
    assert "2020" not in answer.text


async def test_staff_see_that_it_is_on_hold_and_nothing_else(world):
    case = await held(world)
    name, path = case["case"], f"/v1/cases/{case['case']}"
    for who in ("officer", "coordinator", "ngo", "auditor"):
        seen = await world.get(who, path)
        assert seen.json() == {"case": name, "code": case["code"], "status": "hold"}
        for what in ("timeline", "field", "map", "sightings"):
            answer = await world.get(who, f"{path}/{what}")
            assert answer.status_code in {403, 409}, what
            assert not any(one in answer.text for one in SECRETS)
        lines = (await world.get(who, "/v1/cases")).json()["items"]
        assert [(one["status"], one["category"]) for one in lines] == [("hold", "other")]
    sight = await world.post("officer", f"{path}/verify", {"unit": "county"})
    assert (sight.status_code, sight.json()["code"]) == (409, "case-on-hold")
    whole = (await world.get("supervisor", path)).json()
    assert (whole["held"], whole["status"]) == (True, "provisional")


async def test_its_reporter_sees_what_any_reporter_sees(world):
    ordinary = await world.raised("reporter:other", person={**HER["person"], "name": "Wu Ping"})
    await loaded(world)
    case = await world.raised("reporter", **HER)
    assert (await world.get("officer", f"/v1/cases/{case['case']}")).json()["status"] == "hold"
    assert (case["facts"], case["version"]) == (ordinary["facts"], ordinary["version"])
    assert await as_read_by("reporter", world, case) == await as_read_by(
        "reporter:other", world, ordinary
    )
    more = await world.post("reporter", f"/v1/cases/{case['case']}/facts", {"note": "A scar"})
    assert (more.status_code, more.json()["version"]) == (200, None)


async def as_read_by(who, world, case):
    """Return what a reporter reads by API and on the page, without what names the case."""
    own = (await world.get(who, f"/v1/cases/{case['case']}")).json()
    page = (await world.http.get(case["link"] + "?lang=en")).text
    assert "Waiting" in page or "waiting" in page, page
    names = (case["case"], case["code"], case["link"], case["link"].rpartition("/")[2])
    said = [str(own), re.sub(r'name="form" value="[^"]*"', "", page)]
    for name in names:
        said = [one.replace(name, "") for one in said]
    return [re.sub(r"[0-9T:.]{10,}Z?|/r/[^\"\s]*", "", one) for one in said]


async def test_sightings_of_it_are_on_nobodys_queue(world):
    case = await held(world)
    seen = {
        "seen_at": "2026-03-01T11:30:00+08:00",
        "place": {"lat": 33.0, "lon": 115.2, "datum": "wgs84"},
    }
    told = await world.post("reporter", f"/v1/cases/{case['case']}/sightings", seen)
    assert told.status_code == 201, told.text
    assert (await world.get("officer", "/v1/sightings")).json()["items"] == []
    assert len((await world.get("supervisor", "/v1/sightings")).json()["items"]) == 1


@pytest.mark.parametrize("more", [{"protection_order": True}, {}])
async def test_a_stated_order_holds_a_report_at_once_or_later(world, more):
    case = await world.raised("reporter", **more)
    path = f"/v1/cases/{case['case']}"
    if not more:
        assert (await world.get("officer", path)).json()["status"] == "provisional"
        await world.post("reporter", f"{path}/facts", {"protection_order": True})
    assert (await world.get("officer", path)).json()["status"] == "hold"


async def test_a_supervisor_lifts_it_and_another_person_verifies_it(world):
    case = await held(world)
    path = f"/v1/cases/{case['case']}"
    lift = f"{path}/hold/lift"
    assert (await world.post("officer", lift, {"reason": WHY})).status_code == 403
    assert (await world.post("supervisor", lift, {"reason": "short"})).status_code == 422
    lifted = await world.post("supervisor", lift, {"reason": WHY})
    assert [one["kind"] for one in lifted.json()["facts"]] == ["hold.lifted/1"]
    own = await world.post("supervisor", f"{path}/verify", {"unit": "county"})
    assert own.json()["code"] == "approver-is-drafter"
    assert (await world.post("officer", f"{path}/verify", {"unit": "county"})).status_code == 200
    assert (await world.get("officer", path)).json()["status"] == "verified"
    for row in world.store.disk.log.rows:
        assert WHY.encode() not in row.envelope


@pytest.mark.parametrize("missing", ["custody", "protection_order"])
async def test_both_questions_must_be_answered(world, a_report, missing):
    body = a_report()
    del body[missing]
    assert (await world.post("reporter", "/v1/cases", body)).status_code == 422
    for wrong in ("perhaps", None):
        answer = await world.post("reporter", "/v1/cases", a_report(**{missing: wrong}))
        assert answer.status_code == 422
