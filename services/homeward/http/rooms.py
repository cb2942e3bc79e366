"""What the routes work with: ports and desk, handed in by the house."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeward.desk import Desk, Districts, HubBooks, Reader
from homeward.http.tellings import Tellings
from homeward.metrics import PrometheusMeter
from homeward.ports import (
    ApiKeys,
    Clock,
    Crowd,
    Feed,
    Inbox,
    Invites,
    KeyRing,
    Ledger,
    Log,
    PositionLine,
    Protected,
    Roster,
    Workbench,
)
from homeward.settings import Settings


@dataclass(frozen=True, slots=True)
class Rooms:
    """One world's ports, as the routes need them."""

    world: str
    """``live`` or ``drill``."""
    settings: Settings
    desk: Desk
    reader: Reader
    books: HubBooks
    log: Log
    feed: Feed
    workbench: Workbench
    roster: Roster
    invites: Invites
    protected: Protected
    crowd: Crowd
    ledger: Ledger
    tellings: Tellings
    inbox: Inbox
    api_keys: ApiKeys
    ring: KeyRing
    clock: Clock
    meter: PrometheusMeter
    ready: Callable[[], Awaitable[Mapping[str, Any]]]
    """What /readyz shows: {"ready": bool, "checks": {name: {"ok": bool, …}}}."""
    issuing: Callable[[str], object]
    """Told of a draft that is about to be issued: its words will be wanted at once."""
    public_url: Callable[[], str]
    """What links begin with."""
    positions: PositionLine | None = None
    """What positions go by, when they do not go to the roster at once."""
    districts: Districts | None = None
    """None: the operator gave no file of them."""
