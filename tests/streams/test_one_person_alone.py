"""No sequence of requests by one person alarms above the fast lane, whatever follows from them.

One account in every role, and accounts that a form makes for it, ask for everything that deciders
know, in several cases at once, while the clock moves. What processors order and lanes find is then
judged by places alone: who hears of a child, and which hubs are asked, on one person's word.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import h3
import numpy as np
import pytest
from tests.streams.lonelyasks import ACCOUNT, MAKES, every_request
from tests.streams.lonelyperson import Person
from tests.streams.lonelyworld import HUBS, PEOPLE, Lonely, km_between

from homeward.case import alerts, emergency, extending, folding, state
from homeward.facts.attention import AttentionOverridden
from homeward.facts.case import (
    AlertApproved,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseExpunged,
    CaseReopened,
)
from homeward.facts.emergency import EmergencyReviewed, EmergencyUsed
from homeward.facts.merging import CaseJoined
from homeward.facts.sighting import SightingAccepted
from homeward.fanout import lane, late
from homeward.fanout.told import LaneState, bitmap
from homeward.policies import bounding, circles, field, given
from homeward.policies.approval import (
    ALERTS_ALONE_MAX,
    ALONE_LASTS,
    ALONE_WITHIN,
    EMERGENCIES_MAX,
    EMERGENCIES_WITHIN,
)
from homeward.processors import hubs, keeping
from homeward.processors.knowledge import Knowledge
from homeward.processors.reach import Reach
from homeward.words import Purpose, Role

T0 = datetime(2026, 3, 14, 4, 0, tzinfo=UTC)
ACTS = 60
SEEDS = range(24)
PLANTED = range(1_000, 1_040)
"""A planted bug must show within so many."""
PEOPLE_MAX, HUBS_MAX = 6, 4
"""Of one person's word here: fewer than there are within 30 km."""
FITS_KM = 30 * 1.1 + 3 + 1.5
"""A bound in whole cells, and a person's cell that meets one of them."""
RING_KM, HUBS_KM = 5, 30
ENDS = {Purpose.CANCEL, Purpose.CLOSE_OUT, Purpose.JOINED}
BESIDE = {*ENDS, Purpose.ASK, Purpose.ASK_OVER, Purpose.STAND_DOWN}


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch):
    monkeypatch.setattr(alerts, "PEOPLE_ALONE_MAX", PEOPLE_MAX)
    monkeypatch.setattr(alerts, "HUBS_ALONE_MAX", HUBS_MAX)


def lived(seed, acts=ACTS):
    """Return what one person brought about."""
    world = Lonely(T0)
    person = Person(world, random.Random(seed), urgent=seed % 2 == 1)
    for _ in range(acts):
        person.acts()
    world.passes(90)
    return world


@cache
def sound(seed):
    """Return the same with nothing planted."""
    return lived(seed)


def wrong(world):
    """Yield what goes beyond one person's word."""
    yield from above(world)
    yield from too_often(world)
    for name in world.facts:
        yield from heard(world, name)


def above(world):
    """What takes a second person, or is said without its emergency."""
    for one in world.of((AlertApproved, AttentionOverridden, EmergencyReviewed, CaseExpunged)):
        yield f"{one.kind} by one person"
    for one in world.of(AlertExtended):
        issued = [
            other.at
            for other in world.facts[one.key]
            if isinstance(other.fact, AlertIssued | AlertUpdated)
            and other.fact.version == one.fact.version
        ]
        if one.fact.asked or one.fact.expires_at > issued[0] + ALONE_LASTS:
            yield "extended by one person alone"
    for one in world.of((AlertIssued, AlertUpdated, AlertWidened)):
        whole = isinstance(one.fact, AlertWidened) or one.fact.people_max is None
        if whole and one.fact.draft not in {
            other.fact.draft for other in world.facts[one.key] if other.fact.kind in EMERGENCY
        }:
            yield f"{one.kind} to its whole bound"
    for one in world.of(EmergencyUsed):
        if one.by.role is not Role.SUPERVISOR:
            yield "an emergency by no supervisor"


EMERGENCY = {"case.emergency-used/1"}


def too_often(world):
    used = [one.at for one in world.of(EmergencyUsed)]
    alone = [one for one in world.of(AlertIssued) if one.fact.people_max is not None]
    for moments, most, within in (
        (used, EMERGENCIES_MAX, EMERGENCIES_WITHIN),
        ([one.at for one in alone], ALERTS_ALONE_MAX, ALONE_WITHIN),
    ):
        for at in moments:
            if sum(at - within < other <= at for other in moments) > most:
                yield f"more than {most} within {within}"


def heard(world, name):
    """Who of a case heard of it first, on one person's word; by places alone."""
    raised = world.state(name).raised
    here = h3.cell_to_latlng(raised.last_seen_cell)
    people, asked = set(), set()
    for one in first_told(world, name):
        if one.version in emergencies(world, name):
            continue
        away_km = km_between(here, PEOPLE.get(one.name) or HUBS[one.name])
        bound_km = RING_KM if one.alert == 0 else HUBS_KM if one.name in HUBS else FITS_KM
        if away_km > bound_km:
            yield f"{one.name} hears of it {away_km:.0f} km away"
        if one.alert:
            (asked if one.name in HUBS else people).add(one.name)
    if len(people) > PEOPLE_MAX:
        yield f"{len(people)} people hear of it"
    if len(asked) > HUBS_MAX:
        yield f"{len(asked)} hubs are asked"
    everybody = {one.name for one in world.told if one.purpose not in BESIDE}
    for one in world.told:
        if one.case == name and one.purpose in BESIDE and one.name not in everybody:
            yield f"{one.name} hears {one.purpose} of what nobody told them"


