"""The pages of parents and recipients: no script, no account, once however often they are sent."""

import asyncio
import html
import itertools
import re
from urllib.parse import urlsplit

import pytest

from homeward.http.pages.rates import Rates
from homeward.http.pages.refusing import REFUSED
from homeward.http.pages.whereabouts import pair, whereabouts
from homeward.http.problems import TooManyReports
from homeward.ports import LogUnavailable
from homeward.record.envelope import read
from homeward.words import Datum, Role

PHONES = itertools.count()
FORM = re.compile(r'name="form" value="([^"]+)"')


def report(**more):
    return {
        "category": "stranger-abduction",
        "last_seen_date": "2026-03-01",
        "last_seen_time": "11:00",
        "place": "33.068, 115.276",
        "datum": "gcj02",
        "place_text": "菜市场后面",
        "custody": "none",
        "protection_order": "no",
        "mode": "vehicle",
        "name": "小明<script>",
        "age_years": "2",
        "sex": "male",
        "reporter_phone": "13800000000",
        "note": "白色面包车",
        **more,
    }


def of_cases(world):
    return sum(one.startswith("case.") for one in world.store.disk.log.kinds)


async def opened(world, path="/report", **headers):
    page = await world.http.get(path, headers=headers)
    assert page.status_code == 200, page.text
    return page.text


async def filled(world, path="/report?lang=zh-Hans", **more):
    form = FORM.search(await opened(world, path))[1]
    phone = f"138{next(PHONES):08d}"  # one person has one open report
    return {"form": form, **report(**{"reporter_phone": phone, **more})}


async def sent(world, said, lang="zh-Hans"):
    return await world.http.post(f"/report?lang={lang}", data=said)


async def raised(world, **more):
    answer = await sent(world, await filled(world, **more))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_parent_reports_without_account_and_script(world):
    page = await opened(world)
    assert page.index("请先拨打 110") < page.index("<form")
    assert "<script" not in page
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    where = await raised(world)
    assert re.fullmatch(r"/r/[A-Z2-9-]{9}/[\w-]{43}\?lang=zh-Hans&said=sent", where)
    [row] = await world.store.log.newest("case.raised/1")
    fact = read(row).fact
    assert (fact.raised_by, fact.mode, fact.custody) == (Role.REPORTER, "vehicle", "none")
    assert fact.last_seen_at.isoformat() == "2026-03-01T03:00:00+00:00"
    assert "小明".encode() not in row.envelope
    shown = await opened(world, where)
    for said in (
        "已等待 0 分钟",
        "还没有通知到任何值班人员",
        "拨打 110",
        where[3:12],
        "补充情况",
        "撤回报告",
    ):
        assert said in shown, said
    assert f"http://homeward.test{urlsplit(where).path}" in shown


async def test_sent_twice_it_is_one_case_and_corrected_it_is_still_that(world):
    said = await filled(world)
    answers = [await sent(world, said), await sent(world, said)]
    answers.append(await sent(world, {**said, "note": "黑色"}))
    wheres = [urlsplit(one.headers["location"]) for one in answers]
    assert len({one.path for one in wheres}) == 1
    assert [one.query.partition("said=")[2] for one in wheres] == ["sent", "sent", "sent-before"]
    corrected = await opened(world, answers[-1].headers["location"])
    assert "没有收进来" in corrected  # what was changed is not lost without a word
    assert corrected.index("没有收进来") < corrected.index("补充情况</h2>")
    assert of_cases(world) == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"custody": ""}, "custody-unanswered"),
        ({"protection_order": ""}, "protection-unanswered"),
        ({"last_seen_time": ""}, "time-unreadable"),
        ({"last_seen_date": "2026-13-01"}, "time-unreadable"),
        ({"last_seen_date": "0001-01-01", "last_seen_time": "00:00"}, "time-unreadable"),
        ({"place": ""}, "place-unreadable"),
        ({"place": "nowhere"}, "place-unreadable"),
        ({"place": "91, 115"}, "place-impossible"),
        ({"age_years": "200"}, "number-unreadable"),
        ({"age_years": "two"}, "number-unreadable"),
        ({"category": "x"}, "choice-unknown"),
        ({"name": "x" * 300}, "text-too-long"),
        ({"last_seen_time": "23:59"}, "seen-in-future"),
        ({"last_seen_date": "2025-12-01"}, "seen-too-long-ago"),
        ({"category": "endangered-runaway"}, "age-contradicts-category"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_written_is_lost(world, more, why):
    answer = await sent(world, await filled(world, **more))
    assert answer.status_code == 422, answer.text
    assert (
        html.escape(REFUSED["zh-Hans"][why], quote=False) in html.unescape(answer.text)
        or REFUSED["zh-Hans"][why] in answer.text
    )
    assert "白色面包车" in answer.text
    assert "小明&lt;script&gt;" in answer.text or "name" in more
    assert FORM.search(answer.text)
    assert of_cases(world) == 0


async def test_a_county_stands_for_coordinates_and_a_shared_name_is_asked_about(world):
    await raised(world, place="临泉县")
    [row] = await world.store.log.newest("case.raised/1")
    assert read(row).fact.error_m == 24_000
    answer = await sent(world, await filled(world, place="和平区"))
    assert answer.status_code == 422
    assert 'value="天津市和平区"' in answer.text
    await raised(world, place="天津市和平区")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("33.07, 115.28", (33.07, 115.28)),
        ("33.07,115.28", (33.07, 115.28)),
        (" 33.07 115.28 ", (33.07, 115.28)),
        ("33.07°N, 115.28°E", (33.07, 115.28)),
        ("-33,-70.5", (-33.0, -70.5)),
        ("33.07", None),
        ("临泉", None),
        ("1" * 5_000, None),
        ("1,1," * 1_000, None),
    ],
)
def test_coordinates_as_people_paste_them(text, found):
    assert pair(text) == found
    assert whereabouts(text, Datum.WGS84) is not None


