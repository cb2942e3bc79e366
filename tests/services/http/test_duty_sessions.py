"""Signing in to the duty page: whose key, for how long, in which browser, and from which page."""

from dataclasses import replace

import httpx2
import pytest
from tests.services.http.conftest import rooms_over
from tests.services.http.desking import HOST, Browser

from homeward.http.app import create_app
from homeward.http.pages import forms
from homeward.http.pages.desk import SIGN_IN
from homeward.http.sessions import COOKIE, SEAT, on_loopback
from homeward.record.envelope import read
from homeward.words import Role

MAY = ("officer", "supervisor", "coordinator", "ngo")
MAY_NOT = ("reporter", "hub", "volunteer", "auditor", "admin")


@pytest.mark.parametrize("role", MAY)
async def test_who_works_at_a_desk_signs_in_with_a_key(world, role):
    browser = await Browser(world).sign_in(role)
    assert "Queue" in browser.text
    assert f"a-{role}" in browser.text
    assert "There is no open case." in browser.text


@pytest.mark.parametrize("role", MAY_NOT)
async def test_nobody_else_does(world, role):
    browser = Browser(world)
    await browser.sign_in(role, 403)
    assert "Your role may not do that." in browser.text
    assert COOKIE not in browser.http.cookies


async def test_the_cookies_are_out_of_reach_of_scripts_other_sites_and_open_lines(world):
    await Browser(world).sign_in()
    browser = Browser(world)
    key = await world.key("officer")
    await browser.show("/duty", 401)
    form = browser.form("/duty/in")
    answer = await browser.http.post(
        form["action"], data={**form["fields"], "key": key}, headers={"Origin": HOST}
    )
    cookies = answer.headers.get_list("set-cookie")
    assert {one.partition("=")[0] for one in cookies} == {COOKIE, SEAT}
    for one in cookies:
        said = {part.strip().lower() for part in one.split(";")[1:]}
        assert {"httponly", "secure", "samesite=strict", "path=/duty"} <= said
        assert key not in one
    assert key not in answer.headers["location"]


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8110", True),
        ("http://localhost:8110", True),
        ("http://[::1]:8110", True),
        ("https://127.0.0.1", False),
        ("http://desk.example", False),
        ("http://127.0.0.1.example", False),
        ("", False),
    ],
)
def test_only_on_loopback_a_cookie_goes_without_tls(world, url, near):
    assert on_loopback(replace(world.rooms, public_url=lambda: url)) is near


async def test_a_wrong_key_is_said_to_be_wrong_and_kept_nowhere(world):
    browser = Browser(world)
    await browser.sign_in(status=401, key="hw_none_something")
    assert "That key opens nothing" in browser.text
    assert "hw_none_something" not in browser.text
    assert 'type="password" name="key" required' in browser.text


async def test_who_tries_keys_is_stopped_and_who_has_one_is_not_counted(world):
    world.app.state.sign_ins.at_most = 2
    for _ in range(3):
        await Browser(world).sign_in()
    for _ in range(2):
        await Browser(world).sign_in(status=401, key="hw_none_x")
    stopped = Browser(world)
    await stopped.sign_in(status=429)
    assert "too many keys" in stopped.text
    assert int(stopped.answer.headers["retry-after"]) > 3_000


async def test_a_revoked_key_is_out_at_once(world):
    browser = await Browser(world).sign_in()
    [holder] = await world.rooms.api_keys.page()
    await world.rooms.api_keys.revoke(holder.prefix)
    await browser.show("/duty", 401)
    await browser.show("/duty/hand-over", 401)


async def test_a_session_falls_asleep_and_shows_the_queue_alone(world):
    await world.raised("reporter:mother")
    browser = await Browser(world).sign_in()
    world.store.clock.pass_s(1_799)
    await browser.show("/duty/hand-over")  # an act: it is awake again for half an hour
    world.store.clock.pass_s(1_799)
    await browser.show("/duty?auto=1")  # no act
    world.store.clock.pass_s(2)
    text = await browser.show("/duty?auto=1")
    assert "the queue goes on" in text
    assert "The report waits for somebody" in text
    text = await browser.show("/duty/hand-over", 401)
    assert "please enter the key again" in text
    await browser.send("/duty/in", key=await world.key("officer"))
    assert browser.path == "/duty/hand-over"


async def test_after_a_shift_it_is_over_whatever_was_done(world):
    browser = await Browser(world).sign_in()
    for _ in range(48):
        world.store.clock.pass_s(890)
        await browser.show("/duty")
    world.store.clock.pass_s(500)
    await browser.show("/duty?auto=1", 401)


