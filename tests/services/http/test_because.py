"""Why somebody was told: in words, from what stands there anyway, and never a cell."""

import re

import h3
import pytest
from tests.services.http.looking import shown

from homeward.ports import Contact, Move, Recipient
from homeward.words import RecipientKind

NEAR = (33.07, 115.28)
FAR = (33.07, 115.95)  # some 60 km east
AWAY = (39.9, 116.4)  # some 750 km north
CELL = re.compile(r"\b8[0-9a-f]{14}\b")


def cell(place, res=7):
    return h3.latlng_to_cell(*place, res)


async def approved(world, km):
    """An alert that two officers stand for: one alone reaches no farther than 30 km."""
    case = await world.issued(km)
    path = f"/v1/cases/{case['case']}/alerts/{case['draft']}"
    digest = (await world.get("officer:second", path)).json()["digest"]
    answer = await world.post("officer:second", f"{path}/approve", {"digest": digest})
    assert answer.status_code == 200, answer.text
    return case


async def page(world, *places, here=None, km=100, lang="en", kind="volunteer"):
    case = await approved(world, km)
    cells = tuple(cell(place) for place in places)
    await world.store.roster.register(
        [Recipient("v-1", RecipientKind(kind), cells, "en", contacts=((Contact("inbox"),),))]
    )
    if here is not None:
        await world.store.roster.move([Move("v-1", cell(here), world.rooms.clock.now())])
    await world.told("v-1", case["case"], case["draft"])
    token = world.store.key_ring.token("inbox", "v-1")
    said = await shown(world, f"/i/v-1/{token}?lang={lang}")
    assert CELL.findall(said) == []
    return said


@pytest.mark.parametrize(
    ("places", "here", "reason", "band"),
    [
        ((NEAR,), None, "One of your places is near", "within 30 km"),
        ((FAR,), None, "One of your places is near", "farther than 30 km"),
        ((AWAY, FAR), NEAR, "Where you are now is near", "within 30 km"),
        ((AWAY,), FAR, "Where you are now is near", "farther than 30 km"),
        ((NEAR,), FAR, "One of your places is near", "within 30 km"),
        ((AWAY,), None, "People are told who have a place", None),
        ((), None, "People are told who have a place", None),
    ],
)
async def test_a_message_says_why_how_serious_how_far_and_who_sees(
    world, places, here, reason, band
):
    said = await page(world, *places, here=here)
    assert reason in said
    assert "How serious: extreme" in said
    assert "Your place is shown to no officer and to nobody who searches" in said
    bands = re.findall(r"Distance: ([^<]*)\.<", said)
    assert bands == ([band] if band else [])


@pytest.mark.parametrize(
    ("lang", "reason"),
    [("zh-Hans", "您登记的一个地点在搜寻范围附近"), ("zh-Hant", "您登記的一個地點在搜尋範圍附近")],
)
async def test_it_is_said_in_the_readers_language(world, lang, reason):
    assert reason in await page(world, NEAR, lang=lang)


async def test_a_place_outside_the_bound_is_no_reason(world):
    assert "People are told who have a place" in await page(world, FAR, km=30)


async def test_a_hub_is_told_that_it_lies_ahead_and_a_desk_that_it_is_on_duty(world):
    case = await world.issued()
    hub = await world.enrolled("h-1", "hub")
    watch = await world.watched(case["case"], "h-1", case["draft"])
    await world.told("h-1", case["case"], case["draft"], "watch", watch=watch)
    said = await shown(world, f"/i/h-1/{hub.rpartition('.')[2]}?lang=en")
    assert "Your station lies ahead" in said
    assert "How serious: extreme" in said
    assert "Distance:" not in said
    assert "/limits" not in said
    desk = await world.enrolled("d-1", "desk")
    await world.told("d-1", case["case"], case["draft"], "watch", watch=watch)
    assert "This desk is on duty" in await shown(world, f"/i/d-1/{desk.rpartition('.')[2]}?lang=en")


async def test_before_there_is_an_alert_a_near_place_is_the_reason_and_nothing_is_rated(world):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    await world.told("v-1", case["case"], case["draft"], version=0)
    said = await shown(world, f"/i/v-1/{bearer.rpartition('.')[2]}?lang=en")
    assert "One of your places is near" in said
    assert "How serious" not in said


async def test_the_reasons_stand_below_what_can_be_tapped(world):
    said = await page(world, NEAR)
    assert said.index('value="cannot"') < said.index("Why you were told</h3>")


async def test_what_ends_says_that_they_were_told_before(world):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    await world.told("v-1", case["case"], case["draft"], "cancel")
    said = await shown(world, f"/i/v-1/{bearer.rpartition('.')[2]}?lang=en")
    assert "You were told of this search, so" in said
    assert "Distance:" not in said
