"""What a helper says after they promised to come: on the way, there, in, out."""

import re

import pytest
from tests.services.http.looking import FORM, shown
from tests.services.http.test_letters import letter

ON, THERE, IN, OUT = "I am on my way", "I am there", "Check in", "Check out"


async def tapped(world, path, case, answer: str, minutes: str = "") -> str:
    page = await shown(world, path)
    said = {"form": FORM.search(page)[1], "case": case["case"]}
    said |= {"answer": answer, "minutes": minutes}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 303
    return await shown(world, path)


async def test_each_step_leads_to_the_next(world):
    case, path = await letter(world)
    assert not re.search(f"{ON}|{THERE}|{IN}|{OUT}", await shown(world, path))
    for answer, said, following in (
        ("coming", "coming", {ON, THERE}),
        ("on-my-way", "on the way", {THERE}),
        ("arrived", "there", {IN, OUT}),
        ("in", "checked in", {OUT}),
        ("out", "checked out", set()),
    ):
        page = await tapped(world, path, case, answer)
        assert f"Your answer: {said}" in page
        assert {one for one in (ON, THERE, IN, OUT) if one in page} == following


@pytest.mark.parametrize("answer", ["later", "cannot"])
async def test_who_drops_out_has_no_next_step_and_can_come_after_all(world, answer):
    case, path = await letter(world)
    await tapped(world, path, case, "coming", "10")
    page = await tapped(world, path, case, answer)
    assert not re.search(f"{ON}|{THERE}|{IN}|{OUT}", page)
    assert ON in await tapped(world, path, case, "coming", "60")


async def test_steps_are_counted_where_staff_look_and_a_newer_one_replaces_the_older(world):
    case, path = await letter(world)
    await tapped(world, path, case, "coming")
    await tapped(world, path, case, "on-my-way")
    shown_ = (await world.get("officer", f"/v1/cases/{case['case']}")).json()
    assert set(shown_["answers"]) == {"on-my-way"}


async def test_an_answer_that_is_no_word_is_refused(world):
    case, path = await letter(world)
    page = await shown(world, path)
    said = {"form": FORM.search(page)[1], "case": case["case"], "answer": "teleported"}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 422
