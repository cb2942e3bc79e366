"""Several persons in one case over HTTP and on pages: reported together, found one by one."""

from dataclasses import replace

import pytest
from tests.services.http.conftest import NOW, raise_body
from tests.services.http.desking import Browser
from tests.services.http.test_merging import facts, ok, refused
from tests.services.http.test_pages import FORM, filled
from tests.services.http.test_pages import sent as post

from homeward.formats.telltales import telltales
from homeward.formats.texts import Frame, Subject
from homeward.formats.wordings import drafted
from homeward.http.bodies import RaiseBody
from homeward.words import Category, Description, Wording, case_code

SISTERS = [
    {"name": "林小苗", "age_years": 8, "sex": "female", "clothing": "红色书包"},
    {"age_years": 14, "sex": "female"},
]


async def two(world, who="reporter:parent", **more):
    case = await world.raised(who, **{"others": SISTERS[:1], **more})
    return {**case, "path": f"/v1/cases/{case['case']}"}


async def view(world, case, who="officer", **query):
    return (await world.get(who, case["path"], **query)).json()


async def test_sisters_are_one_case_and_each_is_described(world):
    case = await two(world)
    said = await view(world, case, purpose="verification")
    assert [(one["person"], one["age_band"], one["sex"]) for one in said["persons"]] == [
        (1, "0-3", "male"),
        (2, "7-12", "female"),
    ]
    [other] = said["personal"]["others"]
    assert (other["person"], other["description"]["name"]) == (2, "林小苗")
    raised, added = [one for one in await facts(world, case) if one.kind.startswith("case.")]
    assert "林小苗" not in added.model_dump_json()
    assert added.description is None
    assert raised.at == added.at


async def test_a_third_is_added_and_one_is_found(world):
    case = await two(world)
    link = f"hr_{case['case']}.{case['link'].rpartition('/')[2]}"
    await ok(world, link, f"{case['path']}/persons", {"person": SISTERS[1]})
    await ok(world, "officer", f"{case['path']}/verify", {"unit": "Linquan"})
    late = {"person": {"age_years": 5}}
    assert await refused(world, link, f"{case['path']}/persons", late) == (409, "person-added-late")
    await ok(world, "officer", f"{case['path']}/persons/2/found", {"outcome": "found-safe"})
    said = await view(world, case)
    assert [one["outcome"] for one in said["persons"]] == ["", "found-safe", ""]
    assert said["status"] == "verified"
    mine = await view(world, case, link)
    assert mine["persons"] == said["persons"]
    await ok(world, "officer", f"{case['path']}/persons/2/missed")
    await ok(world, "officer", f"{case['path']}/resolve", {"outcome": "returned"})
    assert {one["outcome"] for one in (await view(world, case))["persons"]} == {"returned"}


@pytest.mark.parametrize("who", ["coordinator", "ngo", "reporter:parent", "volunteer", "auditor"])
async def test_only_the_police_say_that_somebody_is_found(world, who):
    case = await two(world)
    answer = await world.post(who, f"{case['path']}/persons/2/found", {"outcome": "returned"})
    assert answer.status_code in {403, 404}


async def test_each_of_them_is_looked_for_on_the_list(world):
    listed = {"load": "list-0001", "persons": [{"name": "林小苗"}], "last": True}
    await ok(world, "supervisor", "/v1/protected", listed)
    held = await two(world, others=[{"name": "林小苗"}])
    assert (await view(world, held))["status"] == "hold"


async def test_who_is_added_is_looked_for_with_whoever_reported(world):
    """The list may know her only together with who has her, and that stands in the report."""
    listed = {"load": "list-0001", "persons": [{"name": "林小苗", "guardian": "Li"}], "last": True}
    await ok(world, "supervisor", "/v1/protected", listed)
    case = await world.raised("reporter:parent")
    path = f"/v1/cases/{case['case']}"
    await ok(world, "officer", f"{path}/persons", {"person": {"name": "小花", "age_years": 8}})
    assert (await world.get("officer", path)).json()["status"] == "provisional"
    await ok(world, "officer", f"{path}/persons", {"person": {"name": "林小苗", "age_years": 8}})
    assert (await world.get("officer", path)).json()["status"] == "hold"


async def sent(world, status=303, **said):
    answer = await post(world, await filled(world, **said), "en")
    assert answer.status_code == status, answer.text
    return answer


async def test_the_form_grows_without_a_script_and_keeps_what_was_written(world):
    page = await sent(world, 200, more="1")
    assert 'name="name_2"' in page.text
    assert 'value="菜市场后面"' in page.text
    assert 'name="name_3"' not in page.text
    page = await sent(world, 200, persons="3", name_3="Li", more="1")
    assert 'name="name_4"' in page.text
    assert 'name="more"' not in page.text
    assert await world.store.log.size() == 0, "nothing is sent by it"