@pytest.mark.parametrize("token", ["", "1.a.b", "x" * 80])
async def test_a_form_that_is_not_ours_is_renewed(world, token):
    answer = await sent(world, {**await filled(world), "form": token})
    assert (answer.status_code, of_cases(world)) == (409, 0)
    assert REFUSED["zh-Hans"]["form-stale"] in answer.text
    again = {**report(), "form": FORM.search(answer.text)[1]}
    assert (await sent(world, again)).status_code == 303


async def test_a_form_of_another_page_and_a_form_too_old(world):
    where = await raised(world)
    other = FORM.search(await opened(world, where))[1]
    assert (await sent(world, {**report(), "form": other})).status_code == 409
    said = await filled(world)
    world.store.clock.pass_s(world.rooms.settings.form_open_s + 1)
    assert (await sent(world, said)).status_code == 409


async def test_a_fourth_report_in_an_hour_is_429_and_says_call_110(world):
    for _ in range(3):
        await raised(world)
    answer = await sent(world, await filled(world))
    assert answer.status_code == 429
    assert 3_500 < int(answer.headers["retry-after"]) <= 3_600
    assert "请拨打 110" in answer.text
    assert of_cases(world) == 3


async def test_reports_that_come_at_once_are_counted_as_if_one_after_another(world, monkeypatch):
    kind = type(world.store.log)
    append = kind.append

    async def slowly(*given, **more):
        await asyncio.sleep(0.01)
        return await append(*given, **more)

    monkeypatch.setattr(kind, "append", slowly)
    forms = [await filled(world) for _ in range(5)]
    answers = await asyncio.gather(*(sent(world, one) for one in forms))
    assert sorted(one.status_code for one in answers) == [303, 303, 303, 429, 429]


async def test_a_report_that_was_not_kept_is_not_counted(world, monkeypatch):
    with monkeypatch.context() as away:

        async def gone(*_, **__):
            raise LogUnavailable

        away.setattr(type(world.store.log), "append", gone)
        said = await filled(world)
        assert [(await sent(world, said)).status_code for _ in range(4)] == [503] * 4
    assert (await sent(world, said)).status_code == 303


def test_rates_forget_after_an_hour_and_hold_a_bound():
    now = [0.0]
    rates = Rates(1, lambda: now[0])
    rates.take("a")
    with pytest.raises(TooManyReports):
        rates.take("a")
    rates.take("b")
    rates.give_back("b")
    rates.take("b")
    now[0] = 3_600
    rates.take("a")


async def test_a_repeat_is_no_new_report(world):
    said = await filled(world)
    for _ in range(6):
        assert (await sent(world, said)).status_code == 303


async def test_the_store_away_keeps_what_was_written(world, monkeypatch):
    said = await filled(world)
    with monkeypatch.context() as away:

        async def gone(*_, **__):
            raise LogUnavailable

        away.setattr(type(world.store.log), "append", gone)
        answer = await sent(world, said)
        assert answer.status_code == 503
        assert "白色面包车" in answer.text
    assert (await sent(world, said)).status_code == 303


async def test_adding_facts_and_withdrawing_by_the_secret_link(world):
    where = urlsplit(await raised(world)).path
    form = FORM.search(await opened(world, where))[1]
    added = await world.http.post(f"{where}/facts", data={"form": form, "note": "他穿红衣服"})
    assert added.status_code == 303, added.text
    assert "已送到" in await opened(world, added.headers["location"])
    twice = await world.http.post(f"{where}/facts", data={"form": form, "note": "他穿红衣服"})
    assert twice.status_code == 303
    assert of_cases(world) == 2
    empty = await world.http.post(f"{where}/facts", data={"form": form, "note": " "})
    assert empty.status_code == 422
    assert 'action="' + where in empty.text
    gone = await world.http.post(f"{where}/withdraw", data={"form": form})
    assert gone.status_code == 303
    shown = await opened(world, where)
    assert "您已撤回" in shown
    assert "<form" not in shown


async def test_a_wrong_link_opens_nothing_and_looks_like_one_that_never_was(world):
    where = urlsplit(await raised(world)).path
    wrong = await world.http.get(where[:-1] + ("A" if where[-1] != "A" else "B"))
    never = await world.http.get("/r/ABCD-EFGH/" + "x" * 43)
    assert wrong.status_code == never.status_code == 404
    assert "打不开这个链接" in wrong.text
    assert wrong.headers["content-type"].startswith("text/html")


