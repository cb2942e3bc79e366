"""What is known of a suspect: who says it, who reads it, and where it must not be typed."""

import json

import pytest
from tests.services.http.conftest import LINQUAN
from tests.services.http.desking import Browser, kinds_of
from tests.services.http.test_emergencies import used

KNOWN = {
    "suspect": "Qzlooks",
    "relation": "parent",
    "vehicle": "Qzvehicle",
    "licence_plate": "QZPLATE",
}
BOUNDS = {"severity": "extreme", "reach_km_max": 300, "expires_in_s": 3_600}
TYPED = ["name", "clothing", "marks", "language", "medical_need", "place_text"]


async def noted(world, **known):
    path = f"/v1/cases/{(await world.verified())['case']}"
    answer = await world.post("officer", f"{path}/suspect", known or KNOWN)
    assert answer.status_code == 200, answer.text
    return path


async def draft(world, path, who="officer", **more):
    answer = await world.post(who, f"{path}/alerts", {**BOUNDS, **more})
    assert answer.status_code == 201, answer.text
    return f"{path}/alerts/{answer.json()['draft']}"


async def of_hubs(world, path):
    """The English words of hubs once a draft is approved; "": they would be the same."""
    read = (await world.get("supervisor", await draft(world, path))).json()
    for one in read["wordings"]:
        if one["wording"] == "hub" and one["approved"]:
            return next(text["full"] for text in one["texts"] if text["lang"] == "en")
    return ""


@pytest.mark.parametrize(
    "who", ["reporter", "ngo", "coordinator", "volunteer", "hub", "auditor", "admin"]
)
async def test_only_the_police_say_what_is_known_of_a_suspect(world, who):
    case = (await world.verified("reporter"))["case"]
    answer = await world.post(who, f"/v1/cases/{case}/suspect", KNOWN)
    assert answer.status_code in {403, 404}
    assert "case.suspect-noted/1" not in await kinds_of(world, case)