def first_told(world, name):
    """Who heard of a case, each once, in the order of telling; desks know of reports anyway."""
    known = set()
    for one in world.told:
        told = one.case == name and one.purpose in {Purpose.ALERT, Purpose.WATCH}
        if told and one.name not in known and one.name[0] != "d":
            known.add(one.name)
            yield one


def emergencies(world, name):
    """The versions that a supervisor let go on alone (decision 25): told as by two."""
    return {one.fact.version for one in world.of(EmergencyUsed) if one.key == name}


def test_every_request_there_is_is_asked():
    assert every_request() == set(MAKES)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_sequence_of_requests_by_one_person_alarms_above_the_fast_lane(seed):
    assert list(wrong(sound(seed))) == [], f"seed {seed}"


def test_they_do_alarm_as_far_as_they_may():
    """Or the test above would hold because nothing ever goes out."""
    worlds = [sound(seed) for seed in SEEDS]
    alone = [one for world in worlds for one in world.told if one.alert]
    assert sum(one.purpose is Purpose.ALERT for one in alone) > 200
    purposes = {one.purpose for one in alone}
    assert purposes >= {Purpose.ALERT, Purpose.WATCH, Purpose.ASK}
    assert purposes & ENDS
    for kind in (AlertUpdated, AlertExtended, CaseJoined, CaseReopened, EmergencyUsed):
        assert any(world.of(kind) for world in worlds), kind
    assert ACCOUNT in {one.by.id for world in worlds for one in world.of(SightingAccepted)}


def follows_a_sighting(patch):
    for one in (field, circles, given):
        patch(one, "near_last_seen", lambda area, _: area)


def moves_with_a_corrected_place(patch):
    patch(Knowledge, "unmoved_by", lambda self, _: self)


def asks_far_hubs(patch):
    for one in (field, circles):
        patch(one, "hubs_within", lambda _, book: np.ones(len(book), np.bool_))


def asks_hubs_without_number(patch):
    patch(hubs, "_alone", lambda state, _, waiting: (state, waiting))


def forgets_asked_hubs(patch):
    sound = hubs._alone
    patch(hubs, "_alone", lambda now, *rest: sound(replace(now, alone=()), *rest))


def tells_people_without_number(patch):
    for one in (lane, late):
        patch(one, "within", lambda found, *_: found)


def counts_each_version_anew(patch):
    def newest(self, _):
        return len(bitmap(self.versions[-1].told)) if self.versions else 0

    patch(LaneState, "told_alone", newest)


def loses_the_number_with_an_update(patch):
    sound = alerts.issued

    def issued(*args, **more):
        fact = sound(*args, **more)
        return fact if fact.version == 1 else fact.model_copy(update={"people_max": None})

    patch(alerts, "issued", issued)


def widens_when_reopened(patch):
    sound = alerts.issued

    def issued(case, *args, whole):
        return sound(case, *args, whole=whole or case.reopened)

    patch(alerts, "issued", issued)


def widens_with_a_merge(patch):
    sound = Reach.step

    def step(self, now, one):
        if isinstance(one.fact, CaseJoined) and now.live:
            now = replace(now, live=replace(now.live, **WHOLE))
        return sound(self, now, one)

    patch(Reach, "step", step)


def widens_with_an_extension(patch):
    sound = keeping.Live.extended

    def extended(self, fact):
        longer = sound(self, fact)
        return longer and replace(longer, **WHOLE)

    patch(keeping.Live, "extended", extended)


def extends_for_days(patch):
    patch(extending, "ALONE_LASTS", timedelta(days=9))


def takes_a_place_as_far_off_as_was_said(patch):
    patch(bounding, "outwards_m", lambda km: km * 1_100.0 + 3_000 + 90_000)


def lets_who_drafted_approve(patch):
    patch(folding, "Draft", lambda **fields: state.Draft(**{**fields, "by": ""}))


def lets_who_asked_agree(patch):
    patch(folding, "Asking", lambda *args, **more: state.Asking(args[0], "", *args[2:], **more))


def counts_no_alerts(patch):
    patch(alerts, "ALERTS_ALONE_MAX", 99)


def counts_no_emergencies(patch):
    patch(emergency, "EMERGENCIES_MAX", 99)


WHOLE = {"reach_km_max": 300, "people_max": None, "last_seen_km_max": None, "hubs_max": None}
BUGS = [
    follows_a_sighting,
    moves_with_a_corrected_place,
    asks_far_hubs,
    asks_hubs_without_number,
    forgets_asked_hubs,
    tells_people_without_number,
    counts_each_version_anew,
    loses_the_number_with_an_update,
    widens_when_reopened,
    widens_with_a_merge,
    widens_with_an_extension,
    extends_for_days,
    takes_a_place_as_far_off_as_was_said,
    lets_who_drafted_approve,
    lets_who_asked_agree,
    counts_no_alerts,
    counts_no_emergencies,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda one: one.__name__)
def test_what_would_let_one_person_alarm_farther_is_noticed(monkeypatch, bug):
    bug(monkeypatch.setattr)
    assert any(list(wrong(lived(seed))) for seed in PLANTED)
