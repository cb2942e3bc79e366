"""A simulated desk: turns the acts of a history into the facts that people make true.

Ids and times follow from seed, step and place in the step, so an act done again after a crash is
the same act.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeVar

import h3
import numpy as np

from homeward.facts.case import (
    AlertApproved,
    AlertCancelled,
    AlertDrafted,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseRaised,
    CaseRejected,
    CaseResolved,
    CaseTakenUp,
    CaseVerified,
    CaseWithdrawn,
    FactsAdded,
    VehicleIdentified,
)
from homeward.facts.emergency import EmergencyUsed
from homeward.facts.hub import WatchOrdered
from homeward.facts.ringzero import RingZeroAsked
from homeward.facts.sighting import SightingAccepted, SightingRejected, SightingReported
from homeward.facts.watch import WatchAcknowledged, WatchStoodDown
from homeward.geography.cells import to_bytes
from homeward.messages import Actor, Fact
from homeward.policies.approval import REACH_KM_ALONE_MAX, REVIEWED_WITHIN, alone_km
from homeward.ports import Conflict, Move, Unit
from homeward.record.envelope import Entry, Origin, Sealer, StreamHead, read, write
from homeward.record.sealing import NONCE_BYTES, subject_of
from homeward.testing.histories import Act, History, Step
from homeward.testing.memory import ORIGIN, MemoryStore
from homeward.testing.simulation.askingdesk import helped
from homeward.testing.simulation.places import CENTRE, NEAR, World, disk, volunteer
from homeward.words import (
    AgeBand,
    CancelReason,
    Category,
    Custody,
    Description,
    HubOnDuty,
    Mode,
    Outcome,
    Role,
    Severity,
    Sex,
    derived_id,
)

OFFICER: Final = Actor(id="officer", role=Role.OFFICER)
SECOND: Final = Actor(id="supervisor", role=Role.SUPERVISOR)
"""Whoever approves, or alarms without a second person."""
RING_ZERO_EVERY: Final = 3
"""In one of so many histories who takes a report up lets those near it hear of it."""
EMERGENCY_EVERY: Final = 4
"""In one of so many histories nobody approves: a supervisor lets it go on in an emergency."""
Said = list[tuple[str, Fact]]
"""(stream, fact) pairs of one act."""


SIMPLE: Final[dict[Act, Callable[[dict[str, Any]], Fact]]] = {
    Act.RAISE: lambda base: CaseRaised(
        **base,
        raised_by=Role.REPORTER,
        category=Category.LOST_CHILD,
        age_band=AgeBand.SMALL,
        sex=Sex.UNKNOWN,
        mode=Mode.UNKNOWN,
        last_seen_cell=CENTRE,
        last_seen_at=base["at"],
        error_m=100,
        custody=Custody.NONE,
        protection_order=False,
        description=Description(name="Nobody"),
    ),
    Act.ADD_FACTS: lambda base: FactsAdded(**base, mode=Mode.FOOT),
    Act.WITHDRAW: lambda base: CaseWithdrawn(**base),
    Act.TAKE_UP: lambda base: CaseTakenUp(**base, unit="unit"),
    Act.VERIFY: lambda base: CaseVerified(**base, unit="unit"),
    Act.REJECT: lambda base: CaseRejected(**base, reason="no-case"),
    Act.VEHICLE: lambda base: VehicleIdentified(**base, seen_at=base["at"]),
    Act.RESOLVE: lambda base: CaseResolved(**base, outcome=Outcome.FOUND_SAFE),
}


VERSIONS: Final = {
    Act.ISSUE: False,
    Act.UPDATE: False,
    Act.ISSUE_ALONE: True,
    Act.UPDATE_ALONE: True,
}
"""Acts that make a version of an alert; whether on one officer's word."""
ENDING: Final = frozenset({Act.CANCEL, Act.RESOLVE, Act.CLOSE_OUT})
LIVES: Final = timedelta(hours=6)
"""So long a version lives."""

BY_SECOND: Final = (AlertApproved, AlertWidened, EmergencyUsed)

T = TypeVar("T")


def _turn(values: Sequence[T], number: int) -> T:
    """Return one of some values, each in its turn."""
    return values[number % len(values)]


