"""The officer's page of a case: who gets a link, what it shows, who looked, when it is over."""

import base64
from datetime import datetime, timedelta

import pytest
from tests.services.http.looking import BROWSER, shown, sound

from homeward.desk import Asking
from homeward.facts.hub import HubUnreachable
from homeward.facts.reach import ReachWidened
from homeward.http.pages.moments import elapsed
from homeward.http.pages.officer import wave_lines
from homeward.http.pages.refusing import REFUSED
from homeward.messages import Actor
from homeward.picture.course import under
from homeward.record.envelope import read
from homeward.replay import history
from homeward.timeline import status_of
from homeward.words import Role

SEES = ("officer", "supervisor", "coordinator")
SEES_NOT = ("reporter", "ngo", "hub:h-1", "volunteer:v-1", "auditor", "admin")
SEALED = (
    *("Xiao Ming", "red jacket", "the alley", "13800000000", "a white van"),
    *("N-0000", "blue lorry", "330680000", "1152760000"),
)


async def link(world, case, who="officer"):
    answer = await world.post(who, f"/v1/cases/{case}/page")
    assert answer.status_code == 200, answer.text
    url = answer.json()["url"]
    assert url.startswith("http://homeward.test/duty/")
    return url.removeprefix("http://homeward.test")


async def say(world, stream, fact):
    async def nothing():
        return ()

    asking = Asking(Actor(id="hubs", role=Role.SYSTEM), f"{stream} {fact.kind}", b"")
    await world.rooms.desk.submit(stream, asking, nothing, lambda _: (fact,))


@pytest.fixture
async def case(world):
    """An alerted case with a wave, two watches, a hub that nobody can tell, and two sightings."""
    made = await world.issued()
    case, draft = made["case"], made["draft"]
    await world.enrolled("h-1", "hub")
    at = world.rooms.clock.now()
    later = {"window_from": at + timedelta(hours=1), "window_to": at + timedelta(hours=2)}
    await world.watched(case, "h-2", draft, rank=1, **later)
    await world.watched(case, "h-1", draft)
    facts = await history(world.store.log, case)
    [wave, *_] = under(facts, "field", at + timedelta(minutes=1)).waves
    assert isinstance(wave, ReachWidened)
    await say(world, f"reach-{case}", wave)
    gone = {"hub": "h-3", "hub_kind": "coach", "alert": 1, "version": 1, "eta_s": 60}
    await say(world, f"hubs-{case}", HubUnreachable(case=case, at=at, **gone))
    vehicle = {"vehicle": "blue lorry", "licence_plate": "N-0000"}
    body = {"seen_at": "2026-03-01T03:20:00Z", **vehicle}
    assert (await world.post("officer", f"/v1/cases/{case}/vehicle", body)).is_success
    for minutes in (7, 5):
        seen = {
            "seen_at": "2026-03-01T03:20:00Z",
            "place": {"lat": 33.1, "lon": 115.3, "datum": "wgs84", "accuracy_m": 100},
            "note": "by the bridge",
        }
        assert (await world.post("officer", f"/v1/cases/{case}/sightings", seen)).is_success
        world.store.clock.pass_s(minutes * 60)
    return case


@pytest.mark.parametrize("who", SEES)
async def test_who_leads_the_search_sees_map_hubs_waves_and_what_waits(world, case, who):
    page = await shown(world, await link(world, case, who) + "?lang=en")
    assert page.count('<div class="map"><svg') == 1
    assert "An alert was issued" in page
    assert "Taken by a stranger" in page
    assert "Since last seen: 42 min" in page
    assert "Drill: nothing here is real" in page
    first, second = page.index("Linquan station</strong>"), page.index("<strong>h-2</strong>")
    assert "1 Mar 11:40–12:10<br>ordered, not acknowledged yet" in page[first:second]
    assert "1 Mar 12:30–13:30" in page[second:]
    assert "Hubs that nobody can tell: h-3" in page
    assert "Version 1, wave 0" in page or "Version 1, wave 1" in page
    assert "told 0, reached 0" in page
    assert "<strong>2</strong>" in page
    assert "The oldest waits for 12 min" in page


async def test_it_says_the_same_in_chinese_and_leads_from_one_to_the_other(world, case):
    path = await link(world, case)
    page = await shown(world, path)
    assert '<html lang="zh-Hans">' in page
    for said in ("已发出警报", "被陌生人带走", "42 分钟", "已通知，等待确认", "待核实的线索"):
        assert said in page
    assert f"{path}?lang=en" in page


async def test_the_state_of_a_watch_is_that_of_now(world, case):
    path = await link(world, case) + "?lang=en"
    rows = await world.store.log.newest("hubs.watch-ordered/1")
    order = next(fact for row in rows if (fact := read(row).fact).hub == "h-1")
    answer = await world.post("officer", f"/v1/cases/{case}/watches/{order.watch}/acknowledge")
    assert answer.is_success
    assert "acknowledged, watching" in await shown(world, path)
    await say(world, f"hubs-{case}-moved", order.model_copy(update={"moved": 1}))
    page = await shown(world, path)
    assert "ordered, not acknowledged yet; window moved (1×)" in page
    await world.post("officer", f"/v1/cases/{case}/resolve", {"outcome": "found-safe"})
    assert "There is a result" in await shown(world, path)


async def test_nothing_sealed_is_on_it_and_the_policy_of_pages_holds(world, case):
    opened = (await world.get("officer", f"/v1/cases/{case}", purpose="search")).text
    assert [one for one in SEALED if one not in opened] == []
    path = await link(world, case)
    for lang in ("zh-Hans", "en"):
        answer = await world.http.get(f"{path}?lang={lang}", headers=BROWSER)
        assert answer.status_code == 200
        assert [
            one for one in (*SEALED, "33.068", "115.276", "by the bridge") if one in answer.text
        ] == []
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]
        sound(answer.text)


