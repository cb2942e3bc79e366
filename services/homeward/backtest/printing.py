"""The tables as text: for a terminal, and for a page between two markers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from homeward.backtest.chance import Paired
from homeward.backtest.tables import BUDGETS, Budgeted, Equal, Sighted, Tables

BEGIN: Final = "<!-- backtest: written by homeward backtest --write -->"
END: Final = "<!-- backtest: end -->"
_MILLION: Final = 1_000_000
_THOUSAND: Final = 1_000


class NoMarkers(ValueError):
    """The page lacks the two markers between which the tables stand."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what is said above it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheets(found: Tables, claims: Mapping[str, int]) -> Iterator[Sheet]:
    """Yield a policy's tables."""
    name, budgets = found.policy, tuple(people(one) for one in BUDGETS)
    yield Sheet(
        f"(a) {name}: containment at equal people, {found.minutes} min after the report: "
        f"{name} / circle of the same people; cases that only the one : only the other holds, "
        "and which of them is better beyond chance",
        ("category", "cases", *budgets),
        tuple((one.category, f"{one.cases:,}", *_compared(name, one)) for one in found.budgets),
    )
    if found.equal:
        yield _equal(name, found.equal)
    if found.sighted.cases:
        yield _sighted(name, found.sighted, claims)
    if found.hubs is not None:
        hubs = found.hubs
        yield Sheet(
            f"(d) {name}: hubs",
            ("what", "figure"),
            (
                ("visits before the report (nobody could order them)", f"{hubs.before_report:,}"),
                ("visits in the six hours after it", f"{hubs.visits:,}"),
                ("ordered before the arrival", f"{hubs.in_time:,}{_share(hubs.share)}"),
                ("of the missed: not in the file of hubs, or out of reach", f"{hubs.unknown:,}"),
                ("hubs ordered for nothing, a case", f"{hubs.for_nothing / hubs.cases:,.0f}"),
            ),
        )


def losses(found: Tables) -> Iterator[str]:
    """Yield where a policy does worse than what it is held against, one sentence each."""
    for one in found.budgets:
        worse = [
            f"{people(budget)} ({mine:.3f} < {other:.3f}, {_cases(found.policy, pair)})"
            for budget, mine, other, pair in zip(
                BUDGETS, one.policy, one.circle, one.pairs, strict=True
            )
            if mine < other
        ]
        if worse:
            where = ", ".join(worse)
            yield f"(a) {one.category}, {one.cases:,} cases: a circle holds more at {where}"
    for each in found.equal:
        if each.times < 1:
            told = f"{people(each.policy_people)} against {people(each.circle_people)}"
            yield f"(b) {each.against} at {each.containment:.1%}: more people told, {told}"
    for alone, seen in zip(found.budgets, found.budgets_sighted, strict=True):
        worse = [
            f"{people(budget)} ({mine:.3f} < {other:.3f})"
            for budget, mine, other in zip(BUDGETS, seen.policy, alone.policy, strict=True)
            if mine < other
        ]
        if worse:
            yield f"(c) {alone.category}: sightings mislead at {', '.join(worse)}"
    if found.never:
        yield f"in {found.never:,} of {found.cases:,} cases the person was outside of all cells"


def as_page(all_tables: Sequence[Tables], claims: Mapping[str, int]) -> str:
    """Return the tables as Markdown."""
    parts = []
    for found in all_tables:
        for sheet in sheets(found, claims):
            rule = "|".join("---" for _ in sheet.columns)
            lines = [f"**{sheet.title}**", "", _row(sheet.columns), f"|{rule}|"]
            parts.append("\n".join([*lines, *map(_row, sheet.rows)]))
        lost = [f"* {one}." for one in losses(found)] or ["* nowhere."]
        parts.append("\n".join([f"**Where {found.policy} loses**", "", *lost]))
    return "\n\n".join(parts)


def written(page: str, body: str) -> str:
    """Return a page with what stands between its markers replaced. Raises NoMarkers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarkers(f"it needs a line {BEGIN} and, below it, a line {END}")
    return f"{before}{BEGIN}\n\n{body}\n\n{END}{after}"


def write_page(path: Path, body: str) -> None:
    """Replace what stands between a page's markers. Raises NoMarkers, OSError."""
    path.write_text(written(path.read_text(encoding="utf-8"), body), encoding="utf-8")


def people(count: float) -> str:
    """Return a count in three digits: 12.3 M, 456 k."""
    if math.isinf(count):
        return "never"
    for unit, name in ((_MILLION, " M"), (_THOUSAND, " k")):
        if count >= unit:
            return (
                f"{count / unit:.3g}{name}"
                if count < unit * _THOUSAND
                else f"{count / unit:,.0f}{name}"
            )
    return f"{count:.0f}"


def _equal(name: str, found: Sequence[Equal]) -> Sheet:
    return Sheet(
        f"(b) {name}: mean people a case at equal containment",
        ("against", "containment", "circles", name, "times", "note"),
        tuple(
            (
                one.against,
                f"{one.containment:.1%}",
                people(one.circle_people),
                people(one.policy_people),
                _times(one.times),
                one.note,
            )
            for one in found
        ),
    )


def _sighted(name: str, found: Sighted, claims: Mapping[str, int]) -> Sheet:
    rows = [
        (
            f"{found.cases:,} cases with an accepted sighting",
            *_pairs(found.budgets_with, found.budgets_without),
        )
    ]
    if found.only_false:
        what = f"{found.only_false:,} of them in which all accepted are false"
        rows.append((what, *_pairs(found.only_false_with, found.only_false_without)))
    said = "; ".join(f"{what}: {count:,}" for what, count in claims.items())
    means = "; ".join(
        f"{containment:.0%}: {people(with_)} / {people(without)}"
        for containment, with_, without in found.people
    )
    return Sheet(
        f"(c) {name}: containment with / without sightings. Claims {said}. "
        f"Mean people with / without at {means}",
        ("cases", *(people(one) for one in BUDGETS)),
        tuple(rows),
    )


def _pairs(left: Sequence[float], right: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{one:.3f} / {other:.3f}" for one, other in zip(left, right, strict=True))


def _compared(policy: str, one: Budgeted) -> tuple[str, ...]:
    shares = _pairs(one.policy, one.circle)
    return tuple(
        f"{share} {_cases(policy, pair)}" for share, pair in zip(shares, one.pairs, strict=True)
    )


def _cases(policy: str, pair: Paired) -> str:
    return f"{pair.only_policy}:{pair.only_circle} {pair.better(policy)}"


def _share(value: float) -> str:
    return f" ({value:.1%})" if math.isfinite(value) else ""


def _times(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) and value else "-"


def _row(fields: Sequence[str]) -> str:
    return f"| {' | '.join(fields)} |"
