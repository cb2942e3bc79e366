"""The map of a case: what is new a wave, and a version that starts over."""

from datetime import timedelta

import h3
import numpy as np

from homeward.codec import KINDS
from homeward.geography.cells import cells_from, from_bytes, to_bytes
from homeward.testing import samples
from homeward.testing.given import recorded
from homeward.timeline.area import EMPTY, MAPPED, drawn, redrawn


def sample(kind, **changes):
    found = next(one for one in samples.ALL if isinstance(one, KINDS[kind]))
    return found.model_copy(update=changes)


def widened(version, wave, *cells):
    raw = to_bytes(cells_from(cells))
    return sample(
        "reach.widened/1", alert=1, version=version, wave=wave, cells=raw, cell_count=len(cells)
    )


ISSUED = sample("case.alert-issued/1", alert=1, version=1)
UPDATED = sample("case.alert-updated/1", alert=1, version=2)
CELL = "8740b059affffff"
OTHER = "8740b059bffffff"


def test_waves_add_up_and_a_new_version_starts_over():
    facts = recorded(ISSUED, widened(1, 0, CELL), widened(1, 1, OTHER), UPDATED)
    two = drawn(facts[:3])
    assert (two.state, two.version, [one.cells for one in two.waves]) == (
        "live",
        1,
        [(CELL,), (OTHER,)],
    )
    assert redrawn(two, facts[3]).waves == ()
    assert redrawn(two, facts[3]).version == 2


def test_a_wave_of_an_older_version_that_comes_late_draws_nothing():
    facts = recorded(ISSUED, UPDATED, widened(1, 4, CELL))
    assert drawn(facts).waves == ()


def test_cells_are_compacted():
    below = sorted(h3.cell_to_children(CELL, 8))
    [wave] = drawn(recorded(ISSUED, widened(1, 0, *below))).waves
    assert wave.cells == (CELL,)
    assert wave.json()["cells"] == [CELL]
    assert np.array_equal(from_bytes(to_bytes(cells_from(wave.cells))), cells_from([CELL]))


def test_an_end_is_drawn_and_a_cancel_stays_a_cancel():
    cancelled = sample("case.alert-cancelled/1", alert=1, version=1)
    closed = sample("case.closed-out/1", alert=1, version=1)
    assert drawn(recorded(ISSUED, cancelled, closed)).state == "cancelled"
    assert drawn(recorded(ISSUED, sample("case.resolved/1"))).state == "over"


def test_what_is_no_part_of_a_map_leaves_it_as_it_is():
    for fact in samples.ALL:
        if fact.kind not in MAPPED:
            [heard] = recorded(fact)
            assert redrawn(EMPTY, heard) is EMPTY


def test_the_map_says_when_it_expires():
    later = ISSUED.expires_at + timedelta(hours=1)
    facts = recorded(ISSUED, UPDATED.model_copy(update={"expires_at": later}))
    assert drawn(facts).json()["expires_at"] > drawn(facts[:1]).json()["expires_at"]
