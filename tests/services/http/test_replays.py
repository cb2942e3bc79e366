"""A case replayed over HTTP: side by side, in spans, recorded before it is answered."""

import asyncio

import pytest
from tests.services.http.test_fields import widened

from homeward.geography.cells import from_bytes, resolutions
from homeward.ports import Contact, Recipient
from homeward.record.envelope import attachments
from homeward.words import RecipientKind


async def replay(world, case, query, who="officer"):
    path = f"/v1/cases/{case}/replay{query}"
    return await world.http.get(path, headers=await world.headers(who))


CELL_7 = "8740b059affffff"


@pytest.fixture
async def case(world):
    people = [
        Recipient(
            f"v-{number}", RecipientKind.VOLUNTEER, (CELL_7,), contacts=((Contact("inbox"),),)
        )
        for number in range(120)
    ]
    await world.store.roster.register(people)
    await world.enrolled("h-1", "hub", hub_kind="coach")
    case = (await world.issued())["case"]
    await widened(world, case)
    return case


async def test_each_policy_stands_beside_how_it_was(world, case):
    answer = await replay(world, case, "?policy=field&policy=circles", "officer")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    was, field, circles = said["courses"]
    assert [one["policy"] for one in said["courses"]] == ["as-it-was", "field", "circles"]
    assert was["told"] == field["told"] == circles["told"] == "100-200"
    assert was["each_wave"] == field["each_wave"][: len(was["each_wave"])] != []
    assert was["first_wave_s"] == 0
    assert circles["radius_km"] >= was["radius_km"]
    for course in said["courses"]:
        for order in course["orders"]:
            assert order["lead_min"] == pytest.approx(
                order["arrival_min"] - order["ordered_min"], abs=0.11
            )


async def test_counts_are_spans_even_for_an_auditor(world, case):
    said = (await replay(world, case, "?policy=circles", "auditor")).json()
    assert {one["told"] for one in said["courses"]} == {"100-200"}
    assert "v-1" not in str(said)


async def test_each_replay_is_written_down_with_who_and_where(world, case):
    await replay(world, case, "?policy=circles", "officer")
    [row] = await world.store.log.newest("access.area-previewed/1")
    assert b'"a-officer"' in row.envelope
    [raw] = (await world.store.log.blobs(attachments(row))).values()
    assert resolutions(from_bytes(raw)).max() <= 6


async def test_an_account_has_as_many_as_previews_however_many_it_asks_for_at_once(world, case):
    world.app.state.previews.at_most = 2
    answers = await asyncio.gather(
        *(replay(world, case, "?policy=circles", "officer") for _ in range(5))
    )
    assert sorted(one.status_code for one in answers) == [200, 200, 429, 429, 429]
    answer = await replay(world, case, "?policy=circles", "officer")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-previews")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "request-invalid"),
        ("?policy=squares", "policy-unknown"),
        ("?policy=circles&reach_km_max=0", "request-invalid"),
        ("?" + "&".join(["policy=circles"] * 7), "request-invalid"),
    ],
)
async def test_what_cannot_be_asked_is_refused(world, case, query, code):
    answer = await replay(world, case, query, "officer")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
