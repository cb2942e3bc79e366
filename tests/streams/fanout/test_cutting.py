import pytest

from homeward.fanout.cutting import CHUNK_PEOPLE_MAX, SIZES, cuts


@pytest.mark.parametrize("people", [0, 1, 99, 100, 101, 399, 1_600, 1_601, 2_600, 100_003])
def test_everybody_is_in_one_chunk_in_their_order(people):
    everybody = list(range(people))
    parts = [everybody[part] for part in cuts(people)]
    assert [one for part in parts for one in part] == everybody
    assert all(0 < len(part) <= CHUNK_PEOPLE_MAX for part in parts)


def test_the_nearest_are_few_and_the_rest_fills_whole_rows():
    sizes = [len(range(*part.indices(40_000))) for part in cuts(40_000)]
    assert sizes[: len(SIZES)] == list(SIZES)
    assert set(sizes[len(SIZES) : -1]) == {CHUNK_PEOPLE_MAX}
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]


def test_of_a_small_cut_rows_are_small_too():
    sizes = [len(range(*part.indices(4_000))) for part in cuts(4_000)]
    assert max(sizes) == 200
    assert sum(sizes) == 4_000
