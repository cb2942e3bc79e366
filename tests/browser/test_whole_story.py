"""A parent raises a case, an officer ends it: everything on the pages, in a real browser, by hand.

Nobody here runs a script, and nobody's window is wider than a narrow telephone. Who was told is
read from the sink's own file, and what happened from the log; keys, hubs and neighbours are there
before the story begins.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from tests.browser.person import Person
from tests.stage import SEAT, Stage, count, register, until

SOON_S = 90.0
NAME = "Invented Child"
SEEN = "with a red bag, going to the ticket hall"
SAW = "somebody small on the bridge, from afar"
NEAR = tuple(f"near-{number}" for number in range(4))
FAR = tuple(f"far-{number}" for number in range(3))
"""Some 55 km away: more than one officer alone may tell."""
HUB = "coach-1"
STATIONS = {"zh-Hans": "临泉客运站", "en": "Linquan coaches"}
FACTS = (
    "case.raised/1",
    "case.taken-up/1",
    "case.verified/1",
    "case.alert-drafted/1",
    "case.alert-issued/1",
    "case.alert-approved/1",
    "case.alert-widened/1",
    "answer.given/1",
    "watch.acknowledged/1",
    "sighting.reported/1",
    "sighting.reported/1",
    "sighting.accepted/1",
    "sighting.rejected/1",
    "case.resolved/1",
    "case.closed-out/1",
)


@dataclass
class Cast:
    """Everybody in it, each at a browser of their own."""

    stage: Stage
    parent: Person
    first: Person
    second: Person
    volunteer: Person
    hub: Person
    code: str = ""
    case: str = ""
    joined: str = ""
    """The joined volunteer's own link."""


def somebody(who: str, address: str, lang: str, away_deg: float, **more: Any) -> dict[str, Any]:
    return {
        "recipient": who,
        "kind": "volunteer",
        "lang": lang,
        "places": [{"lat": SEAT[0] + away_deg, "lon": SEAT[1], "datum": "wgs84"}],
        "contacts": [[{"channel": "webhook", "address": address}]],
        **more,
    }


def world(stage: Stage, lang: str) -> None:
    """Start a drill world with neighbours, people farther away, and a coach station."""
    address = stage.start_sink()
    stage.start()
    stage.make_keys("supervisor", "ngo", "auditor")
    for account in ("officer-1", "officer-2"):
        body = {"role": "officer", "account": account, "org": "tests"}
        stage.keys[account] = stage.ask("POST", "/v1/keys", body, role="admin", key=account)["key"]
    station = {"kind": "hub", "hub_kind": "coach", "name": STATIONS[lang]}
    register(
        stage,
        [
            *(somebody(name, address, lang, 0.02) for name in NEAR),
            *(somebody(name, address, lang, 0.5) for name in FAR),
            somebody(HUB, address, lang, 0.03, **station),
        ],
    )


def joins(cast: Cast) -> None:
    """A volunteer follows an organisation's invite, and is accepted by the code they tell."""
    stage, one = cast.stage, cast.volunteer
    link = stage.ask("POST", "/v1/invites", {"uses": 1}, role="ngo", key="invite")["link"]
    one.go(link)
    one.type_in(one.t["join-place"].format(number=1), "临泉")
    one.page.get_by_role("checkbox", name=one.t["join-adult"]).check()
    one.press(one.t["join-send"])
    one.reads(one.t["joined"])
    cast.joined = one.page.locator("main a").inner_text()
    [waits] = stage.ask("GET", "/v1/waiting", role="ngo")["items"]
    one.reads(waits["code"])
    path = f"/v1/recipients/{waits['recipient']}/accept"
    assert stage.once("POST", path, {"tier": "public"}, role="ngo", key="accept")[0] == 204


def reports(cast: Cast) -> None:
    """A parent reports their child, and keeps the page."""
    one, t = cast.parent, cast.parent.t
    one.go("/report")
    one.choose(t["category"], t["stranger-abduction"])
    one.type_in(t["place"], "临泉")
    one.choose(t["custody"], t["custody-none"])
    one.choose(t["protection"], t["no"])
    one.type_in(t["name"], NAME)
    one.type_in(t["age"], "4")
    one.choose(t["mode"], t["vehicle"])
    one.press(t["send"])
    one.reads(t["sent"])
    one.reads(t["state-provisional"])
    cast.code = one.page.locator("h1 .number").inner_text()


