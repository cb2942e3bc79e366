"""The table of days, on the memory bench."""

import pytest
from tests.hosts.daystable import TABLE, DaysTable, utc

from homeward.fanout.days import Days
from homeward.hosts.daybook import DayView
from homeward.testing.memory import MemoryStore


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture(params=TABLE)
def name(request):
    return request.param


class TestDays(DaysTable):
    pass


async def test_a_lane_that_reads_no_day_is_noticed(store, monkeypatch):
    """The table can fail: on a lane that takes every day for an empty one."""

    async def empty(self, at):
        await self.cache.read(self.workbench, at)
        # with the true revisions: else each commit is refused, and made again for ever
        self.days, self._revisions = Days(), dict(self.cache.revisions)
        return self.days

    monkeypatch.setattr(DayView, "read", empty)
    first = next(iter(TABLE))
    lived = await DaysTable().played(store, first, restarts=False)
    assert [case for _, _, case in lived.told] == ["A", "B", "C", "D"]
    assert lived.told[-1][0] < utc(TABLE[first][2][-1][0])


async def test_a_process_that_remembers_nothing_counts_on(store):
    first = next(iter(TABLE))
    lived = await DaysTable().played(store, first, restarts=True)
    assert lived.told == [(utc(at), "they", case) for at, case in TABLE[first][2]]