@pytest.mark.parametrize(
    "body",
    [
        {"suspect": "x" * 201},
        {"licence_plate": "x" * 201},
        {"relation": "enemy"},
        {"relation": ""},
        {"name": "Somebody"},
        {"photo": "aGk="},
    ],
)
async def test_each_field_has_its_bounds_and_there_is_none_for_a_name_or_a_face(world, body):
    case = (await world.verified())["case"]
    answer = await world.post("officer", f"/v1/cases/{case}/suspect", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


async def test_a_note_that_says_nothing_is_refused(world):
    case = (await world.verified())["case"]
    answer = await world.post("officer", f"/v1/cases/{case}/suspect", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing-said")


async def test_it_is_sealed_under_a_key_of_the_suspects_own_and_moves_nothing(world):
    path = await noted(world)
    [row] = await world.store.log.newest("case.suspect-noted/1")
    assert all(mark not in row.envelope.decode() for mark in KNOWN.values())
    [child] = await world.store.log.newest("case.raised/1")
    entries = [one for row in (row, child) for one in _sealed(row)]
    subjects = {(one["f"], one["subj"]) for one in entries}
    assert len({subject for name, subject in subjects if name in KNOWN}) == 1
    assert len({subject for _, subject in subjects}) == 3  # the child, who reported, the suspect
    view = (await world.get("officer", path)).json()
    assert view["mode"] == "foot"


def _sealed(row):
    return json.loads(row.envelope)["sealed"]


@pytest.mark.parametrize("who", ["officer", "supervisor"])
async def test_the_police_read_what_is_sealed_of_a_suspect(world, who):
    path = await noted(world)
    [one] = (await world.get(who, path, purpose="search")).json()["personal"]["suspects"]
    assert {name: one[name] for name in KNOWN} == KNOWN
    assert await world.store.log.newest("access.read/1")


@pytest.mark.parametrize("who", ["coordinator", "ngo", "auditor", "reporter:mother"])
async def test_others_read_nothing_of_it(world, who):
    path = await noted(world)
    answer = await world.get(who, path, purpose="search")
    assert answer.is_success is (who == "coordinator")
    assert not any(one in answer.text for one in ("Qzlooks", "Qzvehicle", "QZPLATE"))


async def test_the_newest_word_of_each_field_stands_and_an_empty_one_takes_it_back(live_world):
    path = await noted(live_world)
    await live_world.post("officer", f"{path}/suspect", {"suspect": "Qzother"})
    said = await of_hubs(live_world, path)
    assert "Qzother" in said
    assert "Qzlooks" not in said
    assert "QZPLATE" in said
    await live_world.post("officer", f"{path}/suspect", {"licence_plate": "", "vehicle": ""})
    said = await of_hubs(live_world, path)
    assert "Qzother" in said
    assert "QZPLATE" not in said
    assert "Qzvehicle" not in said


async def test_a_vehicle_that_is_identified_counts_as_a_suspects(live_world):
    path = await noted(live_world, suspect="Qzlooks")
    seen = {"seen_at": "2026-03-01T11:10:00+08:00", "licence_plate": "QZPLATE"}
    await live_world.post("officer", f"{path}/vehicle", seen)
    read = (await live_world.get("supervisor", await draft(live_world, path))).json()
    assert "QZPLATE" not in str(read["texts"])
    for one in read["wordings"]:
        told = "QZPLATE" in str(one["texts"])
        assert told is one["approved"], one["wording"]
    assert {(one["wording"], one["approved"]) for one in read["wordings"]} == {
        ("vetted", False), ("hub", False), ("public", True), ("vetted", True), ("hub", True),
    }  # fmt: skip


async def test_a_coordinator_reads_a_draft_without_a_suspect(live_world):
    path = await noted(live_world)
    own = await draft(live_world, path, "coordinator")
    said = await live_world.get("coordinator", own)
    assert said.status_code == 200
    assert not any(one in said.text for one in ("Qzlooks", "Qzvehicle", "QZPLATE"))
    assert "Qzlooks" in (await live_world.get("supervisor", own)).text


@pytest.mark.parametrize("field", TYPED)
@pytest.mark.parametrize("text", ["off in a Qz-Vehicle", "皖K·12345"])
async def test_where_a_suspect_is_typed_for_everybody_the_draft_is_refused_with_the_mend(
    live_world, field, text
):
    person = {"name": "Xiao Ming", "age_years": 2, "sex": "male", "clothing": "red jacket"}
    seen = {"at": "2026-03-01T11:00:00+08:00", "place": LINQUAN, "text": "the alley"}
    if field == "place_text":
        seen["text"] = text
    else:
        person[field] = text
    case = (await live_world.raised("officer", person=person, last_seen=seen))["case"]
    path = f"/v1/cases/{case}"
    await live_world.post("officer", f"{path}/verify", {"unit": "Linquan"})
    vehicle = {"seen_at": "2026-03-01T11:10:00+08:00", "vehicle": "Qzvehicle"}
    await live_world.post("officer", f"{path}/vehicle", vehicle)

    answer = await live_world.post("officer", f"{path}/alerts", BOUNDS)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["detail"]) == (
        *(422, "suspect-in-public"),
        field,
    )
    assert "leave_out" in problem["mend"]
    assert text not in answer.text
    assert "case.alert-drafted/1" not in await kinds_of(live_world, case)

    made = await draft(live_world, path, leave_out=[field])
    read = (await live_world.get("supervisor", made)).json()
    assert text not in str(read)
    assert ("red jacket" in str(read["texts"])) is (field != "clothing")


async def test_only_typed_fields_can_be_left_out(world):
    path = f"/v1/cases/{(await world.verified())['case']}/alerts"
    answer = await world.post("officer", path, {**BOUNDS, "leave_out": ["sex"]})
    assert answer.json()["code"] == "request-invalid"


@pytest.mark.parametrize("lang", ["en", "zh-Hans", "zh-Hant"])
async def test_at_the_duty_page_it_is_noted_approved_and_left_out(live_world, lang):
    case = (await live_world.verified())["case"]
    officer = await Browser(live_world, lang).sign_in("officer")
    await officer.show(f"/duty/cases/{case}")
    await officer.send("/suspect", **KNOWN)
    page = await officer.show(f"/duty/cases/{case}?purpose=search")
    assert "Qzlooks" in page
    assert "QZPLATE" in page

    seen = {"seen_at": "2026-03-01T11:10:00+08:00", "vehicle": "behind the market"}
    await live_world.post("officer", f"/v1/cases/{case}/vehicle", seen)
    await officer.show(f"/duty/cases/{case}/draft")
    page = await officer.send("/draft", 422)
    assert "without-place_text" in page
    refused = {"en": "licence plate, or words", "zh-Hans": "车牌号，或", "zh-Hant": "車牌號碼，或"}
    assert refused[lang] in page
    fields = {**officer.form("/draft")["fields"], "without-place_text": "1"}
    page = await officer.post(f"/duty/cases/{case}/draft?lang={lang}", fields)
    at = officer.path

    supervisor = await Browser(live_world, lang).sign_in("supervisor")
    page = await supervisor.show(at)
    read = await live_world.get("supervisor", f"/v1/cases/{case}/alerts/{at.split('/')[-1]}")
    shown = page.replace("&#39;", "'").replace("&#34;", '"')
    every = [read.json()["texts"], *(one["texts"] for one in read.json()["wordings"])]
    assert len(every) == 6  # public, vetted and hub, alone and approved
    for texts in every:
        for one in texts:
            for form in ("title", "short", "medium", "full", "spoken"):
                assert one[form] in shown, (one["lang"], form)
    coordinator = await Browser(live_world, lang).sign_in("coordinator")
    assert "Qzlooks" not in await coordinator.show(at)


async def test_after_an_emergency_the_page_says_what_an_approval_still_does(live_world):
    path = await noted(live_world)
    made = await live_world.post("officer", f"{path}/alerts", BOUNDS)
    draft_id, digest = made.json()["draft"], made.json()["digest"]
    answer = await used(live_world, f"{path}/alerts/{draft_id}", {"digest": digest})
    assert answer.is_success, answer.text
    other = await Browser(live_world).sign_in("supervisor:s-2")
    case = path.rpartition("/")[2]
    page = await other.show(f"/duty/cases/{case}/drafts/{draft_id}")
    assert "Approved, it goes no further" in page
    assert not other.offers("/issue")
    code = (await live_world.get("officer", path)).json()["code"]
    page = await other.send("/approve", confirm=code)
    assert "case.alert-approved/1" in await kinds_of(live_world, case)
    assert "case.alert-widened/1" not in await kinds_of(live_world, case)
    assert not other.offers("/approve")
    assert "Approved, it goes no further" not in page
