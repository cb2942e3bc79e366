"""The table of days, on PostgreSQL."""

import pytest
from tests.hosts.daystable import TABLE, DaysTable


@pytest.fixture(params=TABLE)
def name(request):
    return request.param


class TestDays(DaysTable):
    pass
