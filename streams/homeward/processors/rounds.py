"""Askings: helpers are asked in rounds, as `policies.asking` reckons, until there are enough.

Who is asked is found by the lanes, and each says how many it found and how many it has left. Until
a lane has said so it counts as having asked all of its share, so never more are asked than may be.
What lanes say is only taken in, and what follows is reckoned at the opening, when a desk changes
the number, at an answer and at a wake: so what is said does not depend on which lane was quicker.
One asking of a case is open at a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from homeward.facts.answer import AnswerGiven
from homeward.facts.asking import (
    AskingChanged,
    AskingClosed,
    AskingOpened,
    RoundOrdered,
    RoundsFilled,
    RoundsOver,
)
from homeward.facts.callout import ChunksCut
from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    CaseClosedOut,
    CaseResolved,
)
from homeward.facts.clock import WakeDue
from homeward.facts.merging import CaseMerged
from homeward.messages import Fact, Recorded
from homeward.policies import asking as policy
from homeward.policies.asking import Volunteer
from homeward.processor import Reaction
from homeward.processors.keeping import Live, Shape, is_time, kinds
from homeward.words import Answer, Purpose, ReasonCode

HELPING_MAX: Final = 1_000
"""Who said before an asking that they come: as many are remembered, the newest; each round's order
names them."""
AGAIN: Final = timedelta(minutes=10)
"""Where all who are left sleep it is tried again after so long: some will have woken."""
BESIDE: Final = timedelta(milliseconds=7)
"""Looks lie so long after the moments that they are for, and so never at that of a wave: who is
asked would else depend on which of the two a lane hears first."""
_GONE: Final = frozenset({Answer.CANNOT, Answer.OUT})


@dataclass(frozen=True, slots=True)
class Ordered:
    """One round, and what the lanes said of it."""

    number: int
    at: datetime
    people: int
    shares: tuple[int, ...] = ()
    """By lane; empty: as many in each, as nearly as can be."""
    found: Mapping[int, int] = field(default_factory=dict)
    """How many each lane asked that has said so."""

    def at_most(self, lanes: int) -> int:
        """Return how many were asked: a lane that has not said so has asked all it may."""
        if not lanes:
            return self.people
        shares = self.shares or policy.shared(self.people, lanes, self.number)
        silent = (people for lane, people in enumerate(shares) if lane not in self.found)
        return sum(self.found.values()) + sum(silent)


@dataclass(frozen=True, slots=True)
class Drive:
    """The asking that is open."""

    asking: str
    alert: int
    quota: int
    opened_at: datetime
    by: datetime
    people_max: int
    within_km: int
    before: tuple[str, ...] = ()
    """Who had said before that they come: they are not asked."""
    volunteers: Mapping[str, Volunteer] = field(default_factory=dict)
    rounds: tuple[Ordered, ...] = ()
    lanes: int = 0
    """0: no lane has said anything yet."""
    inside: int | None = None
    left: Mapping[int, int] = field(default_factory=dict)
    """How many more each lane could ask, when it said so last."""
    asleep: Mapping[int, int] = field(default_factory=dict)
    """How many each lane passed over."""
    filled: bool = False
    """Those who were asked in vain know that the places are filled."""

    def known(self, at: datetime) -> policy.Asking:
        """Return the asking as the policy sees it at a moment."""
        rounds = tuple(policy.Round(one.at, one.at_most(self.lanes)) for one in self.rounds)
        inside, due = self.inside, self.again_at
        if inside is not None and due is not None and at >= due:
            inside += sum(self.asleep.values())
        return policy.Asking(
            quota=self.quota,
            opened_at=self.opened_at,
            by=self.by,
            people_max=self.people_max,
            rounds=rounds,
            volunteers=self.volunteers,
            inside=inside,
        )

    @property
    def again_at(self) -> datetime | None:
        """When to try again those who were passed over; None: nobody was."""
        return self.rounds[-1].at + AGAIN if self.rounds and any(self.asleep.values()) else None

    def cut(self, fact: ChunksCut) -> "Drive":
        """Take in what a lane says of a round; nothing new when it is of another asking."""
        if all(one.number != fact.wave for one in self.rounds):
            return self
        rounds = tuple(
            replace(one, found={**one.found, fact.lane: fact.people})
            if one.number == fact.wave
            else one
            for one in self.rounds
        )
        taken = replace(self, rounds=rounds, lanes=fact.lanes or self.lanes)
        if rounds[-1].number != fact.wave:
            return taken
        taken = replace(
            taken,
            left={**self.left, fact.lane: fact.left or 0},
            asleep={**self.asleep, fact.lane: fact.suppressed},
        )
        if set(rounds[-1].found) < set(range(taken.lanes)):
            return taken  # until all have said so, nobody knows that everybody was asked
        asked = sum(one.at_most(taken.lanes) for one in rounds)
        return replace(taken, inside=asked + sum(taken.left.values()))

    def more(self, fact: ChunksCut) -> "Drive":
        """Take in that more people were told: they can be asked."""
        left = {**self.left, fact.lane: self.left.get(fact.lane, 0) + fact.people}
        inside = None if self.inside is None else self.inside + fact.people
        return replace(self, left=left, inside=inside)


@dataclass(frozen=True, slots=True)
class RoundsState:
    """The live alert, who comes of their own accord, and the asking that is open."""

    live: Live | None = None
    told: int = 0
    """Of the live version."""
    helping: Mapping[str, Volunteer] = field(default_factory=dict)
    drive: Drive | None = None
    rounds: int = 0
    """The number of the next one."""
    look_at: datetime | None = None


_SHAPE: Final = Shape(RoundsState)


class Rounds:
    """Orders people to be asked, and says when it is enough, or over."""

    name = "rounds"
    hears = kinds(
        AlertIssued,
        AlertUpdated,
        AlertExtended,
        AskingOpened,
        AskingChanged,
        AskingClosed,
        AnswerGiven,
        ChunksCut,
        WakeDue,
        AlertCancelled,
        CaseResolved,
        CaseClosedOut,
        CaseMerged,
    )

    def begin(self) -> RoundsState:
        """Nobody is asked."""
        return RoundsState()

    def dump(self, state: RoundsState) -> bytes:
        """Return the state as JSON."""
        return _SHAPE.dump(state)

    def load(self, raw: bytes) -> RoundsState:
        """Return the state from JSON."""
        return _SHAPE.load(raw)

    def step(self, state: RoundsState, heard: Recorded) -> Reaction[RoundsState]:
        """React with a round, or with its end."""
        match heard.fact:
            case AlertIssued() | AlertUpdated() | AlertExtended() as fact:
                state = _alerted(state, fact)
            case AskingOpened() as fact:
                return _next(_opened(state, fact), heard)
            case AskingChanged(asking=name, quota=quota) if _is_open(state, name):
                assert state.drive is not None
                drive = replace(state.drive, quota=quota)
                return _next(replace(state, drive=drive), heard)
            case AskingClosed(asking=name) if _is_open(state, name):
                return _over(state, heard, "closed")
            case AnswerGiven() as fact:
                return _next(_answered(state, fact), heard)
            case ChunksCut() as fact:
                state = _cut(state, fact)
            case WakeDue() as wake if is_time(self.name, state, wake):
                return _next(state, heard)
            case AlertCancelled():
                return _over(replace(state, helping={}), heard, "cancelled")
            case CaseResolved() | CaseClosedOut() | CaseMerged():
                return _over(replace(state, helping={}), heard, "resolved")
        return Reaction(state, (), state.look_at)


def _is_open(state: RoundsState, asking: str) -> bool:
    return state.drive is not None and state.drive.asking == asking


def spelt(people: Iterable[str]) -> bytes | None:
    """Return people as facts keep them; None: nobody."""
    return "\n".join(sorted(people)).encode() or None


def _alerted(state: RoundsState, fact: AlertIssued | AlertUpdated | AlertExtended) -> RoundsState:
    live = state.live
    if isinstance(fact, AlertExtended):
        return replace(state, live=(live and live.extended(fact)) or live)
    new = Live.of(fact).without_area()
    if not new.replaces(live):
        return state
    if new.same_since is not None:
        return replace(state, live=new)
    # Nobody was told of it yet: those of the version before are asked once they have heard it.
    drive = state.drive and replace(state.drive, inside=None, left={}, asleep={})
    return replace(state, live=new, told=0, drive=drive)


def _opened(state: RoundsState, fact: AskingOpened) -> RoundsState:
    """Begin, unless the alert ended meanwhile."""
    live = state.live
    if live is None or live.alert != fact.alert or state.drive is not None:
        return state
    # A promise that was made before says nothing of how many promise who are asked.
    volunteers = {who: replace(one, promised=False) for who, one in state.helping.items()}
    drive = Drive(
        asking=fact.asking,
        alert=fact.alert,
        quota=fact.quota,
        opened_at=fact.at,
        by=fact.needed_by,
        people_max=fact.people_max,
        within_km=fact.within_km,
        before=tuple(sorted(volunteers)),
        volunteers=volunteers,
        inside=state.told or None,
    )
    return replace(state, drive=drive)


def _answered(state: RoundsState, fact: AnswerGiven) -> RoundsState:
    said = policy.Answered(fact.recipient, fact.answer, fact.at, fact.minutes)
    helping = {who: one for who, one in _after(state.helping, said, fact.at).items() if one.helps}
    if len(helping) > HELPING_MAX:
        oldest = min(helping, key=lambda who: (helping[who].at, who))
        del helping[oldest]
    drive = state.drive and replace(
        state.drive, volunteers=_after(state.drive.volunteers, said, fact.at)
    )
    return replace(state, helping=helping, drive=drive)


def _after(
    volunteers: Mapping[str, Volunteer], said: policy.Answered, at: datetime
) -> Mapping[str, Volunteer]:
    nobody = policy.Asking(0, at, at, 0, volunteers=volunteers)
    return policy.answered(nobody, [said]).volunteers


def _cut(state: RoundsState, fact: ChunksCut) -> RoundsState:
    drive, live = state.drive, state.live
    if fact.purpose is Purpose.ASK:
        return replace(state, drive=drive and drive.cut(fact))
    told = fact.purpose is Purpose.ALERT and live is not None and fact.people > 0
    if not told or live is None or (fact.alert, fact.version) != (live.alert, live.version):
        return state
    return replace(state, told=state.told + fact.people, drive=drive and drive.more(fact))


def _next(state: RoundsState, heard: Recorded) -> Reaction[RoundsState]:
    """Reckon what follows now."""
    drive, live, at = state.drive, state.live, heard.at
    if drive is None or live is None:
        return Reaction(replace(state, look_at=None))
    known = drive.known(at)
    following = policy.following(known, at)
    if following.over:
        return _over(state, heard, "time")
    says: list[Fact] = []
    waits = not policy.lacking(known, at)
    home = policy.stood_down(known, known.volunteers.keys(), at) if waits else frozenset()
    if waits and (home or not drive.filled):
        says.append(_filled(drive, live, heard, home))
        sent = policy.sent_home(known, home).volunteers
        drive = replace(drive, volunteers=sent)
    drive = replace(drive, filled=waits)
    rounds = state.rounds
    if following.ask:
        order = _round(drive, live, heard, (rounds, following.ask))
        says.append(order)
        made = Ordered(rounds, at, following.ask, order.shares or ())
        drive, rounds = replace(drive, rounds=(*drive.rounds, made)), rounds + 1
    look_at = _look_at(drive, following, waits=waits, at=at)
    return Reaction(
        replace(state, drive=drive, rounds=rounds, look_at=look_at), tuple(says), look_at
    )


def _look_at(drive: Drive, following: policy.Next, *, waits: bool, at: datetime) -> datetime:
    """Return when to reckon anew; whoever is told, or wakes, meanwhile says nothing of it."""
    planned = following.look_at or drive.by
    if not waits:
        young = drive.rounds and at < drive.rounds[-1].at + policy.PATIENCE
        again = drive.again_at
        planned = min(
            planned,
            at + (policy.EVERY if young or following.ask else AGAIN),
            again if again and again > at else planned,
        )
    return min(planned + BESIDE, drive.by)


def _round(drive: Drive, live: Live, heard: Recorded, what: tuple[int, int]) -> RoundOrdered:
    number, people = what
    shares = None
    if drive.lanes:
        left = [drive.left.get(lane, 0) for lane in range(drive.lanes)]
        shares = policy.shared(people, drive.lanes, number, left)
    return RoundOrdered(
        case=heard.key,
        at=heard.at,
        asking=drive.asking,
        alert=live.alert,
        version=live.version,
        round=number,
        people=people,
        shares=shares,
        within_km=drive.within_km,
        texts_of=live.draft,
        needed_by=drive.by,
        spared=spelt(drive.before),
    )


def _filled(drive: Drive, live: Live, heard: Recorded, home: frozenset[str]) -> RoundsFilled:
    known = drive.known(heard.at)
    return RoundsFilled(
        case=heard.key,
        at=heard.at,
        asking=drive.asking,
        alert=live.alert,
        version=live.version,
        asked=known.asked,
        coming=known.coming(heard.at),
        texts_of=live.draft,
        spared=spelt(drive.volunteers.keys() - home),
    )


def _over(state: RoundsState, heard: Recorded, reason: ReasonCode) -> Reaction[RoundsState]:
    """End the asking, if one is open; a search that is over needs nobody, also not those there."""
    drive, live = state.drive, state.live
    ended = reason in {"cancelled", "resolved"}
    state = replace(state, live=None if ended else live, drive=None, look_at=None)
    if drive is None or live is None:
        return Reaction(state)
    known = drive.known(heard.at)
    gone = {who for who, one in drive.volunteers.items() if one.answer in _GONE}
    home = policy.stood_down(known, known.volunteers.keys(), heard.at)
    said = RoundsOver(
        case=heard.key,
        at=heard.at,
        asking=drive.asking,
        alert=live.alert,
        version=live.version,
        reason=reason,
        asked=known.asked,
        texts_of=live.draft,
        spared=spelt(gone if ended else drive.volunteers.keys() - home),
    )
    return Reaction(state, (said,))
