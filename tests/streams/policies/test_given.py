from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward import policies
from homeward.geography import cells as cs
from homeward.geography.covering import cover_disk
from homeward.geography.hubbook import Hub
from homeward.geography.shapes import Round, cover
from homeward.geography.sphere import centre_deg, distance_m, unit_of
from homeward.policies.district import STAND_IN_M
from homeward.policies.given import allowed_m, farthest_m, km_needed
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Mode

LINQUAN = (33.0416, 115.2576)
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
DISTRICT, POLYGON = policies.policy_of("district"), policies.policy_of("polygon")
BOTH = pytest.mark.parametrize("policy", [DISTRICT, POLYGON], ids=["district", "polygon"])


def after(minutes):
    return NOON + timedelta(minutes=minutes)


def source(lat=LINQUAN[0], lon=LINQUAN[1], minutes=0, **more):
    return Source(h3.latlng_to_cell(lat, lon, 9), after(minutes), 100, **more)


def known(*sources, area=cs.NOWHERE, km=100):
    return Known(
        Category.RUNAWAY, AgeBand.TEEN, Mode.UNKNOWN, sources or (source(),), km, given=area
    )


AREA = cover_disk(33.2, 115.4, 20_000, 7)
SEEN = source(33.9, 116.0, 50, credibility_ppm=800_000)


@BOTH
@pytest.mark.parametrize("minutes", [0, 1, 60, 600, 6_000])
@pytest.mark.parametrize("sources", [(source(),), (source(), SEEN)], ids=["unseen", "seen"])
def test_the_area_is_what_was_given_whatever_time_and_sightings_say(policy, minutes, sources):
    found = policy.area(known(*sources, area=AREA), after(minutes))
    assert np.array_equal(found.cells, AREA)
    assert policy.next_look(known(*sources, area=AREA), after(minutes)) is None


@BOTH
def test_nearest_first_is_measured_from_the_newest_credible_place(policy):
    found = policy.area(known(source(), SEEN, area=AREA), after(60))
    assert found.focus == SEEN.cell
    assert found.radius_m >= max(
        distance_m(*centre_deg(SEEN.cell), *centre_deg(f"{cell:x}")) for cell in AREA.tolist()
    )


@pytest.mark.parametrize(
    ("policy", "km", "radius_m"),
    [
        (DISTRICT, 100, int(STAND_IN_M) + 1),
        (DISTRICT, 5, 5_001),
        (POLYGON, 100, 100_001),
        (POLYGON, 5, 5_001),
    ],
)
def test_a_case_without_an_area_is_replayed_with_a_disk(policy, km, radius_m):
    early, late = (policy.area(known(km=km), after(when)) for when in (0, 900))
    assert early.radius_m == late.radius_m == radius_m
    assert np.array_equal(early.cells, late.cells)
    assert policy.area(known(source(), SEEN, km=km), after(60)).focus == SEEN.cell


def test_the_stand_in_is_as_large_as_koreas_mean_district():
    km2 = sum(
        h3.cell_area(f"{cell:x}", "km^2") for cell in DISTRICT.area(known(), NOON).cells.tolist()
    )
    assert 439 <= km2 < 439 * 1.2


@given(
    lat=st.floats(-3, 3),
    lon=st.floats(-3, 3),
    radius_m=st.floats(1, 200_000),
    km=st.integers(1, 300),
    res=st.integers(3, 6),
)
def test_an_area_never_goes_beyond_what_was_given_or_approved(lat, lon, radius_m, km, res):
    area = cover_disk(LINQUAN[0] + lat, LINQUAN[1] + lon, radius_m, res)
    asked = known(area=area, km=km)
    found = POLYGON.area(asked, NOON).cells
    assert not len(cs.subtract(found, area))
    assert farthest_m(found, asked.sources[0]) <= allowed_m(asked.sources[0], km)
    needed = km_needed(area, asked.sources[0])
    whole = POLYGON.area(known(area=area, km=needed), NOON).cells
    assert np.array_equal(whole, np.unique(area))
    if needed > 1:
        assert len(POLYGON.area(known(area=area, km=needed - 1), NOON).cells) < len(area)


@pytest.mark.parametrize("km", [1, 2, 5, 13, 30, 47, 100, 210, 500, 1_200])
def test_a_disk_as_large_as_the_bound_is_allowed(km):
    assert km_needed(cover(Round(unit_of(*LINQUAN), km * 1_000.0)), source()) <= km


HUBS = (
    Hub.at("inside", "bus", 33.2, 115.4, 1),
    Hub.at("out", "service_area", 33.8, 115.3, 1),
    Hub.at("far", "rail", 35.2, 117.2, 1),
)


@BOTH
def test_hubs_are_headed_off_outside_of_the_area_too_as_far_as_the_bound(policy):
    found = policy.arrivals(known(area=AREA), HUBS, after(5))
    assert found.ahead.tolist() == [True, True, False]
    circles = policies.policy_of("circles").arrivals(known(), HUBS, after(5))
    assert np.array_equal(found.earliest_s, circles.earliest_s)


@BOTH
def test_the_surface_is_the_area_alike_and_nearest_first(policy):
    found = policy.surface(known(area=AREA), after(30))
    assert np.array_equal(np.sort(found.cells), AREA)
    first = found.cells[found.order()[0]]
    away = {
        cell: distance_m(*centre_deg(source().cell), *centre_deg(f"{cell:x}"))
        for cell in AREA.tolist()
    }
    assert away[int(first)] <= min(away.values()) + 3_000


@pytest.mark.parametrize("km", [1, 30, 5_000])
def test_where_nothing_was_drawn_all_of_the_bound_stands_in(km):
    assert POLYGON.stand_in_m(known(km=km)) == km * 1_000
