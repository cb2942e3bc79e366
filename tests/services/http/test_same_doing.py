"""An update that changes nothing of what to do: drafted by API and form, shown to who approves."""

import pytest
from tests.services.http.desking import Browser

from homeward.http.pages.desk import WORDS
from homeward.record.envelope import read

BODY = {"severity": "extreme", "reach_km_max": 20, "expires_in_s": 86_400}


async def drafted(world, case, **more):
    answer = await world.post("officer", f"/v1/cases/{case}/alerts", {**BODY, **more})
    assert answer.status_code == 201, answer.text
    return f"/v1/cases/{case}/alerts/{answer.json()['draft']}"


async def newest(world, kind):
    [row] = await world.store.log.newest(kind, limit=1)
    return read(row).fact


@pytest.fixture
async def case(world):
    """One whose alert is out, to whoever is inside."""
    case = (await world.verified())["case"]
    await world.post("officer", f"{await drafted(world, case)}/issue")
    return case


async def test_an_update_says_whether_those_told_hear_it_again(world, case):
    path = await drafted(world, case, changes_what_to_do=False)
    assert (await world.get("officer", path)).json()["changes_what_to_do"] is False
    await world.post("officer", f"{path}/issue")
    assert (await newest(world, "case.alert-updated/1")).same_since == 1
    path = await drafted(world, case, reach_km_max=21)  # as those ask who do not know of it
    assert (await world.get("officer", path)).json()["changes_what_to_do"] is True
    await world.post("officer", f"{path}/issue")
    fact = await newest(world, "case.alert-updated/1")
    assert (fact.version, fact.same_since) == (3, None)


async def test_a_page_shows_the_newest_words_of_what_is_to_be_done(world, case):
    first = (await newest(world, "case.alert-issued/1")).draft
    key = await world.enrolled("v-1")
    await world.told("v-1", case, first)

    async def letter():
        [item] = (await world.get(key, "/v1/messages")).json()["items"]
        return item["text"]

    async def words(path):
        texts = (await world.get("officer", path)).json()["texts"]
        return {one["full"] for one in texts}

    before = await letter()
    path = await drafted(world, case, changes_what_to_do=False)
    await world.post("officer", f"{path}/issue")
    assert await letter() in await words(path)
    assert await letter() != before
    shown = await letter()
    other = await drafted(world, case, reach_km_max=21)  # of what changes, a message of its own
    await world.post("officer", f"{other}/issue")
    assert await letter() == before != shown


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_the_form_asks_and_who_approves_reads_it(world, case, lang):
    officer = await Browser(world, lang).sign_in("officer:a-1:county")
    page = await officer.show(f"/duty/cases/{case}/draft")
    assert WORDS[lang]["draft-same"] in page
    page = await officer.send("/draft", reach_km_max=22, same="1")
    assert WORDS[lang]["draft-same-told"] in page
    assert (await newest(world, "case.alert-drafted/1")).changes_what_to_do is False
    await officer.show(f"/duty/cases/{case}/draft")
    page = await officer.send("/draft", reach_km_max=23)
    assert WORDS[lang]["draft-same-told"] not in page


async def test_of_a_first_version_the_form_does_not_ask(world):
    case = (await world.verified())["case"]
    officer = await Browser(world).sign_in("officer:a-1:county")
    page = await officer.show(f"/duty/cases/{case}/draft")
    assert WORDS["en"]["draft-same"] not in page
