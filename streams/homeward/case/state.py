"""What is true of one case and its alerts.

An alert keeps its number for as long as the case lasts: what follows an expired version is its next
version, so that close-out finds everybody who was ever told under one number.

    provisional -> verifying -> verified -> alerted
    provisional | verifying -> withdrawn | rejected | lapsed;  lapsed -> verified | rejected
    alerted -> cancelled;  all that are not over -> resolved -> closed-out
    cancelled | resolved | closed-out | de-published -> verified, by a reopening
    cancelled | closed-out -> de-published -> sealed -> expunged
    withdrawn | lapsed | rejected -> sealed: nothing of them was published
    all that are not over -> merged -> de-published: it goes on in another case
    merged | de-published -> provisional | verifying | verified, if it was about somebody else

A rejected case changes in one way: it can be sealed, so that whoever was reported wrongly is
forgotten. An expunged one never changes. That a report lapsed is said by a processor and not
by the desk, so it may come between what an officer read and what they decided: whoever was first
in the log counts, and verifying a lapsed report is always possible.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from homeward.case.attention import Override
from homeward.case.corrections import LastSeen, Proposal
from homeward.case.parting import Stood
from homeward.case.persons import Person
from homeward.case.reviews import Review
from homeward.facts import case as facts
from homeward.facts.merging import JoinedCase
from homeward.messages import Fact
from homeward.policies.approval import APPROVAL_LASTS
from homeward.words import Category, Custody, Instant, Mode, Severity


class Status(StrEnum):
    """Where a case stands (DOMAIN "Life cycle")."""

    NONE = "none"
    PROVISIONAL = "provisional"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    ALERTED = "alerted"
    """An alert was issued; whether it is live still depends on its expiry."""
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"
    CLOSED_OUT = "closed-out"
    LAPSED = "lapsed"
    """Nobody verified or rejected it in time."""
    DE_PUBLISHED = "de-published"
    MERGED = "merged"
    """It goes on in another case of the same person."""
    SEALED = "sealed"
    EXPUNGED = "expunged"

    @property
    def over(self) -> bool:
        """Whether nothing more goes out for the case, except that it is over."""
        return self not in _OPEN

    @property
    def hidden(self) -> bool:
        """Whether pages and pictures show only that it is over."""
        return self in _HIDDEN

    @property
    def reopenable(self) -> bool:
        """Whether it may have been closed by mistake, and be opened again."""
        return self in _REOPENABLE


_OPEN = frozenset(
    {Status.NONE, Status.PROVISIONAL, Status.VERIFYING, Status.VERIFIED, Status.ALERTED}
)
_HIDDEN = frozenset({Status.DE_PUBLISHED, Status.SEALED, Status.EXPUNGED})
_REOPENABLE = frozenset({Status.CANCELLED, Status.RESOLVED, Status.CLOSED_OUT, Status.DE_PUBLISHED})
UNVERIFIED = frozenset({Status.PROVISIONAL, Status.VERIFYING})


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest proposal for an alert."""

    id: str
    by: str
    alert: int
    version: int
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: Instant
    approved_by: str | None = None
    approved_at: Instant | None = None
    given_cells: int | None = None
    """Of how many cells the area is that goes with it; None: its policy makes one."""
    changes_what_to_do: bool = True
    """For those told of the version before."""
    persons: tuple[int, ...] = ()
    """Whom its words are about."""

    def approved(self, at: datetime) -> bool:
        """Whether a second person approved it, and at that moment it still holds."""
        return self.approved_at is not None and at < self.approved_at + APPROVAL_LASTS


@dataclass(frozen=True, slots=True)
class Alert:
    """The newest version that was issued."""

    number: int
    version: int
    draft: str
    policy: str
    severity: Severity
    reach_km_max: int
    expires_at: Instant
    people_max: int | None = None
    """On one officer's word; None: as a whole, two have approved it."""
    proposed: Draft | None = None
    """The draft that it was issued on."""
    issued_at: Instant | None = None
    same_since: int = 1
    """The version since which those told are to do the same: they are not told of later ones."""
    by: str = ""
    """The account that issued it."""
    closed: str = ""
    """How it ended: ``cancelled``, ``over``, ``merged``; empty: it did not, or has expired."""
    told_over: bool = False
    """Everybody who was told of it was told that it is over."""
    extended_on: str = ""
    """The asking that it was extended on last."""
    alone: bool = False
    """One person's word stands behind it, as wide as it goes: nobody has approved its words."""

    @property
    def widens(self) -> Draft | None:
        """The draft that a second person may still approve: then it goes on to its whole bound."""
        return None if self.people_max is None else self.proposed


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks for that a second person must agree to."""

    id: str
    by: str
    alert: int = 0
    version: int = 0
    expires_at: Instant | None = None
    """Of an extension."""
    reason: str = ""
    """Of an expunging."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is true of a case."""

    status: Status = Status.NONE
    version: int = 0
    """Of its stream: counts human decisions, and is its ETag."""
    raised: facts.CaseRaised | None = None
    reporter: str = ""
    unit: str = ""
    category: Category = Category.OTHER
    mode: Mode = Mode.UNKNOWN
    persons: tuple[Person, ...] = ()
    """Whom it is about: several, if they went missing together."""
    custody: Custody = Custody.UNKNOWN
    protection_order: bool = False
    settled_by: frozenset[str] = frozenset()
    """Who said that custody is not disputed after all, or that there is no protection order."""
    last_seen: LastSeen | None = None
    """As it is known now; what the report said stays in ``raised``."""
    proposals: tuple[Proposal, ...] = ()
    """What outsiders said once it was verified, the oldest first."""
    draft: Draft | None = None
    drafts: frozenset[str] = frozenset()
    alert: Alert | None = None
    override: Override | None = None
    """What was asked last for those whom a version lets sleep."""
    held: bool = False
    """Nothing goes out until a supervisor lifts it."""
    lifted_by: str = ""
    """Who lifted the hold; empty: nobody did, or there was none."""
    verified_by: str = ""
    reviews: tuple[Review, ...] = ()
    """Of what went out without a second person, the oldest first."""
    ring_zero: Instant | None = None
    """Until when the unverified report is told to those near it; None: nobody asked for that."""
    ended: Fact | None = None
    """The fact that ended it; of a closed-out case the one that resolved it."""
    verified: bool = False
    """An officer checked it once, whatever became of it."""
    reopened: bool = False
    extension: Asking | None = None
    """For the version that is out."""
    partners: frozenset[str] = frozenset()
    """Who held a copy when it was de-published."""
    confirmed: frozenset[str] = frozenset()
    """Those who have taken it down."""
    expunge: Asking | None = None
    expunged_at: Instant | None = None
    into: str = ""
    """The case that it goes on in; empty: it is one of its own."""
    stood: Stood | None = None
    """How it stood when it was merged; None: it goes by itself."""
    parted: bool = False
    """It went on in another case once, of somebody else."""
    joined: tuple[JoinedCase, ...] = ()
    """Cases that go on in it, also those that went on in one of these."""
    said: frozenset[tuple[str, Fact]] = frozenset()
    """Who said what already, so that the same words twice add nothing."""

    @property
    def id(self) -> str:
        """The case's id; empty when there is none."""
        return self.raised.case if self.raised else ""

    @property
    def unverified(self) -> bool:
        """Whether nobody in public may be told of it."""
        return self.status is Status.NONE or self.status in UNVERIFIED

    def live(self, at: datetime) -> bool:
        """Whether an alert is out and not expired at that moment of the case clock."""
        return (
            self.status is Status.ALERTED and self.alert is not None and at < self.alert.expires_at
        )
