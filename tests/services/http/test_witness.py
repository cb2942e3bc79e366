"""I have seen them: by the link of who was told, or of who reported, without an account."""

import re

import pytest
from tests.services.http.looking import BROWSER, FORM, shown, sound
from tests.services.http.test_letters import letter

from homeward.facts.sighting import SightingReported
from homeward.geography.datum import place_from
from homeward.http.cases import reporter_path
from homeward.words import Datum, Mode, Role, case_code

SAID = {
    "place": "33.17, 115.40",
    "datum": "wgs84",
    "place_text": "beside the blue kiosk",
    "seen_date": "2026-03-01",
    "seen_time": "11:20",
    "sure": "think",
    "mode": "foot",
    "heading": "ne",
    "note": "a red jacket, with a tall man",
    "contact": "13900000001",
}
PLACES = ("33.17", "115.4", "blue kiosk", "11:20", "13900000001")


@pytest.fixture
async def told(world):
    """A case that volunteer v-1 was told of, and the path of their form."""
    case, path = await letter(world)
    return case["case"], f"{path}/saw/{case_code(case['case'])}"


async def send(world, path, status=303, lang="en", form=None, **typed):
    """Open the form, fill it in, send it; return where it leads, or the page that refuses."""
    page = form or await shown(world, f"{path}?lang={lang}")
    said = {"form": FORM.search(page)[1], **SAID, **typed}
    answer = await world.http.post(f"{path}?lang={lang}", data=said, headers=BROWSER)
    assert answer.status_code == status, answer.text
    if status != 303:
        sound(answer.text)
        return answer
    return answer.headers["location"]


async def reported(world, case):
    facts = await world.rooms.desk.case_facts(case)
    return [one for one in facts if isinstance(one.fact, SightingReported)]


async def opened(world, case):
    """Return what is sealed of the sightings of a case, as an officer opens it."""
    path = f"/v1/cases/{case}/sightings"
    return (await world.get("officer", path, purpose="search")).json()["items"]


async def test_who_was_told_says_what_they_saw_and_it_is_the_fact_of_the_api(world, told):
    case, path = told
    inbox = await shown(world, f"{path.partition('/saw')[0]}?lang=en")
    assert f'href="{path}?lang=en"' in inbox
    page = await shown(world, await send(world, path))
    [one] = await reported(world, case)
    assert (one.by.id, one.by.role, one.by.auth) == ("v-1", Role.VOLUNTEER, "link")
    assert (one.fact.source, one.fact.claimed_mode) == (Role.VOLUNTEER, Mode.FOOT)
    assert f"{one.fact.seen_at:%H:%M}" == "03:20"
    assert one.fact.sighting[:8] in page
    assert "do not approach, call 110" in page
    [seen] = await opened(world, case)
    assert seen["contact"] == "13900000001"
    assert seen["note"].split("\n") == [
        *("How sure: I think so", "Where: beside the blue kiosk", "Which way: north-east"),
        "a red jacket, with a tall man",
    ]
    assert (seen["place"]["lat_e7"], seen["place"]["lon_e7"]) == (331_700_000, 1_154_000_000)
    assert seen["status"] == "reported"


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
async def test_coordinates_of_another_map_are_put_right(world, told, datum):
    case, path = told
    await send(world, path, datum=datum)
    [seen] = await opened(world, case)
    meant = place_from(33.17, 115.40, Datum(datum), 100)
    assert (seen["place"]["lat_e7"], seen["place"]["lon_e7"]) == (meant.lat_e7, meant.lon_e7)
    assert seen["place"]["lat_e7"] != 331_700_000


async def test_a_county_by_name_does_and_its_width_is_the_error(world, told):
    case, path = told
    await send(world, path, place="临泉县")
    [one] = await reported(world, case)
    assert one.fact.accuracy_m > 5_000


async def test_a_name_of_several_counties_asks_which(world, told):
    case, path = told
    answer = await send(world, path, 422, place="鼓楼区")
    chosen = re.search(r'name="place" value="([^"]+)"', answer.text)[1]
    assert "鼓楼区" in chosen
    assert "a red jacket, with a tall man</textarea>" in answer.text
    await send(world, path, form=answer.text, place=chosen)
    assert len(await reported(world, case)) == 1


@pytest.mark.parametrize(
    ("typed", "says", "field"),
    [
        ({"place": "somewhere"}, "Unclear place", "place"),
        ({"place": "133.1, 215.2"}, "not on Earth", "place"),
        ({"seen_time": "25:00"}, "Please give date and time.", "seen_date"),
        ({"seen_date": "2027-01-01"}, "in the future", "seen_date"),
        ({"seen_date": "2026-02-01"}, "before the person went missing", "seen_date"),
        ({"sure": ""}, "how sure you are", "sure"),
        ({"note": "x" * 3_001}, "too long", "note"),
        ({"contact": "1" * 201}, "too long", "contact"),
    ],
)
async def test_rubbish_comes_back_with_what_was_typed(world, told, typed, says, field):
    case, path = told
    answer = await send(world, path, 422, **typed)
    assert says in answer.text
    assert f'href="#{field}"' in answer.text
    assert 'value="beside the blue kiosk"' in answer.text
    assert await reported(world, case) == []


async def test_sent_twice_it_is_one_sighting_and_corrected_the_first_counts(world, told):
    case, path = told
    page = await shown(world, f"{path}?lang=en")
    first = await send(world, path, form=page)
    assert await send(world, path, form=page) == first
    again = await send(world, path, form=page, note="blue, not red")
    assert "What you sent first has arrived" in await shown(world, again)
    [one] = await opened(world, case)
    assert "red jacket" in one["note"]


