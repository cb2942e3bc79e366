"""Who may do what: every route, every role."""

import pytest
from fastapi.routing import APIRoute

from homeward.http import app as application
from homeward.http.asking import keyed
from homeward.http.auth import Guard, Open, guard_of, unguarded
from homeward.http.authorisation import CLASS, CLEARANCE, TABLE, Action, scope_of
from homeward.http.plain import PlainRoute
from homeward.http.sessions import AtDesk
from homeward.http.strict import StrictRoute
from homeward.words import Role

SOME_ID = "00000000-0000-5000-8000-000000000000"


def test_every_route_names_a_permission_or_why_it_needs_none(world):
    assert unguarded(world.app.routes) == []
    for route in world.app.routes:
        guard = guard_of(route)
        assert isinstance(guard, Guard) or (isinstance(guard, Open) and guard.why), route.path


def test_a_planted_route_without_permission_stops_the_start(world, monkeypatch):
    async def open_door() -> dict[str, str]:
        return {}

    planted = APIRoute("/v1/everything", open_door)

    class Module:
        class router:  # noqa: N801 - stands for a module's router
            routes = (planted,)

    monkeypatch.setattr(application, "MODULES", (*application.MODULES, Module))
    with pytest.raises(RuntimeError, match="/v1/everything"):
        application.create_app(world.rooms)


def test_every_posting_route_under_v1_asks_for_a_key_and_parses_strictly(world):
    posts = [r for r in world.app.routes if "POST" in r.methods and r.path.startswith("/v1")]
    assert len(posts) > 20
    for route in posts:
        if isinstance(route, PlainRoute):  # a last value: said twice, it is true once
            assert route.path == "/v1/positions"
            continue
        assert isinstance(route, StrictRoute), route.path
        if route.path == "/v1/recipients/{recipient}/limits":  # a last value, too
            continue
        assert keyed in list(_calls(route.dependant)), route.path


def _calls(dependant):
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def test_the_table_knows_every_action_and_no_clearance_is_exceeded():
    assert set(TABLE) == set(CLASS) == set(Action)
    for action, roles in TABLE.items():
        for role in roles:
            assert CLASS[action] <= CLEARANCE[role], (action, role)


def test_who_is_not_in_the_table_may_nothing():
    assert all(scope_of(Role.SYSTEM, action) is None for action in Action)


ANSWERS = {
    "reporter": {Action.RAISE, Action.SEE_CASE, Action.ADD_FACTS, Action.WITHDRAW, Action.SIGHT},
    "volunteer": {
        Action.SEE_CASE,
        Action.SIGHT,
        Action.ANSWER,
        Action.REMOVE,
        Action.INBOX,
        Action.MOVE,
        Action.SEE_SELF,
    },
    "hub": {
        *(Action.SEE_CASE, Action.SIGHT, Action.LIST_WATCHES, Action.WATCH),
        *(Action.REMOVE, Action.INBOX, Action.MOVE, Action.SEE_SELF),
    },
    "auditor": {
        *(Action.LIST_CASES, Action.SEE_CASE, Action.LIST_SIGHTINGS, Action.LIST_WATCHES),
        *(Action.TIMELINE, Action.COUNT_RECIPIENTS, Action.LIST_HUBS, Action.FIELD, Action.REPLAY),
        *(Action.OPEN_SEALED, Action.LIST_ASKINGS),
    },
    "admin": {
        *(Action.ENROL, Action.ENROL_HUBS, Action.REMOVE, Action.COUNT_RECIPIENTS),
        *(Action.LIST_HUBS, Action.KEYS, Action.MOVE, Action.PROTECT),
    },
}


@pytest.mark.parametrize("role", ANSWERS)
def test_a_role_may_exactly_what_the_domain_says(role):
    may = {action for action in Action if scope_of(Role(role), action) is not None}
    assert may == ANSWERS[role]


@pytest.mark.parametrize("role", list(Role))
async def test_every_guarded_route_refuses_whoever_may_not(world, role):
    """Walks all routes: 403 for a role that is not in the row, whatever the body."""
    if role is Role.SYSTEM:
        return
    for route in world.app.routes:
        guard = guard_of(route)
        if not isinstance(guard, Guard) or scope_of(role, guard.action) is not None:
            continue
        if isinstance(guard, AtDesk):  # asks for a session: test_duty_doors.py
            continue
        path = route.path
        for name in ("case", "draft_id", "sighting_id", "watch_id", "recipient", "prefix"):
            path = path.replace(f"{{{name}}}", SOME_ID if name != "prefix" else "abcd12")
        for method in route.methods:
            headers = await world.headers(role.value)
            answer = await world.http.request(method, path, json={}, headers=headers)
            assert answer.status_code == 403, (method, path, answer.text)
            assert answer.json()["code"] == "role-not-allowed"


async def test_without_a_key_or_with_a_wrong_one(world):
    missing = await world.http.get("/v1/cases")
    assert (missing.status_code, missing.json()["code"]) == (401, "key-missing")
    assert missing.headers["www-authenticate"] == "Bearer"
    for wrong in ("hw_none_x", "hi_v-1.wrong", "hr_x.y", "nonsense", "hi_", "hr_."):
        answer = await world.http.get(
            "/v1/cases", headers={"Authorization": f"Bearer {wrong}", "Idempotency-Key": "k"}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "key-unknown"), wrong


async def test_a_revoked_key_opens_nothing(world):
    await world.key("officer")
    [holder] = await world.rooms.api_keys.page()
    answer = await world.http.delete(
        f"/v1/keys/{holder.prefix}", headers=await world.headers("admin")
    )
    assert answer.status_code == 204
    assert (await world.get("officer", "/v1/cases")).status_code == 401


async def test_a_foreign_case_does_not_exist(world):
    case = await world.verified()
    await world.enrolled("v-1")
    for who in ("reporter:someone", "ngo", "volunteer:v-1", "hub:h-1"):
        seen = await world.get(who, f"/v1/cases/{case['case']}")
        none = await world.get(who, f"/v1/cases/{SOME_ID}")
        assert (seen.status_code, seen.json()["code"]) == (404, "case-not-found"), who
        assert seen.json() == none.json()


async def test_an_ngo_sees_what_waits_and_what_it_raised(world):
    waiting = await world.raised()
    own = await world.verified("ngo:n-1:babyhome")
    other = await world.verified()
    listed = (await world.get("ngo:n-2:babyhome", "/v1/cases")).json()["items"]
    assert {one["case"] for one in listed} == {waiting["case"], own["case"]}
    assert (await world.get("ngo:n-2:babyhome", f"/v1/cases/{own['case']}")).status_code == 200
    assert (await world.get("ngo:n-2:babyhome", f"/v1/cases/{other['case']}")).status_code == 404


async def test_the_reporters_link_opens_one_case_and_no_other(world):
    case, other = await world.raised("reporter:mother"), await world.raised("reporter:father")
    token = case["link"].rpartition("/")[2]
    bearer = f"hr_{case['case']}.{token}"
    assert (await world.get(bearer, f"/v1/cases/{case['case']}")).status_code == 200
    assert (await world.get(bearer, f"/v1/cases/{other['case']}")).status_code == 404


async def test_the_reporters_link_raises_no_other_case(world, a_report):
    """The form is limited per connection; its link would go around that."""
    case = await world.raised("reporter:mother")
    bearer = f"hr_{case['case']}.{case['link'].rpartition('/')[2]}"
    answer = await world.post(bearer, "/v1/cases", a_report())
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    assert (await world.post(bearer, f"/v1/cases/{case['case']}/facts", {"note": "x"})).is_success
