"""Where a search goes out from, and how an area is put together from disks."""

from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest

from homeward.geography.covering import cover_disk
from homeward.geography.hubbook import Hub
from homeward.geography.lattice import EDGE_M
from homeward.geography.sphere import centre_deg, distance_m
from homeward.policies import policy_of
from homeward.policies.known import (
    CREDIBLE_PPM,
    Known,
    Source,
    anchors,
    area_of,
    earliest_arrival_s,
    elapsed_s,
    finest_res,
)
from homeward.words import AgeBand, Category, Mode

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def after(minutes):
    return NOON + timedelta(minutes=minutes)


def source(minutes=0, north=0.0, ppm=1_000_000, error_m=100):
    cell = h3.latlng_to_cell(33.0416 + north, 115.2576, 9)
    return Source(cell, after(minutes), error_m, credibility_ppm=ppm)


def known(*sources):
    return Known(Category.OTHER, AgeBand.CHILD, Mode.UNKNOWN, sources, 40)


FIRST, FIRM, WEAK = source(), source(30, 0.1, CREDIBLE_PPM), source(40, 0.2, CREDIBLE_PPM - 1)


@pytest.mark.parametrize(
    ("sources", "minutes", "out_from"),
    [
        ((FIRST,), 60, (FIRST,)),
        ((FIRST,), -60, (FIRST,)),
        ((FIRST, FIRM), -60, (FIRST,)),
        ((FIRST, FIRM), 60, (FIRM,)),
        ((FIRST, FIRM), 30, (FIRM,)),
        ((FIRST, FIRM), 29, (FIRST,)),
        ((FIRST, WEAK), 60, (FIRST, WEAK)),
        ((FIRST, FIRM, WEAK), 60, (FIRM, WEAK)),
        ((FIRST, WEAK, FIRM, source(45, 0.3, 1)), 60, (FIRM, WEAK, source(45, 0.3, 1))),
        ((FIRST, source(30, 0.3, 1), FIRM), 60, (FIRM,)),
        ((WEAK, source(50, 0.3, 1)), 60, (WEAK, source(50, 0.3, 1))),
        ((WEAK, FIRM), 35, (FIRM,)),
    ],
)
def test_the_newest_credible_place_comes_first_and_what_is_newer_and_weaker_beside_it(
    sources, minutes, out_from
):
    assert anchors(known(*sources), after(minutes)) == out_from


def test_weaker_places_come_by_time_and_then_by_cell():
    same = sorted((source(40, north, 1) for north in (0.3, 0.4, 0.2)), key=lambda one: one.cell)
    assert anchors(known(FIRST, source(50, 0.1, 1), *same[::-1]), after(60))[1:] == (
        *same,
        source(50, 0.1, 1),
    )


def test_nobody_was_seen_less_than_no_time_ago():
    assert elapsed_s(FIRST, after(1)) == 60
    assert elapsed_s(FIRST, after(0)) == 0
    assert elapsed_s(FIRST, after(-1)) == 0


def test_cells_get_coarser_as_soon_as_twelve_edges_fit_in_the_radius():
    for res in range(5, 9):
        assert finest_res(12 * EDGE_M[res]) == res
        assert finest_res(12 * EDGE_M[res] - 0.001) == res + 1
    assert finest_res(1e7) == 5
    assert finest_res(0) == 9


def test_an_area_is_of_all_its_disks_around_the_first_or_whom_is_named():
    disks = ((FIRST, 5_000.0), (FIRM, 9_000.0))
    apart_m = distance_m(*centre_deg(FIRST.cell), *centre_deg(FIRM.cell))
    wanted = np.union1d(
        cover_disk(*centre_deg(FIRST.cell), 5_000.0, finest_res(5_000.0)),
        cover_disk(*centre_deg(FIRM.cell), 9_000.0, finest_res(9_000.0)),
    )
    area = area_of(disks)
    assert area.cells.tolist() == wanted.tolist()
    assert (area.focus, area.radius_m) == (FIRST.cell, int(apart_m + 9_000) + 1)
    other = area_of(disks, FIRM)
    assert other.cells.tolist() == wanted.tolist()
    assert (other.focus, other.radius_m) == (FIRM.cell, int(apart_m + 5_000) + 1)
    assert area_of(disks[:1]).radius_m == 5_001


def test_how_soon_at_one_hub_is_what_is_said_of_it_among_others():
    policy, what = policy_of("circles"), known(FIRST)
    hubs = [
        Hub("station-1", "station", 332_000_000, 1_152_600_000, 1),
        Hub("station-2", "station", 334_000_000, 1_152_600_000, 1),
    ]
    each = policy.arrivals(what, hubs, after(5)).earliest_s.tolist()
    assert [earliest_arrival_s(policy, what, hub, after(5)) for hub in hubs] == each
    assert each[0] < each[1]
