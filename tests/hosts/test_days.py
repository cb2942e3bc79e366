"""The table of days, on the memory bench."""

import pytest
from tests.hosts.daystable import TABLE, DaysTable

from homeward.testing.memory import MemoryStore


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture(params=TABLE)
def name(request):
    return request.param


class TestDays(DaysTable):
    pass
