"""Idempotency-Key, ETag and If-Match."""

import asyncio

import pytest


@pytest.fixture
def body(a_report):
    return a_report()


async def test_the_same_key_and_body_raise_one_case(world, body):
    first = await world.post("officer", "/v1/cases", body, key="once")
    world.store.clock.pass_s(60)
    second = await world.post("officer", "/v1/cases", body, key="once")
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert await world.store.log.size() == 1


async def test_sent_twice_at_once_it_is_raised_once(world, body):
    answers = await asyncio.gather(
        *(world.post("officer", "/v1/cases", body, key="once") for _ in range(8))
    )
    assert len({one.text for one in answers}) == 1
    assert await world.store.log.size() == 1


@pytest.mark.parametrize(
    ("path", "said", "more"),
    [
        ("", None, {}),  # met as a case that is there already
        ("/verify", {"unit": "u"}, {}),  # met as true already
        ("/facts", {"note": "x"}, {"If-Match": '"1"'}),  # met as a newer version
    ],
)
async def test_who_looked_before_the_other_one_wrote_gets_the_same_answer(
    world, body, monkeypatch, path, said, more
):
    raised = await world.post("officer", "/v1/cases", body, key="raised")
    path = f"/v1/cases/{raised.json()['case']}{path}" if path else "/v1/cases"
    said = said or body
    first = await world.post("officer", path, said, key="once", **more)
    answered, looks = type(world.store.log).answered, []

    async def too_early(log, request):
        looks.append(request)
        return None if len(looks) == 1 else await answered(log, request)

    monkeypatch.setattr(type(world.store.log), "answered", too_early)
    world.store.clock.pass_s(1)
    second = await world.post("officer", path, said, key="once", **more)
    assert first.is_success
    assert (first.status_code, first.json()) == (second.status_code, second.json())


async def test_the_same_key_with_another_body_is_refused(world, body):
    await world.post("officer", "/v1/cases", body, key="once")
    answer = await world.post("officer", "/v1/cases", {**body, "note": "other"}, key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_what_was_true_already_binds_its_key_too(world):
    case = await world.verified()
    path, size = f"/v1/cases/{case['case']}/verify", await world.store.log.size()
    first = await world.post("officer", path, {"unit": "Linquan"}, key="once")
    await world.post("officer", f"/v1/cases/{case['case']}/facts", {"note": "newer"})
    same = await world.post("officer", path, {"unit": "Linquan"}, key="once")
    other = await world.post("officer", path, {"unit": "Fuyang"}, key="once")
    assert (first.status_code, first.json()["facts"]) == (200, [])
    assert (same.status_code, same.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await world.store.log.size() == size + 1


async def test_a_case_is_the_same_by_code_and_by_id(world):
    case = await world.raised()
    names = (case["code"], case["case"], case["code"].lower())
    answers = [
        await world.post("officer", f"/v1/cases/{name}/facts", {"note": "x"}, key="once")
        for name in names
    ]
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    other = await world.raised("officer", mode="vehicle")
    answer = await world.post(
        "officer", f"/v1/cases/{other['case']}/facts", {"note": "x"}, key="once"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    nobody = await world.http.post(
        f"/v1/cases/{case['code']}/facts", json={}, headers={"Idempotency-Key": "k"}
    )
    assert nobody.status_code == 401


async def test_the_same_key_of_another_account_is_another_key(world, body):
    one = await world.post("officer:a", "/v1/cases", body, key="once")
    other = await world.post("officer:b", "/v1/cases", body, key="once")
    assert one.json()["case"] != other.json()["case"]


@pytest.mark.parametrize("key", [None, "", " ", "ä", "x" * 129, "two words"])
async def test_a_post_without_a_fitting_key_is_refused(world, body, key):
    headers = await world.headers("officer")
    del headers["Idempotency-Key"]
    if key is not None:
        headers["Idempotency-Key"] = key.encode()
    answer = await world.http.post("/v1/cases", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert await world.store.log.size() == 0


async def test_a_stale_if_match_is_refused_and_a_fresh_one_is_not(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}"
    assert (await world.get("officer", path)).headers["etag"] == '"1"'
    await world.post("officer", f"{path}/facts", {"note": "more"})
    stale = await world.post("officer", f"{path}/verify", {"unit": "u"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    assert "If-Match" in stale.json()["mend"]
    fresh = await world.post("officer", f"{path}/verify", {"unit": "u"}, **{"If-Match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')
    any_ = await world.post("officer", f"{path}/facts", {"note": "x"}, **{"If-Match": "*"})
    assert any_.status_code == 200


async def test_a_wave_does_not_make_an_if_match_stale(world):
    case = await world.issued()
    etag = (await world.get("officer", f"/v1/cases/{case['case']}")).headers["etag"]
    await world.watched(case["case"], "h-1", case["draft"])
    path = f"/v1/cases/{case['case']}/cancel"
    answer = await world.post("officer", path, {"reason": "false"}, **{"If-Match": etag})
    assert answer.status_code == 200


async def test_a_broken_if_match_is_named(world):
    case = await world.raised()
    path = f"/v1/cases/{case['case']}/facts"
    answer = await world.post("officer", path, {"note": "x"}, **{"If-Match": "abc"})
    assert (answer.status_code, answer.json()["code"]) == (400, "if-match-broken")
