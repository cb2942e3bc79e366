"""What the inner rings ask of the world, as Protocols; each docstring is the contract.

An adapter proves itself with `homeward.testing.contracts`.
"""

from homeward.ports.crowd import Counted, Crowd
from homeward.ports.dispatching import (
    Channel,
    Inbox,
    InboxMessage,
    Leased,
    Ledger,
    Outgoing,
    Result,
    Settled,
    Verdict,
)
from homeward.ports.keeping import ApiKeys, Clock, KeyHolder, KeyRing, Meter, SubjectKeys
from homeward.ports.log import (
    Appended,
    Book,
    Conflict,
    Feed,
    Idempotency,
    Known,
    Log,
    LogUnavailable,
    Outcome,
    Unit,
)
from homeward.ports.roster import (
    Contact,
    HubPlace,
    LaneChanges,
    LaneColumns,
    Move,
    Recipient,
    Registered,
    Roster,
)
from homeward.ports.workbench import (
    KEEP_WAKE,
    Chunk,
    KeyTurn,
    Parked,
    Position,
    Wake,
    Workbench,
)

__all__ = [
    "KEEP_WAKE",
    "ApiKeys",
    "Appended",
    "Book",
    "Channel",
    "Chunk",
    "Clock",
    "Conflict",
    "Contact",
    "Counted",
    "Crowd",
    "Feed",
    "HubPlace",
    "Idempotency",
    "Inbox",
    "InboxMessage",
    "KeyHolder",
    "KeyRing",
    "KeyTurn",
    "Known",
    "LaneChanges",
    "LaneColumns",
    "Leased",
    "Ledger",
    "Log",
    "LogUnavailable",
    "Meter",
    "Move",
    "Outcome",
    "Outgoing",
    "Parked",
    "Position",
    "Recipient",
    "Registered",
    "Result",
    "Roster",
    "Settled",
    "SubjectKeys",
    "Unit",
    "Verdict",
    "Wake",
    "Workbench",
]
