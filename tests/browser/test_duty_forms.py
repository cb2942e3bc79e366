"""The duty page's rarer forms by hand: a hold, ring 0, a merge, a given area, and one who is alone.

An officer and two supervisors, each at a browser of their own, 320 px wide, without scripts; the
log judges. What is refused has tests of its own: a browser says each refusal on its console.
"""

from datetime import UTC, datetime, timedelta

import pytest
from tests.stage import SEAT

WHY = {
    "en": "Nobody else is at the desk and the van drives on",
    "zh-Hans": "值班台没有别人，车还在往前开，等不到第二个人来批准这份草稿",
}
FACTS = (
    "hold.lifted/1",
    "case.ring-zero-asked/1",
    "case.merged/1",
    "case.alert-drafted/1",
    "case.emergency-used/1",
    "case.emergency-reviewed/1",
)


def raised(stage, by, **more):
    """Raise a report of somebody of four years, last seen at the county's seat; its code."""
    body = {
        "category": "lost-child",
        "last_seen": {
            "at": (datetime.now(UTC) - timedelta(minutes=20)).isoformat(),
            "place": {"lat": SEAT[0], "lon": SEAT[1], "datum": "wgs84"},
        },
        "custody": "none",
        "protection_order": False,
        "person": {"name": "Invented Child", "age_years": 4},
        **more,
    }
    return stage.ask("POST", "/v1/cases", body, role=by, key=f"raise-{by}-{len(more)}")["code"]


def signs_in(one, key):
    one.go("/duty")
    one.page.keyboard.type(key)
    one.send_by("Enter")


def lifts(one, other, code):
    """The officer sees a hold and no more; a supervisor lifts it."""
    d = one.d
    other.follow(other.d["queue"])
    other.follow(code)
    other.reads(other.d["hold-others"])
    one.follow(d["queue"])
    one.follow(code)
    one.reads(d["hold-order"])
    part = one.unfold(d["hold-lift"])
    one.type_in(d["hold-lift-why"], WHY[one.lang], part)
    one.press(d["hold-lift-do"], part)
    one.reads(d["done-lift"])
    other.go(other.page.url)
    other.reads(other.t["staff-provisional"])


def tells_a_few(one, code):
    """The officer takes a report up, reads whom ring 0 reaches in which words, and asks for it."""
    d = one.d
    one.follow(d["queue"])
    one.follow(code)
    part = one.unfold(d["take-up"])
    one.type_in(d["unit"], "Linquan PSB", part)
    one.press(d["take-up-do"], part)
    one.follow(d["ring-read"])
    one.reads(d["ring-people"].format(people="0-20"))
    one.press(d["ring-do"])
    one.reads(d["done-ring0"])


def merges(one, gone, kept):
    """They compare it with another report of the child, which goes on in it."""
    d = one.d
    one.follow(d["likenesses"])
    one.follow(f"{gone} {d['compare-do']}")
    part = one.unfold(d["compare-open"])
    part.get_by_label(d["personal-why"]).select_option(label=d["purpose-verification"])
    one.press(d["personal-do"], part)
    one.reads("Invented Child")
    one.follow(d["merge-way"].format(gone=gone, kept=kept))
    one.reads(d["merge-tells-nobody"].format(gone=gone))
    one.press(d["merge-way-do"].format(gone=gone, kept=kept))
    one.reads(d["merging-joined"])


def drafts_an_area(one):
    """They verify it, and draft an alert to an area that is shown back first."""
    d, (lat, lon) = one.d, SEAT
    part = one.unfold(d["verify"])
    one.press(d["verify-do"], part)
    one.follow(d["draft"])
    one.page.get_by_label(d["policy"]).select_option(label=d["policy-polygon"])
    one.type_in(d["reach-km"], "60")
    corners = ((-0.1, -0.1), (-0.1, 0.1), (0.1, 0.1))
    text = " ".join(f"{lat + south:.4f},{lon + east:.4f}" for south, east in corners)
    one.type_in(d["area-paste"], text)
    one.press(d["draft-do"])
    one.reads(d["area-look"])
    one.press(d["draft-do"])
    one.reads(d["done-draft"])
    assert one.page.locator('img[src*="area.svg"]').evaluate("one => one.naturalWidth") > 0


def issues_alone(one, key):
    """A supervisor lets it go to its whole bound alone, with their key typed once more."""
    d = one.d
    part = one.unfold(d["emergency"])
    one.type_in(d["emergency-why"], WHY[one.lang], part)
    one.type_in(d["emergency-key"], key, part)
    one.press(d["emergency-do"], part)
    one.reads(d["done-emergency"])


def reviews(one, code):
    """Another supervisor finds it on the queue, reads why, and says what they think of it."""
    d = one.d
    one.follow(d["queue"])
    one.follow(f"{code} {d['review-read']}")
    one.reads(WHY[one.lang])
    one.choose(d["review-verdict"], d["verdict-justified"])
    one.type_in(d["review-note"], WHY[one.lang])
    one.press(d["review-do"])
    one.reads(d["done-judge"])


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_each_form_is_filled_in_by_hand(stage, person, lang):
    stage.start()
    stage.make_keys("reporter", "coordinator", "officer", "auditor")
    for name in ("first", "second"):
        body = {"role": "supervisor", "account": name, "org": "tests"}
        stage.keys[name] = stage.ask("POST", "/v1/keys", body, role="admin", key=name)["key"]
    held = raised(stage, "reporter", protection_order=True)
    officer, first, second = (person(lang) for _ in range(3))
    signs_in(officer, stage.keys["officer"])
    signs_in(first, stage.keys["first"])
    signs_in(second, stage.keys["second"])
    lifts(first, officer, held)
    kept, gone = raised(stage, "coordinator"), raised(stage, "coordinator", mode="foot")
    tells_a_few(officer, kept)
    merges(officer, gone, kept)
    drafts_an_area(officer)
    first.go(officer.page.url)
    issues_alone(first, stage.keys["first"])
    reviews(second, kept)
    seen = [
        one["kind"]
        for code in (held, kept, gone)
        for one in stage.ask("GET", f"/v1/cases/{code}/timeline?limit=200", role="auditor")["items"]
    ]
    assert {one: seen.count(one) for one in FACTS} == dict.fromkeys(FACTS, 1)
    said = (stage.folder / "server.log").read_text()
    assert [one for one in (WHY[lang], *stage.keys.values()) if one in said] == []
