"""Two cases of one child over HTTP: merged, and what each of those who reported sees."""

import asyncio

import pytest
from tests.services.http.conftest import raise_body
from tests.services.http.test_emergencies import emergency
from tests.services.http.test_pages import FORM
from tests.services.http.test_releases import SEEN

from homeward.http.cases import reporter_path
from homeward.http.pages.refusing import REFUSED
from homeward.record.envelope import read
from homeward.words import case_code, instant_text

ELSEWHERE = {**SEEN, "place": {"lat": 33.1, "lon": 115.3, "datum": "wgs84", "accuracy_m": 50}}


async def ok(world, who, path, body=None, **more):
    answer = await world.post(who, path, body, **more)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def refused(world, who, path, body=None):
    answer = await world.post(who, path, body)
    return answer.status_code, answer.json()["code"]


async def alerted(world, by, **more):
    """A case of that reporter with an alert."""
    case = await world.raised(f"reporter:{by}", **more)
    path = f"/v1/cases/{case['case']}"
    await ok(world, "officer", f"{path}/verify", {"unit": "Linquan"})
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    draft = (await ok(world, "officer", f"{path}/alerts", body))["draft"]
    await ok(world, f"officer:o-{by}", f"{path}/alerts/{draft}/issue")
    return {**case, "path": path, "draft": draft}


async def two(world):
    return await alerted(world, "neighbour"), await alerted(world, "mother")


async def merged(world):
    """The neighbour's case goes on in the mother's."""
    gone, kept = await two(world)
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    return gone, kept


async def view(world, case, who="officer"):
    return (await world.get(who, case["path"])).json()


async def facts(world, case):
    return [read(row).fact for row in await world.store.log.key_rows(case["case"])]


async def test_a_merge_is_said_of_both_cases_or_of_none(world):
    gone, kept = await two(world)
    code = case_code(kept["case"])
    receipt = await ok(world, "officer", f"{gone['path']}/merge", {"into": code})
    assert [one["kind"] for one in receipt["facts"]] == ["case.merged/1"]
    said, told = (await facts(world, gone))[-1], (await facts(world, kept))[-1]
    assert (said.into, said.alert, said.version) == (kept["case"], 1, 1)
    assert (told.kind, told.joined) == ("case.joined/1", gone["case"])
    assert [(one.case, one.alert, one.reporter) for one in told.cases] == [
        (gone["case"], 1, "neighbour")
    ]
    here, there = await view(world, gone), await view(world, kept)
    assert (here["status"], here["into"], here["alert"]["state"]) == (
        "merged",
        kept["case"],
        "merged",
    )
    assert (there["status"], there["joined"]) == ("alerted", [gone["case"]])
    # Again, and named otherwise, it adds nothing.
    again = await ok(world, "supervisor", f"{gone['path']}/merge", {"into": kept["case"]})
    assert again["facts"] == []


async def test_who_may_merge_and_into_what(world):
    gone, kept = await two(world)
    path = f"{gone['path']}/merge"
    for who in ("coordinator", "ngo", "reporter:neighbour", "auditor"):
        assert (await refused(world, who, path, {"into": kept["case"]}))[0] in {403, 404}
    assert await refused(world, "officer", path, {"into": "AAAA-AAAA"}) == (
        404,
        "survivor-not-found",
    )
    assert await refused(world, "officer", path, {"into": gone["case"]}) == (
        422,
        "case-merges-itself",
    )
    await ok(world, "officer", f"{kept['path']}/resolve", {"outcome": "found-safe"})
    assert await refused(world, "officer", path, {"into": kept["case"]}) == (409, "survivor-over")


async def test_a_search_does_not_get_smaller(world):
    gone = await alerted(world, "neighbour")
    report = await world.raised("reporter:mother")
    path, into = f"{gone['path']}/merge", {"into": report["case"]}
    assert await refused(world, "officer", path, into) == (409, "survivor-behind")
    await ok(world, "officer", f"/v1/cases/{report['case']}/verify", {"unit": "Linquan"})
    assert await refused(world, "officer", path, into) == (409, "survivor-behind")
    await ok(world, "officer", f"/v1/cases/{report['case']}/merge", {"into": gone["case"]})


