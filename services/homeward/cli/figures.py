"""What a running server's figures mean: each in a sentence, with a mend where one is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

from homeward.cli.finding import Check

Labels: TypeAlias = Mapping[str, str]
Figures: TypeAlias = Mapping[str, tuple[tuple[Labels, float], ...]]
"""Each figure by its name, once for each set of labels."""

FAILING_OF: Final = 20
"""Fewer hand-overs say nothing about a channel."""
FAILING_PART: Final = 0.5
FIRST_S_MAX: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What a figure says, and above what it is wrong."""

    name: str
    says: str
    """With the labels, and ``n`` for the value."""
    most: float = inf
    mend: str = ""


RULES: Final = (
    Rule(
        "homeward_unheard_facts",
        "{consumer} lags {n:,.0f} facts behind the log",
        1_000,
        "it catches up by itself; if it does not: homeward parked list, then the server's log",
    ),
    Rule(
        "homeward_open_people",
        "{n:,.0f} people are still to be told (a paused or slow channel makes this grow)",
    ),
    Rule(
        "homeward_index_people",
        "the index of lane {lane} knows {n:,.0f} recipients",
    ),
    Rule("homeward_index_bytes", "the index of lane {lane} takes {n:,.0f} bytes"),
    Rule("homeward_index_load_seconds", "the index of lane {lane} was loaded in {n:,.1f} s"),
    Rule(
        "homeward_index_age_seconds",
        "the index of lane {lane} holds the roster as it was {n:,.0f} s ago",
        60,
        "it asks for changes at each order; if an alert waits for it, see the server's log",
    ),
    Rule(
        "homeward_unreachable_hubs_total",
        "{n:,.0f} hubs ahead had nobody to tell since the server began",
    ),
)
QUEUES: Final = {
    "over": (30.0, "what is over waits: people still look for somebody who was found"),
    "hubs": (60.0, "hubs ahead are told too late to look"),
    "everybody": (900.0, "a channel is slow or fails: see its hand-overs below"),
}
"""By queue: seconds that its oldest may wait (SAFETY I-30), and what longer means."""


def read(text: str) -> Figures:
    """Return the figures in a page of the Prometheus text format."""
    from prometheus_client.parser import text_string_to_metric_families

    found: dict[str, tuple[tuple[Labels, float], ...]] = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            found[one.name] = (*found.get(one.name, ()), (one.labels, one.value))
    return found


def explained(figures: Figures) -> Iterator[Check]:
    """Yield what the figures say."""
    for rule in RULES:
        for labels, n in figures.get(rule.name, ()):
            yield Check(rule.says.format(n=n, **labels), n <= rule.most, rule.mend)
    yield from _queues(figures)
    yield from _people(figures)
    yield from _roster(figures)
    yield from _first(figures)
    yield from _channels(figures)


def _queues(figures: Figures) -> Iterator[Check]:
    for labels, age_s in figures.get("homeward_queue_oldest_seconds", ()):
        queue = labels["queue"]
        most_s, means = QUEUES.get(queue, (inf, ""))
        what = f"the queue for {queue} is {age_s:,.0f} s old"
        if queue == "over":
            what = f"the queue of what is over is {age_s:,.0f} s old"
        yield Check(what, age_s <= most_s, f"{means}; see the channels' failures and the log")


def _people(figures: Figures) -> Iterator[Check]:
    by = {labels["outcome"]: n for labels, n in figures.get("homeward_people_total", ())}
    if by:
        said = ", ".join(
            f"{by.get(name, 0):,.0f} {shown}"
            for name, shown in (
                ("ordered", "to be told"),
                ("accepted", "told"),
                ("failed", "failed"),
                ("expired", "too late"),
                ("suppressed", "passed over (asleep, paused, out of their own limits)"),
                ("unreachable", "without a contact"),
            )
        )
        yield Check(f"people since the server began: {said}", ok=True)


def _roster(figures: Figures) -> Iterator[Check]:
    """The index knows whom the roster knows; hubs and changes of a moment aside."""
    kinds = figures.get("homeward_recipients", ())
    lanes = figures.get("homeward_index_people", ())
    if kinds and lanes:
        people, known = sum(n for _, n in kinds), sum(n for _, n in lanes)
        yield Check(
            f"the roster holds {people:,.0f} recipients, the index {known:,.0f}",
            ok=known > 0 or people == 0,
            mend="the index was never loaded: nobody is found; see the server's log",
        )


def _first(figures: Figures) -> Iterator[Check]:
    [(_, total_s)] = figures.get("homeward_alert_to_handover_seconds_sum", (({}, 0.0),))
    [(_, count)] = figures.get("homeward_alert_to_handover_seconds_count", (({}, 0.0),))
    if count:
        mean_s = total_s / count
        yield Check(
            f"from an alert's acceptance to the first person told: {mean_s:,.1f} s on average",
            ok=mean_s <= FIRST_S_MAX,
            mend="10 s is much: look for a slow disk, a busy machine, or an index being loaded",
        )


def _channels(figures: Figures) -> Iterator[Check]:
    by: dict[str, dict[str, float]] = {}
    for labels, n in figures.get("homeward_handovers_total", ()):
        by.setdefault(labels["channel"], {})[labels["verdict"]] = n
    for channel in sorted(by):
        verdicts = by[channel]
        total = sum(verdicts.values())
        bad = total - verdicts.get("accepted", 0)
        ok = total < FAILING_OF or bad / total < FAILING_PART
        yield Check(
            f"channel {channel}: {verdicts.get('accepted', 0):,.0f} hand-overs accepted, "
            f"{bad:,.0f} not",
            ok,
            f"the far side of {channel} refuses or is away: see handovers in the server's log",
        )
