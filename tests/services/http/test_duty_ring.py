"""Ring 0 as a form: whom it would reach, in which words, and that it is taken back."""

import re

import pytest
from tests.services.http.desking import Browser, kinds_of
from tests.services.http.test_ring_zero import fact_of, taken_up

from homeward.dispatch.words import SealedWords
from homeward.ports import Contact, Recipient
from homeward.record.envelope import read
from homeward.words import Purpose, RecipientKind, Tier

CELL = "8740b059affffff"
TYPED = ("Xiao Ming", "red jacket", "the alley behind the market", "a white van")


async def helpers(world, many, tier=Tier.VETTED):
    await world.store.roster.register(
        [
            Recipient(
                f"{tier.value}-{one}",
                RecipientKind("volunteer"),
                (CELL,),
                lang="en",
                contacts=((Contact("inbox"),),),
                tier=tier,
            )
            for one in range(many)
        ]
    )


@pytest.fixture
async def officer(world):
    return await Browser(world).sign_in("officer:a-1:county")


async def test_it_is_read_first_as_a_span_and_in_the_exact_words_and_then_asked_once(
    world, officer
):
    await helpers(world, 60)
    await helpers(world, 500, Tier.PUBLIC)
    await world.enrolled("h-on", "hub")
    case = await taken_up(world)
    page = await officer.show(f"/duty/cases/{case}")
    assert f'href="/duty/cases/{case}/ring0?lang=en"' in page
    page = shown = await officer.show(f"/duty/cases/{case}/ring0")
    assert "About 50-100 vetted volunteers. Hubs on duty: 1." in page
    assert "Unverified" in page
    assert "未经核实" in page
    assert [one for one in TYPED if one in page] == []
    [row] = await world.store.log.newest("access.area-previewed/1")
    assert read(row).by.id == "a-1"
    assert "case.ring-zero-asked/1" not in await kinds_of(world, case), "looking asks nothing"

    form = officer.form("/ring0")
    page = await officer.post(form["action"], form["fields"])
    assert "Vetted helpers nearby are being told." in page
    assert re.search(r"hear of it unverified, until 1 Mar 13:30", page)
    assert "turn the report down" in page
    await officer.post(form["action"], form["fields"])
    assert (await kinds_of(world, case)).count("case.ring-zero-asked/1") == 1
    authority = world.rooms.settings.authority
    words = SealedWords(world.store.log, world.store.subject_keys, authority=authority, drill=True)
    for lang in ("zh-Hans", "zh-Hant", "en"):
        sent = await words.words((await fact_of(world)).id, Purpose.ALERT, lang)
        assert f">{sent.full}</dd>".replace("'", "&#39;") in shown, "what was read is what is sent"
    page = await officer.show(f"/duty/cases/{case}/ring0")
    assert "They were told already" in page
    assert not officer.offers("/ring0")


async def test_called_off_by_turning_the_report_down(world, officer):
    case = await taken_up(world)
    await officer.show(f"/duty/cases/{case}/ring0")
    await officer.send("/ring0")
    page = await officer.send("/reject", reason="not-missing")
    assert "heard of it unverified" in page
    assert "To take it back" not in page
    assert (await kinds_of(world, case))[-1] == "case.rejected/1"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"category": "family-abduction"}, "may be hiding from whoever reported it"),
        ({"custody": "disputed"}, "may be hiding from whoever reported it"),
        (None, "Take it up first."),
    ],
)
async def test_where_it_would_be_refused_the_page_says_why_and_shows_no_form(
    world, officer, more, why
):
    if more is None:
        case = (await world.raised("reporter", category="lost-child"))["case"]
    else:
        case = await taken_up(world, **more)
    for part in ("", "/ring0"):
        assert why in await officer.show(f"/duty/cases/{case}{part}")
        assert not officer.offers("/ring0")
    assert await world.store.log.newest("access.area-previewed/1") == []


async def test_refused_at_the_last_moment_it_leads_back_to_the_case_as_it_is(world, officer):
    case = await taken_up(world)
    await officer.show(f"/duty/cases/{case}/ring0")
    form = officer.form("/ring0")
    await world.post("officer:a-3", f"/v1/cases/{case}/verify", {"unit": "Linquan"})
    page = await officer.post(form["action"], form["fields"], 409)
    assert "The report is verified" in page
    assert "case.ring-zero-asked/1" not in await kinds_of(world, case)


async def test_a_desk_of_helpers_asks_without_a_count_and_not_for_its_own(world):
    await helpers(world, 60)
    case = await taken_up(world)
    ngo = await Browser(world).sign_in("ngo:n-1:helpers")
    page = await ngo.show(f"/duty/cases/{case}/ring0")
    assert "At most 200 vetted volunteers; how many there are is not shown here." in page
    assert await world.store.log.newest("access.area-previewed/1") == []
    assert "being told" in await ngo.send("/ring0")
    own = (await world.raised("ngo:n-1:helpers", category="lost-child"))["case"]
    await world.post("ngo:n-1:helpers", f"/v1/cases/{own}/take-up", {"unit": "Helpers"})
    assert "You reported it yourself" in await ngo.show(f"/duty/cases/{own}")
    assert not ngo.offers("/ring0")


async def test_the_count_is_hidden_once_there_were_too_many_looks(world, officer):
    world.app.state.previews.at_most = 1
    await helpers(world, 60)
    case = await taken_up(world)
    assert "50-100" in await officer.show(f"/duty/cases/{case}/ring0")
    page = await officer.show(f"/duty/cases/{case}/ring0")
    assert "how many there are is not shown here" in page
    assert officer.offers("/ring0"), "telling needs no count"