async def test_chains_end_where_it_goes_on_and_circles_are_refused(world):
    first, second = await merged(world)
    third = await alerted(world, "aunt")
    await ok(world, "officer", f"{second['path']}/merge", {"into": third["case"]})
    assert (await view(world, third))["joined"] == [second["case"], first["case"]]
    for into in (first, second):  # each stands for where it goes on
        assert await refused(
            world, "officer", f"{third['path']}/merge", {"into": into["case"]}
        ) == (
            422,
            "case-merges-itself",
        )
    again = await ok(world, "officer", f"{first['path']}/merge", {"into": third["case"]})
    assert again["facts"] == []
    other = await alerted(world, "uncle")
    await ok(world, "officer", f"{other['path']}/merge", {"into": first["case"]})
    assert (await view(world, other))["into"] == third["case"]
    assert await refused(world, "officer", f"{first['path']}/reopen", {"reason": "x"}) == (
        409,
        "case-merged",
    )


async def test_each_into_the_other_at_once_leaves_one(world):
    one, other = await two(world)
    answers = await asyncio.gather(
        world.post("officer", f"{one['path']}/merge", {"into": other["case"]}),
        world.post("supervisor", f"{other['path']}/merge", {"into": one["case"]}),
    )
    assert sorted(one.status_code for one in answers) == [200, 422]
    states = {(await view(world, case))["status"] for case in (one, other)}
    assert states == {"merged", "alerted"}


async def test_sightings_of_both_are_judged_together_and_move_the_one_that_goes_on(world):
    gone, kept = await two(world)
    seen = (await ok(world, "officer", f"{gone['path']}/sightings", SEEN))["sighting"]
    early = (await ok(world, "officer", f"{gone['path']}/sightings", ELSEWHERE))["sighting"]
    await ok(world, "coordinator", f"/v1/sightings/{early}/accept", {"credibility_ppm": 600_000})
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    joined = (await facts(world, kept))[-1]
    [source] = joined.sources
    assert (source.credibility_ppm, source.accuracy_m) == (600_000, 50)
    assert joined.hubs is not None or "hubs" in type(joined).blob_fields()

    later = (await ok(world, "officer", f"{gone['path']}/sightings", SEEN))["sighting"]
    reported = [one for one in await facts(world, kept) if one.kind == "sighting.reported/1"]
    assert [one.sighting for one in reported] == [later]
    queue = (await world.get("officer", "/v1/sightings")).json()["items"]
    assert {(one["case"], one["sighting"]) for one in queue} == {
        (kept["case"], seen),
        (kept["case"], later),
    }
    listed = (await world.get("officer", f"{kept['path']}/sightings", purpose="triage")).json()
    assert [one["sighting"] for one in listed["items"]] == [seen, early, later]
    assert [one["note"] for one in listed["items"]] == [SEEN["note"]] * 3
    await ok(world, "coordinator", f"/v1/sightings/{later}/merge", {"into": seen})
    await ok(world, "coordinator", f"/v1/sightings/{seen}/accept")
    last = (await facts(world, kept))[-1]
    assert (last.kind, last.case, last.sighting) == ("sighting.accepted/1", kept["case"], seen)
    states = {one["sighting"]: one["state"] for one in (await view(world, kept))["sightings"]}
    assert states == {seen: "accepted", early: "accepted", later: "merged"}


async def page(world, case, lang="en"):
    path = reporter_path(world.rooms, case["case"])
    answer = await world.http.get(path, params={"lang": lang})
    assert answer.status_code == 200
    return answer.text


async def test_who_reported_the_merged_one_follows_the_other_and_may_add_facts(world):
    gone, kept = await merged(world)
    text = await page(world, gone)
    assert case_code(kept["case"]) in text
    assert "Goes on together with another report" in text
    assert "合并" in await page(world, gone, "zh-Hans")
    assert "合併" in await page(world, gone, "zh-Hant")
    mine = await view(world, gone, "reporter:neighbour")
    assert (mine["case"], mine["status"]) == (kept["case"], "alerted")
    await ok(world, "reporter:neighbour", f"{gone['path']}/facts", {"note": "a red bag"})
    assert (await facts(world, kept))[-1].kind == "case.facts-added/1"
    # What only the other one may do stays theirs.
    assert await refused(world, "reporter:neighbour", f"{gone['path']}/withdraw") == (
        409,
        "case-merged",
    )
    assert (await world.get("reporter:neighbour", kept["path"])).status_code == 404
    await ok(world, "officer", f"{kept['path']}/resolve", {"outcome": "found-safe"})
    assert (await view(world, gone, "reporter:neighbour"))["status"] == "resolved"