@pytest.mark.parametrize("who", SEES_NOT)
async def test_nobody_else_gets_a_link(world, case, who):
    await world.told("v-1", case, "x")
    answer = await world.post(who, f"/v1/cases/{case}/page")
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


async def test_links_of_parents_and_hubs_open_no_such_page(world):
    made = await world.raised("reporter:mother")
    bearer = await world.enrolled("h-1", "hub")
    reporters, hubs = made["link"].rpartition("/")[2], bearer.rpartition(".")[2]
    for token in (reporters, hubs, f"{made['case']}.{reporters}", f"h-1.{hubs}"):
        await shown(world, f"/duty/{token}", 404)
    for who in (f"hr_{made['case']}.{reporters}", bearer):
        answer = await world.post(who, f"/v1/cases/{made['case']}/page")
        assert answer.status_code == 403


async def test_a_link_that_was_changed_opens_nothing(world, case):
    other = (await world.issued())["case"]
    mine, theirs = [(await link(world, one)).rpartition("/")[2] for one in (case, other)]
    (said, mac), (foreign, _) = mine.split("."), theirs.split(".")
    raw = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    assert raw.split(".")[1:] == ["officer", case, "a-officer"]
    longer = raw.replace(raw.partition(".")[0], "9999999999")
    risen = raw.replace("officer", "supervisor")
    forged = [
        base64.urlsafe_b64encode(one.encode()).decode().rstrip("=") for one in (longer, risen)
    ]
    before = await world.store.log.size()
    for payload in (foreign, *forged, said[:-1], ""):
        page = await shown(world, f"/duty/{payload}.{mac}?lang=en", 404)
        assert REFUSED["en"]["link-unknown"] in page
    for token in (f"{said}.{'A' * 43}", said, f"{mine}x", "x" * 500):
        await shown(world, f"/duty/{token}", 404)
    assert await world.store.log.size() == before


async def test_a_link_opens_for_a_quarter_of_an_hour(world, case):
    answer = (await world.post("officer", f"/v1/cases/{case}/page")).json()
    path = answer["url"].removeprefix("http://homeward.test")
    until = datetime.fromisoformat(answer["expires_at"])
    left = until - world.rooms.clock.real()
    assert timedelta(seconds=899) <= left <= timedelta(seconds=900)
    world.store.clock.pass_s(800)
    assert "opens for another 1 min" in await shown(world, f"{path}?lang=en")
    world.store.clock.pass_s(100)
    before = await world.store.log.size()
    assert REFUSED["en"]["link-expired"] in await shown(world, f"{path}?lang=en", 410)
    assert REFUSED["zh-Hans"]["link-expired"] in await shown(world, path, 410)
    assert await world.store.log.size() == before


async def test_once_the_key_is_revoked_the_link_opens_nothing(world, case):
    path = await link(world, case, "coordinator")
    await shown(world, path)
    for one in await world.rooms.api_keys.page():
        if one.role is Role.COORDINATOR:
            await world.rooms.api_keys.revoke(one.prefix)
    await shown(world, path, 404)


async def test_each_look_is_recorded_with_who_looked_and_counts_as_a_picture(world, case):
    path = await link(world, case, "supervisor")
    assert await world.store.log.newest("access.field-shown/1") == []
    world.app.state.pictures.rates.at_most = 2
    for lang in ("zh-Hans", "en"):
        await shown(world, f"{path}?lang={lang}")
        world.store.clock.pass_s(1)
    rows = await world.store.log.newest("access.field-shown/1")
    assert [(row.key, read(row).by.id, read(row).by.role) for row in rows] == [
        (case, "a-supervisor", Role.SUPERVISOR)
    ] * 2
    token = path.rpartition("/")[2].encode()
    assert not any(token in row.envelope for row in rows)
    answer = await world.http.get(f"{path}?lang=en", headers=BROWSER)
    assert (answer.status_code, int(answer.headers["retry-after"]) > 3_000) == (429, True)
    assert REFUSED["en"]["too-many-pictures"] in answer.text
    assert (await world.get("supervisor", f"/v1/cases/{case}/map")).status_code == 429


async def test_people_of_a_wave_are_buckets(world, case):
    view = status_of(await history(world.store.log, case))
    [wave] = view.waves
    counts = {("alert", wave.version, wave.wave): {"people": 4_321, "accepted": 7}}
    [line] = wave_lines(view, counts, "en")
    assert line.what.endswith("told 4000 or more, reached fewer than 20")
    [line] = wave_lines(view, counts, "zh-Hans")
    assert line.what.endswith("通知 4000 人以上，送达 不到 20 人")


@pytest.mark.parametrize(
    ("passed", "zh", "en"),
    [
        ({"seconds": -5}, "0 分钟", "0 min"),
        ({"minutes": 59}, "59 分钟", "59 min"),
        ({"hours": 2, "minutes": 5}, "2 小时 5 分钟", "2 h 5 min"),
        ({"days": 1, "minutes": 30}, "1 天 0 小时", "1 d 0 h"),
    ],
)
def test_how_long_it_is_is_said_in_the_two_largest_units(passed, zh, en):
    start = datetime.fromisoformat("2026-03-01T03:30:00Z")
    until = start + timedelta(**passed)
    assert (elapsed(start, until, "zh-Hans"), elapsed(start, until, "en")) == (zh, en)