@dataclass(frozen=True, slots=True)
class Desk:
    """The clients of one history: stateless, so that an act can be done again after a crash."""

    history: History
    world: World = NEAR

    def case(self, number: int) -> str:
        """Return a case's id."""
        return self.id("case", number)

    def id(self, *parts: object) -> str:
        """Return the id of something in this history."""
        return derived_id(ORIGIN, "simulated", self.history.seed, *parts)

    def _drafts(self, upto: int, case: int) -> list[int]:
        """Return the numbers of the steps that drafted a version of a case's alert so far."""
        return [
            number
            for number, step in enumerate(self.history.steps[: upto + 1])
            if step.case == case and step.act in VERSIONS
        ]

    async def act(self, store: MemoryStore, number: int, step: Step) -> None:
        """Make one act true on a store; done again it adds nothing."""
        if step.act in {Act.REGISTER, Act.MOVE, Act.LEAVE}:
            await self._roster(store, number, step)
            return
        said = self._said(store, number, step)
        if said:
            await self._append(store, number, said)

    async def _append(self, store: MemoryStore, number: int, said: Said) -> None:
        heads: dict[str, StreamHead] = {}
        subject = subject_of(ORIGIN, said[0][1].case or "", "child")
        keys = await store.subject_keys.keys_for([subject], create=True)
        units: list[Unit] = []
        for place_in_step, (stream, fact) in enumerate(said):
            fact_id = self.id(number, place_in_step)
            if await store.log.by_id(fact_id) is not None:
                continue  # this act died after it had said so much
            if stream not in heads:
                heads[stream] = StreamHead(stream, *await store.log.stream_head(stream))
            entry = self._entry(store, fact, fact_id, heads[stream], keys[subject])
            units.append(Unit((entry,)))
        outcomes = await store.log.append(units)
        assert not any(isinstance(one, Conflict) for one in outcomes), "the desk is one writer"

    def _entry(
        self, store: MemoryStore, fact: Fact, fact_id: str, head: StreamHead, key: bytes
    ) -> Entry:
        nonce = hashlib.sha256(fact_id.encode()).digest()[:NONCE_BYTES]
        return write(
            fact,
            fact_id=fact_id,
            log=ORIGIN,
            head=head,
            origin=Origin(by=SECOND if isinstance(fact, BY_SECOND) else OFFICER),
            recorded=store.clock.real(),
            sealer=Sealer(data_key=lambda _: key, nonce=lambda: nonce),
        )

    async def _roster(self, store: MemoryStore, number: int, step: Step) -> None:
        if step.act is Act.LEAVE:
            await store.roster.remove(f"v{step.choice % 36}")
            return
        who = step.choice % 36 if step.act is Act.MOVE else 1_000 + number
        there = volunteer(who, step.choice * 13 + number)
        if step.act is Act.MOVE and step.choice % 3 == 0:
            await store.roster.move([Move(there.id, there.cells[0], store.clock.now())])
            return
        # Some who were paused want to be told again.
        await store.roster.register([replace(there, active=there.active or step.choice % 2 == 0)])

    def _said(self, store: MemoryStore, number: int, step: Step) -> Said:
        case, stream = self.case(step.case), f"case-{self.case(step.case)}"
        base: dict[str, Any] = {"case": case, "at": store.clock.now()}
        simple = SIMPLE.get(step.act)
        if simple is not None:
            ring = self._ring_zero(base, number) if step.act is Act.TAKE_UP else ()
            return [(stream, simple(base)), *((stream, one) for one in ring)]
        drafts = self._drafts(number, step.case)
        match step.act:
            case Act.ISSUE | Act.UPDATE | Act.ISSUE_ALONE | Act.UPDATE_ALONE:
                alone = VERSIONS[step.act]
                return self._alert(base, stream, number, len(drafts), alone=alone)
            case Act.APPROVE:
                return self._approved(base, stream, number, drafts)
            case Act.SIGHT | Act.MISTAKE:
                return self._sighting(base, number, step)
            case Act.ACKNOWLEDGE | Act.STAND_DOWN:
                return self._watch(store, base, step)
            case Act.OPEN_ASKING | Act.CLOSE_ASKING | Act.ANSWER:
                return helped(self.history, number, base, len(drafts), self.id)
            case Act.CANCEL:
                base |= {"alert": 1, "version": len(drafts), "draft": self.id(drafts[-1], 0)}
                return [(stream, AlertCancelled(**base, reason=CancelReason.FALSE))]
            case Act.CLOSE_OUT:
                return [(stream, CaseClosedOut(**base, alert=1, version=len(drafts)))]
        return []

    def _ring_zero(self, base: dict[str, Any], number: int) -> tuple[Fact, ...]:
        """Return that ring 0 is asked for, in some histories, with the first taking up."""
        before = self.history.steps[:number]
        case = self.history.steps[number].case
        known = any(one.case == case and one.act in {Act.TAKE_UP, Act.VERIFY} for one in before)
        if known or self.history.seed % RING_ZERO_EVERY:
            return ()
        cells = np.array([int(one, 16) for one in disk(CENTRE, 2)], np.uint64)
        return (
            RingZeroAsked(
                **base,
                category=Category.LOST_CHILD,
                age_band=AgeBand.SMALL,
                sex=Sex.UNKNOWN,
                last_seen_at=base["at"],
                focus=CENTRE,
                radius_m=1_600,
                people_max=6,
                expires_at=base["at"] + timedelta(hours=2),
                hubs=tuple(
                    HubOnDuty(hub=one.id, contact=0) for one in self.world.hubs if one.contacts
                )[:1],
                cell_count=len(cells),
                cells=to_bytes(cells),
            ),
        )

    def _approved(
        self, base: dict[str, Any], stream: str, number: int, drafts: Sequence[int]
    ) -> Said:
        """Return what widens the newest version, unless two have approved it already."""
        case = self.history.steps[number].case
        since = self.history.steps[drafts[-1] : number]
        again = any(step.case == case and step.act is Act.APPROVE for step in since)
        if again or not VERSIONS[since[0].act]:
            return []
        base |= {"draft": self.id(drafts[-1], 0), "alert": 1, "version": len(drafts)}
        world = self.world
        widened = AlertWidened(**base, reach_km_max=world.reach_km_max, hubs=world.book())
        if self.history.seed % EMERGENCY_EVERY:
            return [(stream, AlertApproved(**base)), (stream, widened)]
        used = EmergencyUsed(
            **base,
            digest="0" * 64,
            own_draft=False,
            review_by=base["at"] + REVIEWED_WITHIN,
            reason="nobody else is there",
        )
        return [(stream, used), (stream, widened)]

    def _alert(
        self, base: dict[str, Any], stream: str, number: int, version: int, *, alone: bool
    ) -> Said:
        draft, world = self.id(number, 0), self.world
        bounds: dict[str, Any] = {
            "alert": 1,
            "version": version,
            "policy": _turn(world.policies, self.history.seed + version - 1),
            "severity": Severity.SEVERE,
            "reach_km_max": world.reach_km_max,
            "expires_at": base["at"] + LIVES,
        }
        issued = AlertIssued if version == 1 else AlertUpdated
        since = self._same_since(number)
        same = since < version
        drafted = AlertDrafted(**base, **bounds, changes_what_to_do=False if same else None)
        bounds |= {"same_since": since} if same else {}
        if alone:
            bounds |= {
                "reach_km_max": alone_km(world.reach_km_max),
                "people_max": world.people_alone_max,
                "last_seen_km_max": REACH_KM_ALONE_MAX,
                "hubs_max": world.hubs_alone_max,
            }
        approved = AlertApproved(**base, draft=draft, alert=1, version=version)
        return [
            (stream, drafted),
            *([] if alone else [(stream, approved)]),
            (stream, issued(**base, **bounds, draft=draft, hubs=world.book())),
        ]

    def _same_since(self, number: int) -> int:
        """Return the version since which people are to do the same; some updates change nothing."""
        case, since = self.history.steps[number].case, 1
        for version, step in enumerate(self._drafts(number, case), 1):
            same = version > 1 and step % 3 == 1 and self._is_out(step)
            since = since if same else version
        return since

    def _is_out(self, number: int) -> bool:
        """Whether the version before is out: since it was issued it neither ended nor expired."""
        case, passed_s = self.history.steps[number].case, 0.0
        for before in range(number, 0, -1):
            passed_s += self.history.steps[before].after_s
            step = self.history.steps[before - 1]
            if step.case == case and step.act in VERSIONS:
                return passed_s < LIVES.total_seconds()
            if step.case == case and step.act in ENDING:
                return False
        return False

    def _sighting(self, base: dict[str, Any], number: int, step: Step) -> Said:
        sighting = self.id(number, "sighting")
        stream, world = f"sighting-{sighting}", self.world
        late = timedelta(seconds=_turn(world.told_late_s, step.choice))
        seen: dict[str, Any] = {
            "sighting": sighting,
            "cell": h3.cell_to_center_child(world.sight(step.choice), 9),
            "seen_at": base["at"] - late,
            "accuracy_m": 50,
        }
        reported = SightingReported(
            **base, **seen, claimed_mode=Mode.FOOT, source=Role.VOLUNTEER, note="only a test"
        )
        if step.act is Act.MISTAKE:
            judged: Fact = SightingRejected(**base, sighting=sighting, reason="other-person")
        else:
            judged = SightingAccepted(
                **base,
                **seen,
                mode=_turn(world.sight_modes, step.choice),
                credibility_ppm=_turn(world.credible_ppm, step.choice // 10),
                hubs=world.book(),
            )
        return [(stream, reported), (stream, judged)]

    def _watch(self, store: MemoryStore, base: dict[str, Any], step: Step) -> Said:
        """Choose among the watches of the case by their ids, in whatever order they were said."""
        disk = store.disk.log
        orders = [
            read(disk.rows[at]).fact
            for at in disk.keys.get(base["case"], ())
            if disk.kinds[at] == "hubs.watch-ordered/1"
        ]
        watches = sorted((one.watch, one.hub) for one in orders if isinstance(one, WatchOrdered))
        if not watches:
            return []
        watch, hub = watches[step.choice % len(watches)]
        stream = f"watch-{watch}"
        if step.act is Act.ACKNOWLEDGE:
            return [(stream, WatchAcknowledged(**base, watch=watch, hub=hub))]
        reason = _turn(("not-here", "not-here", "cannot-watch", "over"), step.choice // 10)
        return [(stream, WatchStoodDown(**base, watch=watch, hub=hub, reason=reason))]
