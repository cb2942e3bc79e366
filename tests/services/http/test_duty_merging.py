"""Two cases of one person as pages: likenesses, side by side, what a merge does, and the merge."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of, sighted
from tests.services.http.test_holding import SECRETS
from tests.services.http.test_holding import held as held_case

from homeward.http.pages.desk import WORDS
from homeward.record.envelope import read
from homeward.words import case_code

FAR = {"lat": 39.9, "lon": 116.4, "datum": "wgs84", "accuracy_m": 50}


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


async def reported(world, by, **more):
    return (await world.raised(f"reporter:{by}", **more))["case"]


async def alerted(world, by):
    case = await reported(world, by)
    await world.post("officer:v-1", f"/v1/cases/{case}/verify", {"unit": "Linquan"})
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    draft = (await world.post("officer:v-1", f"/v1/cases/{case}/alerts", body)).json()["draft"]
    path = f"/v1/cases/{case}/alerts/{draft}/issue"
    assert (await world.post(f"officer:o-{by}", path)).status_code == 200
    return case


async def test_likenesses_are_listed_and_the_look_is_recorded(world, officer):
    mine, other = await reported(world, "neighbour"), await reported(world, "mother")
    far = await reported(world, "aunt", last_seen={"at": "2026-03-01T11:00:00+08:00", "place": FAR})
    page = await officer.show(f"/duty/cases/{mine}")
    assert f'href="/duty/cases/{mine}/likenesses?lang=en"' in page
    assert await world.store.log.newest("access.likenesses-shown/1") == []
    page = await officer.show(f"/duty/cases/{mine}/likenesses")
    assert case_code(other) in page
    assert case_code(far) not in page
    assert "0 km and 0 min apart" in page
    [row] = await world.store.log.newest("access.likenesses-shown/1")
    assert (read(row).by.id, read(row).fact.found) == ("a-1", (other,))


@pytest.mark.parametrize("typed", ["AAAA-AAAA", "nonsense", ""])
async def test_a_code_of_no_case_comes_back_with_what_was_typed(world, officer, typed):
    mine = await reported(world, "mother")
    page = await officer.show(f"/duty/cases/{mine}/compare?with={typed}", 404)
    assert "Check the code and type it again." in page
    assert f'name="with" value="{typed}"' in page
    page = await officer.show(f"/duty/cases/{mine}/merge?into={typed}", 404)
    assert f'name="with" value="{typed}"' in page
    assert await world.store.log.newest("access.likenesses-shown/1") == []


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
async def test_side_by_side_shows_what_differs_and_nothing_sealed_without_a_purpose(world, lang):
    browser = await Browser(world, lang).sign_in("officer:a-1:county")
    one = await reported(world, "neighbour", person={"name": "Xiao Ming", "age_years": 2})
    two = await reported(
        world, "mother", mode="vehicle", person={"name": "Xiao Hong", "age_years": 5}
    )
    page = await browser.show(f"/duty/cases/{one}/compare?with={case_code(two)}")
    d = WORDS[lang]
    assert page.count(d["compare-differs"]) >= 2  # how they move, and the age
    assert f'<th scope="col">{case_code(two)}</th>' in page
    assert [name for name in ("Xiao Ming", "Xiao Hong", "alley") if name in page] == []
    assert await world.store.log.newest("access.read/1") == []
    page = await browser.show(
        f"/duty/cases/{one}/compare?with={case_code(two)}&purpose=verification"
    )
    for name in ("Xiao Ming", "Xiao Hong", "the alley behind the market"):
        assert name in page
    opened = [read(row).fact.case for row in await world.store.log.newest("access.read/1")]
    assert sorted(opened) == sorted((one, two)), "each look is recorded in the case it opens"


async def test_the_page_says_what_it_does_and_then_it_is_done_once(world, officer):
    gone, kept = await alerted(world, "neighbour"), await alerted(world, "mother")
    await sighted(world, gone, 10)
    codes = case_code(gone), case_code(kept)
    page = await officer.show(f"/duty/cases/{gone}/compare?with={codes[1]}")
    assert f'href="/duty/cases/{gone}/merge?into={codes[1]}&amp;lang=en"' in page
    assert f'href="/duty/cases/{kept}/merge?into={codes[0]}&amp;lang=en"' in page
    page = await officer.show(f"/duty/cases/{gone}/merge?into={codes[1]}")
    assert f"{codes[1]} goes on; {codes[0]} is over with it" in page
    assert f"is told once that it goes on as {codes[1]}" in page
    assert "Its sightings (1)" in page
    assert "case.merged/1" not in await kinds_of(world, gone), "reading merges nothing"

    form = officer.form("/merge")
    page = await officer.post(form["action"], form["fields"])
    assert officer.path == f"/duty/cases/{kept}"
    assert "Merged." in page
    assert "These go on in this one:" in page
    assert codes[0] in page
    await officer.post(form["action"], form["fields"])
    assert (await kinds_of(world, gone)).count("case.merged/1") == 1
    assert (await kinds_of(world, kept)).count("case.joined/1") == 1
    page = await officer.show(f"/duty/cases/{gone}")
    assert re.search(rf'It goes on in <a href="/duty/cases/{kept}\?lang=en">', page)
    assert f"/duty/cases/{gone}/likenesses" not in page
    page = await officer.show(f"/duty/cases/{gone}/merge?into={codes[1]}")
    assert "goes on in" in page
    assert not officer.offers("/merge")


async def test_those_of_ring_zero_are_told_too(world, officer):
    gone = await reported(world, "neighbour", category="lost-child")
    kept = await reported(world, "mother", category="lost-child")
    await world.post("officer:v-1", f"/v1/cases/{gone}/take-up", {"unit": "Linquan"})
    path = f"/duty/cases/{gone}/merge?into={case_code(kept)}"
    assert "Nobody has to be told" in await officer.show(path)
    assert (await world.post("officer:v-1", f"/v1/cases/{gone}/ring0")).is_success
    page = await officer.show(path)
    assert "Nobody has to be told" not in page
    assert f"is told once that it goes on as {case_code(kept)}" in page


async def test_what_would_be_refused_is_said_before_and_refused_at_the_door(world, officer):
    live, report = await alerted(world, "neighbour"), await reported(world, "mother")
    page = await officer.show(f"/duty/cases/{live}/merge?into={case_code(report)}")
    assert "The search would get smaller" in page
    assert not officer.offers("/merge")
    page = await officer.show(f"/duty/cases/{report}/merge?into={case_code(live)}")
    assert "Nobody has to be told" in page
    form = officer.form("/merge")
    await world.post("officer:a-3", f"/v1/cases/{live}/resolve", {"outcome": "found-safe"})
    page = await officer.post(form["action"], form["fields"], 409)
    assert "The case in which it would go on is over." in page
    page = await officer.post(
        f"/duty/cases/{live}/merge?lang=en",
        {
            **form["fields"],
            "form": officer.form("/duty/out")["fields"]["form"],
            "into": "AAAA-AAAA",
        },
        404,
    )
    assert 'name="with" value="AAAA-AAAA"' in page
    for case in (live, report):
        assert "case.merged/1" not in await kinds_of(world, case)


async def test_two_siblings_go_on_in_two_siblings(world, officer):
    both = {"others": [{"age_years": 5, "sex": "female"}]}
    gone, kept = await reported(world, "neighbour", **both), await reported(world, "mother", **both)
    await officer.show(f"/duty/cases/{gone}/merge?into={case_code(kept)}")
    form = officer.form("/merge")
    await officer.post(form["action"], form["fields"])
    assert "case.merged/1" in await kinds_of(world, gone)
    alone = await reported(world, "aunt")
    await officer.show(f"/duty/cases/{kept}/merge?into={case_code(alone)}")
    assert not officer.offers("/merge"), "one of two would be looked for by nobody"


async def test_a_held_case_is_compared_with_by_nobody_who_may_not_see_it(world, officer):
    mine = await reported(world, "aunt")
    case = (await held_case(world, "reporter:father"))["case"]
    page = await officer.show(f"/duty/cases/{mine}/likenesses")
    assert case_code(case) not in page
    for part in (f"compare?with={case_code(case)}", f"merge?into={case_code(case)}"):
        page = await officer.show(f"/duty/cases/{mine}/{part}", 409)
        assert "a supervisor looks at it" in page
        assert [one for one in SECRETS if one in page] == []


@pytest.mark.parametrize("role", ["coordinator", "ngo"])
async def test_who_may_not_merge_sees_no_way_to_it(world, role):
    mine, other = await reported(world, "neighbour"), await reported(world, "mother")
    browser = await Browser(world).sign_in(role)
    assert "likenesses" not in await browser.show(f"/duty/cases/{mine}")
    for part in ("likenesses", f"compare?with={other}", f"merge?into={other}"):
        await browser.show(f"/duty/cases/{mine}/{part}", 403)
    token = browser.form("/duty/out")["fields"]["form"]
    await browser.post(f"/duty/cases/{mine}/merge", {"form": token, "into": other}, 403)
    assert "case.merged/1" not in await kinds_of(world, mine)