def takes_up(cast: Cast) -> None:
    """The first officer comes on duty, sees the report wait, and takes it up."""
    one, d = cast.first, cast.first.d
    one.sign_in(cast.stage.keys["officer-1"])
    one.follow(d["hand-over"])
    one.press(d["take-over-do"])
    one.reads(d["on-duty-is"].partition(",")[0].partition("，")[0].format(account="officer-1"))
    one.reads(d["waits-report"].partition("{")[0].rstrip())
    hint = one.page.locator("noscript .hint")
    assert d["no-sound"] in hint.inner_text()
    one.follow(d["still"])
    assert d["still-now"] in hint.inner_text()
    age = one.page.locator("li.urgent time").inner_text()
    assert re.fullmatch(re.escape(d["age"]).replace(r"\{elapsed\}", ".+"), age)
    one.follow(cast.code)
    cast.case = one.page.url.rpartition("/")[2].partition("?")[0]
    part = one.unfold(d["take-up"])
    one.type_in(d["unit"], "Linquan PSB", part)
    one.press(d["take-up-do"], part)
    one.reads(d["done-take-up"])


def verifies(cast: Cast) -> None:
    """They open what is sealed, call the parent, and confirm the report."""
    one, d = cast.first, cast.first.d
    part = one.unfold(d["personal-open"])
    part.get_by_label(d["personal-why"]).select_option(label=d["purpose-verification"])
    one.press(d["personal-do"], part)
    one.reads(NAME)
    part = one.unfold(d["verify"])
    one.press(d["verify-do"], part)
    one.reads(d["done-verify"])


def issues(cast: Cast) -> None:
    """They draft the alert, read its exact words, and issue it on their own word."""
    one, d = cast.first, cast.first.d
    one.follow(d["draft"])
    one.page.get_by_label(d["policy"]).select_option(label=d["policy-circles"])
    one.type_in(d["reach-km"], "300")
    one.press(d["draft-do"])
    one.reads(d["done-draft"])
    assert cast.code in exact_words(one)
    one.reads(d["somebody-else"])
    one.press(d["issue-fast-do"])
    one.reads(d["done-issue"])
    until(lambda: told(cast.stage, "alert") == {*NEAR}, SOON_S, "those near are told")


def exact_words(one: Person) -> str:
    """Return what a draft's page shows as the text that would be sent."""
    shown = one.page.locator(f'dd.words[lang="{one.lang}"]')
    return "\n".join(shown.all_inner_texts())


def approves(cast: Cast) -> None:
    """A second officer, in another browser, reads the same words and lets it go on."""
    one, d = cast.second, cast.second.d
    one.sign_in(cast.stage.keys["officer-2"])
    one.reads(d["waits-approval"].partition("{")[0].rstrip())
    one.follow(cast.code)
    assert told(cast.stage, "alert").isdisjoint(FAR)
    one.follow(d["read-draft"])
    assert cast.code in exact_words(one)
    asked = one.button(d["approve-do"]).locator("xpath=ancestor::form").get_by_role("textbox")
    one.tab_to(asked)
    one.page.keyboard.type(cast.code)
    one.send_by("Enter")
    one.reads(d["done-approve"])
    until(lambda: told(cast.stage, "alert") == {*NEAR, *FAR}, SOON_S, "those far away are told")


def answers(cast: Cast) -> None:
    """The volunteer finds the message, why it came, and answers."""
    one, t = cast.volunteer, cast.volunteer.t
    one.go(cast.joined)
    one.until(lambda: one.page.get_by_text(cast.code).count() > 0, "the alert on the page")
    one.follow(t["still"])
    one.reads(t["still-now"])
    one.reads(t["live"])
    one.reads(one.w["because"])
    one.reads(one.w["because-place"])
    one.press(t["coming"].format(minutes=30))
    one.reads(t["answered"].format(answer=t["coming-within"].format(minutes=30)))


def watches(cast: Cast) -> None:
    """The station opens its link, acknowledges, and tells that it has seen the child."""
    one, t = cast.hub, cast.hub.t
    until(lambda: HUB in told(cast.stage, "watch"), SOON_S, "the station is told")
    one.go(next(str(said["link"]) for said in cast.stage.messages() if said["recipient"] == HUB))
    one.reads(t["window"])
    one.press(t["ack"])
    one.reads(t["acked"])
    part = one.unfold(t["seen"])
    one.type_in(t["seen-note"], SEEN, part)
    one.press(t["seen-do"], part)
    one.reads(t["seen-told"].partition("{")[0])


def witnesses(cast: Cast) -> None:
    """The volunteer says by their own page that they saw somebody."""
    one, t = cast.volunteer, cast.volunteer.t
    one.follow(t["saw"])
    one.type_in(t["saw-place"], "临泉")
    one.choose(t["sure"], t["sure-unsure"])
    one.type_in(t["saw-what"], SAW)
    one.press(t["saw-do"])
    one.reads(t["saw-arrived"])
    one.follow(t["saw-back"])


