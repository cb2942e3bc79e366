"""Volunteers join by an invite, and hear nothing until that organisation accepts them."""

import re

import h3
import pytest

from homeward.fanout.areas import Anywhere
from homeward.fanout.brute import BruteIndex
from homeward.fanout.index import Query
from homeward.words import RecipientKind, Tier, case_code

NGO, OTHERS = "ngo:n-li:angels", "ngo:n-wu:others"
PLACE = "33.068, 115.276"


async def invited(world, **more):
    answer = await world.post(NGO, "/v1/invites", {"uses": 3, "expires_in_s": 3_600, **more})
    assert answer.status_code == 201, answer.text
    said = answer.json()
    return said, said["link"].removeprefix("http://homeward.test")


async def filled(world, path, **more):
    page = await world.http.get(path, params={"lang": "en"})
    assert page.status_code == 200, page.text
    token = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    form = {"form": token, "place1": PLACE, "datum": "wgs84", "adult": "yes"}
    return {**form, "messages_lang": "zh-Hant", **more}


async def joined(world, path, **more):
    form = await filled(world, path, **more)
    answer = await world.http.post(path, params={"lang": "en"}, data=form)
    assert answer.status_code == 200, answer.text
    return re.search(r"http://homeward\.test/i/([^/]+)/", answer.text)[1], answer


async def told(world):
    """Who would be told of an alert anywhere, by the rule."""
    index = BruteIndex(await world.store.roster.columns(0, 1))
    kinds = frozenset({RecipientKind.VOLUNTEER})
    found = index.match(Query(Anywhere(), kinds, world.rooms.clock.now()))
    people = await world.store.roster.by_ordinals(found.ordinals.tolist())
    return {one.recipient.id for one in people.values()}


async def test_who_joins_waits_and_hears_once_accepted(world):
    _, path = await invited(world)
    who, page = await joined(world, path, quiet_from="22:00", quiet_to="07:00")
    kept = (await world.store.roster.get(who)).recipient
    assert kept.cells == (h3.latlng_to_cell(33.068, 115.276, 7),)
    assert (kept.lang, kept.active, kept.tier) == ("zh-Hant", False, Tier.PUBLIC)
    assert (kept.quiet_from_min, kept.quiet_to_min) == (1_320, 420)
    assert case_code(who) in page.text
    assert await told(world) == set()
    waits = (await world.get(NGO, "/v1/waiting")).json()["items"]
    assert [(one["recipient"], one["code"]) for one in waits] == [(who, case_code(who))]
    assert "cell" not in str(waits), "no answer leads from a person to a place"
    accept = f"/v1/recipients/{who}/accept"
    assert (await world.post(NGO, accept, {"tier": "vetted"})).status_code == 204
    assert await told(world) == {who}
    assert (await world.store.roster.get(who)).recipient.tier is Tier.VETTED
    assert (await world.get(NGO, "/v1/waiting")).json()["items"] == []
    assert (await world.post(NGO, accept)).json()["code"] == "nobody-waits"
    [fact] = await world.store.log.newest("access.volunteer-accepted/1")
    assert who.encode() in fact.envelope


async def test_who_is_declined_is_erased_and_their_link_opens_nothing(world):
    _, path = await invited(world)
    who, page = await joined(world, path)
    link = re.search(rf'href="http://homeward\.test(/i/{who}/[^"]+)"', page.text)[1]
    assert (await world.http.get(link)).status_code == 200
    assert (await world.post(NGO, f"/v1/recipients/{who}/decline")).status_code == 204
    assert await world.store.roster.get(who) is None
    assert (await world.http.get(link)).status_code in {401, 404}
    again = await world.post(NGO, f"/v1/recipients/{who}/accept")
    assert (again.status_code, again.json()["code"]) == (404, "nobody-waits")


@pytest.mark.parametrize("what", ["accept", "decline"])
@pytest.mark.parametrize("by", [OTHERS, "officer:o-1:angels", "admin:a:angels", "ngo"])
async def test_nobody_else_decides_about_who_waits(world, what, by):
    _, path = await invited(world)
    who, _ = await joined(world, path)
    answer = await world.post(by, f"/v1/recipients/{who}/{what}")
    assert answer.status_code in {403, 404}
    kept = await world.store.roster.get(who)
    assert (kept is not None, kept.recipient.active) == (True, False)


