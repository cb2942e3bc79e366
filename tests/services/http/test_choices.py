"""A recipient's own choices as forms: a pause, limits, language; kept, refused in words, undone."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from tests.hosts.days import Lived, Set
from tests.hosts.lanes import HERE, volunteer
from tests.services.http.looking import FORM, shown, sound

from homeward.formats.catalogues import LANGS
from homeward.ports import FOREVER, Limits
from homeward.words import Severity

GOOD = {
    "severity_min": "severe",
    "reach_km_max": "40",
    "per_day": "2",
    "quiet_from": "22:30",
    "quiet_to": "06:00",
    "zone": "Asia/Urumqi",
    "lang": "en",
}
KEPT = Limits(40, Severity.SEVERE, 22 * 60 + 30, 6 * 60, "Asia/Urumqi", 2, None, "en")


async def mine(world, who="v-1", **more):
    bearer = await world.enrolled(who, **more)
    return f"/i/{who}/{bearer.rpartition('.')[2]}"


async def limits(world, who="v-1"):
    return (await world.store.roster.get(who)).limits


async def send(world, path, what, status=303, lang="en", said=None):
    form = FORM.search(await shown(world, f"{path}/limits?lang={lang}"))[1]
    answer = await world.http.post(
        f"{path}/{what}?lang={lang}", data={"form": form, **(said or {})}
    )
    assert answer.status_code == status, answer.text
    if status != 303:
        sound(answer.text)
        return answer.text
    return await shown(world, answer.headers["location"])


@pytest.mark.parametrize("lang", LANGS)
async def test_the_messages_lead_to_a_page_in_each_language(world, lang):
    path = await mine(world)
    assert f'href="{path}/limits?lang={lang}"' in await shown(world, f"{path}?lang={lang}")
    page = await shown(world, f"{path}/limits?lang={lang}")
    assert "http-equiv" not in page  # nothing is lost while somebody types
    assert f'href="{path}/leave?lang={lang}"' in page


async def test_limits_are_kept_and_said_to_be(world):
    path = await mine(world)
    page = await send(world, path, "limits", said=GOOD)
    assert '<p class="good" role="status">Saved.</p>' in page
    assert await limits(world) == KEPT
    for said in ('value="40"', 'value="22:30"', 'value="06:00"', 'value="Asia/Urumqi"'):
        assert said in page, said
    for one in ('value="severe" selected', 'value="2" selected', 'value="en" selected'):
        assert one in page, one
    again = await send(world, path, "limits", said=GOOD)
    assert "Saved." in again
    assert await limits(world) == KEPT


async def test_empty_fields_lift_a_limit(world):
    path = await mine(world)
    await send(world, path, "limits", said=GOOD)
    free = {"reach_km_max": "", "quiet_from": "", "quiet_to": "", "per_day": "0", "zone": ""}
    await send(world, path, "limits", said={**GOOD, **free, "severity_min": "minor"})
    kept = replace(KEPT, reach_km_max=0, severity_min=Severity.MINOR, per_day=0)
    kept = replace(kept, quiet_from_min=-1, quiet_to_min=-1, zone="Asia/Shanghai")
    assert await limits(world) == kept


async def test_what_a_chinese_keyboard_types_is_understood(world):
    path = await mine(world)
    await send(world, path, "limits", said={**GOOD, "reach_km_max": "４０", "quiet_from": "22：30"})
    assert await limits(world) == KEPT


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"severity_min": "deadly"}, ["severity_min"]),
        ({"reach_km_max": "far"}, ["reach_km_max"]),
        ({"reach_km_max": "0"}, ["reach_km_max"]),
        ({"reach_km_max": "5001"}, ["reach_km_max"]),
        ({"reach_km_max": "-1"}, ["reach_km_max"]),
        ({"reach_km_max": "9" * 4_000}, ["reach_km_max"]),
        ({"reach_km_max": "1.5"}, ["reach_km_max"]),
        ({"per_day": "11"}, ["per_day"]),
        ({"per_day": ""}, ["per_day"]),
        ({"quiet_from": "25:00"}, ["quiet_from"]),
        ({"quiet_to": ""}, ["quiet_to"]),
        ({"quiet_from": "", "quiet_to": "6"}, ["quiet_from", "quiet_to"]),
        ({"quiet_from": "06:00"}, ["quiet_to"]),
        ({"zone": "Nowhere/At_All"}, ["zone"]),
        ({"zone": "../../etc"}, ["zone"]),
        ({"lang": "xx"}, ["lang"]),
        ({"lang": "xx", "per_day": "x", "zone": "x"}, ["per_day", "zone", "lang"]),
    ],
)
async def test_what_is_wrong_is_said_beside_what_was_typed(world, more, fields, lang):
    path = await mine(world)
    before = await limits(world)
    text = await send(world, path, "limits", 422, lang, said={**GOOD, **more})
    page = sound(text)
    assert [one[1:] for one in page.links if one.startswith("#")] == fields
    assert page.wrong == fields
    assert text.index('role="alert"') < text.index("<form")
    for name in ("reach_km_max", "quiet_from", "quiet_to", "zone"):
        said = {**GOOD, **more}[name]
        assert f'name="{name}" id="{name}" value="{said}"' in text
    assert await limits(world) == before


async def test_a_form_that_lacks_everything_is_no_way_in(world):
    path = await mine(world)
    before = await limits(world)
    assert "Choose how serious" in await send(world, path, "limits", 422)
    for what, said in (("limits", GOOD), ("pause", {"pause": "8h"}), ("undo", {})):
        for form in ("", "1.a.b", "x" * 5_000):
            url = f"{path}/{what}?lang=en"
            answer = await world.http.post(url, data={**said, "form": form})
            assert answer.status_code == 409
            sound(answer.text)
            assert "The page was open too long" in answer.text
    assert 'value="40"' in (await world.http.post(f"{path}/limits", data=GOOD)).text
    assert await limits(world) == before


async def test_a_form_of_the_messages_or_of_somebody_else_does_not_fit(world):
    path, other = await mine(world), await mine(world, "v-2")
    form = FORM.search(await shown(world, f"{other}/limits"))[1]
    answer = await world.http.post(f"{path}/pause", data={"form": form, "pause": "8h"})
    assert answer.status_code == 409
    assert (await limits(world)).paused_until is None


@pytest.mark.parametrize(("pause", "hours"), [("8h", 8), ("24h", 24), ("7d", 168)])
async def test_a_pause_begins_says_until_when_and_ends(world, pause, hours):
    path = await mine(world)
    assert "You are not pausing" in await shown(world, f"{path}/limits?lang=en")
    page = await send(world, path, "pause", said={"pause": pause})
    assert "You pause until" in page
    left = (await limits(world)).paused_until - world.rooms.clock.now()
    assert timedelta(0) <= timedelta(hours=hours) - left < timedelta(minutes=5)
    assert "You are not pausing" in await send(world, path, "pause", said={"pause": "ended"})
    assert (await limits(world)).paused_until is None


async def test_a_pause_without_an_end_and_one_that_is_none(world):
    path = await mine(world)
    assert "until you end it" in await send(world, path, "pause", said={"pause": "until-ended"})
    assert (await limits(world)).paused_until == FOREVER
    for wrong in ("", "1h", "8h "):
        said = await send(
            world, path, "pause", 303 if wrong == "8h " else 422, said={"pause": wrong}
        )
        assert ("Choose one of the pauses" in said) == (wrong != "8h ")


async def test_a_double_tap_pauses_once_and_can_still_be_undone(world):
    path = await mine(world)
    form = FORM.search(await shown(world, f"{path}/limits?lang=en"))[1]
    for _ in range(2):
        await world.http.post(f"{path}/pause", data={"form": form, "pause": "8h"})
        revision = (await world.store.roster.get("v-1")).revision
    assert (await world.store.roster.get("v-1")).revision == revision
    assert "It is again as it was before" in await send(world, path, "undo")
    assert (await limits(world)).paused_until is None


async def test_the_last_change_is_put_back_with_one_button(world):
    path = await mine(world)
    before = await limits(world)
    assert "Put it back" not in await shown(world, f"{path}/limits?lang=en")
    assert "Put it back" in await send(world, path, "limits", said=GOOD)
    page = await send(world, path, "undo")
    assert "It is again as it was before" in page
    assert "Put it back" not in page
    assert await limits(world) == before
    assert "nothing was put back" in await send(world, path, "undo", 409)


async def test_what_was_changed_again_elsewhere_is_not_put_back(world):
    path = await mine(world)
    await send(world, path, "limits", said=GOOD)
    now = replace(await limits(world), per_day=5)
    await world.store.roster.limit("v-1", now)
    assert "Put it back" not in await shown(world, f"{path}/limits?lang=en")
    await send(world, path, "undo", 409)
    assert await limits(world) == now


async def test_what_was_before_is_the_browsers_own_and_is_not_made_up(world):
    path = await mine(world)
    await send(world, path, "limits", said=GOOD)
    [cookie] = [one for one in world.http.cookies.jar if one.name == "hw_before"]
    assert cookie.path == path
    text, _, mac = cookie.value.rpartition(".")
    for made_up in (f"{text}x.{mac}", f"{text}.{mac[:-1]}x", ".", "x" * 5_000, f".{mac}"):
        headers = {"Cookie": f"hw_before={made_up}"}
        world.http.cookies.clear()
        assert "Put it back" not in await shown(world, f"{path}/limits?lang=en", **headers)
    headers = {"Cookie": f"hw_before={cookie.value}"}
    assert "Put it back" in await shown(world, f"{path}/limits?lang=en", **headers)


async def test_a_language_changes_the_page_and_outlives_a_registration(world):
    path = await mine(world)
    page = await send(world, path, "limits", said={**GOOD, "lang": "zh-Hant"})
    assert "已儲存" in page
    await world.enrolled("v-1")
    assert (await limits(world)).lang == "zh-Hant"


async def test_no_address_holds_what_somebody_chose(world):
    path = await mine(world)
    form = FORM.search(await shown(world, f"{path}/limits"))[1]
    answer = await world.http.post(f"{path}/limits", data={"form": form, **GOOD})
    assert re.fullmatch(r"lang=[\w-]+&said=saved", urlsplit(answer.headers["location"]).query)
    assert "Asia/Urumqi" not in str(answer.headers)


@pytest.mark.parametrize("kind", ["hub", "desk"])
async def test_who_is_on_duty_does_not_pause(world, kind):
    path = await mine(world, "h-1", kind=kind)
    page = await shown(world, f"{path}?lang=en")
    assert "/limits" not in page
    assert "are on duty and do not pause" in page
    await shown(world, f"{path}/limits?lang=en", 403)
    answer = await world.http.post(f"{path}/pause", data={"form": "", "pause": "8h"})
    assert answer.status_code == 403


async def test_who_pauses_is_told_of_nothing_until_the_pause_ends(world):
    store = world.store
    await store.workbench.start("fanout.0")
    await store.roster.register([volunteer("v-1", HERE), volunteer("v-2", HERE)])
    path = f"/i/v-1/{store.key_ring.token('inbox', 'v-1')}"
    await send(world, path, "pause", said={"pause": "8h"})
    now = world.rooms.clock.now()
    lived = Lived(store, Set(now))
    await lived.alert("A", now, HERE, severity=Severity.EXTREME, expires_at=None)
    assert [who for _, who, _ in lived.told] == ["v-2"]
    await send(world, path, "pause", said={"pause": "ended"})
    await lived.hear()
    assert [who for _, who, _ in lived.told] == ["v-2", "v-1"]


async def test_a_pause_ends_by_itself_and_its_owner_is_told(world):
    store = world.store
    await store.workbench.start("fanout.0")
    await store.roster.register([volunteer("v-1", HERE)])
    path = f"/i/v-1/{store.key_ring.token('inbox', 'v-1')}"
    await send(world, path, "pause", said={"pause": "8h"})
    now = world.rooms.clock.now()
    lived = Lived(store, Set(now))
    await lived.alert("A", now, HERE, severity=Severity.EXTREME, expires_at=None)
    ends = (await limits(world)).paused_until
    await lived.until(ends)
    await lived.hear()
    assert lived.told == []
    assert await store.roster.end_pauses(ends) == 1
    await lived.hear()
    assert lived.told == [(ends, "v-1", "A")]


async def test_nothing_is_wider_than_a_phone_of_320_pixels(world):
    """No width is fixed beyond 320 px less the page's margins; what stands side by side wraps."""
    style = (await world.http.get("/page.css")).text
    room_rem = (320 - 2 * 16) / 18
    for unit, most in (("rem", room_rem), ("px", 320.0)):
        fixed = re.findall(rf"(?<!max-)(?:width|flex-basis|flex:1 1 ?):? ?([\d.]+){unit}", style)
        assert [one for one in fixed if float(one) > most] == []
    assert ".pair{display:flex;flex-wrap:wrap" in style
    assert "overflow-wrap:anywhere" in style
    path = await mine(world)
    for what in ("limits", "leave", "leave/sure"):
        page = await shown(world, f"{path}/{what}?lang=en")
        assert 'content="width=device-width, initial-scale=1"' in page
        assert not re.search(r"<(table|pre|br)|tabindex|autofocus", page)
