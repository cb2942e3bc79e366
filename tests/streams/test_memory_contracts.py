"""The memory store keeps what every store keeps."""

import pytest

from homeward.testing import contracts
from homeward.testing.memory import MemoryStore


class InMemory:
    @pytest.fixture
    def store(self):
        return MemoryStore()

    @pytest.fixture
    def elapse(self, store):
        async def elapse(real_s):
            store.clock.linger_s(real_s)

        return elapse

    @pytest.fixture
    def set_back(self, store):
        async def set_back(real_s):
            store.clock.set_back_s(real_s)

        return set_back


class TestLog(InMemory, contracts.LogContract):
    pass


class TestLogFinding(InMemory, contracts.LogFindingContract):
    pass


class TestProtected(InMemory, contracts.ProtectedContract):
    pass


class TestWorkbench(InMemory, contracts.WorkbenchContract):
    pass


class TestLedger(InMemory, contracts.LedgerContract):
    pass


class TestInbox(InMemory, contracts.InboxContract):
    pass


class TestInvites(InMemory, contracts.InvitesContract):
    pass


class TestRoster(InMemory, contracts.RosterContract):
    pass


class TestRosterMoves(InMemory, contracts.RosterMovesContract):
    pass


class TestUnheard(InMemory, contracts.UnheardContract):
    pass


class TestLeases(InMemory, contracts.LeasesContract):
    pass


class TestProcesses(InMemory, contracts.ProcessesContract):
    pass


class TestPublished(InMemory, contracts.PublishedContract):
    pass


class TestHearing(InMemory, contracts.HearingContract):
    pass