async def reports(world):
    """The mother's report goes on in the father's, of which nobody has verified either."""
    kept = await world.raised("reporter:father", category="family-abduction", mode="vehicle")
    kept["path"] = f"/v1/cases/{kept['case']}"
    await ok(world, "reporter:father", f"{kept['path']}/facts", {"note": "she took him"})
    world.store.clock.pass_s(25 * 60)
    gone = await world.raised("reporter:mother", category="lost-child", mode="foot")
    gone["path"] = f"/v1/cases/{gone['case']}"
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    return gone, kept


async def test_what_one_stated_is_not_shown_to_the_other(world):
    gone, kept = await reports(world)
    father = await view(world, kept, "reporter:father")
    mother = await view(world, gone, "reporter:mother")
    assert (father["category"], father["mode"]) == ("family-abduction", "vehicle")
    assert (mother["category"], mother["mode"]) == ("lost-child", "foot")
    own, other = (await facts(world, gone))[0].at, (await facts(world, kept))[0].at
    assert (mother["raised_at"], father["raised_at"]) == (instant_text(own), instant_text(other))
    text, added = await page(world, gone), "More became known"
    assert instant_text(own) in text
    assert instant_text(other) not in text
    assert "Waiting for 25 min" not in text
    assert "told next" not in text
    assert added in await page(world, kept)
    assert added not in text
    await ok(world, "reporter:mother", f"{gone['path']}/facts", {"note": "a red bag"})
    assert added in await page(world, gone)


async def test_nobody_holds_the_report_of_another_one(world):
    gone, kept = await reports(world)
    stated = {"protection_order": True, "note": "a red bag"}
    add = f"{gone['path']}/facts"
    assert await refused(world, "reporter:mother", add, stated) == (422, "only-a-note")
    assert (await view(world, kept))["status"] == "provisional"
    await ok(world, "reporter:father", f"{kept['path']}/facts", stated)
    assert (await view(world, kept))["status"] == "hold"


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_nobody_withdraws_what_another_one_goes_on_in(world, lang):
    _, kept = await reports(world)
    assert "/withdraw?" not in await page(world, kept, lang)
    path = f"{kept['path']}/withdraw"
    assert await refused(world, "reporter:father", path) == (409, "case-joined")
    at = f"{reporter_path(world.rooms, kept['case'])}/withdraw"
    form = FORM.search(await page(world, kept))[1]
    said = await world.http.post(at, params={"lang": lang}, data={"form": form})
    assert said.status_code == 409
    assert REFUSED[lang]["case-joined"] in said.text
    await ok(world, "officer", f"{kept['path']}/verify", {"unit": "Linquan"})


async def test_a_merge_does_not_spare_the_review_of_an_emergency(world):
    case, answer = await emergency(world)
    kept = await alerted(world, "mother")
    await ok(world, "officer", f"{case}/merge", {"into": kept["case"]})
    judge = f"{case}/reviews/{answer.json()['review']}"
    assert await refused(world, "supervisor", judge, {"verdict": "justified"}) == (
        403,
        "approver-is-drafter",
    )
    await ok(world, "supervisor:s-2", judge, {"verdict": "unjustified"})


async def test_what_was_released_to_one_before_is_not_shown_to_the_other(world):
    gone, kept = await two(world)
    ours = (await ok(world, "officer", f"{kept['path']}/sightings", SEEN))["sighting"]
    theirs = (await ok(world, "officer", f"{gone['path']}/sightings", ELSEWHERE))["sighting"]
    for one in (ours, theirs):
        await ok(world, "coordinator", f"/v1/sightings/{one}/release")
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})

    async def shown():
        return [
            {one["sighting"] for one in (await view(world, case, who))["released"]}
            for case, who in ((gone, "reporter:neighbour"), (kept, "reporter:mother"))
        ]

    assert await shown() == [{theirs}, {ours}]
    text = await page(world, gone)
    assert text.count("geo:") == 1
    assert "33.45" not in text
    since = (await ok(world, "officer", f"{kept['path']}/sightings", SEEN))["sighting"]
    assert await shown() == [{theirs}, {ours}]
    await ok(world, "coordinator", f"/v1/sightings/{since}/release")
    assert await shown() == [{theirs, since}, {ours, since}]
    await ok(world, "coordinator", f"/v1/sightings/{theirs}/withhold")
    assert await shown() == [{since}, {ours, since}]