async def test_who_reported_the_child_says_it_too_and_reads_nothing_of_others(world):
    case = (await world.issued())["case"]
    await world.post(
        "officer",
        f"/v1/cases/{case}/sightings",
        {
            "seen_at": "2026-03-01T03:17:00Z",
            "place": {"lat": 33.4567, "lon": 115.6789, "datum": "wgs84"},
        },
    )
    own = reporter_path(world.rooms, case)
    assert f'href="{own}/saw?lang=en"' in await shown(world, f"{own}?lang=en")
    to = await send(world, f"{own}/saw")
    [_, one] = await reported(world, case)
    assert one.by.role is Role.REPORTER
    pages = await shown(world, to) + await shown(world, f"{own}/saw?lang=en")
    pages += await shown(world, f"{own}?lang=en")
    assert [part for part in (*PLACES, "33.4", "115.6", "11:17") if part in pages] == []


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_it_is_said_in_every_language(world, told, lang):
    _, path = told
    words = {"en": "I have seen", "zh-Hans": "我看到了这个人", "zh-Hant": "我看到了這個人"}
    assert words[lang] in await shown(world, f"{path}?lang={lang}")
    page = await shown(world, await send(world, path, lang=lang))
    assert {"en": "Thank you", "zh-Hans": "谢谢您", "zh-Hant": "謝謝您"}[lang] in page


async def test_a_flood_is_429_with_what_was_typed_and_page_and_api_count_together(world, told):
    case, path = told
    body = {
        "seen_at": "2026-03-01T03:20:00Z",
        "place": {"lat": 33.17, "lon": 115.4, "datum": "wgs84"},
    }
    who = f"hi_v-1.{world.store.key_ring.token('inbox', 'v-1')}"
    for _ in range(9):
        answer = await world.post(who, f"/v1/cases/{case}/sightings", body)
        assert answer.status_code == 201
    page = await shown(world, f"{path}?lang=en")
    await send(world, path, form=page)
    answer = await send(world, path, 429)
    assert 3_590 <= int(answer.headers["retry-after"]) <= 3_600
    assert "a red jacket, with a tall man</textarea>" in answer.text
    assert "call 110" in answer.text
    await send(world, path, form=page)  # what was kept is answered again
    assert len(await reported(world, case)) == 10


async def ends(world, case, how):
    path = f"/v1/cases/{case}"
    if how == "cancelled":
        await world.post("officer", f"{path}/cancel", {"reason": "false"})
        return
    await world.post("officer", f"{path}/resolve", {"outcome": "found-safe"})
    if how == "resolved":
        return
    await world.post("officer", f"{path}/close-out")
    await world.post("officer", f"{path}/de-publish", {"partners": []})
    if how == "de-published":
        return
    await world.post("supervisor", f"{path}/seal")
    if how == "sealed":
        return
    asked = await world.post("supervisor", f"{path}/ask-expunge", {"reason": "old"})
    body = {"asked": asked.json()["facts"][0]["id"]}
    assert (await world.post("officer", f"{path}/expunge", body)).is_success


ENDS = ("cancelled", "resolved", "de-published", "sealed", "expunged")


@pytest.mark.parametrize("how", ENDS)
async def test_after_the_end_it_says_so_takes_nothing_and_is_the_same_for_each_end(
    world, told, how
):
    case, path = told
    form = await shown(world, f"{path}?lang=en")
    own = f"{reporter_path(world.rooms, case)}/saw"
    await ends(world, case, how)
    pages = [await shown(world, f"{one}?lang=en", 410) for one in (path, own)]
    pages.append((await send(world, path, 410, form=form)).text)
    for page in pages:
        assert "This search is over." in page
        assert "call 110" in page
        assert "<form" not in page
        spoken = re.sub(r"<[^>]+>", "", page)
        assert [one for one in (case_code(case), "found", how) if one in spoken] == []
    assert await reported(world, case) == []


async def test_a_form_of_another_page_and_a_case_not_told_of_open_nothing(world, told):
    case, path = told
    await world.enrolled("v-2")
    token = world.store.key_ring.token("inbox", "v-2")
    await shown(world, f"/i/v-2/{token}/saw/{case}?lang=en", 404)
    await shown(world, path.replace("/saw/", "x/saw/"), 404)
    own = f"{reporter_path(world.rooms, case)}/saw"
    foreign = await shown(world, f"{own}?lang=en")
    assert "open too long" in (await send(world, path, 409, form=foreign)).text
    assert await reported(world, case) == []


async def test_a_case_on_hold_takes_nothing_and_its_reporter_does_not_learn_of_it(world):
    case = (await world.raised("reporter:mother", protection_order=True))["case"]
    await world.enrolled("v-1")
    await world.told("v-1", case, case)
    path = f"/i/v-1/{world.store.key_ring.token('inbox', 'v-1')}/saw/{case}"
    assert (await world.rooms.desk.case_now(case)).state.held
    page = await shown(world, f"{path}?lang=en", 410)
    assert "hold" not in page.lower()
    own = f"{reporter_path(world.rooms, case)}/saw"
    await send(world, own)  # only supervisors read it
    assert len(await reported(world, case)) == 1


async def test_what_is_typed_stays_text(world, told):
    _, path = told
    poison = '"><script>alert(1)</script>'
    typed = dict.fromkeys(("place", "place_text", "note", "contact"), poison)
    answer = await send(world, path, 422, **typed)
    assert "<script>" not in answer.text