async def test_who_waits_may_not_be_registered_active_by_an_ngo(world):
    _, path = await invited(world)
    who, _ = await joined(world, path)
    body = {"recipient": who, "kind": "volunteer", "cells": ["8740b059affffff"]}
    assert (await world.post(OTHERS, "/v1/recipients", body)).status_code == 409
    assert await told(world) == set()


async def test_a_form_sent_twice_is_one_person_and_one_use(world):
    made, path = await invited(world)
    form = await filled(world, path)
    answers = [await world.http.post(path, data=form) for _ in range(2)]
    links = [re.findall(r"http://homeward\.test/i/[^\"<]+", one.text) for one in answers]
    assert links[0] == links[1] != []
    listed = (await world.get(NGO, "/v1/invites")).json()["items"]
    assert [(one["invite"], one["used"]) for one in listed] == [(made["invite"], 1)]


async def test_an_invite_lets_in_so_many_and_no_more(world):
    _, path = await invited(world, uses=1)
    early = await filled(world, path)
    await joined(world, path)
    late = await world.http.post(path, data=early)
    assert late.status_code == 410
    assert (await world.http.get(path)).status_code == 410


async def test_an_invite_that_is_revoked_or_over_opens_nothing(world):
    made, path = await invited(world)
    headers = await world.headers(OTHERS)
    gone = await world.http.delete(f"/v1/invites/{made['invite']}", headers=headers)
    assert gone.json()["code"] == "invite-not-found"
    assert (await world.http.get(path)).status_code == 200
    headers = await world.headers(NGO)
    gone = await world.http.delete(f"/v1/invites/{made['invite']}", headers=headers)
    assert gone.status_code == 204
    assert (await world.http.get(path)).status_code == 410
    _, path = await invited(world)
    world.rooms.clock.pass_s(3_601)
    assert (await world.http.get(path)).status_code == 410


async def test_a_link_that_this_world_did_not_sign_opens_nothing(world):
    made, path = await invited(world)
    forged = [path[:-1] + ("A" if path[-1] != "A" else "B"), f"/join/{made['invite']}.", "/join/x"]
    assert [(await world.http.get(one)).status_code for one in forged] == [404] * 3


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"adult": ""}, "Only who is 18 or older"),
        ({"place1": "nowhere at all"}, 'id="place1-wrong"'),
        ({"place1": ""}, 'id="place1-wrong"'),
        ({"form": "0.x.y"}, "open too long"),
    ],
)
async def test_what_is_wrong_is_said_and_nobody_joins(world, more, says):
    _, path = await invited(world)
    form = await filled(world, path, **more)
    answer = await world.http.post(path, params={"lang": "en"}, data=form)
    assert answer.status_code in {409, 410, 422}
    assert says in answer.text
    assert sum((await world.store.roster.count()).values()) == 0


async def test_three_places_are_the_most_and_fields_beyond_are_not_read(world):
    _, path = await invited(world)
    places = {f"place{n}": f"{33 + n}.0, 115.0" for n in range(1, 6)}
    who, _ = await joined(world, path, **places, cells="8740b059affffff", active="true")
    kept = (await world.store.roster.get(who)).recipient
    assert kept.cells == tuple(h3.latlng_to_cell(33.0 + n, 115.0, 7) for n in (1, 2, 3))
    assert not kept.active


async def test_a_connection_and_a_link_let_in_so_many_an_hour(world):
    _, path = await invited(world, uses=50)
    for _ in range(world.rooms.settings.joins_per_hour):
        await joined(world, path)
    form = await filled(world, path)
    answer = await world.http.post(path, data=form)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


async def test_a_key_without_an_organisation_invites_nobody(world):
    answer = await world.post("ngo", "/v1/invites", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "organisation-missing")


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
async def test_the_form_speaks_each_language_and_has_no_script(world, lang):
    _, path = await invited(world)
    page = await world.http.get(path, params={"lang": lang})
    assert f'<html lang="{lang}">' in page.text
    assert "<script" not in page.text
    assert "tel:110" in page.text
