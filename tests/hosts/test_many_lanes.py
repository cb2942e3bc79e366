"""However many lanes there are, the same people are told the same, each once."""

import pytest
from tests.hosts.manylanes import PEOPLE, Lanes, alert

from homeward.testing.memory import MemoryStore


@pytest.mark.parametrize("lanes", [1, 2, 4, 64])
async def test_the_same_people_are_told_the_same_each_once(lanes):
    expected = await alert(Lanes(MemoryStore(), 1))
    found = await alert(Lanes(MemoryStore(), lanes))
    assert found == expected
    assert set(found.values()) == {1}
    first = {who for purpose, version, _, who in found if (purpose, version) == ("alert", 1)}
    assert len(first) == PEOPLE + PEOPLE // 2 + 3 * (PEOPLE // 4) + 1  # here, next, late, desk
    cancelled = {(contact, who) for purpose, _, contact, who in found if purpose == "cancel"}
    asked = {(contact, who) for purpose, _, contact, who in found if purpose != "cancel"}
    assert cancelled == asked


async def test_previews_count_over_all_lanes():
    one, many = Lanes(MemoryStore(), 1), Lanes(MemoryStore(), 64)
    for lanes in (one, many):
        await lanes.begin()
    assert await one.count() == await many.count()
    assert (await one.count()).told > PEOPLE
