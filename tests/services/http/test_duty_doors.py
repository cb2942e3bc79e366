"""Every route of the duty page, every role: what may not be done has no button and is refused."""

import re

import pytest
from tests.services.http.desking import HOST, Browser, Forms, sound

from homeward.http.auth import Guard, guard_of
from homeward.http.authorisation import Action, scope_of
from homeward.http.pages import forms
from homeward.http.sessions import COOKIE, AtDesk
from homeward.words import Role

SOME_ID = "00000000-0000-5000-8000-000000000000"
NO_API = {"{case}/draft", "duty/out", "duty/hand-over", "hand-over/accept"}
DESKS = ("officer", "supervisor", "coordinator", "ngo")


def routes(world):
    """Return (route, action, method) of everything that asks for a session."""
    return [
        (route, guard.action, method)
        for route in world.app.routes
        if isinstance(guard := guard_of(route), AtDesk)
        for method in route.methods
    ]


def path_of(route, case=SOME_ID):
    path = route.path.replace("{case}", case)
    return re.sub(r"{\w+}", SOME_ID, path)


def test_all_of_the_duty_page_asks_who_is_there_but_the_door_itself(world):
    found = {
        route.path
        for route in world.app.routes
        if route.path.startswith("/duty") and not isinstance(guard_of(route), AtDesk)
    }
    static = {"/duty/desk.js", "/duty/desk.css", "/duty/icon.svg"}
    assert found == {"/duty/in", "/duty/{token}"} | static
    assert len(routes(world)) > 25


def named(route):
    """Return what a route does, with what: the last two parts of its path."""
    return "/".join(route.path.split("/")[-2:])


def test_an_act_asks_for_the_right_of_its_request_and_not_for_a_weaker_one(world):
    """The API's route of the same name names the same action."""
    asked = {
        (method, named(route)): guard.action
        for route in world.app.routes
        if isinstance(guard := guard_of(route), Guard) and route.path.startswith("/v1/")
        for method in route.methods or ()
    }
    alone = set()
    for route, action, method in routes(world):
        if method != "POST":
            continue
        if (method, named(route)) in asked:
            assert action is asked[method, named(route)], route.path
        else:
            alone.add(named(route))
    # Drafting, and what no API has: signing out, the hand-over.
    assert alone == NO_API


async def test_without_a_session_nothing_opens(world):
    for route, _, method in routes(world):
        answer = await world.http.request(method, path_of(route), headers={"Origin": HOST})
        assert answer.status_code == 401, route.path
        sound(answer.text)


async def test_without_a_form_of_the_session_nothing_is_done(world):
    browser = await Browser(world).sign_in("supervisor")
    size = await world.store.log.size()
    for route, _, method in routes(world):
        if method == "GET":
            continue
        for headers in ({"Origin": HOST}, {"Origin": "https://elsewhere.example"}):
            answer = await browser.http.post(path_of(route), data={"unit": "x"}, headers=headers)
            assert answer.status_code == 403, route.path
    assert await world.store.log.size() == size


@pytest.mark.parametrize("role", DESKS)
async def test_a_role_without_the_right_is_refused(world, role):
    browser = await Browser(world).sign_in(role)
    refused = 0
    for route, action, method in routes(world):
        if scope_of(Role(role), action) is not None:
            continue
        token = _token(world, browser)
        answer = await browser.http.request(
            method, f"{path_of(route)}?lang=en", data={"form": token}, headers={"Origin": HOST}
        )
        assert answer.status_code == 403, route.path
        assert "Your role may not do that." in answer.text
        refused += 1
    assert refused >= {"officer": 0, "supervisor": 0, "coordinator": 8, "ngo": 15}[role]


def _token(world, browser):
    cookie = browser.http.cookies[COOKIE]
    assert cookie
    [form] = [one for one in Forms(browser.text).forms if one["action"].startswith("/duty/out")]
    return form["fields"]["form"]


@pytest.mark.parametrize("role", DESKS)
async def test_a_case_shows_no_button_that_would_be_refused(world, role):
    made = await world.issued()
    case = made["case"] if role != "ngo" else (await world.raised("ngo:a-ngo"))["case"]
    browser = await Browser(world).sign_in(role)
    for part in ("", "/sightings", f"/drafts/{made['draft']}"):
        answer = await browser.http.get(f"/duty/cases/{case}{part}")
        if answer.status_code == 403:
            continue
        actions = {one["action"].partition("?")[0] for one in Forms(answer.text).forms}
        for route, action, method in routes(world):
            path = path_of(route, case)
            if method == "POST" and path in actions:
                assert scope_of(Role(role), action) is not None, path
    may_cancel = scope_of(Role(role), Action.CANCEL) is not None
    await browser.show(f"/duty/cases/{case}")
    assert browser.offers("/cancel") == (may_cancel and role != "ngo")


async def test_what_is_refused_is_counted_and_says_nothing_of_anybody(world):
    browser = await Browser(world).sign_in("ngo")
    case = (await world.raised("reporter:mother"))["case"]
    fields = {"form": forms.new_token(world.rooms, "duty nobody"), "unit": "Xiao Ming"}
    await browser.post(f"/duty/cases/{case}/verify?lang=en", fields, 403)
    assert "Xiao Ming" not in browser.text
    assert b'homeward_refusals_total{code="form-foreign"}' in world.rooms.meter.text()
