"""A house in one object: hears facts in order, feeds outputs back, says wakes when they are due."""

import itertools
from collections import deque
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import h3
import pytest

from homeward import processors
from homeward.facts.case import AlertIssued, AlertUpdated, CaseRaised
from homeward.facts.clock import WakeDue
from homeward.facts.sighting import SightingAccepted
from homeward.geography.hubbook import Hub, write_hub_book
from homeward.messages import Actor, Recorded
from homeward.policies.known import Known, Source
from homeward.words import AgeBand, Category, Custody, Mode, Role, Severity, Sex, derived_id

ORIGIN = "homeward.test"
CASE = derived_id(ORIGIN, "case")
DRAFT = derived_id(ORIGIN, "draft")
T0 = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
LINQUAN = (33.0416, 115.2576)


def after(minutes):
    return T0 + timedelta(minutes=minutes)


def cell(lat=LINQUAN[0], lon=LINQUAN[1]):
    return h3.latlng_to_cell(lat, lon, 9)


class House:
    def __init__(self):
        self.states = {one.name: one.begin() for one in processors.ALL}
        self.wakes = {}
        self.log = []

    def hear(self, fact, by="t"):
        """Record a fact of an account and everything that follows; return what followed."""
        said, queue = [], deque([(fact, None)])
        while queue:
            one, cause = queue.popleft()
            recorded = self.record(one, cause, "t" if cause else by)
            for processor in processors.ALL:
                if one.kind not in processor.hears:
                    continue
                state = processor.load(processor.dump(self.states[processor.name]))
                assert state == self.states[processor.name]
                reaction = processor.step(state, recorded)
                self.states[processor.name] = reaction.state
                self.wakes[processor.name] = reaction.wake_at
                queue.extend((out, recorded.id) for out in reaction.says)
                said.extend(reaction.says)
        return said

    def record(self, fact, cause, by):
        number = len(self.log) + 1
        recorded = Recorded(
            fact=type(fact).model_validate({**fact.model_dump(), "case": CASE}),
            id=derived_id(ORIGIN, number),
            stream=f"{fact.kind.split('.')[0]}-{CASE}",
            version=number,
            key=CASE,
            key_version=number,
            log_index=number - 1,
            recorded_at=fact.at,
            by=Actor(id=by, role=Role.SYSTEM),
            cause=cause,
        )
        self.log.append(recorded)
        return recorded

    def until(self, moment):
        """Let the case clock run; return what was said meanwhile."""
        said = []
        while True:
            due = [(at, name) for name, at in self.wakes.items() if at and at <= moment]
            if not due:
                return said
            at, name = min(due)
            said += self.hear(wake(name, at))
            assert self.wakes[name] is None or self.wakes[name] > at, name

    def facts(self, cls):
        return [one.fact for one in self.log if isinstance(one.fact, cls)]


def wake(name, at):
    return WakeDue(case=CASE, at=at, processor=name, asked_by=DRAFT, due=at)


def raised(by=Role.REPORTER, minutes=10, **more):
    values = {
        "category": Category.STRANGER_ABDUCTION,
        "age_band": AgeBand.TODDLER,
        "sex": Sex.MALE,
        "mode": Mode.VEHICLE,
        "last_seen_cell": cell(),
        "last_seen_at": T0,
        "error_m": 100,
        "custody": Custody.NONE,
        "protection_order": False,
    }
    return CaseRaised(case=CASE, at=after(minutes), raised_by=by, **{**values, **more})


HUBS = (
    Hub.at("near", "bus", 33.06, 115.28, 2),
    Hub.at("north", "service_area", 33.6, 115.3, 3),
    Hub.at("south", "service_area", 32.4, 115.2, 1),
    Hub.at("dumb", "rail", 33.2, 115.6, 0),
    Hub.at("far", "rail", 35.9, 117.2, 1),
)


def issued(minutes=15, version=1, km=500, hubs=HUBS, hours=12, policy="field"):
    kind = AlertIssued if version == 1 else AlertUpdated
    return kind(
        case=CASE,
        at=after(minutes),
        draft=DRAFT,
        alert=1,
        version=version,
        policy=policy,
        severity=Severity.EXTREME,
        reach_km_max=km,
        expires_at=after(minutes + hours * 60),
        hubs=write_hub_book(hubs),
    )


def known(**more):
    """Return what a policy is asked about `raised` and `issued`."""
    source = Source(cell(), after(0), 100)
    values = (Category.STRANGER_ABDUCTION, AgeBand.TODDLER, Mode.VEHICLE, (source,), 500)
    return Known(*values, **more)


def hubs_around():
    """Return hubs in all directions, some of them hours away."""
    ring = itertools.product(range(12), (0.05, 0.2, 0.6, 1.1, 2.0, 3.5))
    return [
        Hub.at(f"h{turn}-{far}", "bus", 33.04 + far * (turn - 6) / 6, 115.26 + far, 1)
        for turn, far in ring
    ]


def accepted(minutes, lat, lon, seen=None, ppm=800_000, mode=Mode.VEHICLE, hubs=None):
    return SightingAccepted(
        case=CASE,
        at=after(minutes),
        sighting=derived_id(ORIGIN, "sighting", minutes, lat),
        cell=cell(lat, lon),
        seen_at=after(minutes - 5 if seen is None else seen),
        accuracy_m=200,
        mode=mode,
        credibility_ppm=ppm,
        hubs=hubs and write_hub_book(hubs),
    )


House.say = SimpleNamespace(  # test files cannot import one another
    accepted=accepted,
    after=after,
    case=CASE,
    cell=cell,
    draft=DRAFT,
    hubs=HUBS,
    hubs_around=hubs_around,
    issued=issued,
    known=known,
    origin=ORIGIN,
    raised=raised,
    wake=wake,
)


@pytest.fixture
def house():
    return House()


@pytest.fixture
def live(house):
    house.hear(raised(by=Role.OFFICER))
    house.hear(issued())
    return house