async def test_the_form_reports_several_and_leaves_out_who_is_nobody(world):
    answer = await sent(world, persons="3", age_years_3="8", sex_3="female")
    page = await world.http.get(answer.headers["location"])
    assert "0 of 2 found" in page.text
    rows = await world.store.log.newest("case.person-added/1", limit=5)
    assert len(rows) == 1


async def test_what_is_wrong_of_another_stands_beside_their_field(world):
    page = await sent(world, 422, persons="3", age_years_3="old")
    assert 'id="age_years_3-wrong"' in page.text
    assert 'id="age_years_2-wrong"' not in page.text


async def test_another_is_added_by_the_link_while_it_is_a_report(world):
    answer = await sent(world)
    page = (await world.http.get(answer.headers["location"])).text
    path = answer.headers["location"].partition("?")[0]
    form = FORM.search(page)[1]
    said = {"form": form, "age_years": "8", "sex": "female"}
    for _ in range(2):  # a double tap
        done = await world.http.post(f"{path}/persons?lang=en", data=said)
        assert done.status_code == 303
    page = await world.http.get(done.headers["location"])
    assert "0 of 2 found" in page.text
    assert "was added to your report" in page.text
    nobody = await world.http.post(f"{path}/persons", data={"form": FORM.search(page.text)[1]})
    assert nobody.status_code == 422
    code = path.split("/")[2]
    await ok(world, "officer", f"/v1/cases/{code}/verify", {"unit": "Linquan"})
    page = await world.http.get(path)
    assert f'action="{path}/persons' not in page.text


async def test_the_duty_page_lists_adds_and_finds(world):
    case = await two(world)
    desk = await Browser(world).sign_in("officer")
    page = await desk.show(f"/duty/cases/{case['case']}")
    assert "0 of 2 found" in page
    assert "0 of 3 found" in await desk.send("/persons", age_years="14", sex="female")
    assert "1 of 3 found" in await desk.send("/persons/2/found", outcome="found-safe")
    assert not desk.offers("/persons/2/found")
    assert "0 of 3 found" in await desk.send("/persons/2/missed")
    assert case_code(case["case"]) in desk.text
    assert "林小苗" not in desk.text, "sealed until somebody says why"
    page = await desk.show(f"/duty/cases/{case['case']}?purpose=search")
    assert "林小苗" in page
    await desk.send("/persons/2/found", outcome="found-safe")
    await desk.send("/persons/1/found", outcome="returned")
    assert not desk.offers("/persons/3/found"), "the last one is what the case is resolved with"


async def test_a_case_of_one_is_shown_as_before(world):
    case = await world.raised()
    desk = await Browser(world).sign_in("officer")
    page = await desk.show(f"/duty/cases/{case['case']}")
    assert " of 1 found" not in page
    assert not desk.offers("/persons/1/found")


def test_a_report_takes_seven_others():
    assert len(RaiseBody.model_validate(raise_body(others=[{}] * 7)).others) == 7
    with pytest.raises(ValueError, match="at most 7"):
        RaiseBody.model_validate(raise_body(others=[{}] * 8))


def test_of_several_the_public_reads_only_what_it_may():
    """Each of them is somebody of whom a medical need is told to vetted volunteers alone."""
    subject = Subject(
        description=Description(age_years=4, medical_need="Qzfirst"),
        others=(Description(age_years=8, medical_need="Qzsecond"),),
        category=Category.OTHER,
        last_seen_at=NOW,
        expires_at=NOW,
    )
    made = drafted(Frame("ABCD-EFGH", 1, "police", drill=False), subject)
    assert "Qz" not in "".join(one.model_dump_json() for one in made.texts)
    vetted = made.read_by(Wording.VETTED, approved=False)
    assert "Qzfirst" in vetted[0].full
    assert "Qzsecond" in vetted[0].full
    assert telltales(replace(subject, others=(Description(clothing="皖A12345"),)), []) == (
        "clothing",
    )


async def test_one_who_was_found_stands_in_no_next_version(world):
    case = await two(world)
    await ok(world, "officer", f"{case['path']}/verify", {"unit": "Linquan"})
    body = {"severity": "extreme", "reach_km_max": 30, "expires_in_s": 3_600}
    first = await ok(world, "officer", f"{case['path']}/alerts", body)
    await ok(world, "officer", f"{case['path']}/persons/1/found", {"outcome": "found-safe"})
    issue = f"{case['path']}/alerts/{first['draft']}/issue"
    assert await refused(world, "officer", issue) == (409, "draft-outdated")
    second = await ok(world, "officer", f"{case['path']}/alerts", body)
    read = {}
    for draft in (first["draft"], second["draft"]):
        found = await world.get("officer", f"{case['path']}/alerts/{draft}")
        read[draft] = next(one for one in found.json()["texts"] if one["lang"] == "en")
    assert read[first["draft"]]["title"] == "[DRILL] Missing: 1 boy and 1 girl, aged 2 and 8"
    assert read[second["draft"]]["title"] == "[DRILL] Missing: girl, 8"
    await ok(world, "officer", f"{case['path']}/alerts/{second['draft']}/issue")
