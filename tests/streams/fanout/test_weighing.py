from dataclasses import dataclass

import numpy as np
import pytest

from homeward.fanout.brute import BruteIndex
from homeward.fanout.pyramid import PyramidIndex
from homeward.fanout.weighing import array_bytes
from homeward.ports import Recipient
from homeward.testing.memory import MemoryStore
from homeward.words import RecipientKind


def test_views_and_shared_arrays_count_once():
    @dataclass
    class Holder:
        parts: tuple
        more: dict

    Holder.__module__ = "homeward.tests"
    whole = np.zeros(1_000, np.uint64)
    holder = Holder((whole, whole[:10], whole[::2]), {"again": whole, "other": np.zeros(10)})
    assert array_bytes(holder) == 8_000 + 80


@pytest.mark.parametrize("kind", [BruteIndex, PyramidIndex])
async def test_an_index_weighs_more_the_more_people_it_knows(kind):
    weights = []
    for count in (100, 2_000):
        store = MemoryStore()
        people = [
            Recipient(f"v-{n}", RecipientKind.VOLUNTEER, ("8740b059affffff",)) for n in range(count)
        ]
        await store.roster.register(people)
        weights.append(array_bytes(kind(await store.roster.columns(0, 1))))
    assert 0 < weights[0] < weights[1] <= 2_000 * 400
