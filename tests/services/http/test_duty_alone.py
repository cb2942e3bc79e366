"""An alarm without a second person as a form, and its review by another supervisor."""

import logging
import re
from datetime import timedelta

import pytest
from tests.services.http.desking import Browser, kinds_of

from homeward.http.pages.desk import WORDS
from homeward.record.envelope import read

WHY = "Nobody else is at the desk and the van drives"
NOTE = "I rang the desk: nobody was there"


@pytest.fixture
async def supervisor(world):
    return await Browser(world).sign_in("supervisor:a-2:county")


@pytest.fixture
async def other(world):
    return await Browser(world).sign_in("supervisor:a-3:county")


async def drafted(world, who="officer", **more):
    """Return a verified case and its draft of 300 km."""
    case = (await world.raised("reporter:mother", **more))["case"]
    await world.post("officer:v-1", f"/v1/cases/{case}/verify", {"unit": "Linquan"})
    body = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 172_800}
    made = (await world.post(who, f"/v1/cases/{case}/alerts", body)).json()
    return case, f"/duty/cases/{case}/drafts/{made['draft']}"


async def used(world, browser, account="a-2", **more):
    """Let one supervisor issue alone; return the case."""
    case, path = await drafted(world, **more)
    await browser.show(path)
    key = await world.key("supervisor", account, "county")
    await browser.send("/emergency", reason=WHY, key=key)
    return case


async def test_the_words_and_bounds_are_read_a_reason_and_the_key_typed_and_it_is_out(
    world, supervisor
):
    case, path = await drafted(world)
    page = await supervisor.show(path)
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    api = await world.get("supervisor:a-2:county", f"/v1{path.removeprefix('/duty')}".replace(
        "/drafts/", "/alerts/"))  # fmt: skip
    assert digest == api.json()["digest"]
    form = supervisor.form("/emergency")
    assert form["fields"]["digest"] == digest
    assert "within 300 km" in page
    assert "You did so 0 times within 24 hours; at most 2." in page
    key = await world.key("supervisor", "a-2", "county")
    said, before = {**form["fields"], "reason": WHY, "key": key}, supervisor.asked
    page = await supervisor.post(form["action"], said)
    assert supervisor.asked == before + 2, "one POST, and the page it leads to"
    assert "Issued without a second person." in page
    assert "On one supervisor&#39;s word, without a second person: within 300 km." in page
    assert "Approved by two" not in page
    await supervisor.post(form["action"], said)
    kinds = await kinds_of(world, case)
    assert kinds.count("case.emergency-used/1") == kinds.count("case.alert-issued/1") == 1
    [row] = await world.store.log.newest("case.emergency-used/1")
    assert (read(row).by.id, read(row).fact.own_draft) == ("a-2", False)
    assert not supervisor.offers("/emergency")
    await supervisor.show(path)
    assert not supervisor.offers("/emergency")


async def test_a_wrong_key_keeps_the_reason_and_shows_no_key(world, supervisor, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    case, path = await drafted(world)
    foreign = await world.key("supervisor", "a-9", "county")
    for key in ("hw_nobody", foreign, await world.key("officer", "a-2", "county")):
        await supervisor.show(path)
        page = await supervisor.send("/emergency", 403, reason=WHY, key=key)
        assert "That is not your own key, so nothing was issued." in page
        assert f">{WHY}</textarea>" in page
        assert key not in page
    key = await world.key("supervisor", "a-2", "county")
    page = await supervisor.send("/emergency", 422, reason="no time", key=key)
    assert "of 20 characters at least" in page
    assert "Written so far: <span data-written>7</span>" in page
    assert key not in page
    assert "case.emergency-used/1" not in await kinds_of(world, case)
    said = caplog.text + "".join(capsys.readouterr())
    assert [one for one in (key, foreign, WHY) if one in said] == []
    page = await supervisor.send("/emergency", reason=WHY, key=key)
    assert "Issued without a second person." in page


async def test_a_draft_that_changed_is_read_again(world, supervisor):
    case, path = await drafted(world)
    await supervisor.show(path)
    form, key = supervisor.form("/emergency"), await world.key("supervisor", "a-2", "county")
    said = {**form["fields"], "reason": WHY, "key": key, "digest": "0" * 64}
    page = await supervisor.post(form["action"], said, 409)
    assert "Read it again." in page
    assert "case.emergency-used/1" not in await kinds_of(world, case)


async def test_only_supervisors_have_the_form(world, supervisor):
    case, path = await drafted(world)
    await supervisor.show(path)
    form = supervisor.form("/emergency")
    for who in ("officer:a-1:county", "coordinator:c-1:county"):
        browser = await Browser(world).sign_in(who)
        await browser.show(path)
        assert not browser.offers("/emergency")
        token = browser.form("/duty/out")["fields"]["form"]
        await browser.post(form["action"], {**form["fields"], "form": token}, 403)
    assert "case.emergency-used/1" not in await kinds_of(world, case)


async def test_twice_a_day_and_then_the_page_says_what_else_there_is(world, supervisor):
    for _ in range(2):
        await used(world, supervisor)
    _, path = await drafted(world)
    page = await supervisor.show(path)
    assert "You issued twice without a second person within 24 hours." in page
    assert not supervisor.offers("/emergency")


async def test_ones_own_draft_is_said_to_be_and_not_issued_where_custody_is_disputed(
    world, supervisor
):
    me = "supervisor:a-2:county"
    _, path = await drafted(world, me)
    assert "You drafted it yourself" in await supervisor.show(path)
    assert supervisor.offers("/emergency")
    _, path = await drafted(world, me, custody="disputed")
    assert "two people must stand behind it" in await supervisor.show(path)
    assert not supervisor.offers("/emergency")
    _, path = await drafted(world, custody="disputed")
    await supervisor.show(path)
    assert supervisor.offers("/emergency"), "somebody else drafted this one"


async def test_nor_where_an_order_of_protection_stands_though_its_hold_was_lifted(
    world, supervisor
):
    case = (await world.raised("reporter:mother", protection_order=True))["case"]
    lift = {"reason": "The shelter says that it is another woman"}
    assert (await world.post("supervisor", f"/v1/cases/{case}/hold/lift", lift)).is_success
    await world.post("officer:v-1", f"/v1/cases/{case}/verify", {"unit": "Linquan"})
    body = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 172_800}
    for who, offered in (("supervisor:a-2:county", False), ("officer", True)):
        made = (await world.post(who, f"/v1/cases/{case}/alerts", body)).json()
        page = await supervisor.show(f"/duty/cases/{case}/drafts/{made['draft']}")
        assert bool(supervisor.offers("/emergency")) is offered
        assert (WORDS["en"]["emergency-order"] in page) is not offered


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
async def test_it_waits_on_the_queue_with_its_age_and_its_reason_is_read(world, lang, other):
    first = await Browser(world).sign_in("supervisor:a-2:county")
    case = await used(world, first)
    world.store.clock.pass_s(600)
    browser = await Browser(world, lang).sign_in("supervisor:a-3:county")
    d = WORDS[lang]
    queue = await browser.show("/duty")
    assert d["reviews"] in queue
    assert re.search(rf"<br>{d['review-waits'].format(elapsed='10 .+?', at='.+?')}", queue)
    assert WHY not in queue
    path = re.search(r'href="(/duty/cases/[^"]+/reviews/[^"?]+)', queue)[1]
    page = await browser.show(path)
    assert WHY in page
    read_ = [read(row) for row in await world.store.log.newest("access.read/1")]
    assert ("a-3", "review") in {(one.by.id, one.fact.purpose) for one in read_}
    assert f'href="/duty/cases/{case}/drafts/' in page


