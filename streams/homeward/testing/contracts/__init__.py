"""One suite for every adapter of a port: subclass, give the fixture ``store``, run pytest.

    class TestMine(LogContract):
        @pytest.fixture
        async def store(self): ...   # a fresh, empty store with `Ports`' attributes

`LedgerContract`, `LeasesContract` and `ProcessesContract` also want the fixture ``elapse``: an
async function that lets real seconds pass, and ``set_back``, one that sets back the clock that
leases run by.
"""

from homeward.testing.contracts.hearing import HearingContract
from homeward.testing.contracts.inbox import InboxContract
from homeward.testing.contracts.invites import InvitesContract
from homeward.testing.contracts.leases import LeasesContract, ProcessesContract
from homeward.testing.contracts.ledger import LedgerContract
from homeward.testing.contracts.log import LogContract
from homeward.testing.contracts.log_finding import LogFindingContract
from homeward.testing.contracts.pen import Pen, Ports, log_is_sound
from homeward.testing.contracts.protected import ProtectedContract
from homeward.testing.contracts.published import PublishedContract
from homeward.testing.contracts.roster import RosterContract
from homeward.testing.contracts.roster_moves import RosterMovesContract
from homeward.testing.contracts.unheard import UnheardContract
from homeward.testing.contracts.workbench import WorkbenchContract

__all__ = [
    "HearingContract",
    "InboxContract",
    "InvitesContract",
    "LeasesContract",
    "LedgerContract",
    "LogContract",
    "LogFindingContract",
    "Pen",
    "Ports",
    "ProcessesContract",
    "ProtectedContract",
    "PublishedContract",
    "RosterContract",
    "RosterMovesContract",
    "UnheardContract",
    "WorkbenchContract",
    "log_is_sound",
]
