"""A merge that is undone, over HTTP and on pages: each case goes by itself again."""

import pytest
from tests.services.http.desking import Browser
from tests.services.http.test_merging import ELSEWHERE, facts, merged, ok, refused, two, view
from tests.services.http.test_releases import SEEN

from homeward.http.cases import reporter_path
from homeward.http.pages.desk import WORDS
from homeward.words import case_code


async def test_a_merge_is_undone_in_both_cases(world):
    gone, kept = await merged(world)
    receipt = await ok(world, "officer", f"{gone['path']}/part")
    assert [one["kind"] for one in receipt["facts"]] == ["case.parted/1"]
    assert [one.kind for one in await facts(world, kept)][-1] == "case.left/1"
    here, there = await view(world, gone), await view(world, kept)
    assert (here["status"], here["into"]) == ("verified", None)
    assert there["joined"] == []
    assert (await ok(world, "officer", f"{gone['path']}/part"))["facts"] == []
    assert await refused(world, "officer", f"{kept['path']}/part") == (409, "case-not-merged")
    again = await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    assert [one["kind"] for one in again["facts"]] == ["case.merged/1"]


@pytest.mark.parametrize("who", ["coordinator", "ngo", "reporter:neighbour", "auditor"])
async def test_only_an_officer_parts(world, who):
    gone, _ = await merged(world)
    assert (await world.post(who, f"{gone['path']}/part")).status_code in {403, 404}


async def test_what_was_seen_goes_back_with_it_and_the_other_forgets_it(world):
    gone, kept = await two(world)
    seen = (await ok(world, "officer", f"{gone['path']}/sightings", ELSEWHERE))["sighting"]
    mine = (await ok(world, "officer", f"{kept['path']}/sightings", SEEN))["sighting"]
    await ok(world, "coordinator", f"/v1/sightings/{mine}/accept", {})
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    await ok(world, "coordinator", f"/v1/sightings/{seen}/accept", {})  # by now the other's
    here, there = await view(world, gone), await view(world, kept)
    assert {one["sighting"] for one in there["sightings"]} == {seen, mine}
    await ok(world, "officer", f"{gone['path']}/part")
    last = (await facts(world, kept))[-1]
    assert len(last.forgotten) == 1
    here, there = await view(world, gone), await view(world, kept)
    assert [(one["sighting"], one["state"]) for one in here["sightings"]] == [(seen, "reported")]
    assert [(one["sighting"], one["state"]) for one in there["sightings"]] == [(mine, "accepted")]
    await ok(world, "coordinator", f"/v1/sightings/{seen}/accept", {})  # looked at anew
    assert [one["state"] for one in (await view(world, gone))["sightings"]] == ["accepted"]


async def test_each_reporter_sees_their_own_case_again(world):
    gone, kept = await merged(world)
    link = f"hr_{gone['case']}.{gone['link'].rpartition('/')[2]}"
    assert (await view(world, gone, link))["code"] == case_code(kept["case"])
    await ok(world, "officer", f"{gone['path']}/part")
    said = await view(world, gone, link)
    assert (said["code"], said["status"]) == (case_code(gone["case"]), "verified")
    page = (await world.http.get(reporter_path(world.rooms, gone["case"]))).text
    assert case_code(kept["case"]) not in page


async def test_a_case_is_parted_on_the_duty_page(world):
    gone, kept = await merged(world)
    desk = await Browser(world).sign_in("officer:o-9")
    await desk.show(f"/duty/cases/{gone['case']}")
    page = await desk.send("/part")
    assert WORDS["en"]["done-part"] in page
    assert not desk.offers("/part")
    assert case_code(kept["case"]) not in page
