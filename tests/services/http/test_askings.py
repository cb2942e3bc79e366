"""Askings over HTTP: a desk asks for helpers, looks, and closes; who was asked reads it."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.services.http.looking import FORM, shown
from tests.services.http.test_letters import letter


async def asked(world, who="officer", **more):
    case = await world.issued()
    path = f"/v1/cases/{case['case']}/askings"
    answer = await world.post(who, path, {"quota": 5, **more})
    assert answer.status_code == 201, answer.text
    return case, path, answer.json()["asking"]


@pytest.mark.parametrize("who", ["officer", "supervisor", "coordinator"])
async def test_a_desk_asks_for_helpers_and_closes(world, who):
    _, path, asking = await asked(world, who, by_min=30, within_km=12)
    [one] = (await world.get(who, path)).json()["items"]
    assert (one["quota"], one["within_km"], one["state"], one["coming"]) == (5, 12, "open", 0)
    closed = await world.post(who, f"{path}/{asking}/close")
    assert [fact["kind"] for fact in closed.json()["facts"]] == ["asking.closed/1"]
    assert (await world.post(who, f"{path}/{asking}/close")).json()["facts"] == []
    [one] = (await world.get(who, path)).json()["items"]
    assert (one["state"], one["over_for"]) == ("over", "closed")
    assert (await world.post(who, path, {"quota": 2})).status_code == 201


async def test_the_same_request_opens_one_and_another_is_refused_while_it_is_open(world):
    case = await world.issued()
    path = f"/v1/cases/{case['case']}/askings"
    first, again = [
        (await world.post("officer", path, {"quota": 5}, key="once")).json() for _ in range(2)
    ]
    assert first == again
    other = await world.post("officer", path, {"quota": 6})
    assert (other.status_code, other.json()["code"]) == (409, "asking-open")


async def test_the_number_is_changed_while_people_are_asked_and_not_afterwards(world):
    _, path, asking = await asked(world, "coordinator")
    change = f"{path}/{asking}/change"
    said = await world.post("coordinator", change, {"quota": 9})
    assert [fact["kind"] for fact in said.json()["facts"]] == ["asking.changed/1"]
    assert (await world.post("officer", change, {"quota": 9})).json()["facts"] == []
    [one] = (await world.get("officer", path)).json()["items"]
    assert (one["quota"], one["state"]) == (9, "open")
    assert (await world.post("officer", change, {"quota": 501})).status_code == 422
    assert (await world.post("ngo", change, {"quota": 3})).status_code == 403
    world.store.clock.pass_s(5_401)
    late = await world.post("officer", change, {"quota": 3})
    assert (late.status_code, late.json()["code"]) == (409, "asking-over")


async def test_of_two_officers_at_once_one_opens_it(world, monkeypatch):
    desk, both, met = type(world.rooms.desk), asyncio.Barrier(2), []
    read = desk.case_facts

    async def together(*asked):
        """Let nobody decide before both have read that none is open."""
        found = await read(*asked)
        if len(met) < 2:
            met.append(asked)
            async with asyncio.timeout(30):
                await both.wait()
        return found

    path = f"/v1/cases/{(await world.issued())['case']}/askings"
    officers = ("officer:a-1:county", "officer:a-2:county")
    monkeypatch.setattr(desk, "case_facts", together)
    answers = await asyncio.gather(*(world.post(who, path, {"quota": 5}) for who in officers))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert len((await world.get("officer", path)).json()["items"]) == 1


async def test_it_is_never_wanted_after_the_alert_expires(world):
    _, path, _ = await asked(world, by_min=720)
    [one] = (await world.get("officer", path)).json()["items"]
    at, by = (datetime.fromisoformat(one[name]) for name in ("opened_at", "needed_by"))
    assert by - at <= timedelta(hours=1)  # as long as the alert lives


async def test_without_a_live_alert_nobody_is_asked(world):
    case = await world.verified()
    answer = await world.post("officer", f"/v1/cases/{case['case']}/askings", {"quota": 5})
    assert answer.json()["code"] == "alert-not-live"
    case, path, _ = await asked(world)
    await world.post("officer", f"/v1/cases/{case['case']}/resolve", {"outcome": "found-safe"})
    answer = await world.post("officer", path, {"quota": 5})
    assert answer.json()["code"] == "case-over"


@pytest.mark.parametrize(
    "body",
    [{}, {"quota": 0}, {"quota": 501}, {"quota": 5, "by_min": 4}, {"quota": 5, "within_km": 101}],
)
async def test_what_cannot_be_asked_for_is_refused(world, body):
    case = await world.issued()
    answer = await world.post("officer", f"/v1/cases/{case['case']}/askings", body)
    assert answer.status_code == 422


async def test_an_asking_of_another_case_is_not_found(world):
    _, _, asking = await asked(world)
    case = await world.issued()
    answer = await world.post("officer", f"/v1/cases/{case['case']}/askings/{asking}/close")
    assert (answer.status_code, answer.json()["code"]) == (404, "asking-unknown")


async def test_who_is_asked_reads_it_answers_and_is_thanked_when_enough_come(world):
    case, path = await letter(world)
    answer = await world.post("officer", f"/v1/cases/{case['case']}/askings", {"quota": 5})
    asking = answer.json()["asking"]
    await world.told("v-1", case["case"], case["draft"], "ask", watch=asking)
    page = await shown(world, path)
    assert "Helpers are needed on the spot" in page
    said = {"form": FORM.search(page)[1], "case": case["case"], "answer": "coming", "minutes": "10"}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 303
    page = await shown(world, path)
    assert page.count("Your answer: coming") == 2  # at the alert and at the ask
    assert page.count("I am on my way") == 2
    [one] = (await world.get("officer", f"/v1/cases/{case['case']}/askings")).json()["items"]
    assert one["coming"] == 1

    await world.told("v-1", case["case"], case["draft"], "ask-over", watch=asking)
    page = await shown(world, path)
    assert "Helpers are needed on the spot" not in page
    assert page.count("You need not come") == 2  # the end, and in the ask's place
    assert "Your answer is noted" not in page
    world.store.clock.pass_s(60)
    said = {"form": FORM.search(page)[1], "case": case["case"], "answer": "on-my-way"}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 303
    assert "Your answer is noted" in await shown(world, path)
