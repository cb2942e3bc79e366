"""An alarm without a second person over HTTP: the key once more, twice a day, and its review."""

import asyncio
import random
from datetime import timedelta

import pytest
from tests.services.http.test_fast_lane import alone, drafted

from homeward.record.envelope import read

WHY = "Nobody else is at the desk and the van drives"
PAUSE_S_MAX = 0.01


async def used(world, path, read_, who="supervisor", **more):
    own = await world.key(who.partition(":")[0], who.partition(":")[2])
    body = {**read_, "reason": WHY, "key": own, **more}
    return await world.post(who, f"{path}/emergency", body)


async def emergency(world, who="supervisor"):
    case = await world.verified()
    path, seen = await drafted(world, case)
    answer = await used(world, path, seen, who)
    return f"/v1/cases/{case['case']}", answer


async def test_a_supervisor_alone_reaches_the_whole_bound_and_another_one_reviews_it(world):
    case, answer = await emergency(world)
    said = answer.json()
    kinds = [one["kind"] for one in said["facts"]]
    assert kinds == ["case.emergency-used/1", "case.alert-issued/1"]
    view = (await world.get("officer", case)).json()
    assert (view["alert"]["lane"], view["alert"]["reach_km_max"]) == ("whole", 300)
    [review] = view["reviews"]
    assert (review["review"], review["state"], review["own_draft"]) == (
        *(said["review"], "open"),
        False,
    )
    world.store.clock.move_to(world.store.clock.now() + timedelta(hours=24))
    assert (await world.get("officer", case)).json()["reviews"][0]["state"] == "overdue"

    judge = f"{case}/reviews/{review['review']}"
    own = await world.post("supervisor", judge, {"verdict": "justified"})
    assert (own.status_code, own.json()["code"]) == (403, "approver-is-drafter")
    assert (await world.post("officer", judge, {"verdict": "justified"})).status_code == 403
    done = await world.post("supervisor:s-2", judge, {"verdict": "unjustified", "note": "I rang"})
    assert [one["kind"] for one in done.json()["facts"]] == ["case.emergency-reviewed/1"]
    assert (await world.get("officer", case)).json()["reviews"][0]["state"] == "unjustified"


async def test_what_is_out_on_the_fast_lane_goes_on_and_is_answered_the_same_again(world):
    path, seen, _ = await alone(world)
    own = await world.key("supervisor")
    body = {**seen, "reason": WHY, "key": own}
    first, again = [
        (await world.post("supervisor", f"{path}/emergency", body, key="once")).json()
        for _ in range(2)
    ]
    assert first == again
    assert [one["kind"] for one in first["facts"]][1] == "case.alert-widened/1"
    later = (await used(world, path, seen)).json()
    assert (later["facts"], later["review"]) == ([], first["review"])


@pytest.mark.parametrize("whose", ["officer", "supervisor:other", "nobody"])
async def test_the_key_must_be_their_own(world, whose):
    path, seen = await drafted(world, await world.verified())
    role, _, account = whose.partition(":")
    key = "hw_nobody" if whose == "nobody" else await world.key(role, account)
    answer = await used(world, path, seen, key=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "step-up-failed")
    assert key not in answer.text
    assert "case.emergency-used/1" not in world.store.disk.log.kinds


async def test_a_revoked_key_is_not_enough(world):
    path, seen = await drafted(world, await world.verified())
    old = await world.key("supervisor")
    world.keys.clear()
    await world.rooms.api_keys.revoke(old.removeprefix("hw_").partition("_")[0])
    answer = await used(world, path, seen, key=old)
    assert answer.json()["code"] == "step-up-failed"


@pytest.mark.parametrize("more", [{"reason": "short"}, {"reason": "x" * 501}, {"key": None}])
async def test_without_a_reason_or_a_key_nothing_is_issued(world, more):
    path, seen = await drafted(world, await world.verified())
    answer = await used(world, path, seen, **more)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_an_officer_cannot(world):
    path, seen = await drafted(world, await world.verified())
    assert (await used(world, path, seen, who="officer")).status_code == 403


async def test_twice_in_a_day_and_no_more_in_whatever_case(world):
    for _ in range(2):
        assert (await emergency(world))[1].status_code == 200
    _, third = await emergency(world)
    assert (third.status_code, third.json()["code"]) == (409, "emergency-too-often")
    assert (await emergency(world, "supervisor:s-2"))[1].status_code == 200  # their own two
    world.store.clock.move_to(world.store.clock.now() + timedelta(hours=24))
    assert (await emergency(world))[1].status_code == 200


async def test_it_takes_nothing_from_what_one_issues_alone(world):
    """Both are counted in one stream of the account, each by itself."""
    for _ in range(2):
        await emergency(world)
    lone = [await drafted(world, await world.verified()) for _ in range(3)]
    out = [(await world.post("supervisor", f"{path}/issue")).status_code for path, _ in lone]
    assert out == [200] * 3


async def test_of_those_at_once_no_more_than_two(world):
    paths = [await drafted(world, await world.verified()) for _ in range(5)]
    chance = random.Random(7)

    async def others_first():
        await asyncio.sleep(chance.random() * PAUSE_S_MAX)

    world.store.calls.pause = others_first
    answers = await asyncio.gather(*(used(world, path, seen) for path, seen in paths))
    world.store.calls.pause = None
    noted = [kind for kind in world.store.disk.log.kinds if kind == "access.emergency-used/1"]
    assert len(noted) == sum(one.status_code == 200 for one in answers) == 2
    others = {one.json()["code"] for one in answers if one.status_code != 200}
    assert others <= {"emergency-too-often", "too-busy"}


async def test_the_reason_is_sealed_and_the_key_is_nowhere(world):
    _, answer = await emergency(world)
    key = await world.key("supervisor")
    rows = world.store.disk.log.rows
    kept = await world.rooms.log.by_id(answer.json()["review"])
    assert read(kept).fact.reason is None
    for row in rows:
        assert WHY.encode() not in row.envelope
        assert key.encode() not in row.envelope