async def test_who_was_told_of_the_merged_one_may_still_say_what_they_saw(world):
    gone, kept = await two(world)
    link = await world.enrolled("v-1")
    await world.told("v-1", gone["case"], gone["draft"])
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    seen = (await ok(world, link, f"{gone['path']}/sightings", SEEN))["sighting"]
    assert seen in {one["sighting"] for one in (await view(world, kept))["sightings"]}
    inbox = (await world.get(link, "/v1/messages")).json()["items"]
    assert [one["state"] for one in inbox] == ["merged"]
    assert (await world.get(link, kept["path"])).status_code == 200
    stranger = await world.enrolled("v-2")
    assert (await world.get(stranger, kept["path"])).status_code == 404


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "goes on"), ("zh-Hans", "继续"), ("zh-Hant", "繼續")]
)
async def test_the_message_says_the_new_code_and_not_that_it_is_over(world, lang, said):
    gone, kept = await merged(world)
    link = await world.enrolled("v-1")
    [fact] = [one for one in (await facts(world, gone)) if one.kind == "case.merged/1"]
    rows = await world.store.log.key_rows(gone["case"])
    [row] = [one for one in rows if read(one).fact == fact]
    await world.told("v-1", gone["case"], read(row).id, purpose="joined")
    path = f"/inbox/{link[3:].replace('.', '/')}"
    [one] = (await world.get(link, "/v1/messages")).json()["items"]
    assert case_code(kept["case"]) in one["title"]
    answer = await world.http.get(path.replace("/inbox", "/i", 1), params={"lang": lang})
    if answer.status_code == 200:
        assert case_code(kept["case"]) in answer.text
        assert said in answer.text


async def test_likenesses_are_the_open_cases_near_and_the_look_is_recorded(world):
    mine = await world.raised("reporter:mother")
    like = await world.raised("reporter:neighbour", category="family-abduction")
    far = {"lat": 34.5, "lon": 115.276, "datum": "wgs84", "accuracy_m": 50}
    at = raise_body()["last_seen"]["at"]
    await world.raised("reporter:far", last_seen={"at": at, "place": far})
    await world.raised("reporter:girl", person={"age_years": 2, "sex": "female"})
    over = await world.raised("reporter:over")
    await ok(world, "reporter:over", f"/v1/cases/{over['case']}/withdraw")
    path = f"/v1/cases/{mine['case']}/likenesses"
    found = (await world.get("officer", path)).json()["items"]
    assert [one["case"] for one in found] == [like["case"]]
    assert (found[0]["apart_km"], found[0]["apart_min"], found[0]["status"]) == (
        0,
        0,
        "provisional",
    )
    rows = await world.store.log.stream_rows(f"access-{mine['case']}")
    assert [read(row).fact.found for row in rows] == [(like["case"],)]
    for who in ("coordinator", "ngo", "reporter:mother", "auditor"):
        assert (await world.get(who, path)).status_code == 403


async def test_a_merged_file_is_taken_down_and_sealed_by_itself(world):
    gone, _ = await merged(world)
    await ok(world, "officer", f"{gone['path']}/de-publish", {"partners": []})
    await ok(world, "supervisor", f"{gone['path']}/seal")
    await ok(world, "supervisor", f"{gone['path']}/ask-expunge", {"reason": "old"})
    asked = (await view(world, gone))["expunge_asked"]
    await ok(world, "officer", f"{gone['path']}/expunge", {"asked": asked})
    assert (await view(world, gone))["outcome"] == "merged"


async def test_the_live_map_of_a_case_that_was_taken_down_is_gone(world):
    gone, _ = await merged(world)
    await ok(world, "officer", f"{gone['path']}/de-publish", {"partners": []})
    assert (await world.get("officer", f"{gone['path']}/live")).status_code == 410


async def test_who_wants_no_contact_stays_so_where_the_case_goes_on(world):
    """The mother of two was found in the case that was merged, the child is missing still."""
    others = [{"age_years": 34, "sex": "female"}]
    gone = await alerted(world, "neighbour", category="other", others=others)
    kept = await alerted(world, "mother")
    seen = (await ok(world, "officer", f"{gone['path']}/sightings", SEEN))["sighting"]
    await ok(world, "coordinator", f"/v1/sightings/{seen}/release")
    found = {"outcome": "located-no-contact"}
    await ok(world, "officer", f"{gone['path']}/persons/2/found", found)
    await ok(world, "officer", f"{kept['path']}/take-up", {"unit": "Fuyang desk"})
    await ok(world, "officer", f"{gone['path']}/merge", {"into": kept["case"]})
    shown = await view(world, gone, "reporter:neighbour")
    assert (shown["sightings"], shown["released"], shown["unit"]) == (0, [], "")
    assert [one["outcome"] for one in shown["persons"]] == ["", "located-no-contact"]
    page = (await world.http.get(gone["link"] + "?lang=en")).text
    assert [one for one in ("Fuyang", "33.4", "115.6") if one in page] == []
