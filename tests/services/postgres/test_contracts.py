import asyncio

import pytest

from homeward.testing.contracts import (
    InboxContract,
    LedgerContract,
    LogContract,
    LogFindingContract,
    RosterContract,
    RosterMovesContract,
    WorkbenchContract,
    log_is_sound,
)


class OnPostgres:
    @pytest.fixture(autouse=True)
    async def sound(self, store):
        """Whatever a test does, the log is whole afterwards."""
        yield
        await log_is_sound(store.log)

    @pytest.fixture
    def elapse(self):
        return asyncio.sleep


class TestLog(OnPostgres, LogContract):
    pass


class TestLogFinding(OnPostgres, LogFindingContract):
    pass


class TestWorkbench(OnPostgres, WorkbenchContract):
    pass


class TestLedger(OnPostgres, LedgerContract):
    pass


class TestInbox(OnPostgres, InboxContract):
    pass


class TestRoster(OnPostgres, RosterContract):
    pass


class TestRosterMoves(OnPostgres, RosterMovesContract):
    pass
