"""One officer's word over HTTP: it goes out at once, and says what would let it go on."""

import asyncio
import random
from datetime import timedelta

BODY = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 86_400}


async def drafted(world, case, who="officer", **more):
    answer = await world.post(who, f"/v1/cases/{case['case']}/alerts", {**BODY, **more})
    assert answer.status_code == 201, answer.text
    path = f"/v1/cases/{case['case']}/alerts/{answer.json()['draft']}"
    return path, {"digest": answer.json()["digest"]}


async def test_one_officer_issues_and_another_lets_it_go_on(world):
    case = await world.verified()
    path, read = await drafted(world, case)
    draft = path.rpartition("/")[2]
    issued = (await world.post("officer", f"{path}/issue")).json()
    assert (issued["lane"], issued["reach_km_max"], issued["people_max"]) == ("fast", 30, 5_000)
    assert issued["widens"] == draft
    view = (await world.get("officer", f"/v1/cases/{case['case']}")).json()
    assert (view["alert"]["lane"], view["alert"]["draft"]) == ("fast", draft)
    waits = (view["draft"]["id"], view["draft"]["needs_approval"], view["draft"]["issued"])
    assert waits == (draft, True, True)

    own = await world.post("officer", f"{path}/approve", read)
    assert (own.status_code, own.json()["code"]) == (403, "approver-is-drafter")
    wide = await world.post("supervisor", f"{path}/approve", read)
    kinds = [one["kind"] for one in wide.json()["facts"]]
    assert kinds == ["case.alert-approved/1", "case.alert-widened/1"]
    view = (await world.get("officer", f"/v1/cases/{case['case']}")).json()
    assert (view["alert"]["lane"], view["alert"]["reach_km_max"]) == ("whole", 300)
    assert (view["alert"]["version"], view["draft"]) == (1, None)
    assert (await world.post("supervisor", f"{path}/approve", read)).json()["facts"] == []


async def test_approved_beforehand_it_goes_out_as_a_whole(world):
    case = await world.verified()
    path, read = await drafted(world, case, reach_km_max=20)
    assert (await world.post("supervisor", f"{path}/approve", read)).status_code == 200
    first, again = [
        (await world.post("officer", f"{path}/issue", key="once")).json() for _ in range(2)
    ]
    assert first == again  # the answer to the same request stays the same
    whole = (first["lane"], first["reach_km_max"], first["people_max"], first["widens"])
    assert whole == ("whole", 20, None, None)


