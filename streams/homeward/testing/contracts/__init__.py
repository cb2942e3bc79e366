"""One suite for every adapter of a port: subclass, give the fixture ``store``, run pytest.

    class TestMine(LogContract):
        @pytest.fixture
        async def store(self): ...   # a fresh, empty store with `Ports`' attributes

`LedgerContract` also wants the fixture ``elapse``: an async function that lets real seconds pass.
"""

from homeward.testing.contracts.inbox import InboxContract
from homeward.testing.contracts.ledger import LedgerContract
from homeward.testing.contracts.log import LogContract
from homeward.testing.contracts.log_finding import LogFindingContract
from homeward.testing.contracts.pen import Pen, Ports, log_is_sound
from homeward.testing.contracts.roster import RosterContract
from homeward.testing.contracts.roster_moves import RosterMovesContract
from homeward.testing.contracts.workbench import WorkbenchContract

__all__ = [
    "InboxContract",
    "LedgerContract",
    "LogContract",
    "LogFindingContract",
    "Pen",
    "Ports",
    "RosterContract",
    "RosterMovesContract",
    "WorkbenchContract",
    "log_is_sound",
]
