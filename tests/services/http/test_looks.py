"""The pages as people meet them: what is said where, by whom it can be read, what a tap does."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.services.http.looking import BROWSER, FORM, shown, sound

from homeward.http.pages.moments import ZONE, moment, people, span, zone_of
from homeward.http.pages.refusing import REFUSED, by_code
from homeward.http.problems import LinkUnknown

NIGHT = datetime(2026, 3, 1, 15, 50, tzinfo=UTC)  # 23:50 in Beijing
REPORT = {
    "category": "stranger-abduction",
    "last_seen_date": "2026-03-01",
    "last_seen_time": "11:00",
    "place": "33.068, 115.276",
    "datum": "gcj02",
    "custody": "none",
    "protection_order": "no",
}


async def raised(world):
    form = FORM.search(await shown(world, "/report?lang=en"))[1]
    answer = await world.http.post("/report?lang=en", data={"form": form, **REPORT})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


# --- the parent's form ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"last_seen_time": ""}, ["last_seen_date"]),
        ({"place": "nowhere", "custody": ""}, ["place", "custody"]),
        ({"place": "和平区"}, ["place"]),
        ({"protection_order": ""}, ["protection_order"]),
        ({"age_years": "two", "height_cm": "9999"}, ["age_years", "height_cm"]),
        ({"name": "x" * 300, "reporter_phone": "1" * 300}, ["name", "reporter_phone"]),
        ({"place_text": "x" * 3_000}, ["place_text"]),
        ({"last_seen_time": "23:59"}, ["last_seen_date"]),
        ({"category": "endangered-runaway", "age_years": "2"}, ["age_years"]),
    ],
)
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
async def test_what_is_wrong_stands_on_top_and_beside_its_field(world, more, fields, lang):
    form = FORM.search(await shown(world, "/report"))[1]
    said = {"form": form, **REPORT, **more}
    answer = await world.http.post(f"/report?lang={lang}", data=said)
    assert answer.status_code == 422
    page = sound(answer.text)
    assert [one[1:] for one in page.links if one.startswith("#")] == fields
    for one in fields:
        assert f'id="{one}-wrong"' in answer.text
        assert one in page.wrong or one == "place"
    assert answer.text.index('role="alert"') < answer.text.index("<form")


async def test_of_counties_with_one_name_none_may_be_meant(world):
    form = FORM.search(await shown(world, "/report"))[1]
    answer = await world.http.post("/report", data={"form": form, **REPORT, "place": "和平区"})
    assert 'name="place" value="" required' in answer.text
    again = {"form": FORM.search(answer.text)[1], **REPORT, "place": ""}
    assert 'type="text" name="place"' in (await world.http.post("/report", data=again)).text


async def test_the_bare_address_leads_to_the_form(world):
    answer = await world.http.get("/", headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/report")


# --- the reporter's page --------------------------------------------------------------------------


async def test_the_first_look_says_to_keep_the_page(world):
    where = await raised(world)
    page = await shown(world, where)
    assert page.index("Keep this page</h2>") < page.index("How it stands</h2>")
    later = await shown(world, where.partition("&")[0])
    assert later.index("Keep this page</h2>") > later.index("How it stands</h2>")
    assert "arrived" not in later


async def test_a_report_is_not_withdrawn_by_one_tap(world):
    page = await shown(world, await raised(world))
    ask, do = page.index("<summary>Withdraw the report"), page.index("Yes, withdraw it</button>")
    assert "<details>" in page[:ask]
    assert "nobody goes on looking" in page[ask:do]


async def test_when_it_is_over_nobody_is_said_to_have_it(world):
    where = await raised(world)
    [row] = await world.store.log.newest("case.raised/1")
    await world.post("officer", f"/v1/cases/{row.key}/verify", {"unit": "Linquan PSB"})
    assert "With Linquan PSB" in await shown(world, where)
    await world.post("officer", f"/v1/cases/{row.key}/resolve", {"outcome": "found-safe"})
    page = await shown(world, where)
    assert "It was with Linquan PSB" in page
    assert "<form" not in page


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/r/ABCD-EFGH/short", 404),
        ("GET", "/r/ABCD-EFGH/" + "x" * 300, 404),
        ("GET", "/i/nobody/" + "x" * 43, 404),
        ("GET", "/i/nobody/x/answer", 405),
        ("POST", "/i/nobody/x/answer", 404),
        ("DELETE", "/report", 405),
    ],
)
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
async def test_a_browser_is_refused_in_words(world, method, path, status, lang):
    url = f"{path}?lang={lang}"
    answer = await world.http.request(method, url, headers=BROWSER)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    page = sound(answer.text)
    assert f'<html lang="{lang}">' in answer.text
    assert ("?lang=" in answer.text.partition("<main>")[0]) == (method == "GET")
    assert f"/report?lang={lang}" in page.links
    assert "tel:110" in page.links


async def test_what_breaks_or_is_too_much_is_said_in_words_too(world, monkeypatch):
    body = {"form": "x", "note": "y" * 1_100_000}
    answer = await world.http.post("/report?lang=en", data=body, headers=BROWSER)
    assert answer.status_code == 413
    assert REFUSED["en"]["body-too-large"] in answer.text

    async def broken(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(type(world.store.roster), "get", broken)
    bearer = await world.enrolled("v-1")
    path = f"/i/v-1/{bearer.rpartition('.')[2]}"
    answer = await world.http.get(path, headers=BROWSER)
    assert answer.status_code == 500
    assert REFUSED["zh-Hans"]["internal"] in answer.text
    assert "secret" not in answer.text


async def test_programs_are_refused_as_before(world):
    for path, headers in (("/nowhere", {}), ("/v1/nowhere", BROWSER)):
        answer = await world.http.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"


def test_refusals_say_the_same_in_both_languages_and_nothing_of_headers():
    assert REFUSED["zh-Hans"].keys() == REFUSED["en"].keys()
    assert LinkUnknown.code in REFUSED["zh-Hans"]
    assert by_code("never-heard-of", "en") == REFUSED["en"]["internal"]
    assert not re.search("Idempotency|JSON|header|Retry", "".join(REFUSED["en"].values()))


# --- times, counts, colours -----------------------------------------------------------------------


def test_times_have_their_day_and_say_when_they_are_not_beijings():
    assert moment(NIGHT, "zh-Hans") == "3月1日 23:50"
    assert moment(NIGHT, "en") == "1 Mar 23:50"
    assert moment(NIGHT, "en", zone_of("Asia/Ho_Chi_Minh")) == "1 Mar 22:50 (UTC+07:00)"
    assert moment(NIGHT, "en", zone_of("Asia/Hong_Kong")) == "1 Mar 23:50"
    assert span(NIGHT, NIGHT + timedelta(minutes=5), "zh-Hans") == "3月1日 23:50–23:55"
    assert span(NIGHT, NIGHT + timedelta(minutes=20), "zh-Hans") == "3月1日 23:50–3月2日 00:10"
    assert zone_of("Nowhere/At_All") is zone_of("") is ZONE


@pytest.mark.parametrize(
    ("bucket", "zh", "en"),
    [
        ("0", "0 人", "0"),
        ("<20", "不到 20 人", "fewer than 20"),
        ("900+", "900 人以上", "900 or more"),
    ],
)
def test_counts_of_people_are_words(bucket, zh, en):
    assert (people(bucket, "zh-Hans"), people(bucket, "en")) == (zh, en)


async def test_colours_can_be_read_and_targets_be_hit(world):
    style = (await world.http.get("/page.css")).text
    for selectors, rules in re.findall(r"([^{}]+){([^}]*)}", style):
        said = dict(one.split(":", 1) for one in rules.split(";") if one)
        if "color" in said and said["color"].startswith("#"):
            ground = said.get("background", "#f2f2f2")  # the darkest of ours, where it has none
            assert contrast(said["color"], ground) >= 4.5, selectors
    assert contrast("#1a1a1a", "#ffd54f") >= 4.5
    assert ":focus-visible{outline:3px" in style


def contrast(one, other):
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
