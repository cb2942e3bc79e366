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
from homeward.ports.hearing import By, HeardBy, Hearing, Swept
from homeward.ports.inviting import Invite, Invites, Joined, Waiting
from homeward.ports.keeping import ApiKeys, Clock, KeyHolder, KeyRing, Meter, SubjectKeys
from homeward.ports.leasing import Leases
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
from homeward.ports.processes import Process, Processes
from homeward.ports.protecting import Protected
from homeward.ports.relaying import Published
from homeward.ports.ringing import Assigned, Hear, Place, Rung
from homeward.ports.roster import (
    FOREVER,
    Contact,
    HubPlace,
    LaneChanges,
    LaneColumns,
    Limits,
    Listener,
    Move,
    Recipient,
    Registered,
    Roster,
)
from homeward.ports.whereabouts import PositionLine
from homeward.ports.workbench import (
    KEEP_WAKE,
    Chunk,
    KeyTurn,
    Parked,
    Position,
    Taken,
    Wake,
    Workbench,
)

__all__ = [
    "FOREVER",
    "KEEP_WAKE",
    "ApiKeys",
    "Appended",
    "Assigned",
    "Book",
    "By",
    "Channel",
    "Chunk",
    "Clock",
    "Conflict",
    "Contact",
    "Counted",
    "Crowd",
    "Feed",
    "Hear",
    "HeardBy",
    "Hearing",
    "HubPlace",
    "Idempotency",
    "Inbox",
    "InboxMessage",
    "Invite",
    "Invites",
    "Joined",
    "KeyHolder",
    "KeyRing",
    "KeyTurn",
    "Known",
    "LaneChanges",
    "LaneColumns",
    "Leased",
    "Leases",
    "Ledger",
    "Limits",
    "Listener",
    "Log",
    "LogUnavailable",
    "Meter",
    "Move",
    "Outcome",
    "Outgoing",
    "Parked",
    "Place",
    "Position",
    "PositionLine",
    "Process",
    "Processes",
    "Protected",
    "Published",
    "Recipient",
    "Registered",
    "Result",
    "Roster",
    "Rung",
    "Settled",
    "SubjectKeys",
    "Swept",
    "Taken",
    "Unit",
    "Verdict",
    "Waiting",
    "Wake",
    "Workbench",
]