async def test_without_a_digest_nothing_is_approved(world):
    path, read = await drafted(world, await world.verified())
    for body in ({}, {"digest": "f00"}, {**read, "more": 1}):
        answer = await world.post("supervisor", f"{path}/approve", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def alone(world, **more):
    path, read = await drafted(world, await world.verified(), **more)
    return path, read, await world.post("officer", f"{path}/issue")


async def test_three_in_a_day_and_a_second_person_makes_room(world):
    out = [await alone(world) for _ in range(3)]
    assert [one.status_code for *_, one in out] == [200] * 3
    path, read, fourth = await alone(world, reach_km_max=5)
    assert (fourth.status_code, fourth.json()["code"]) == (409, "alone-too-often")
    other = await world.post("officer:another", f"{path}/issue")
    assert other.json()["lane"] == "fast"  # each officer has three of their own

    path, read, fifth = await alone(world)
    assert fifth.status_code == 409
    first, its_own, _ = out[0]
    assert (await world.post("supervisor", f"{first}/approve", its_own)).status_code == 200
    assert (await world.post("officer", f"{path}/issue")).json()["lane"] == "fast"

    path, read, sixth = await alone(world)
    assert sixth.status_code == 409
    assert (await world.post("supervisor", f"{path}/approve", read)).status_code == 200
    assert (await world.post("officer", f"{path}/issue")).json()["lane"] == "whole"


async def test_a_day_later_there_is_room_again(world):
    for _ in range(3):
        await alone(world)
    assert (await alone(world))[2].status_code == 409
    world.store.clock.move_to(world.store.clock.now() + timedelta(hours=24))
    assert (await alone(world))[2].json()["lane"] == "fast"


async def test_what_is_out_can_be_updated_alone(world):
    case = await world.verified()
    for _ in range(2):
        path, _ = await drafted(world, case)
        assert (await world.post("officer", f"{path}/issue")).json()["lane"] == "fast"
        await alone(world)
    assert (await alone(world))[2].status_code == 409
    path, _ = await drafted(world, case)
    assert (await world.post("officer", f"{path}/issue")).json()["lane"] == "fast"


async def test_of_those_at_once_no_more_than_may(world):
    """In cases of their own: the account's stream lets one after another through."""
    paths = [(await drafted(world, await world.verified()))[0] for _ in range(6)]

    chance = random.Random(7)

    async def others_first():
        await asyncio.sleep(chance.random() / 100)

    world.store.calls.pause = others_first
    answers = await asyncio.gather(*(world.post("officer", f"{one}/issue") for one in paths))
    world.store.calls.pause = None
    lone = [kind for kind in world.store.disk.log.kinds if kind == "access.alert-issued-alone/1"]
    assert len(lone) == sum(one.status_code == 200 for one in answers) == 3
    others = {one.json()["code"] for one in answers if one.status_code != 200}
    assert others <= {"alone-too-often", "too-busy"}  # whoever lost five times may ask again


async def test_who_reads_a_draft_sees_whom_it_would_reach(world):
    for number in range(30):
        await world.enrolled(f"v-{number}")
    case = await world.verified()
    path, read = await drafted(world, case)
    found = (await world.get("supervisor", path)).json()
    assert found["digest"] == read["digest"]
    fast, whole = found["blast"]["fast"], found["blast"]["whole"]
    assert (fast["reach_km_max"], whole["reach_km_max"]) == (30, 300)
    assert fast["people"] == whole["people"] == "20-50"  # 30 of them: a span, never a number
    assert fast["area_km2"] <= whole["area_km2"]
    coordinator = (await world.get("coordinator", path)).json()  # may draft, and preview nothing
    assert (coordinator["digest"], coordinator["blast"]) == (found["digest"], None)
    kinds = [kind for kind in world.store.disk.log.kinds if kind.startswith("access.")]
    assert kinds[1:] == ["access.read/1", "access.area-previewed/1", "access.read/1"]


async def test_whoever_moved_the_place_sees_whom_their_own_word_would_reach(world):
    """Their word stays where the report says; that of anybody else goes out from the new place."""
    for number in range(30):
        await world.enrolled(f"v-{number}")
    case = await world.verified()
    far = {"lat": 35.6, "lon": 115.2, "datum": "wgs84", "accuracy_m": 50}
    moved = {"at": "2026-03-01T02:00:00Z", "place": far, "text": "at the north gate"}
    answer = await world.post("officer:o-1", f"/v1/cases/{case['case']}/last-seen", moved)
    assert answer.status_code == 200, answer.text
    path, _ = await drafted(world, case, reach_km_max=30)
    people = {
        who: (await world.get(who, path)).json()["blast"]["fast"]["people"]
        for who in ("officer:o-1", "officer:o-2")
    }
    assert people["officer:o-1"] == "20-50"
    assert people["officer:o-2"] != "20-50"


async def test_an_account_that_has_had_its_previews_still_reads_the_words(world):
    path, _ = await drafted(world, await world.verified())
    found = [(await world.get("officer", path)).json() for _ in range(31)]
    assert found[29]["blast"]
    assert found[30]["blast"] is None
    assert found[30]["texts"] == found[0]["texts"]


async def test_whoever_may_approve_it_always_sees_whom_it_would_reach(world):
    path, _ = await drafted(world, await world.verified())
    for _ in range(31):
        assert (await world.get("supervisor", path)).json()["blast"]
        world.store.clock.pass_s(1)
    assert len(await world.store.log.newest("access.area-previewed/1", limit=100)) == 31


async def test_of_what_is_decided_nothing_is_counted(world):
    path, read = await drafted(world, await world.verified())
    await world.post("officer", f"{path}/issue")
    assert (await world.get("supervisor", path)).json()["blast"]
    await world.post("supervisor", f"{path}/approve", read)
    assert (await world.get("supervisor", path)).json()["blast"] is None
