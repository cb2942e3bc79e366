"""Ring 0: who may ask that a few hear of an unverified report, of which, and how far it goes."""

import pytest
from tests.streams.lives import LATER

from homeward.facts.case import CaseRejected, CaseResolved, CaseWithdrawn
from homeward.facts.correcting import LastSeenCorrected
from homeward.facts.hold import HoldPlaced
from homeward.facts.persons import PersonAdded
from homeward.facts.ringzero import Companion
from homeward.geography.cells import from_bytes
from homeward.geography.sphere import balls_of, centre_deg, distances_m, unit_of
from homeward.messages import Actor
from homeward.policies.ringzero import LASTS, PEOPLE_MAX, RADIUS_KM_MAX, radius_km, ring_cells
from homeward.processors.callouts import Callouts
from homeward.refusals import CaseOver
from homeward.requests.ringzero import AskRingZero
from homeward.testing.given import COORDINATOR, OFFICER, REPORTER, given, recorded
from homeward.testing.samples import CASE, CELL, RAISED, TAKEN_UP, VERIFIED, at
from homeward.words import (
    AgeBand,
    Audience,
    Category,
    Custody,
    Description,
    HubOnDuty,
    Outcome,
    Role,
    Sex,
    Tier,
)

NGO = Actor(id="n-li", role=Role.NGO, org="angels")
OTHER_NGO = Actor(id="n-wu", role=Role.NGO, org="angels")


ELSEWHERE = "8931aa42a37ffff"
BOY = Description(age_years=6, sex=Sex.MALE)
BROTHER, SISTER = (
    PersonAdded(case=CASE, at=at(21), person=n, age_band=band, sex=one.sex, description=one)
    for n, band, one in ((2, AgeBand.SMALL, BOY), (3, AgeBand.CHILD, Description(sex=Sex.FEMALE)))
)


def ask(by=OFFICER, **more):
    return AskRingZero(at=LATER, by=by, **more)


@pytest.mark.parametrize("by", [OFFICER, NGO])
def test_who_took_a_report_up_may_ask_and_once(by):
    (asked,) = given(RAISED, TAKEN_UP).when(ask(by)).facts()
    assert (asked.people_max, asked.radius_m) == (PEOPLE_MAX, 1_600)
    given(RAISED, TAKEN_UP, asked).when(ask(by)).then_nothing()


def test_never_who_reported_it_nor_who_may_not_look_into_reports():
    given(RAISED, TAKEN_UP).when(ask(REPORTER)).then_refused("role-not-allowed")
    given(RAISED, TAKEN_UP).when(ask(COORDINATOR)).then_refused("role-not-allowed")
    own = given((NGO, RAISED), TAKEN_UP)
    own.when(ask(NGO)).then_refused("own-report")
    own.when(ask(OTHER_NGO)).then_kinds("case.ring-zero-asked/1")


def test_who_moved_the_place_alone_does_not_move_the_ring():
    moved = LastSeenCorrected(case=CASE, at=at(40), seen_at=at(-10), cell=ELSEWHERE, error_m=60)
    history = given(RAISED, TAKEN_UP, (OFFICER, moved))
    (theirs,) = history.when(ask(OFFICER)).facts()
    (others,) = history.when(ask(NGO)).facts()
    assert (theirs.focus, theirs.last_seen_at) == (RAISED.last_seen_cell, at(-10))
    assert (others.focus, others.last_seen_at) == (ELSEWHERE, at(-10))


def test_it_names_each_who_is_missing_and_ends_by_itself():
    (alone,) = given(RAISED, TAKEN_UP).when(ask()).facts()
    assert (alone.others, alone.expires_at) == (None, LATER + LASTS)
    (all_,) = given(RAISED, BROTHER, SISTER, TAKEN_UP).when(ask()).facts()
    assert (all_.age_band, all_.sex) == (RAISED.age_band, RAISED.description.sex)
    assert all_.others == (
        Companion(age_band=AgeBand.SMALL, sex=Sex.MALE),
        Companion(age_band=AgeBand.CHILD, sex=Sex.FEMALE),
    )


def test_what_is_over_is_told_to_nobody_and_says_how_it_ended():
    with pytest.raises(CaseOver) as refused:
        given(RAISED, TAKEN_UP, CaseWithdrawn(case=CASE, at=at(30))).when(ask()).facts()
    assert refused.value.detail == "withdrawn"


