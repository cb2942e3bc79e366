import asyncio

import pytest

from homeward.testing.contracts import (
    HearingContract,
    InboxContract,
    InvitesContract,
    LeasesContract,
    LedgerContract,
    LogContract,
    LogFindingContract,
    ProcessesContract,
    ProtectedContract,
    PublishedContract,
    RosterContract,
    RosterMovesContract,
    UnheardContract,
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

    @pytest.fixture
    def set_back(self, store):
        """As the rows see it: what they hold is so much later than the clock."""

        async def set_back(real_s):
            for column in (
                "leases SET until = until",
                "processes SET seen_at = seen_at",
                "chunks SET free_at = free_at",
            ):
                await store.database.pool.execute(
                    f"UPDATE {column} + make_interval(secs => $1)", real_s
                )

        return set_back


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


class TestInvites(OnPostgres, InvitesContract):
    pass


class TestProtected(OnPostgres, ProtectedContract):
    pass


class TestRoster(OnPostgres, RosterContract):
    pass


class TestRosterMoves(OnPostgres, RosterMovesContract):
    pass


class TestUnheard(OnPostgres, UnheardContract):
    pass


class TestLeases(OnPostgres, LeasesContract):
    pass


class TestProcesses(OnPostgres, ProcessesContract):
    pass


class TestPublished(OnPostgres, PublishedContract):
    pass


class TestHearing(OnPostgres, HearingContract):
    pass
