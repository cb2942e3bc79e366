"""The figures at the end: each from the receiving side's own file, or from the log."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from homeward.demo.judging import Verdict, judged, people_in
from homeward.demo.ordering import Order, orders
from homeward.demo.sinkfile import Received, received
from homeward.demo.stage import Stage
from homeward.facts.case import AlertIssued
from homeward.facts.hub import HubUnreachable, WatchOrdered
from homeward.facts.sighting import SightingAccepted
from homeward.facts.watch import ClockLapsed, WatchAcknowledged, WatchLapsed
from homeward.house import open_house
from homeward.messages import Fact, Recorded
from homeward.picture.waves import Wave, compared, people_of
from homeward.policies import policy_of
from homeward.replay import history
from homeward.settings import Settings
from homeward.words import case_code


@dataclass(frozen=True, slots=True)
class HubFigures:
    """What became of the hubs ahead."""

    ordered: int
    ahead: int
    """Ordered before anybody could be there; the others may have been reached already."""
    in_time: int
    """Of those, the ones whose message arrived before anybody could be there."""
    acknowledged: int
    passed_on: int
    """Silences that went on to the next contact."""
    to_desk: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class Report:
    """The demo in figures."""

    case: str
    verdict: Verdict
    waves: list[Wave]
    orders: list[Order]
    hubs: HubFigures
    clock_lapses: int
    first_handover_s: float
    """From the alert's acceptance in the log to its first message at the receiving side."""
    first_after_sighting_s: float | None
    reopen: str

    @property
    def sound(self) -> bool:
        """Whether nobody was missed, nobody shown anything twice, and the nearest came first."""
        return self.verdict.sound and all(one.nearest_first for one in self.orders)

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


async def report_of(stage: Stage, case: str) -> Report:
    """Read the log beside the running server, and the receiving side's file."""
    settings = Settings(data_folder=stage.folder)
    async with open_house(settings, "drill") as house:
        log = house.store.log
        named = await log.case_with_prefix(case)
        assert named is not None, "the case was raised in this world"
        facts = await history(log, named)
        columns = await people_of(house.store.roster)
    code_of = case_code(named)
    arrived = received(stage.sink_file, code_of)
    people = people_in(stage.folder / "volunteers.csv")
    return Report(
        case=code_of,
        verdict=judged(facts, arrived, people),
        waves=compared(facts, columns, policy_of("circles")),
        orders=orders(facts, arrived, people),
        hubs=_hubs(facts, arrived),
        clock_lapses=len(_of(facts, ClockLapsed)),
        first_handover_s=_first_s(facts, arrived, AlertIssued) or 0.0,
        first_after_sighting_s=_first_s(facts, arrived, SightingAccepted),
        reopen=f"homeward timeline {code_of} --data-folder {stage.folder}",
    )


def _of(facts: Sequence[Recorded], kind: type[Fact]) -> list[Recorded]:
    return [one for one in facts if isinstance(one.fact, kind)]


def _first_s(
    facts: Sequence[Recorded], arrived: Sequence[Received], kind: type[Fact]
) -> float | None:
    """Return the seconds from a fact's recording to the first alert that arrived after it."""
    found = _of(facts, kind)
    if not found:
        return None
    since = found[0].recorded_at
    after = [
        one.received_at for one in arrived if one.purpose == "alert" and one.received_at >= since
    ]
    return round((min(after) - since).total_seconds(), 3) if after else None


def _hubs(facts: Sequence[Recorded], arrived: Sequence[Received]) -> HubFigures:
    first: dict[str, datetime] = {}
    for one in arrived:
        if one.purpose == "watch" and one.watch is not None:
            first.setdefault(one.watch, one.received_at)
    # A window that was moved is another order of the same watch, whose first counts.
    orders = [one for one in _of(facts, WatchOrdered) if not _order(one).moved]
    ahead = [one for one in orders if _order(one).eta_s > 0]
    lapsed = [one.fact for one in _of(facts, WatchLapsed)]
    return HubFigures(
        ordered=len(orders),
        ahead=len(ahead),
        in_time=sum(_in_time(one, first.get(_order(one).watch)) for one in ahead),
        acknowledged=len({one.stream for one in _of(facts, WatchAcknowledged)}),  # one a watch
        passed_on=sum(isinstance(one, WatchLapsed) and not one.to_desk for one in lapsed),
        to_desk=sum(isinstance(one, WatchLapsed) and one.to_desk for one in lapsed),
        unreachable=len(_of(facts, HubUnreachable)),
    )


def _order(one: Recorded) -> WatchOrdered:
    assert isinstance(one.fact, WatchOrdered)
    return one.fact


def _in_time(one: Recorded, arrived: datetime | None) -> bool:
    """Whether the message arrived before the window began.

    What the hand-over took counts as it was: only the case's clock runs faster here, not the house.
    """
    if arrived is None:
        return False
    took = max(timedelta(0), arrived - one.recorded_at)
    return one.at + took < _order(one).window_from
