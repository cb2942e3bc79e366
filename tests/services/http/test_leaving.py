"""Leaving for good, and what nobody else may see of somebody who is there."""

import re

import pytest
from fastapi.routing import APIRoute
from tests.hosts.days import Lived, Set
from tests.hosts.lanes import HERE, volunteer
from tests.services.http.desking import Browser
from tests.services.http.looking import FORM, shown, sound

from homeward.formats.catalogues import LANGS
from homeward.http.auth import Guard, guard_of
from homeward.http.authorisation import scope_of
from homeward.http.limits import LimitsBody, changed
from homeward.ports import Move
from homeward.words import Role, Severity


async def told(world, who="v-1", **more):
    """Tell somebody of an alert; return the case and the path of their page."""
    case = await world.issued()
    bearer = await world.enrolled(who, **more)
    await world.told(who, case["case"], case["draft"])
    return case, f"/i/{who}/{bearer.rpartition('.')[2]}"


async def leave(world, path, lang="en"):
    form = FORM.search(await shown(world, f"{path}/leave/sure?lang={lang}"))[1]
    return await world.http.post(f"{path}/leave?lang={lang}", data={"form": form})


@pytest.mark.parametrize("lang", LANGS)
async def test_it_takes_a_second_step_and_the_page_before_says_everything(world, lang):
    _, path = await told(world)
    page = await shown(world, f"{path}/leave?lang={lang}")
    assert "<form" not in page
    assert f'href="{path}/leave/sure?lang={lang}"' in page
    sure = await shown(world, f"{path}/leave/sure?lang={lang}")
    assert sure.count("<form") == 1
    assert await world.store.roster.get("v-1") is not None


async def test_the_page_says_what_is_deleted_what_stays_and_what_is_owed(world):
    _, path = await told(world)
    page = await shown(world, f"{path}/leave?lang=en")
    for said in (
        "What is deleted, at once</h2>",
        "What stays</h2>",
        "a number stands for each one who was told",
        "nothing more is sent to you: not even that it is over",
        "This cannot be undone",
    ):
        assert said in page, said


async def test_who_left_is_deleted_and_the_old_link_opens_nothing(world):
    case, path = await told(world)
    answer = await leave(world, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/left?lang=en")
    farewell = await shown(world, answer.headers["location"])
    assert "You have left" in farewell
    assert "This cannot be undone" in farewell
    assert await world.store.roster.get("v-1") is None
    assert await world.store.inbox.since("v-1", 0) == []
    token = path.rpartition("/")[2]
    for old in ("", "/limits", "/leave", "/leave/sure"):
        await shown(world, f"{path}{old}?lang=en", 404)
    assert (await world.http.get(f"/v1/inbox/v-1/{token}/messages")).status_code == 404
    assert (await world.get(f"hi_v-1.{token}", "/v1/recipients/v-1")).status_code == 401
    for what in ("pause", "limits", "undo", "answer"):
        data = {"form": "", "case": case["case"]}
        assert (await world.http.post(f"{path}/{what}", data=data)).status_code == 404


async def test_a_second_tap_leads_to_the_farewell_and_a_wrong_link_does_not(world):
    _, path = await told(world)
    form = FORM.search(await shown(world, f"{path}/leave/sure?lang=en"))[1]
    for _ in range(2):
        answer = await world.http.post(f"{path}/leave?lang=en", data={"form": form})
        assert (answer.status_code, answer.headers["location"]) == (303, "/left?lang=en")
    wrong = f"/i/v-1/{'x' * 43}/leave"
    assert (await world.http.post(wrong, data={"form": form})).status_code == 404


async def test_a_form_that_does_not_fit_deletes_nothing(world):
    _, path = await told(world)
    other = FORM.search(await shown(world, f"{path}/limits?lang=en"))[1]
    for form in ("", "1.a.b", "x" * 5_000, other):
        answer = await world.http.post(f"{path}/leave?lang=en", data={"form": form})
        assert answer.status_code == 409
        sound(answer.text)
        assert 'role="alert"' in answer.text
    assert await world.store.roster.get("v-1") is not None
    assert await world.store.inbox.since("v-1", 0) != []


@pytest.mark.parametrize("kind", ["hub", "desk"])
async def test_who_is_on_duty_is_removed_by_who_registered_them(world, kind):
    bearer = await world.enrolled("h-1", kind)
    path = f"/i/h-1/{bearer.rpartition('.')[2]}"
    await shown(world, f"{path}/leave?lang=en", 403)
    answer = await world.http.post(f"{path}/leave", data={"form": ""})
    assert answer.status_code == 403
    assert await world.store.roster.get("h-1") is not None


async def test_who_left_hears_no_more_of_a_live_alert_and_their_number_is_nobodys(world):
    store = world.store
    await store.workbench.start("fanout.0")
    [gone, _] = await store.roster.register([volunteer("v-1", HERE), volunteer("v-2", HERE)])
    now = world.rooms.clock.now()
    lived = Lived(store, Set(now))
    await lived.alert("A", now, HERE, severity=Severity.EXTREME, expires_at=None)
    assert {who for _, who, _ in lived.told} == {"v-1", "v-2"}
    await leave(world, f"/i/v-1/{store.key_ring.token('inbox', 'v-1')}")
    assert await store.roster.listeners([gone.ordinal]) == {}  # whatever is owed finds nobody
    await lived.alert("B", now, HERE, severity=Severity.EXTREME, expires_at=None)
    assert [who for _, who, case in lived.told if case == "B"] == ["v-2"]
    [again] = await store.roster.register([volunteer("v-1", HERE)])
    assert again.ordinal != gone.ordinal


async def test_nothing_of_a_pause_a_place_or_a_leaving_is_logged(world, caplog):
    caplog.set_level("DEBUG")
    _, path = await told(world)
    form = FORM.search(await shown(world, f"{path}/limits?lang=en"))[1]
    await world.http.post(f"{path}/pause", data={"form": form, "pause": "until-ended"})
    await world.http.post(f"{path}/limits", data={"form": form, "zone": "Pacific/Chatham"})
    await leave(world, path)
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("homeward")]
    assert not re.search(r"v-1|until-ended|Chatham|8740b059", "\n".join(ours))