async def test_who_signs_out_is_out_with_every_copy_of_the_cookie(world):
    browser = await Browser(world).sign_in()
    copy = Browser(world)
    for name in (COOKIE, SEAT):
        copy.http.cookies.set(name, browser.http.cookies[name], domain="homeward.test")
    await copy.show("/duty")
    before = browser.http.cookies[SEAT]
    await browser.sign_out()
    assert COOKIE not in browser.http.cookies
    assert browser.http.cookies[SEAT] == before
    await copy.show("/duty", 401)
    assert len(await world.store.log.newest("access.signed-out/1")) == 1


async def test_who_signs_in_again_ends_the_session_before(world):
    browser = await Browser(world).sign_in()
    old = browser.http.cookies[COOKIE]
    await browser.show("/duty")
    other = Browser(world)
    other.http.cookies.set(COOKIE, old, domain="homeward.test")
    await other.show("/duty")
    form = {
        "form": forms.new_token(world.rooms, SIGN_IN),
        "back": "/duty",
        "key": await world.key("supervisor"),
    }
    await browser.post("/duty/in?lang=en", form)
    assert "a-supervisor" in browser.text
    await other.show("/duty", 401)


async def test_another_process_of_the_world_takes_the_cookie(world, settings):
    browser = await Browser(world).sign_in()
    rooms = replace(rooms_over(world.store, settings), api_keys=world.rooms.api_keys)
    app, cookie = create_app(rooms), browser.http.cookies[COOKIE]
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as http:
        changed = cookie[:-2] + ("A" if cookie[-2] != "A" else "B") + cookie[-1]
        for said, status in ((cookie, 200), (changed, 401), ("x" * 500, 401), ("", 401)):
            answer = await http.get("/duty", headers={"Cookie": f"{COOKIE}={said}"})
            assert answer.status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": HOST, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_of_another_site_does_nothing(world, headers):
    browser = await Browser(world).sign_in()
    size = await world.store.log.size()
    await browser.show("/duty/hand-over")
    await browser.send("/duty/hand-over/accept", 403, headers=headers)
    assert "was not opened in this session" in browser.text
    assert await world.store.log.size() == size


async def test_a_form_without_this_session_s_token_does_nothing(world):
    browser, other = await Browser(world).sign_in(), await Browser(world).sign_in()
    await browser.show("/duty/hand-over")
    await other.show("/duty/hand-over")
    mine, theirs = (one.form("/duty/hand-over/accept")["fields"] for one in (browser, other))
    size = await world.store.log.size()
    fields = {**mine, "form": theirs["form"]}
    for one in (fields, {**mine, "form": ""}, {**mine, "form": "x.y.z"}, {"handed": ""}):
        await browser.post("/duty/hand-over/accept?lang=en", one, 403)
    assert await world.store.log.size() == size
    await browser.post("/duty/hand-over/accept?lang=en", mine)


async def test_nobody_is_signed_in_by_another_site(world):
    browser = Browser(world)
    await browser.show("/duty", 401)
    key = await world.key("officer")
    await browser.send("/duty/in", 403, headers={"Origin": "https://elsewhere.example"}, key=key)
    await browser.post("/duty/in?lang=en", {"key": key, "back": "/duty"}, 403)
    assert COOKIE not in browser.http.cookies


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example", "//elsewhere.example", "/dutyfree", "/report", "/duty/../x"],
)
async def test_signing_in_leads_nowhere_else(world, back):
    browser = Browser(world)
    await browser.show("/duty", 401)
    form = browser.form("/duty/in")
    fields = {**form["fields"], "key": await world.key("officer"), "back": back}
    answer = await browser.http.post(form["action"], data=fields, headers={"Origin": HOST})
    assert answer.headers["location"] == "/duty?lang=en"


async def test_every_part_says_who_may_load_what_and_keeps_no_copy(world):
    browser = await Browser(world).sign_in()
    for path in ("/duty", "/duty/hand-over"):
        await browser.show(path)
        headers = browser.answer.headers
        assert headers["cache-control"] == "no-store"
        assert (
            "default-src 'none'; style-src 'self'; script-src 'self'"
            in (headers["content-security-policy"])
        )
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"  # else browsers say Origin: null
    for path, kind in (
        ("/duty/desk.js", "text/javascript"),
        ("/duty/desk.css", "text/css"),
        ("/duty/icon.svg", "image/svg+xml"),
    ):
        answer = await world.http.get(path)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)


async def test_a_key_that_opens_the_api_opens_no_page_by_itself(world):
    answer = await world.get("officer", "/duty")
    assert answer.status_code == 401


async def test_what_is_recorded_names_key_and_account_and_opens_nothing(world):
    browser = await Browser(world).sign_in("officer:a-1:county")
    [row] = await world.store.log.newest("access.signed-in/1")
    said = read(row)
    assert (said.by.id, said.by.role, said.by.org) == ("a-1", Role.OFFICER, "county")
    assert said.by.auth == f"seat.{browser.http.cookies[SEAT]}"
    assert (await world.key("officer", "a-1", "county")).encode() not in row.envelope
    assert browser.http.cookies[COOKIE].encode() not in row.envelope
