"""A reported sighting is sorted and explained, never dropped; when it arrived does not matter."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.geography.sphere import distance_m
from homeward.policies.crediting import Seen, away_km, between_kmh
from homeward.policies.known import CERTAIN_PPM, CREDIBLE_PPM, Source
from homeward.policies.plausibility import (
    LAST_SEEN,
    OTHERS_MAX,
    Band,
    Repute,
    Teller,
    Tip,
    plausibility,
    teller_of,
)
from homeward.policies.repeats import NEAR_MAX, near
from homeward.words import Mode, Role

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LAT, LON = 33.04, 115.26
KM = 1 / 111.2
RANK = {band: rank for rank, band in enumerate(Band)}
NOBODY = Repute()


def cell(north_km=0.0, lat=LAT, lon=LON):
    return h3.latlng_to_cell(lat + north_km * KM, lon, 9)


FIRST = Source(cell(), NOON, 100)


def tip(name="a", north_km=0.0, minute=60.0, told_min=None, where=None, **more):
    seen_at = NOON + timedelta(minutes=minute)
    told_at = NOON + timedelta(minutes=minute + 5 if told_min is None else told_min)
    fields = {
        "error_m": 100,
        "mode": Mode.VEHICLE,
        "account": f"account-{name}",
        "teller": Teller.VOLUNTEER,
        **more,
    }
    return Tip(name, where or cell(north_km), seen_at, told_at, **fields)


def judged(one, *others, repute=NOBODY, first=FIRST):
    return plausibility(first, one, others, repute)


@pytest.mark.parametrize(
    ("one", "band", "reason"),
    [
        (tip(north_km=2, minute=20), Band.LIKELY, "near-last-seen"),
        (tip(north_km=40), Band.POSSIBLE, None),
        (tip(north_km=90), Band.DOUBTFUL, "fast"),
        (tip(north_km=150), Band.DOUBTFUL, "faster-than-said"),
        (tip(north_km=400), Band.IMPOSSIBLE, "faster-than-anybody"),
        (tip(minute=-30), Band.DOUBTFUL, "before-last-seen"),
        (tip(north_km=40, error_m=5_000), Band.POSSIBLE, "place-vague"),
        (tip(north_km=40, told_min=73 * 60 + 60), Band.POSSIBLE, "told-late"),
    ],
)
def test_a_report_is_sorted_and_says_why(one, band, reason):
    found = judged(one)
    assert found.band is band
    assert reason is None or reason in found.reasons


def test_a_train_may_have_been_faster():
    assert judged(tip(north_km=200)).credibility_ppm == 0
    assert judged(tip(north_km=200, mode=Mode.RAIL)).band is Band.DOUBTFUL
    assert judged(tip(north_km=200, mode=Mode.RAIL)).credibility_ppm > 0


def test_the_way_is_measured_from_every_credible_place_and_both_ways_in_time():
    believed = tip("b", 80, 120, credibility_ppm=800_000)
    weak = tip("c", 90, 130, credibility_ppm=300_000)
    found = judged(tip(north_km=-40, minute=100), believed, weak)
    legs = {leg.place: leg for leg in found.legs}
    assert set(legs) == {LAST_SEEN, "b"}, "weak ones are no ground to stand on"
    assert (legs["b"].minutes, legs[LAST_SEEN].minutes) == (-20, 100)
    assert legs["b"].kmh == pytest.approx(120 / 25 * 60, rel=0.02)
    assert found.legs[0].place == "b", "the fastest first"
    assert "others-conflict" in found.reasons


def test_what_a_credible_place_makes_impossible_is_impossible_as_told():
    believed = tip("b", 100, 120, credibility_ppm=800_000)
    assert judged(tip(north_km=-60, minute=119), believed).band is Band.IMPOSSIBLE
    assert judged(tip(north_km=-60, minute=119)).band is Band.POSSIBLE


def test_before_the_place_last_seen_counts_the_way_there_and_not_the_moment():
    [leg] = judged(tip(north_km=100, minute=-120)).legs
    assert (leg.minutes, leg.kmh < 60) == (-120, True)


def test_who_says_it_and_what_came_of_their_others_counts():
    plain, hub = judged(tip(north_km=40)), judged(tip(north_km=40, teller=Teller.HUB))
    good, poor = (judged(tip(north_km=40), repute=Repute(*one)) for one in ((2, 0), (0, 2)))
    assert poor.credibility_ppm < plain.credibility_ppm < good.credibility_ppm
    assert hub.credibility_ppm > plain.credibility_ppm
    assert "told-by-hub" in hub.reasons
    assert "repute-poor" in poor.reasons
    assert judged(tip(north_km=40), repute=Repute(0, 99)) == replace(poor, repute=Repute(0, 99))


def test_two_persons_at_once_bear_each_other_out_and_one_account_twice_does_not():
    one = tip(north_km=40)
    other, again = tip("b", 41, 62), tip("b", 41, 62, account=one.account)
    assert judged(one, other).band is Band.LIKELY
    assert judged(one, again).credibility_ppm == judged(one).credibility_ppm
    crowd = [replace(other, sighting=f"b{n}") for n in range(9)]
    assert judged(one, *crowd) == judged(one, other), "an account speaks once"


def test_who_tells_is_seen_from_the_case():
    assert teller_of(Role.REPORTER, "p", "p") is Teller.REPORTER
    assert teller_of(Role.REPORTER, "x", "p") is Teller.PUBLIC
    assert [teller_of(one, "x", "p").value for one in (Role.HUB, Role.VOLUNTEER, Role.NGO)] == [
        *("hub", "volunteer", "staff")
    ]


ANYWHERE = st.tuples(st.floats(-89.9, 89.9), st.floats(-180, 180))
TIPS = st.builds(
    lambda place, minute, told, account, error_m, mode, ppm: tip(
        "x",
        minute=minute,
        told_min=minute + told,
        where=h3.latlng_to_cell(*place, 9),
        error_m=error_m,
        mode=mode,
        account=account,
        credibility_ppm=ppm,
    ),
    ANYWHERE | st.tuples(st.floats(32.5, 33.5), st.floats(114.5, 116)),
    st.just(0.0) | st.floats(-1_440, 6_000),
    st.floats(-5, 6_000),
    st.sampled_from("abcd"),
    st.integers(0, 100_000),
    st.sampled_from(Mode),
    st.none() | st.integers(0, 1_000_000),
)


@st.composite
def crowds(draw):
    found = draw(st.lists(TIPS, min_size=1, max_size=8))
    return [replace(one, sighting=f"s{n}") for n, one in enumerate(found)]


@given(crowds(), st.randoms(use_true_random=False), ANYWHERE)
def test_the_order_of_arrival_changes_nothing(crowd, chance, place):
    """I-11."""
    first = Source(h3.latlng_to_cell(*place, 9), NOON, 100)
    shuffled = list(crowd)
    chance.shuffle(shuffled)
    for one in crowd:
        assert judged(one, *crowd, first=first) == judged(one, *shuffled, first=first)
        assert near(one, crowd) == near(one, shuffled)


@given(crowds(), ANYWHERE)
def test_every_figure_is_a_number_wherever_and_whenever(crowd, place):
    first = Source(h3.latlng_to_cell(*place, 9), NOON, 100)
    found = judged(crowd[0], *crowd, first=first)
    figures = [
        found.told_after_min,
        *(value for leg in found.legs for value in (leg.km, leg.minutes, leg.kmh)),
    ]
    assert all(math.isfinite(one) for one in figures)
    assert 0 <= found.credibility_ppm <= 1_000_000
    assert found.legs


@given(
    st.floats(0, 2_000),
    st.floats(0, 2_000),
    st.floats(0, 3_000),
    st.sampled_from(Mode),
)
def test_farther_away_is_never_more_plausible(km, other_km, minute, mode):
    close, far = sorted((km, other_km))
    nearer, farther = (judged(tip(north_km=one, minute=minute, mode=mode)) for one in (close, far))
    if nearer.legs[0].km > farther.legs[0].km:  # the cells' centres lie the other way round
        return
    assert RANK[nearer.band] <= RANK[farther.band]
    assert nearer.credibility_ppm >= farther.credibility_ppm
    assert nearer.legs[0].kmh <= farther.legs[0].kmh


def test_the_antimeridian_is_no_distance():
    first = Source(cell(lat=-17.0, lon=179.99), NOON, 100)
    over = tip(minute=10, where=cell(lat=-17.0, lon=-179.99))
    [leg] = judged(over, first=first).legs
    assert leg.km == pytest.approx(2.1, abs=0.4)


@given(ANYWHERE, ANYWHERE)
def test_distances_are_those_of_the_sphere(one, other):
    here, there = Seen(*one, 0, 0), Seen(*other, 0, 0)
    assert away_km(here, there) * 1_000 == pytest.approx(distance_m(*one, *other), abs=0.5)


def test_a_flood_is_looked_at_as_far_as_it_matters():
    one = tip(north_km=40)
    far = [tip(f"f{n:03}", -40, 500 + n) for n in range(OTHERS_MAX)]
    assert judged(one, tip("b", 41, 62), *far) == judged(one, *far, tip("b", 41, 62))
    assert "others-agree" in judged(one, tip("b", 41, 62), *far).reasons


def test_what_is_at_the_same_place_and_time_is_near_and_says_why():
    one = tip(north_km=40)
    same, later = tip("b", 40.3, 64), tip("c", 40.3, 71)
    twice = tip("d", 40, 60, account=one.account)
    assert [(found.sighting, found.why) for found in near(one, [one, same, later, twice])] == [
        *(("d", "same-account"), ("b", "other-account"))
    ]
    assert near(tip(north_km=40), [tip("b", 42, 60)]) == ()
    assert near(tip(north_km=40), [tip("b", 42, 60, error_m=100_000)]) == ()
    assert near(tip(north_km=40), [tip("b", 41.2, 60, error_m=100_000)])[0].sighting == "b"
    assert len(near(one, [tip(f"n{n}", 40, 60) for n in range(50)])) == NEAR_MAX


@pytest.mark.parametrize(
    ("minute", "before", "faster"), [(-6, True, False), (-5, False, True), (0, False, True)]
)
def test_five_minutes_before_is_the_slack_of_clocks_and_then_the_speed_counts(
    minute, before, faster
):
    reasons = judged(tip(north_km=400, minute=minute)).reasons
    assert ("before-last-seen" in reasons, "faster-than-said" in reasons) == (before, faster)
    assert "before-last-seen" not in judged(tip(minute=3)).reasons


def test_after_three_days_it_was_told_late_and_not_at_them():
    three_days = 60 + 72 * 60
    assert "told-late" not in judged(tip(told_min=three_days)).reasons
    assert "told-late" in judged(tip(told_min=three_days + 1)).reasons


def test_who_told_it_and_what_came_of_their_others_stand_beside_it():
    found = judged(tip(north_km=40, teller=Teller.HUB), repute=Repute(1, 0))
    assert (found.teller, found.repute, found.told_after_min) == (Teller.HUB, Repute(1, 0), 5)
    assert {"repute-good", "told-by-hub"} <= set(found.reasons)
    assert "repute-poor" not in found.reasons


def test_a_leg_says_from_where_how_sure_that_is_and_its_figures_to_a_tenth():
    believed = tip("b", 80, 120, credibility_ppm=CREDIBLE_PPM)
    weaker = tip("c", 80, 120, credibility_ppm=CREDIBLE_PPM - 1)
    one = tip(north_km=33.33, minute=47.77)
    legs = {leg.place: leg for leg in judged(one, believed, weaker).legs}
    sure = {place: leg.credibility_ppm for place, leg in legs.items()}
    assert sure == {LAST_SEEN: CERTAIN_PPM, "b": CREDIBLE_PPM}
    leg = legs[LAST_SEEN]
    there, here = (Seen(*h3.cell_to_latlng(it), 0, 100) for it in (FIRST.cell, one.cell))
    km, kmh = away_km(there, here), between_kmh(there, replace(here, minute=47.77))
    assert (leg.km, leg.minutes, leg.kmh) == (round(km, 1), 47.8, round(kmh, 1))
    assert all(figure % 1 for figure in (leg.km, leg.minutes, leg.kmh)), "tenths can be seen"


def test_nobody_tells_what_is_yet_to_come_but_for_the_slack_of_clocks():
    assert judged(tip(north_km=40, told_min=55)).credibility_ppm > 0
    assert judged(tip(north_km=40, told_min=54)).credibility_ppm == 0
