"""Guards and merges over HTTP: what comes along holds, and who leaves takes along what is due."""

from tests.services.http.desking import Browser
from tests.services.http.test_merging import alerted, facts, ok, refused, view

from homeward.http.pages.desk import WORDS


async def reported(world, who, *, order=False):
    """A report; with an order of protection, of which a supervisor lifted the hold."""
    case = await world.raised(who, protection_order=order)
    path = f"/v1/cases/{case['case']}"
    if order:
        lift = {"reason": "The shelter says that it is another woman"}
        await ok(world, "supervisor", f"{path}/hold/lift", lift)
    return {**case, "path": path}


async def test_an_order_that_comes_along_holds_the_other_report_and_its_reporter_reads_nothing(
    world,
):
    gone = await reported(world, "reporter:neighbour", order=True)
    kept = await reported(world, "reporter:mother")
    link = f"hr_{kept['case']}.{kept['link'].rpartition('/')[2]}"
    before = (await view(world, kept, link))["status"]
    receipt = await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    assert [one["kind"] for one in receipt["facts"]] == ["case.merged/1"]
    said = [one.kind for one in await facts(world, kept)]
    assert said[-2:] == ["case.joined/1", "hold.placed/1"]
    assert (await view(world, kept))["status"] == "hold"
    assert (await view(world, kept, link))["status"] == before
    desk = await Browser(world).sign_in("supervisor:a-2:county")
    assert WORDS["en"]["hold-order"] in await desk.show(f"/duty/cases/{kept['case']}")


async def test_one_that_was_judged_is_not_held_again_by_a_merge(world):
    gone = await reported(world, "reporter:neighbour", order=True)
    kept = await reported(world, "reporter:mother", order=True)
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    assert (await view(world, kept))["status"] == "provisional"


async def test_who_leaves_a_case_on_hold_is_held_too(world):
    """Whether the order is about this child or the other one nobody can know by now."""
    gone = await reported(world, "reporter:neighbour")
    kept = await reported(world, "reporter:mother")
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    await ok(world, "reporter:mother", f"{kept['path']}/facts", {"protection_order": True})
    assert (await view(world, kept))["status"] == "hold"
    receipt = await ok(world, "officer", f"{gone['path']}/part")
    assert [one["kind"] for one in receipt["facts"]] == ["case.parted/1"]
    assert [one.kind for one in await facts(world, gone)][-2:] == [
        "case.parted/1",
        "hold.placed/1",
    ]
    assert (await view(world, gone))["status"] == "hold"


async def test_but_not_for_a_person_whom_it_lacks(world):
    gone = await reported(world, "reporter:neighbour")
    kept = await reported(world, "reporter:mother")
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    listed = {"load": "load-0001", "persons": [{"name": "Lin Xiaohe", "birth_year": 2022}]}
    await ok(world, "admin", "/v1/protected", listed)
    sister = {"name": "Xiaohe LIN", "age_years": 4, "sex": "female"}
    await ok(world, "officer", f"{kept['path']}/persons", {"person": sister})
    assert (await view(world, kept))["status"] == "hold"
    await ok(world, "officer", f"{gone['path']}/part")
    assert (await view(world, gone))["status"] == "provisional"


async def test_a_dispute_is_not_merged_away_under_ones_own_live_alert(world):
    """As of one case: who has an alert out on their one word takes no guard away."""
    kept = await alerted(world, "mother")  # on the word of officer o-mother
    gone = await world.raised("reporter:neighbour", custody="disputed")
    path = f"/v1/cases/{gone['case']}"
    await ok(world, "officer:o-mother", f"{path}/facts", {"custody": "none"})
    into = {"into": kept["case"]}
    assert await refused(world, "officer:o-mother", f"{path}/merge", into) == (
        403,
        "approver-is-drafter",
    )
    await ok(world, "officer:o-2", f"{path}/merge", into)
    assert (await view(world, kept))["status"] == "alerted"