def triages(cast: Cast) -> None:
    """The first officer accepts one and rejects one; the parent sees that there are two."""
    one, d = cast.first, cast.first.d
    one.follow(d["sightings"])
    one.follow(cast.code)
    part = one.unfold(d["sealed-open"])
    one.press(d["personal-do"], part)
    stations = one.page.get_by_role("article").filter(has_text=SEEN)
    assert d["why-told-by-hub"] in stations.inner_text()
    one.press(d["sighting-accept-do"], one.unfold(d["accept"], stations))
    one.reads(d["done-accept"])
    part = one.unfold(d["sealed-open"])
    one.press(d["personal-do"], part)
    afar = one.page.get_by_role("article").filter(has_text=SAW)
    part = one.unfold(d["reject-sighting"], afar)
    part.get_by_label(d["reject-why"]).select_option(label=d["reason-too-vague"])
    one.press(d["sighting-reject-do"], part)
    one.reads(d["done-reject"])
    parent, t = cast.parent, cast.parent.t
    parent.follow(t["refresh"])
    parent.reads(t["state-alerted"])
    assert parent.page.get_by_text(t["sightings"]).locator("strong").inner_text() == "2"
    assert [one for one in (SEEN, SAW) if one in parent.page.content()] == []


def hands_over(cast: Cast) -> None:
    """The shift ends: the first officer signs over, the second accepts."""
    one, d, note = cast.first, cast.first.d, f"{cast.code}: +1"
    one.follow(d["hand-over"])
    one.type_in(d["hand-over-note"], note)
    one.press(d["sign-over-do"])
    one.reads(d["done-hand-over"])
    one.press(d["sign-out"])
    one.reads(d["sign-in"])
    two = cast.second
    two.follow(d["hand-over"])
    two.reads(note)
    two.press(d["accept-do"])
    two.reads(d["on-duty-is"].partition(",")[0].partition("，")[0].format(account="officer-2"))


def ends(cast: Cast) -> None:
    """The child is found: the result is recorded, and everybody who was told hears of it."""
    one, d = cast.second, cast.second.d
    one.follow(cast.code)
    part = one.unfold(d["resolve"])
    one.choose(d["outcome"], d["outcome-found-safe"], part)
    one.press(d["resolve-do"], part)
    one.reads(d["done-resolve"])
    part = one.unfold(d["close-out"])
    one.press(d["close-out-do"], part)
    one.reads(d["done-close-out"])
    one.follow(d["queue"])
    one.reads(d["queue-empty"])
    parent, t = cast.parent, cast.parent.t
    parent.follow(t["refresh"])
    parent.reads(t["state-closed-out"])
    for told_of_it in (cast.volunteer, cast.hub):
        over = told_of_it.page.locator(".badge", has_text=t["over"])
        told_of_it.until(lambda over=over: over.count() > 0, "it is over")
        assert NAME not in told_of_it.page.content()


def told(stage: Stage, purpose: str) -> frozenset[str]:
    return count(stage.messages(), purpose, 1).recipients


def judged(cast: Cast) -> None:
    """From outside: the sink's own file, and the facts of the log in their order."""
    stage, everybody = cast.stage, {*NEAR, *FAR}
    until(lambda: told(stage, "close-out") >= {*everybody, HUB}, SOON_S, "all know that it is over")
    for purpose, whom in (("alert", everybody), ("watch", {HUB}), ("close-out", {*everybody, HUB})):
        found = count(stage.messages(), purpose, 1)
        assert (found.recipients, found.shown_twice) == (whom, 0), purpose
    path = f"/v1/cases/{cast.case}/timeline?limit=200"
    items = stage.ask("GET", path, role="auditor")["items"]
    kinds = [one["kind"] for one in items]
    assert [one for one in kinds if one in FACTS] == list(FACTS)
    assert stage.cli("verify", "--drill").returncode == 0
    said = (stage.folder / "server.log").read_text()
    assert [one for one in (NAME, SEEN, SAW, *stage.keys.values()) if one in said] == []


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_a_case_from_its_report_to_its_end_on_the_pages(stage, person, lang):
    world(stage, lang)
    cast = Cast(stage, *(person(lang) for _ in range(5)))
    joins(cast)
    reports(cast)
    takes_up(cast)
    verifies(cast)
    issues(cast)
    approves(cast)
    answers(cast)
    watches(cast)
    witnesses(cast)
    triages(cast)
    hands_over(cast)
    ends(cast)
    judged(cast)