async def test_another_supervisor_judges_it_in_words_and_it_is_off_the_queue(
    world, supervisor, other
):
    case = await used(world, supervisor)
    await other.show("/duty")
    path = re.search(r'href="(/duty/cases/[^"]+/reviews/[^"?]+)', other.text)[1]
    assert path in await other.show(f"/duty/cases/{case}")
    await other.show(path)
    page = await other.send("/reviews/" + path.rpartition("/")[2], 422, verdict="justified")
    assert "Nothing was written." in page
    assert 'value="justified" required checked' in page
    form = other.form(path)
    said = {**form["fields"], "verdict": "unjustified", "note": NOTE}
    page = await other.post(form["action"], said)
    assert "The review is recorded." in page
    assert NOTE not in page
    await other.post(form["action"], said)
    kinds = await kinds_of(world, case)
    assert kinds.count("case.emergency-reviewed/1") == 1
    assert "case.alert-cancelled/1" not in kinds
    assert path not in await other.show("/duty")
    page = await other.show(path)
    assert "not justified" in page
    assert not other.offers(path)
    token = other.form("/duty/out")["fields"]["form"]
    page = await other.post(form["action"], {**said, "form": token, "verdict": "justified"}, 409)
    assert "said otherwise; that stays" in page


async def test_what_is_typed_stays_text_for_whoever_reads_it(world, supervisor, other):
    _, path = await drafted(world)
    await supervisor.show(path)
    poison = "</textarea></p><script>alert(1)</script>"
    page = await supervisor.send("/emergency", 403, reason=poison, key=poison)
    assert "<script>alert" not in page
    key = await world.key("supervisor", "a-2", "county")
    await supervisor.send("/emergency", reason=poison, key=key)
    await other.show("/duty")
    path = re.search(r'href="(/duty/cases/[^"]+/reviews/[^"?]+)', other.text)[1]
    page = await other.show(path)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    page = await other.send(path, verdict="justified", note=poison)
    assert "<script>alert" not in page


async def test_nobody_judges_their_own_nor_in_the_same_browser(world, supervisor):
    case = await used(world, supervisor)
    await supervisor.show("/duty")
    assert "You did it: another supervisor reviews it." in supervisor.text
    path = re.search(r'href="(/duty/cases/[^"]+/reviews/[^"?]+)', supervisor.text)[1]
    page = await supervisor.show(path)
    assert "another supervisor reviews it" in page
    assert not supervisor.offers(path)
    said = {"verdict": "justified", "note": NOTE}
    token = supervisor.form("/duty/out")["fields"]["form"]
    await supervisor.post(f"{path}?lang=en", {**said, "form": token}, 403)
    await supervisor.sign_out()
    await supervisor.sign_in("supervisor:a-7:county")
    await supervisor.show(path)
    page = await supervisor.send(path, 403, **said)
    assert "It was issued in this browser." in page
    assert f">{NOTE}</textarea>" in page
    assert "case.emergency-reviewed/1" not in await kinds_of(world, case)


async def test_an_officer_sees_no_review_and_opens_none(world, supervisor):
    await used(world, supervisor)
    await supervisor.show("/duty")
    path = re.search(r'href="(/duty/cases/[^"]+/reviews/[^"?]+)', supervisor.text)[1]
    officer = await Browser(world).sign_in("officer:a-1:county")
    assert path not in officer.text
    await officer.show(path, 403)
    assert WHY not in officer.text


async def test_a_day_later_it_is_overdue_and_urgent(world, supervisor):
    await used(world, supervisor)
    world.store.clock.move_to(world.store.clock.now() + timedelta(hours=24))
    late = await Browser(world).sign_in("supervisor:a-3:county")
    assert "it should have been reviewed until" in await late.show("/duty")
