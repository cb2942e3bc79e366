"""No reporter learns whether somebody else stated a guard: it may stand against them."""

import re

import pytest
from fastapi.routing import APIRoute
from tests.services.http.conftest import opened_world, raise_body
from tests.services.http.test_merging import ok
from tests.services.http.test_pages import FORM
from tests.services.http.test_releases import SEEN

from homeward.http.auth import Guard, guard_of
from homeward.http.authorisation import scope_of
from homeward.words import Role, case_code

ME, OTHER = "reporter:neighbour", "reporter:mother"
GUARDS = [{"custody": "disputed"}, {"protection_order": True}]
SAID = {
    "/v1/cases": [raise_body()],
    "/v1/cases/{case}/facts": [
        {"note": "x"},
        {"mode": "rail"},
        {"custody": "none"},
        {"custody": "unknown"},
        {"custody": "disputed"},
        {"protection_order": False},
        {"protection_order": True},
        {"custody": "disputed", "protection_order": False},
        {"protection_order": False, "category": "lost-child", "note": "x"},
    ],
    "/v1/cases/{case}/vehicle": [{"seen_at": "2026-03-01T03:10:00Z", "vehicle": "grey van"}],
    "/v1/cases/{case}/persons": [{"person": {"age_years": 5}}],
    "/v1/cases/{case}/withdraw": [{}],
    "/v1/cases/{case}/sightings": [SEEN],
    "/r/{code}/{token}/facts": [{"note": "x"}, {}],
    "/r/{code}/{token}/withdraw": [{}],
    "/r/{code}/{token}/persons": [{"age_years": "5"}],
    "/r/{code}/{token}/saw": [{"note": "x"}],
}
"""What a reporter asks for, by route."""
ASKED = [(path, body) for path, bodies in SAID.items() for body in bodies]
UNLIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""Names of facts: they come of the keys that were used before."""


def open_to_a_reporter(world):
    """Return the routes, and methods, that a reporter may use."""
    for route in world.app.routes:
        guard = guard_of(route)
        allowed = isinstance(guard, Guard) and scope_of(Role.REPORTER, guard.action) is not None
        if not isinstance(route, APIRoute) or route.path.startswith("/duty"):
            continue  # nobody signs in there who only reports
        if allowed or route.path.startswith("/r/"):
            yield route.path, route.methods


async def stood(world, state):
    """A case of the reporter in that state, and where somebody else may state a guard."""
    mine = await world.raised(ME)
    path = where = f"/v1/cases/{mine['case']}"
    if state != "report":
        await ok(world, "officer", f"{path}/verify", {"unit": "Linquan"})
    if state == "alerted":
        body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
        draft = (await ok(world, "officer", f"{path}/alerts", body))["draft"]
        await ok(world, "officer", f"{path}/alerts/{draft}/issue")
    if state == "merged":
        kept = await world.raised(OTHER)
        where = f"/v1/cases/{kept['case']}"
        await ok(world, "officer", f"{where}/verify", {"unit": "Linquan"})
        await ok(world, "officer", f"{path}/merge", {"into": kept["case"]})
    return mine, where


async def read(world, mine, method, route, who, body=None, **headers):
    """Return what somebody is answered, without what differs each time."""
    named = {"case": mine["case"], "code": case_code(mine["case"])}
    path = route.format(**named, token=mine["link"].rpartition("/")[2])
    if route.startswith("/r/") and method == "POST":
        form_at = path if path.endswith("/saw") else path.rpartition("/")[0]
        form = FORM.search((await world.http.get(form_at)).text)
        said = {**(body or {}), "form": form[1] if form else ""}
        same = {"Origin": "http://homeward.test", "Sec-Fetch-Site": "same-origin"}
        answer = await world.http.post(path, data=said, headers=same)
    else:
        sent = {**await world.headers(who), **headers}
        answer = await world.http.request(method, path, json=body, headers=sent)
    shown = UNLIKE.sub("", FORM.sub("", answer.text))
    kept = {k: v for k, v in answer.headers.items() if k not in {"content-length", "date"}}
    return method, route, answer.status_code, shown, str(kept)


async def answers(settings, state, guard, asked, taken):
    """Return all that a reporter is answered who asks twice, in a world of its own."""
    async with opened_world(settings, "drill") as world:
        mine, where = await stood(world, state)
        key = f"hr_{mine['case']}.{mine['link'].rpartition('/')[2]}"
        if guard is not None:
            await ok(world, "officer", f"{where}/facts", guard, key="guard")
            away = await world.post("coordinator", f"{where}/facts", taken, key="taken")
            assert away.status_code in {200, 409}, "a case on hold takes none"
        if state == "resolved":
            await ok(world, "supervisor", f"{where}/resolve", {"outcome": "found-safe"})
        world.asked = 100
        found = []
        for who in (key, ME, ME):
            path, body = asked
            found.append(await read(world, mine, "POST", path, who, body))
            found.append(await read(world, mine, "POST", path, who, body, **{"If-Match": '"2"'}))
        for route, methods in open_to_a_reporter(world):
            if "GET" in methods:
                found.append(await read(world, mine, "GET", route, ME))
        return found


async def test_each_route_of_a_reporter_is_asked_here(world):
    posts = {path for path, methods in open_to_a_reporter(world) if "POST" in methods}
    assert posts == set(SAID)


@pytest.mark.parametrize("state", ["report", "verified", "alerted", "merged", "resolved"])
@pytest.mark.parametrize("asked", ASKED, ids=[f"{at}-{path}" for at, (path, _) in enumerate(ASKED)])
async def test_no_answer_tells_a_reporter_of_anothers_guard(settings, state, asked):
    without = await answers(settings, state, None, asked, None)
    assert {one[2] for one in without} != {404}
    for guard in GUARDS:
        away = {"custody": "none"} if "custody" in guard else {"protection_order": False}
        assert await answers(settings, state, guard, asked, away) == without, guard