async def told_volunteer(world):
    case = await world.issued()
    bearer = await world.enrolled("v-1")
    await world.told("v-1", case["case"], case["draft"])
    return case, f"/i/v-1/{bearer.rpartition('.')[2]}"


async def test_a_volunteer_answers_with_one_tap_and_may_change_it(world):
    case, path = await told_volunteer(world)
    page = await opened(world, path)
    assert "[DRILL] Missing" in page
    assert "Can you help to look?" in page
    form = FORM.search(page)[1]
    for answer, minutes in (("coming", "30"), ("cannot", "")):
        said = {"form": form, "case": case["case"], "answer": answer, "minutes": minutes}
        tapped = await world.http.post(f"{path}/answer", data=said)
        assert tapped.status_code == 303, tapped.text
        assert (await world.http.post(f"{path}/answer", data=said)).status_code == 303
        assert f"Your answer: {answer}" in await opened(world, path)
    assert len(await world.store.log.newest("answer.given/1")) == 2


async def test_an_alert_that_is_over_can_not_be_answered_and_says_so(world):
    case, path = await told_volunteer(world)
    form = FORM.search(await opened(world, path))[1]
    await world.post("officer", f"/v1/cases/{case['case']}/cancel", {"reason": "false"})
    await world.told("v-1", case["case"], case["draft"], "cancel")
    page = await opened(world, path)
    assert "taken back" in page
    assert "<form" not in page
    said = {"form": form, "case": case["case"], "answer": "coming"}
    late = await world.http.post(f"{path}/answer", data=said)
    assert late.status_code == 409


async def test_a_volunteer_cannot_answer_for_a_case_they_were_not_told_of(world):
    _, path = await told_volunteer(world)
    other = await world.issued()
    form = FORM.search(await opened(world, path))[1]
    said = {"form": form, "case": other["case"], "answer": "coming"}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 404


@pytest.mark.parametrize(
    "bad", [{"answer": "maybe"}, {"answer": "coming", "minutes": "99999"}, {"answer": ""}]
)
async def test_an_impossible_answer(world, bad):
    case, path = await told_volunteer(world)
    form = FORM.search(await opened(world, path))[1]
    said = {"form": form, "case": case["case"], **bad}
    assert (await world.http.post(f"{path}/answer", data=said)).status_code == 422


async def test_a_hub_acknowledges_with_one_tap(world):
    case = await world.issued()
    bearer = await world.enrolled("h-1", "hub")
    watch = await world.watched(case["case"], "h-1", case["draft"])
    now = world.rooms.clock.now()
    await world.told(
        "h-1", case["case"], case["draft"], "watch", watch=watch, window_from=now, window_to=now
    )
    path = f"/i/h-1/{bearer.rpartition('.')[2]}"
    page = await opened(world, path)
    assert "Watch 11:30-11:30" in page
    said = {"form": FORM.search(page)[1], "case": case["case"], "watch": watch}
    tapped = await world.http.post(f"{path}/acknowledge", data=said)
    assert tapped.status_code == 303, tapped.text
    assert "Acknowledged" in await opened(world, path)
    assert len(await world.store.log.newest("watch.acknowledged/1")) == 1


async def test_words_that_were_erased_are_said_to_be_gone(world):
    case, path = await told_volunteer(world)
    world.store.disk.log.ciphertexts.clear()
    assert "no longer kept" in await opened(world, path)
    assert case["code"] in await opened(world, path)


async def test_a_desk_reads_that_a_report_waits(world):
    case = await world.raised("reporter:mother")
    bearer = await world.enrolled("d-1", "desk")
    [row] = await world.store.log.newest("case.raised/1")
    await world.told("d-1", case["case"], read(row).id, "clock")
    page = await opened(world, f"/i/d-1/{bearer.rpartition('.')[2]}")
    assert case["code"] in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("headers", "lang"),
    [
        ({}, "zh-Hans"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "en"),
        ({"Accept-Language": "fr, zh-TW;q=0.8, en;q=0.5"}, "zh-Hant"),
        ({"Accept-Language": "fr"}, "zh-Hans"),
    ],
)
async def test_the_language_follows_the_reader(world, headers, lang):
    assert f'<html lang="{lang}">' in await opened(world, **headers)
    assert '<html lang="en">' in await opened(world, "/report?lang=en", **headers)


async def test_a_page_offers_its_other_languages_by_their_own_names(world):
    page = await opened(world, "/report?lang=zh-Hant")
    assert '<html lang="zh-Hant">' in page
    assert "請先撥打 110" in page
    for lang, name in (("zh-Hans", "简体中文"), ("en", "English")):
        assert f'?lang={lang}" lang="{lang}" hreflang="{lang}">{name}</a>' in page
    assert "?lang=zh-Hant" not in page.partition("<main>")[0]


async def test_the_style_is_ours_and_fits_a_narrow_phone(world):
    style = await world.http.get("/page.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text
    assert "min-height:3.5rem" in style.text
