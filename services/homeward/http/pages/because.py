"""Why somebody was told, in words: never a cell, and nothing kept for it.

It is reckoned from what stands in the record and in the reader's own registration when they look,
not remembered: a note of why each person was told would be a note of where each person was. So it
may differ from what held when the message went out (somebody moved since), and where their places
do not explain it the rule is said instead.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from homeward.facts.case import AlertIssued, AlertUpdated, AlertWidened
from homeward.formats.catalogues import LANGS, Phrases
from homeward.geography.cells import NOWHERE
from homeward.geography.sphere import ball_of, centre_deg, distances_m, unit_of
from homeward.messages import Recorded
from homeward.policies.attention import WAKES_WITHIN_M
from homeward.policies.known import anchors
from homeward.ports import InboxMessage, Registered
from homeward.processors.knowledge import NOTHING, News, learnt
from homeward.words import Purpose, RecipientKind, Severity

WORDS: Final[Mapping[str, Phrases]] = {lang: Phrases("own", lang) for lang in LANGS}
"""What the pages say where a recipient chooses for themself."""
SEARCHES: Final = frozenset({RecipientKind.VOLUNTEER, RecipientKind.CAMERA_OWNER})
"""Who is told because of where they are, and may pause; hubs and desks are on duty."""
NEAR_KM: Final = 30
"""How far near goes where no alert bounds it: a report that nobody verified is told within 3 km."""


def because(
    reader: Registered, message: InboxMessage, facts: Sequence[Recorded], lang: str
) -> tuple[str, ...]:
    """Return why a message came to a reader, a sentence each."""
    t, purpose, kind = WORDS[lang], message.purpose, reader.recipient.kind
    if purpose in set(Purpose) and Purpose(purpose).ends:
        return (t["because-before"],)
    if kind is RecipientKind.DESK:
        return (t["because-desk"],)
    severity, reach_km = _bounds(message, facts)
    serious = (t[f"because-{severity.value}"],) if severity else ()
    if kind is RecipientKind.HUB:
        return (t["because-hub"], *serious)
    near = _near(reader, message, facts, reach_km * 1_000.0)
    said = [t[name] for name in near]
    return (said[0], *serious, *said[1:], t["because-unseen"])


def _bounds(message: InboxMessage, facts: Iterable[Recorded]) -> tuple[Severity | None, int]:
    """Return how serious the version was, None where no alert says it, and how far it went, km."""
    severity, reach_km = None, NEAR_KM
    for one in facts:
        match one.fact:
            case AlertIssued() | AlertUpdated() as fact if _of(fact, message):
                severity, reach_km = fact.severity, fact.reach_km_max
            case AlertWidened() as fact if _of(fact, message):
                reach_km = max(reach_km, fact.reach_km_max)
    return severity, reach_km


def _of(fact: AlertIssued | AlertUpdated | AlertWidened, message: InboxMessage) -> bool:
    return (fact.alert, fact.version) == (message.alert, message.version)


def _near(
    reader: Registered, message: InboxMessage, facts: Iterable[Recorded], reach_m: float
) -> tuple[str, ...]:
    """Return the names of what is said of near and far, the reason first.

    Distances are those by which people are picked: of a cell's ball from the focus of the search.
    """
    knowledge = NOTHING
    for one in facts:
        if isinstance(one.fact, News) and one.fact.at <= message.at:
            knowledge = learnt(knowledge, one.fact)
    if not knowledge.sources:
        return ("because-rule",)
    starts = [one.cell for one in anchors(knowledge.within(1, NOWHERE), message.at)]
    registered = [_away_m(cell, starts) for cell in reader.recipient.cells]
    here = [_away_m(reader.here, starts)] if reader.here else []
    found = [("because-place", away) for away in registered]
    found += [("because-here", away) for away in here]
    inside = [one for one in found if min(one[1]) <= reach_m]
    if not inside:
        return ("because-rule",)
    name, away = min(inside, key=lambda one: one[1][0])
    return name, "because-within" if away[0] <= WAKES_WITHIN_M else "because-farther"


def _away_m(cell: str, starts: Sequence[str]) -> list[float]:
    """Return how far a cell's ball is from each start, in m; the first is the focus."""
    ball = ball_of(int(cell, 16))
    centres = np.stack([unit_of(*centre_deg(one)) for one in starts])
    away_m = distances_m(centres, np.array([ball.x, ball.y, ball.z]))
    found: list[float] = np.maximum(away_m - ball.radius_m, 0.0).tolist()
    return found
