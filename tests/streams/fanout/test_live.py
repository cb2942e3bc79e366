import random

import h3.api.basic_int as h3
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from homeward.fanout.columns import NO_CELL
from homeward.fanout.live import UNSORTED_MAX, LiveAreas
from homeward.geography.cells import compacted, meets

MIDDLES = (
    h3.latlng_to_cell(30.66, 104.07, 7),
    h3.latlng_to_cell(30.75, 104.35, 7),
    h3.get_pentagons(5)[3],
)
PEOPLE = np.arange(400, dtype=np.uint32)


def area(chance):
    """Cells of mixed resolutions around a middle."""
    middle = h3.cell_to_parent(chance.choice(MIDDLES), chance.randint(3, 5))
    cells = h3.grid_disk(middle, chance.randint(0, 2))
    fine = [one for cell in cells for one in h3.cell_to_children(cell, h3.get_resolution(cell) + 1)]
    chosen = chance.sample(fine, chance.randint(1, len(fine)))
    return compacted(np.array(chosen, np.uint64))


def places(chance, how_many):
    """Cells near the middles, coarse and fine; some people have none."""
    found = []
    for _ in range(how_many):
        near = h3.grid_disk(h3.cell_to_parent(chance.choice(MIDDLES), 4), 1)
        cell = chance.choice(sorted(near))
        for _ in range(chance.randint(0, 5)):
            cell = chance.choice(sorted(h3.cell_to_children(cell)))
        for _ in range(chance.randint(0, 2)):
            cell = h3.cell_to_parent(cell, h3.get_resolution(cell) - 1)
        found.append(NO_CELL if chance.random() < 0.1 else cell)
    return np.array(found, np.uint64)


@given(st.integers(0, 10**6), st.sampled_from([1, 3, UNSORTED_MAX + 8]))
def test_who_is_near_is_who_is_inside_by_the_rule(seed, how_many):
    chance = random.Random(seed)
    kept, live = {}, LiveAreas[int]()
    for name in range(how_many):
        kept[name] = area(chance)
        live.put(name, kept[name])
    for _ in range(min(2, how_many)):
        cells = places(chance, 60)
        owners = PEOPLE[np.array([chance.randrange(40) for _ in cells])]
        inside = {
            name: set(owners[(cells != NO_CELL) & meets(one, cells)].tolist())
            for name, one in kept.items()
        }
        found = {name: set(people) for name, people in live.near(cells, owners).items()}
        assert found == {name: people for name, people in inside.items() if people}
        gone, moved = chance.choice(sorted(kept)), chance.choice(sorted(kept))
        live.drop(gone)
        del kept[gone]
        if moved in kept:
            kept[moved] = area(chance)
            live.put(moved, kept[moved])
    assert len(live) == len(kept)


def test_nobody_is_near_where_there_is_no_area():
    live = LiveAreas[str]()
    cells = np.array([MIDDLES[0]], np.uint64)
    assert live.near(cells, PEOPLE[:1]) == {}
    live.put("a", cells)
    assert set(live.near(cells, PEOPLE[:1])) == {"a"}
    live.drop("a")
    live.drop("never there")
    assert live.near(cells, PEOPLE[:1]) == {}
    assert "a" not in live
