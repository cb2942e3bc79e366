"""I-20: no reporter reads place or time of a sighting before a coordinator releases it."""

import pytest
from fastapi.routing import APIRoute
from hypothesis import given, settings
from tests.streams.test_asked_twice import histories

from homeward.http.auth import Guard, guard_of
from homeward.http.authorisation import scope_of
from homeward.timeline import for_reporter, status_of
from homeward.words import Role, case_code

SEEN = {
    "seen_at": "2026-03-01T03:17:42Z",
    "place": {"lat": 33.4567, "lon": 115.6789, "datum": "wgs84", "accuracy_m": 50},
    "note": "at the pump by the bridge",
    "contact": "+86 000 0000 0177",
}


async def a_sighting(world, by="mother", **more):
    """A case of that reporter with an alert and one accepted sighting of somebody else."""
    case = await world.raised(f"reporter:{by}", **more)
    path = f"/v1/cases/{case['case']}"
    await world.post("officer", f"{path}/verify", {"unit": "Linquan"})
    draft = (
        await world.post(
            "officer",
            f"{path}/alerts",
            {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600},
        )
    ).json()["draft"]
    await world.post("officer", f"{path}/alerts/{draft}/issue")
    sighting = (await world.post("officer", f"{path}/sightings", SEEN)).json()["sighting"]
    return {**case, "draft": draft, "sighting": sighting}


async def cell_of(world, case):
    [one] = (await world.get("officer", f"/v1/cases/{case['case']}/sightings")).json()["items"]
    return one["cell"]


async def everything_a_reporter_reads(world, case):
    """Walk all routes as the reporter: with an API key, with the link, on the page."""
    token = case["link"].rpartition("/")[2]
    named = {
        "case": case["case"],
        "code": case_code(case["case"]),
        "token": token,
        "sighting_id": case["sighting"],
        "draft_id": case["draft"],
        "asked": case["draft"],
        "proposal": case["draft"],
        "asking_id": case["draft"],
        "review": case["draft"],
        "invite": case["draft"],
        "watch_id": case["sighting"],
        "recipient": "mother",
        "prefix": "abcd12",
        "person": "1",
    }
    read = []
    for route in world.app.routes:
        if not isinstance(route, APIRoute):
            continue
        path = route.path
        for name, value in named.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, path
        for method in sorted(route.methods):
            for who in ("reporter:mother", f"hr_{case['case']}.{token}"):
                headers = await world.headers(who)
                body = None if method == "GET" else {}
                answer = await world.http.request(method, path, json=body, headers=headers)
                read.append((method, path, answer.status_code, answer.text))
    return read


def leaks(read, cell):
    secrets = (cell, "03:17", "11:17", "33.45", "115.67", "the bridge", "0000 0177")
    return [
        (method, path, secret)
        for method, path, _, text in read
        for secret in (secrets if path != "/metrics" else (cell,))  # full of figures of its own
        if secret in text
    ]


@pytest.mark.parametrize("accepted", [False, True])
async def test_no_route_shows_a_reporter_what_was_not_released(world, accepted):
    case = await a_sighting(world)
    path = f"/v1/sightings/{case['sighting']}"
    cell = await cell_of(world, case)
    if accepted:
        await world.post("coordinator", f"{path}/accept", {"mode": "vehicle"})
    read = await everything_a_reporter_reads(world, case)
    assert len({path for _, path, status, _ in read if status == 200}) > 5
    assert leaks(read, cell) == []

    await world.post("coordinator", f"{path}/release")
    shown = leaks(await everything_a_reporter_reads(world, case), cell)
    page = f"/r/{case_code(case['case'])}/{case['link'].rpartition('/')[2]}"
    assert {path for method, path, _ in shown if method == "GET"} == {
        *(f"/v1/cases/{case['case']}", page)
    }
    assert all(path.startswith(page) for method, path, _ in shown if method == "POST")
    assert {secret for *_, secret in shown}.isdisjoint({"the bridge", "0000 0177"}), "stays sealed"

    await world.post("officer", f"{path}/withhold")
    assert leaks(await everything_a_reporter_reads(world, case), cell) == []


async def test_what_is_released_says_when_and_where(world):
    case = await a_sighting(world)
    await world.post("coordinator", f"/v1/sightings/{case['sighting']}/release")
    seen = (await world.get("reporter:mother", f"/v1/cases/{case['case']}")).json()
    assert seen["released"] == [
        {
            "sighting": case["sighting"],
            "seen_at": "2026-03-01T03:17:42.000000Z",
            "cell": await cell_of(world, case),
        }
    ]
    page = (await world.http.get(case["link"] + "?lang=en")).text
    assert "1 Mar 11:17" in page
    assert "km from the place last seen" in page


async def test_another_reporter_sees_nothing_of_it(world):
    case = await a_sighting(world)
    await world.post("coordinator", f"/v1/sightings/{case['sighting']}/release")
    answer = await world.get("reporter:father", f"/v1/cases/{case['case']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "case-not-found")


async def test_a_reporter_has_no_route_that_lists_or_releases_sightings(world):
    for route in world.app.routes:
        guard = guard_of(route)
        if isinstance(guard, Guard) and "sighting" in route.path and "GET" in route.methods:
            assert scope_of(Role.REPORTER, guard.action) is None, route.path
        if route.path.endswith(("/release", "/withhold")):
            assert scope_of(Role.REPORTER, guard.action) is None, route.path


@given(histories())
@settings(max_examples=80)
def test_a_reporter_reads_of_exactly_what_was_released_last(history):
    shown = status_of(history).json_for_reporter() if history else {"released": []}
    last = {}
    for one in history:
        if one.kind in {"sighting.released/1", "sighting.withheld/1"}:
            last[one.fact.sighting] = one.kind
    released = {name for name, kind in last.items() if kind == "sighting.released/1"}
    assert {one["sighting"] for one in shown.get("released", ())} == released
    assert not [line for line in for_reporter(history) if line.kind.startswith("sighting.")]


async def test_nothing_of_place_reaches_the_reporter_of_who_wants_no_contact(world):
    """Whatever was released before, whichever unit took it up there, whoever helped."""
    case = await a_sighting(world, person={"age_years": 34, "sex": "female"}, category="other")
    path = f"/v1/cases/{case['case']}"
    cell = await cell_of(world, case)
    moved = {"at": "2026-03-01T03:17:00Z", "place": SEEN["place"], "text": "the bridge at Fuyang"}
    assert (await world.post("officer", f"{path}/last-seen", moved)).is_success
    assert (await world.post("officer", f"{path}/take-up", {"unit": "Fuyang desk"})).is_success
    await world.post("coordinator", f"/v1/sightings/{case['sighting']}/accept", {"mode": "rail"})
    await world.post("coordinator", f"/v1/sightings/{case['sighting']}/release")
    assert leaks(await everything_a_reporter_reads(world, case), cell), "it was released"
    body = {"outcome": "located-no-contact", "helped_by": [case["sighting"]]}
    assert (await world.post("officer", f"{path}/resolve", body)).is_success
    for closed in (False, True):
        if closed:
            assert (await world.post("officer", f"{path}/close-out")).is_success
        read = await everything_a_reporter_reads(world, case)
        assert leaks(read, cell) == []
        assert [way for _, way, _, text in read if "Fuyang" in text] == []
        page = (await world.http.get(case["link"] + "?lang=en")).text
        assert "do not wish contact" in page or closed
        shown = (await world.get("reporter:mother", path)).json()
        assert (shown["sightings"], shown["released"], "helped_by" in shown) == (0, [], False)
