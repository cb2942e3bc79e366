"""A drill tells nothing that somebody typed, on any page, in any message, in any language."""

import re

import pytest
from tests.services.http.looking import shown

from homeward.formats.catalogues import LANGS
from homeward.formats.linting.forms import MARKER
from homeward.words import Description

REPORT = {
    "last_seen": {
        "at": "2026-03-01T11:00:00+08:00",
        "place": {"lat": 33.068, "lon": 115.276, "datum": "wgs84", "accuracy_m": 50},
        "text": "Qzplace",
    },
    "person": {
        "name": "Qzname",
        "age_years": 2,
        "sex": "male",
        "clothing": "Qzclothing",
        "marks": "Qzmarks",
        "language": "Qzlanguage",
        "medical_need": "Qzmedical",
    },
    "reporter": {"name": "Qzreporter", "phone": "13800000000"},
    "note": "Qznote",
}


async def told(world):
    """Raise, alert and order a watch; return the case, and the pages of who was told."""
    raised = await world.raised("officer", **REPORT)
    path = f"/v1/cases/{raised['case']}"
    vehicle = {"seen_at": "2026-03-01T11:10:00+08:00", "vehicle": "Qzvehicle"}
    for what, body in (
        ("facts", {"note": "Qzmore"}),
        ("vehicle", {**vehicle, "licence_plate": "QZPLATE"}),
        ("verify", {"unit": "Linquan"}),
    ):
        answer = await world.post("officer", f"{path}/{what}", body)
        assert answer.status_code == 200, answer.text
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    draft = (await world.post("officer", f"{path}/alerts", body)).json()["draft"]
    answer = await world.post("officer", f"{path}/alerts/{draft}/issue")
    assert answer.status_code == 200, answer.text
    volunteer, hub = await world.enrolled("v-1"), await world.enrolled("h-1", "hub")
    watch = await world.watched(raised["case"], "h-1", draft)
    await world.told("v-1", raised["case"], draft)
    await world.told("h-1", raised["case"], draft, "watch", watch=watch)
    tokens = {"v-1": volunteer.rpartition(".")[2], "h-1": hub.rpartition(".")[2]}
    return {**raised, "draft": draft}, tokens


def bare(page, token):
    """Return a page without its random letters, which now and then begin with the marker's."""
    return re.sub(r'name="form" value="[^"]*"', "", page).replace(token, "")


async def all_said(world, case, tokens):
    """Return every word that people are shown, by where."""
    said = {}
    for who, token in tokens.items():
        answer = await world.http.get(f"/v1/inbox/{who}/{token}/messages")
        assert answer.json()["items"]
        said[who] = answer.text
        for lang in LANGS:
            page = await shown(world, f"/i/{who}/{token}?lang={lang}")
            said[f"{who} {lang}"] = bare(page, token)
        for what in ("limits", "leave", "leave/sure") if who == "v-1" else ():
            for lang in LANGS:
                page = await shown(world, f"/i/{who}/{token}/{what}?lang={lang}")
                # Live or not: nobody else's words stand there.
                assert MARKER.findall(bare(page, token)) == [], what
    return said


async def words(world, case):
    path = f"/v1/cases/{case['case']}/alerts/{case['draft']}"
    return (await world.get("supervisor", path)).json()


@pytest.mark.parametrize("ends", ["cancel", "close-out"])
async def test_no_page_and_no_message_of_a_drill_shows_what_was_typed(world, ends):
    case, tokens = await told(world)
    drafted = await words(world, case)
    assert {one["lang"] for one in drafted["texts"]} == set(LANGS)
    assert all(one["spoken"] for one in (*drafted["texts"], *drafted["retraction"]))
    assert MARKER.findall(str(drafted)) == []
    for where, text in (await all_said(world, case, tokens)).items():
        assert MARKER.findall(text) == [], where

    path = f"/v1/cases/{case['case']}"
    if ends == "cancel":
        answer = await world.post("officer", f"{path}/cancel", {"reason": "false"})
    else:
        await world.post("officer", f"{path}/resolve", {"outcome": "found-safe"})
        answer = await world.post("officer", f"{path}/close-out")
    assert answer.status_code == 200, answer.text
    of = answer.json()["facts"][0]["id"] if ends == "close-out" else case["draft"]
    await world.told("v-1", case["case"], of, ends)
    for where, text in (await all_said(world, case, tokens)).items():
        assert MARKER.findall(text) == [], where


async def test_a_live_message_shows_it_so_its_absence_means_something(live_world):
    case, tokens = await told(live_world)
    said = await all_said(live_world, case, tokens)
    assert [where for where, text in said.items() if "Qzclothing" not in text] == []
    shown_words = {one.lower() for one in MARKER.findall(str(await words(live_world, case)))}
    typed = ("name", "clothing", "marks", "language", "medical", "place", "vehicle", "plate")
    assert shown_words >= {f"qz{one}" for one in typed}
    assert {"qznote", "qzmore", "qzreporter"} & shown_words == set()  # alerts never hold these


def test_every_text_field_of_a_person_is_poisoned():
    typed = {
        name
        for name, field in Description.model_fields.items()
        if field.annotation == str | None or "str" in str(field.annotation)
    }
    assert typed == {name for name, said in REPORT["person"].items() if str(said).startswith("Qz")}