def test_only_of_a_report_that_somebody_looks_into():
    given(RAISED).when(ask()).then_refused("case-not-taken-up")
    given(RAISED, TAKEN_UP, VERIFIED).when(ask()).then_refused("case-verified")


@pytest.mark.parametrize(
    "said",
    [
        {"category": Category.FAMILY_ABDUCTION},
        {"custody": Custody.DISPUTED},
        {"custody": Custody.UNKNOWN},
        {"protection_order": True},
        {"age_band": AgeBand.ADULT},
        {"age_band": AgeBand.UNKNOWN},
    ],
)
def test_nobody_is_told_of_who_may_be_hiding(said):
    raised = RAISED.model_copy(update=said)
    given(raised, TAKEN_UP).when(ask()).then_refused("ring-zero-unsafe")


def test_who_is_old_and_lost_is_told():
    said = {"category": Category.DEMENTIA, "age_band": AgeBand.OLD}
    raised = RAISED.model_copy(update=said)
    given(raised, TAKEN_UP).when(ask()).then_kinds("case.ring-zero-asked/1")


@pytest.mark.parametrize("band", AgeBand)
def test_the_area_is_that_of_the_first_minutes(band):
    km = radius_km(band)
    assert 0 < km <= RADIUS_KM_MAX
    cells = ring_cells(CELL, band)
    points, radii_m = balls_of(cells)
    away_m = distances_m(points, unit_of(*centre_deg(CELL)))
    assert (away_m - radii_m).max() <= km * 1_000
    assert len(cells) < 200


def test_what_it_says_is_nothing_that_somebody_typed():
    (asked,) = given(RAISED, TAKEN_UP).when(ask()).facts()
    text = asked.model_dump_json(exclude={"cells"})
    for typed in ("noodle", "林大山", "ball", RAISED.description.name):
        assert typed not in text
    assert asked.personal_fields() == {}


def steps(*history):
    state, said = Callouts().begin(), []
    for one in recorded(*history):
        reaction = Callouts().step(state, one)
        state, said = Callouts().load(Callouts().dump(reaction.state)), [*said, *reaction.says]
    return said


def test_vetted_people_near_it_and_hubs_on_duty_are_told_under_no_alert():
    hub = HubOnDuty(hub="hub-west", contact=1)
    (asked,) = given(RAISED, TAKEN_UP).when(ask(hubs=(hub,))).facts()
    area, at_hub = [one for one in steps(RAISED, TAKEN_UP, asked) if one.purpose == "alert"]
    assert (area.audience, area.tier, area.alert) == (Audience.AREA, Tier.VETTED, 0)
    assert (area.people_max, area.expires_at) == (PEOPLE_MAX, asked.expires_at)
    assert from_bytes(area.cells).tolist() == ring_cells(CELL, RAISED.age_band).tolist()
    assert (at_hub.hub, at_hub.contact, at_hub.alert) == ("hub-west", 1, 0)


@pytest.mark.parametrize(
    ("end", "purpose"),
    [
        (CaseRejected(case=CASE, at=at(60), reason="hoax"), "cancel"),
        (CaseWithdrawn(case=CASE, at=at(60)), "cancel"),
        (HoldPlaced(case=CASE, at=at(60)), "cancel"),
        (CaseResolved(case=CASE, at=at(60), outcome=Outcome.FOUND_SAFE), "close-out"),
    ],
)
def test_those_told_are_told_once_that_it_is_over(end, purpose):
    """On hold, too: nobody may go on looking for who may be hiding. Only who is found is found."""
    (asked,) = given(RAISED, TAKEN_UP).when(ask()).facts()
    ends = [one for one in steps(RAISED, TAKEN_UP, asked, end, end) if one.purpose.ends]
    assert [(one.audience, one.alert, one.purpose) for one in ends] == [(Audience.TOLD, 0, purpose)]
    assert not [one for one in steps(RAISED, TAKEN_UP, end) if one.purpose.ends]


@pytest.mark.parametrize("band", [AgeBand.SMALL, AgeBand.TEEN, AgeBand.OLD])
def test_the_ring_reaches_as_far_as_its_radius_and_less_than_a_kilometre_farther(band):
    away_m = distances_m(balls_of(ring_cells(CELL, band))[0], unit_of(*centre_deg(CELL)))
    assert -500 <= away_m.max() - radius_km(band) * 1_000 <= 1_000
