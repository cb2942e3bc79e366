"""A row a case and policy, as CSV: for those who want to look closer."""

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from homeward.backtest.judging import Outcome

COLUMNS: Final = (
    *("case_id", "policy", "reported_category", "category", "elapsed_min", "away_km"),
    *("people_needed", "circle_people_needed", "log10_share_per_person", "cells"),
    *("accepted_true", "accepted_false", "people_needed_with_sightings"),
    *("hub_visits", "hubs_in_time", "hubs_ordered"),
)


def write_cases(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the rows. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for one in outcomes:
            table.writerows(_rows(one))


def _rows(one: Outcome) -> Iterator[tuple[object, ...]]:
    true = sum(taken and is_true for taken, is_true in one.claims)
    false = sum(taken and not is_true for taken, is_true in one.claims)
    for policy, judged in one.judged.items():
        hubs = one.headed.get(policy)
        yield (
            *(one.case, policy, one.reported.value, one.category.value),
            *(f"{one.elapsed_min:g}", f"{one.circled.away_km:.3f}"),
            *(_count(judged.need), _count(judged.circle_need)),
            *("" if math.isinf(judged.log_score) else f"{judged.log_score:.4f}", judged.cells),
            *(true, false, _count(one.sighted[policy].need)),
            *((hubs.visits, hubs.in_time, hubs.ordered) if hubs else ("", "", "")),
        )


def _count(people: float) -> str:
    """Return people; empty: no number of people would have had the person among them."""
    return "" if math.isinf(people) else f"{people:.0f}"
