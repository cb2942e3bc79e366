"""Registration, hubs, counts: no answer leads from a person to a place."""

import h3
import pytest

from homeward.geography.datum import wgs84_to_gcj02
from homeward.words import RecipientKind, Tier

FINE = h3.latlng_to_cell(33.068, 115.276, 8)
RIGHT = h3.latlng_to_cell(33.068, 115.276, 7)


async def test_a_volunteer_registers_and_gets_a_link(world):
    body = {"recipient": "v-1", "kind": "volunteer", "cells": [RIGHT]}
    answer = await world.post("ngo", "/v1/recipients", body)
    said = answer.json()
    assert answer.status_code == 201, answer.text
    assert said["inbox"] == f"http://homeward.test/i/v-1/{said['token']}"
    kept = (await world.store.roster.get("v-1")).recipient
    assert (kept.cells, kept.contacts[0][0].channel) == ((RIGHT,), "inbox")
    assert (await world.http.get(said["inbox"].removeprefix("http://homeward.test"))).is_success


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "volunteer", "cells": [FINE]}, "cell-too-fine"),
        ({"kind": "volunteer", "cells": [RIGHT], "private": True}, "cell-too-fine"),
        ({"kind": "hub", "cells": [h3.latlng_to_cell(33, 115, 11)]}, "cell-too-fine"),
        ({"kind": "volunteer", "cells": ["nonsense"]}, "cell-unknown"),
        ({"kind": "volunteer", "cells": [RIGHT.upper()]}, "cell-unknown"),
        ({"kind": "volunteer", "cells": ["-" + RIGHT[1:]]}, "cell-unknown"),
        ({"kind": "volunteer"}, "cells-out-of-bounds"),
        ({"kind": "volunteer", "cells": [RIGHT] * 4}, "request-invalid"),
        ({"kind": "volunteer", "cells": [RIGHT], "name": "Wang"}, "recipient-wrong"),
        ({"kind": "volunteer", "cells": [RIGHT], "lang": "fr"}, "recipient-wrong"),
        ({"kind": "camera-owner", "cells": [RIGHT], "tier": "vetted"}, "recipient-wrong"),
        ({"kind": "volunteer", "cells": [RIGHT], "tier": "trusted"}, "request-invalid"),
        (
            {"kind": "volunteer", "cells": [RIGHT], "contacts": [[{"channel": "fax"}]]},
            "recipient-wrong",
        ),
        (
            {
                "kind": "volunteer",
                "cells": [RIGHT],
                "quiet": {"from": "25:00", "to": "07:00", "zone": "Asia/Shanghai"},
            },
            "recipient-wrong",
        ),
        (
            {
                "kind": "volunteer",
                "cells": [RIGHT],
                "quiet": {"from": "22:00", "to": "07:00", "zone": "Mars/Base"},
            },
            "recipient-wrong",
        ),
        ({"kind": "volunteer", "places": [{"lat": 33, "lon": 181, "datum": "wgs84"}]},
         "place-impossible"),
        ({"kind": "volunteer", "places": [{"lat": 33, "lon": 115}]}, "request-invalid"),
        ({"kind": "volunteer", "cells": [RIGHT], "recipient": "Über"}, "request-invalid"),
    ],
)  # fmt: skip
async def test_what_may_not_be_kept_is_refused(world, body, code):
    answer = await world.post("officer", "/v1/recipients", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert sum((await world.store.roster.count()).values()) == 0


@pytest.mark.parametrize(("private", "res"), [(False, 7), (True, 5)])
async def test_a_place_becomes_a_cell_that_may_be_kept(world, private, res):
    lat, lon = wgs84_to_gcj02(33.068, 115.276)
    body = {
        "kind": "volunteer",
        "places": [{"lat": lat, "lon": lon, "datum": "gcj02"}],
        "private": private,
    }
    said = (await world.post("ngo", "/v1/recipients", body)).json()
    assert said["cells"] == [h3.latlng_to_cell(33.068, 115.276, res)]
    assert (await world.store.roster.get(said["recipient"])).recipient.cells == (said["cells"][0],)


async def test_who_is_not_said_to_be_vetted_is_public(world):
    for name, more in (("v-1", {}), ("v-2", {"tier": "vetted"})):
        body = {"recipient": name, "kind": "volunteer", "cells": [RIGHT], **more}
        assert (await world.post("ngo", "/v1/recipients", body)).status_code == 201
    tiers = [(await world.store.roster.get(one)).recipient.tier for one in ("v-1", "v-2")]
    assert tiers == [Tier.PUBLIC, Tier.VETTED]


async def test_registered_twice_with_one_key_it_is_one_recipient(world):
    body = {"kind": "volunteer", "cells": [RIGHT]}
    one = await world.post("ngo", "/v1/recipients", body, key="k")
    two = await world.post("ngo", "/v1/recipients", body, key="k")
    other = await world.post("ngo", "/v1/recipients", {**body, "lang": "en"}, key="k")
    assert one.json() == two.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert (await world.store.roster.count())[RecipientKind.VOLUNTEER] == 1


async def test_who_may_add_people_takes_over_nobody(world):
    body = {"recipient": "v-1", "kind": "volunteer", "cells": [RIGHT]}
    first = await world.post("ngo", "/v1/recipients", body, key="first")
    assert (await world.post("ngo", "/v1/recipients", body, key="first")).json() == first.json()
    for said in (body, {**body, "lang": "en"}):
        again = await world.post("ngo", "/v1/recipients", said, key=f"later-{said.get('lang')}")
        assert (again.status_code, again.json()["code"]) == (409, "recipient-known")
        assert "token" not in again.text
    batch = await world.post("ngo", "/v1/recipients/batch", {"recipients": [body]}, key="batch")
    assert batch.json()["recipients"] == []
    assert batch.json()["refused"][0]["code"] == "recipient-known"
    for who in ("officer", "supervisor"):  # the link in the answer would show a person's limits
        refused = await world.post(who, "/v1/recipients", {**body, "lang": "en"})
        assert (refused.status_code, refused.json()["code"]) == (409, "recipient-known")
    changed = await world.post("admin", "/v1/recipients", {**body, "lang": "en"})
    assert changed.status_code == 201


async def test_only_the_police_and_admins_register_hubs_and_desks(world):
    for kind in ("hub", "desk"):
        body = {"kind": kind, "cells": [RIGHT]}
        refused = await world.post("ngo", "/v1/recipients", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "role-not-allowed")
    hub = {"recipient": "h-1", "kind": "hub", "cells": [RIGHT], "name": "Linquan station"}
    assert (await world.post("admin", "/v1/recipients", hub)).status_code == 201
    taken = {"recipient": "h-1", "kind": "volunteer", "cells": [RIGHT]}
    answer = await world.post("ngo", "/v1/recipients", taken)
    assert answer.json()["code"] == "recipient-other-kind"
    assert (await world.store.roster.get("h-1")).recipient.kind is RecipientKind.HUB


async def test_a_batch_keeps_what_is_good_and_lists_what_is_bad(world):
    rows = [
        {"recipient": "h-1", "places": [{"lat": 33.04, "lon": 115.25, "datum": "wgs84"}],
         "contacts": [[{"channel": "inbox"}]]},
        {"recipient": "h-2", "cells": [RIGHT], "contacts": []},
        {"recipient": "h-3", "cells": ["x"]},
        {"recipient": "h-4", "cells": [RIGHT], "colour": "red"},
    ]  # fmt: skip
    answer = await world.post("officer", "/v1/hubs/batch", {"hubs": rows}, key="file")
    said = answer.json()
    assert (said["kept"], said["unreachable"]) == (2, 1), answer.text
    assert [(one["row"], one["code"]) for one in said["refused"]] == [
        (2, "cell-unknown"),
        (3, "request-invalid"),
    ]
    assert said["recipients"][0]["recipient"] == "h-1"
    again = await world.post("officer", "/v1/hubs/batch", {"hubs": rows}, key="file")
    assert again.json() == said
    [loaded] = await world.store.log.newest("roster.loaded/1")
    assert b'"kept":2,"of":"hub","refused":2,"rows":4,"unreachable":1' in loaded.envelope


@pytest.mark.parametrize(
    ("kind", "unreachable"), [("hub", 1), ("desk", 1), ("volunteer", 0), ("camera-owner", 0)]
)
async def test_without_a_contact_only_who_was_given_their_link_is_reachable(
    world, kind, unreachable
):
    body = {"recipient": "r-1", "kind": kind, "cells": [RIGHT]}
    assert (await world.post("officer", "/v1/recipients", body)).status_code == 201
    assert bool((await world.store.roster.get("r-1")).recipient.contacts) is not bool(unreachable)
    said = await world.post("officer", "/v1/recipients/batch", {"recipients": [body]})
    assert said.json()["unreachable"] == unreachable, said.text


async def test_a_hub_of_a_batch_without_contacts_is_counted_unreachable(world):
    rows = [{"recipient": "h-1", "cells": [RIGHT]}]
    said = (await world.post("officer", "/v1/hubs/batch", {"hubs": rows})).json()
    assert (said["kept"], said["unreachable"]) == (1, 1)
    [hub] = (await world.get("officer", "/v1/hubs", near="33.068,115.276", within_km=5)).json()[
        "items"
    ]
    assert hub["contacts"] == 0


async def test_a_hub_is_registered_with_its_hours_and_shifts(world):
    contacts = [[{"channel": "inbox"}], [{"channel": "inbox"}]]
    hub = {"cells": [RIGHT], "contacts": contacts, "zone": "Europe/Berlin"}
    rows = [
        {"recipient": "h-1", **hub, "hours": "06:00-22:00", "shifts": ["", "Mo-Fr 06:00-14:00"]},
        {"recipient": "h-2", **hub, "hours": "by appointment"},
        {"recipient": "h-3", **hub, "shifts": ["", "", "06:00-14:00"]},
        {"recipient": "h-4", **hub, "zone": "Mars/Olympus"},
    ]
    said = (await world.post("officer", "/v1/hubs/batch", {"hubs": rows})).json()
    assert [(one["row"], one["code"]) for one in said["refused"]] == [
        (1, "recipient-wrong"),
        (2, "recipient-wrong"),
        (3, "recipient-wrong"),
    ]
    [shown] = (await world.get("officer", "/v1/hubs", near="33.068,115.276")).json()["items"]
    assert (shown["zone"], shown["hours"], shown["shifts"]) == (
        "Europe/Berlin", "06:00-22:00", ["", "Mo-Fr 06:00-14:00"],
    )  # fmt: skip
    ward = {"recipient": "v-1", "kind": "volunteer", "cells": [RIGHT], "hours": "06:00-22:00"}
    answer = await world.post("officer", "/v1/recipients", ward)
    assert (answer.status_code, answer.json()["code"]) == (422, "recipient-wrong")


async def test_an_id_twice_in_one_batch_counts_once(world):
    rows = [{"recipient": "h-1", "cells": [RIGHT]}] * 2
    said = (await world.post("officer", "/v1/hubs/batch", {"hubs": rows})).json()
    assert (said["kept"], len(said["recipients"])) == (1, 1)
    [refused] = said["refused"]
    assert (refused["row"], refused["code"]) == (1, "duplicate-recipient")


async def test_a_batch_is_bounded(world):
    body = {"recipients": [{}] * 1_001}
    answer = await world.post("ngo", "/v1/recipients/batch", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_counts_are_buckets_for_all_but_admins(world):
    for number in range(25):
        await world.enrolled(f"v-{number}")
    for who, count in (("officer", "20+"), ("ngo", "20+"), ("admin", 25)):
        said = (await world.get(who, "/v1/recipients")).json()
        assert said["counts"]["volunteer"] == count
        assert said["counts"]["hub"] == ("0" if who != "admin" else 0)


async def test_no_answer_leads_from_a_person_to_a_place(world):
    """I-17: nothing that can be asked for names a volunteer's cell."""
    case = await world.issued()
    bearer = await world.enrolled("v-secret")
    await world.told("v-secret", case["case"], case["draft"])
    await world.post(bearer, f"/v1/cases/{case['case']}/answers", {"answer": "later"})
    paths = [
        route.path.replace("{case}", case["case"]).replace("{draft_id}", case["draft"])
        for route in world.app.routes
        if route.methods == {"GET"} and "live" not in route.path and "events" not in route.path
    ]
    for path in paths:
        for who in ("admin", "auditor", "supervisor", "coordinator", "ngo"):
            answer = await world.get(who, path)
            assert "8740b059affffff" not in answer.text, (who, path)
            assert "v-secret" not in answer.text, (who, path)


async def test_hubs_near_a_place_are_listed_nearest_first(world):
    hubs = [
        {"recipient": f"h-{number}", "hub_kind": "station", "name": f"Station {number}",
         "places": [{"lat": 33.068 + number / 10, "lon": 115.276, "datum": "wgs84"}]}
        for number in (3, 1, 2)
    ]  # fmt: skip
    await world.post("officer", "/v1/hubs/batch", {"hubs": hubs})
    answer = await world.get("officer", "/v1/hubs", near="33.068,115.276", within_km=25)
    items = answer.json()["items"]
    assert [one["hub"] for one in items] == ["h-1", "h-2"]
    assert items[0]["away_km"] == pytest.approx(11.1, abs=0.2)
    assert items[0]["name"] == "Station 1"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"near": "91,115"}, "place-impossible"),
        ({"near": "nan,115"}, "request-invalid"),
        ({"near": "33.07"}, "request-invalid"),
        ({"near": "33,115", "within_km": "nan"}, "request-invalid"),
        ({"near": "33,115", "within_km": 5_000}, "request-invalid"),
        ({"near": "33,115", "datum": "x"}, "datum-unknown"),
    ],
)
async def test_an_impossible_neighbourhood(world, query, code):
    answer = await world.get("officer", "/v1/hubs", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_who_leaves_is_forgotten_and_the_link_opens_nothing(world):
    bearer, other = await world.enrolled("v-1"), await world.enrolled("v-2")

    async def leave(who, recipient):
        headers = await world.headers(who)
        return await world.http.delete(f"/v1/recipients/{recipient}", headers=headers)

    assert (await leave(bearer, "v-2")).status_code == 404
    assert (await leave(bearer, "v-1")).status_code == 204
    assert (await leave("ngo", "v-1")).json()["code"] == "recipient-not-found"
    gone = await world.get(bearer, "/v1/messages")
    assert (gone.status_code, gone.json()["code"]) == (401, "key-unknown")
    assert (await leave("ngo", "v-2")).status_code == 204
    assert (await world.get(other, "/v1/messages")).status_code == 401


async def test_messages_by_key_and_by_link(world, listen):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    token = bearer.rpartition(".")[2]
    await world.told("v-1", case["case"], case["draft"])
    by_key = (await world.get(bearer, "/v1/messages")).json()
    by_link = (await world.http.get(f"/v1/inbox/v-1/{token}/messages")).json()
    assert by_key == by_link
    [message] = by_key["items"]
    assert (message["state"], message["lang"], by_key["next"]) == ("live", "en", 1)
    assert message["title"].startswith("[DRILL]")
    assert (await world.get(bearer, "/v1/messages", since=1)).json() == {"items": [], "next": 1}
    wrong = await world.http.get(f"/v1/inbox/v-1/{token[:-1]}x/messages")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "link-unknown")

    stream = listen(f"/v1/inbox/v-1/{token}/events", {"Last-Event-ID": "1"})
    await world.told("v-1", case["case"], case["draft"], "cancel")
    await world.post("officer", f"/v1/cases/{case['case']}/cancel", {"reason": "false"})
    event = await stream.event()
    assert (event["id"], event["event"]) == ("2", "message")
    states = [o["state"] for o in (await world.get(bearer, "/v1/messages")).json()["items"]]
    assert states == ["cancelled", "cancelled"]
