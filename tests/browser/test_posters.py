"""A public link, helpers, a result with who helped, and the file: on pages, in a real browser.

What happened is read from the log.
"""

import pytest
from tests.browser.person import Person
from tests.stage import Stage, alert, raise_case, register, until, volunteers

SOON_S = 90.0
SAW = "a red coat at the second gate"
CONTACT = "13900000001"
REFUSED = ("status of 422", "status of 410")
FACTS = (
    *("poster.opened/1", "sighting.reported/1", "asking.opened/1", "asking.closed/1"),
    *("case.resolved/1", "case.closed-out/1", "case.de-published/1", "case.partner-confirmed/1"),
    *("case.sealed/1", "case.expunge-asked/1", "case.expunged/1"),
)


def facts_of(stage: Stage, case: str) -> list[str]:
    items = stage.ask("GET", f"/v1/cases/{case}/timeline?limit=200", role="auditor")["items"]
    return [one["kind"] for one in items if one["kind"] in FACTS]


def publishes(one: Person) -> str:
    """Publish the link, and return it as it stands on the page."""
    part = one.unfold(one.d["poster-publish"])
    one.press(one.d["poster-do"], part)
    one.reads(one.d["done-poster"])
    return one.page.locator("#poster ~ .link a").inner_text()


def tells(one: Person, link: str) -> None:
    """A stranger opens it, is sent back once, and says what they saw by keyboard."""
    one.go(link)
    one.type_in(one.t["saw-place"], "nowhere" if one.lang == "en" else "没有的地方")
    one.choose(one.t["sure"], one.t["sure-certain"])
    one.type_in(one.t["saw-what"], SAW)
    one.type_in(one.t["saw-phone"], CONTACT)
    one.press(one.t["saw-do"])
    one.reads(one.t["wrong"])
    one.type_in(one.t["saw-place"], "33.07, 115.28")
    one.tab_to(one.button(one.t["saw-do"]))
    one.send_by("Enter")
    one.reads(one.t["saw-arrived"])
    one.follow(one.t["saw-more"])
    assert [said for said in (SAW, CONTACT) if said in one.page.content()] == []


def asks(one: Person) -> None:
    part = one.unfold(one.d["ask-helpers"])
    one.type_in(one.d["asking-quota"], "3", part)
    one.press(one.d["ask-helpers-do"], part)
    one.reads(one.d["asking-open"])
    part = one.unfold(one.d["asking-close"])
    one.press(one.d["asking-close-do"], part)
    one.reads(one.d["asking-over-closed"])


def resolves(one: Person) -> None:
    part = one.unfold(one.d["resolve"])
    one.choose(one.d["outcome"], one.d["outcome-returned"], part)
    ticks = part.get_by_role("group", name=one.d["helped"], exact=True).get_by_role("checkbox")
    ticks.first.check()
    one.press(one.d["resolve-do"], part)
    one.page.get_by_role("heading", name=one.d["helped"], exact=True).wait_for()
    part = one.unfold(one.d["close-out"])
    assert one.d["close-out-words"] in part.inner_text()
    one.press(one.d["close-out-do"], part)
    one.reads(one.d["done-close-out"])


def files(one: Person, other: Person) -> None:
    """The file is taken down, sealed and erased; the second person types the code."""
    part = one.unfold(one.d["de-publish"])
    one.type_in(one.d["partners"], "City Radio", part)
    one.press(one.d["de-publish-do"], part)
    part = one.unfold(one.d["partner-confirmed"])
    one.press(one.d["partner-confirmed-do"], part)
    one.press(one.d["seal-do"], one.unfold(one.d["seal"]))
    part = one.unfold(one.d["ask-expunge"])
    one.choose(one.d["expunge-why"], one.d["reason-family-asks"], part)
    one.press(one.d["ask-expunge-do"], part)
    one.reads(one.d["done-ask-expunge"])
    other.go(one.page.url.partition("?")[0])
    code = other.page.locator("h1 .number").inner_text()
    part = other.unfold(other.d["expunge"])
    other.type_in(other.d["expunge-type"].format(code=code), code, part)
    other.press(other.d["expunge-do"], part)
    other.reads(other.d["done-expunge"])


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_a_stranger_helps_and_the_file_is_closed(stage, person, lang):
    address = stage.start_sink()
    stage.start()
    stage.make_keys("officer", "supervisor", "auditor")
    register(stage, volunteers(address, 20))
    case = raise_case(stage)
    stage.ask("POST", f"/v1/cases/{case}/verify", {"unit": "x"}, role="officer", key="verify")
    alert(stage, case, tag="poster")
    first, second, stranger = (person(lang) for _ in range(3))
    first.sign_in(stage.keys["supervisor"])
    first.go(f"/duty/cases/{case}")
    link = publishes(first)
    tells(stranger, link)
    first.go(f"/duty/cases/{case}")
    asks(first)
    resolves(first)
    stranger.page.goto(link)
    stranger.reads(stranger.t["saw-over-why"])
    second.sign_in(stage.keys["officer"])
    files(first, second)
    # The console says the status of a page that refuses: one form sent back, and one link over.
    assert len(stranger.wrong) == len(REFUSED)
    stranger.wrong[:] = [one for one in stranger.wrong if not any(it in one for it in REFUSED)]
    until(lambda: facts_of(stage, case) == list(FACTS), SOON_S, "all of it stands in the log")
    said = (stage.folder / "server.log").read_text()
    assert [one for one in (SAW, CONTACT, link.rpartition("/")[2]) if one in said] == []
