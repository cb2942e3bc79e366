"""What phased asking came to beside asking everybody at once, over many worlds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

import numpy as np

from homeward.backtest.asking import SHARE_PPM, Compared, Model, around, compared, drawn
from homeward.backtest.people import People
from homeward.backtest.rows import Report

RATES: Final = (0.02, 0.05, 0.15, 0.40)
"""True rates that the policy does not know; it begins with 15 in a hundred."""
LESS_MAX: Final = 0.01
RATIO_MAX: Final = 0.5
"""What is demanded: the quota as often within one in a hundred, and half of the interruptions."""
_DAY_H: Final = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, and where."""

    quota: int = 10
    by_min: int = 90
    share_ppm: int = SHARE_PPM
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One model of people, both ways."""

    model: str
    cases: int
    reached: tuple[float, float]
    """The share of cases in which the quota was there in time: phased, broadcast."""
    asked: tuple[float, float]
    """People interrupted, a case."""
    minutes: tuple[float, float] | None
    """Median minutes until the quota was there, where both reached it."""
    there: tuple[float, float]
    """People who came, a case."""
    stood_down: float
    """People told that they are not needed, a case of phased asking."""

    @property
    def ratio(self) -> float:
        """Return phased asking's interruptions as a part of broadcast's."""
        return self.asked[0] / self.asked[1] if self.asked[1] else 1.0

    @property
    def holds(self) -> bool:
        """Whether the quota is reached as often, with half the interruptions at most."""
        less = round(self.reached[1] - self.reached[0], 9)  # one in a hundred is no float
        return less <= LESS_MAX and self.ratio <= RATIO_MAX

    def shown(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return {**asdict(self), "ratio": round(self.ratio, 4), "holds": self.holds}


def models() -> dict[str, Model]:
    """Return the model, and those of the rates that the policy does not know, by name."""
    return {"by distance and hour": Model(), **{f"{rate:.0%}": Model(rate=rate) for rate in RATES}}


def spread_over(reports: Sequence[Report], cases: int) -> list[Report]:
    """Return so many of the cases, evenly from first to last."""
    step = max(1.0, len(reports) / cases)
    return [reports[int(one * step)] for one in range(min(cases, len(reports)))]


def worlds(
    people: People, reports: Sequence[Report], model: Model, wanted: Wanted
) -> Iterator[Compared]:
    """Ask in both ways around each case; a case has the same volunteers under every model."""
    for number, report in enumerate(reports):
        rng = np.random.default_rng([wanted.seed, number])
        away_m = around(people, report, rng, wanted.share_ppm)
        hour = (report.last_seen_hour + report.delay_min / 60) % _DAY_H
        yield compared(report.case, drawn(away_m, hour, model, rng), wanted.quota, wanted.by_min)


def simulated(
    people: People, reports: Sequence[Report], wanted: Wanted, done: Callable[[int], None]
) -> list[Line]:
    """Return a line for each model; ``done`` hears how many worlds were asked."""
    lines, count = [], 0
    for name, model in models().items():
        found = []
        for one in worlds(people, reports, model, wanted):
            found.append(one)
            count += 1
            done(count)
        lines.append(line(name, found))
    return lines


def line(name: str, found: Sequence[Compared]) -> Line:
    """Return what some worlds come to."""
    pairs = [(one.phased, one.broadcast) for one in found]
    both = [
        (one.quota_min, other.quota_min)
        for one, other in pairs
        if one.quota_min is not None and other.quota_min is not None
    ]

    def mean(of: Callable[[Any], float]) -> tuple[float, float]:
        each = [(of(one), of(other)) for one, other in pairs]
        return sum(one for one, _ in each) / len(each), sum(one for _, one in each) / len(each)

    return Line(
        model=name,
        cases=len(found),
        reached=mean(lambda one: one.quota_min is not None),
        asked=mean(lambda one: one.asked),
        minutes=(median(one for one, _ in both), median(one for _, one in both)) if both else None,
        there=mean(lambda one: one.there),
        stood_down=mean(lambda one: one.stood_down)[0],
    )
