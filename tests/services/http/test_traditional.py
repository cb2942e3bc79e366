"""Who reads Traditional Chinese is written to in it, on every page and in every message."""

import pytest
from tests.services.http.looking import shown

from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind


async def reader(world, lang, kind=RecipientKind.VOLUNTEER):
    case = await world.issued()
    who = Recipient("v-1", kind, ("8740b059affffff",), lang=lang, contacts=((Contact("inbox"),),))
    await world.store.roster.register([who])
    await world.told("v-1", case["case"], case["draft"])
    return case, f"/i/v-1/{world.store.key_ring.token('inbox', 'v-1')}"


async def test_a_recipients_own_language_is_spoken_whatever_the_browser_says(live_world):
    _, path = await reader(live_world, "zh-Hant")
    page = await shown(live_world, path, **{"Accept-Language": "en"})
    assert '<html lang="zh-Hant">' in page
    for said in (
        *("尋人：Xiao Ming，男孩，2歲", "只觀察，請勿靠近，撥打"),
        *("您能幫忙尋找嗎", "時間均為北京時間"),
    ):
        assert said in page, said
    assert '<html lang="en">' in await shown(live_world, f"{path}?lang=en")


@pytest.mark.parametrize(
    ("tag", "lang"),
    [("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-Hant-MO", "zh-Hant"), ("zh-SG", "zh-Hans")],
)
async def test_the_report_form_speaks_as_the_browser_asks(world, tag, lang):
    page = await shown(world, "/report", **{"Accept-Language": f"{tag},en;q=0.5"})
    assert f'<html lang="{lang}">' in page


async def test_a_refusal_and_a_gone_link_are_in_it_too(world):
    answer = await world.http.get(
        "/i/v-1/nothing", headers={"Accept": "text/html", "Accept-Language": "zh-TW"}
    )
    assert answer.status_code == 404
    assert "請完整開啟收到的連結。" in answer.text


async def test_maps_speak_it(world):
    case = (await world.issued())["case"]
    answer = await world.get("officer", f"/v1/cases/{case}/map", lang="zh-Hant")
    assert answer.status_code == 200, answer.text
    assert "最後見到處" in answer.text
    refused = await world.get("officer", f"/v1/cases/{case}/map", lang="fr")
    assert refused.status_code == 422


async def test_the_roster_takes_it(world):
    body = {"kind": "volunteer", "cells": ["8740b059affffff"], "lang": "zh-Hant"}
    taken = await world.post("ngo", "/v1/recipients", body)
    assert taken.status_code == 201, taken.text
    found = await world.store.roster.get(taken.json()["recipient"])
    assert found.recipient.lang == "zh-Hant"