# --- what staff may not see -----------------------------------------------------------------------

PLACE = "8740b059affffff"
NOW_AT = "8740b059effffff"
GIVEN = {"recipient": "v-1", "prefix": "k00000", "invite": "i-1"}
QUERY = {"near": "33.068,115.276", "within_km": "100", "purpose": "search", "since": "0"}


def routes(app, role):
    """Return (method, path) of everything a role may ask for; deletions last."""
    found = [
        (method, one.path)
        for one in app.routes
        if isinstance(one, APIRoute)
        and isinstance(guard := guard_of(one), Guard)
        and scope_of(role, guard.action) is not None
        for method in one.methods
    ]
    return sorted(found, key=lambda one: (one[0] == "DELETE", one[1], one[0]))


async def hidden(world):
    """Tell somebody with a place, a pause and limits; return the case, and what nobody may see."""
    case, path = await told(world)
    store, now = world.store, world.rooms.clock.now()
    await store.roster.move([Move("v-1", NOW_AT, now)])
    known = await store.roster.get("v-1")
    body = LimitsBody.model_validate(
        {"pause": "7d", "quiet": {"from": "03:21", "to": "04:32", "zone": "Pacific/Chatham"}}
    )
    own = changed(known.limits, body, now)
    await store.roster.limit("v-1", own)
    until, token = own.paused_until.isoformat()[:19], path.rpartition("/")[2]
    page = await shown(world, f"{path}/limits?lang=en")
    assert all(one in page for one in ("Pacific/Chatham", "03:21", "You pause until"))
    secret = [PLACE, NOW_AT, "Pacific/Chatham", "03:21", "04:32", token, "paused_until", until]
    return case, secret


def filled(template, case):
    given = {**GIVEN, "case": case["case"], "draft": case["draft"], "draft_id": case["draft"]}
    return re.sub(r"{(\w+)(:\w+)?}", lambda one: given.get(one[1], "x"), template)


@pytest.mark.parametrize("role", ["officer", "supervisor", "coordinator", "ngo", "auditor"])
async def test_no_route_shows_staff_a_pause_a_limit_or_a_place(world, role):
    case, secret = await hidden(world)
    asked = 0
    for method, template in routes(world.app, Role(role)):
        if template.endswith(("/live", "/events", "/stream")):
            continue  # streams of a case: tests of their own
        url, headers = filled(template, case), await world.headers(role)
        sent = {} if method == "GET" else {"json": {}}
        for params in (QUERY, {}):
            answer = await world.http.request(method, url, params=params, headers=headers, **sent)
            assert answer.status_code < 500, (method, url)
            assert [one for one in secret if one in answer.text] == [], (method, url)
        asked += 1
    assert asked > 10


@pytest.mark.parametrize("role", ["officer", "supervisor"])
async def test_no_page_of_the_duty_desk_shows_them(world, role):
    case, secret = await hidden(world)
    browser = await Browser(world).sign_in(role)
    seen = 0
    for one in world.app.routes:
        if one.path.startswith("/duty") and "GET" in getattr(one, "methods", ()):
            answer = await browser.http.get(filled(one.path, case))
            seen += answer.status_code == 200
            assert [said for said in secret if said in answer.text] == [], one.path
    assert seen >= 5
