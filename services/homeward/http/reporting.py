"""What the reporter of a case that goes on in another one sees of that other one (SAFETY I-20).

Two who report one child may be two who must not find each other: each sees what was released while
their own report was part of the case, and nothing that only the other one was to know.
"""

from homeward.facts.merging import CaseJoined, CaseMerged
from homeward.facts.sighting import SightingReleased
from homeward.http.doors import Door


def known_to(own: Door, there: Door) -> frozenset[str]:
    """Return the sightings released to the reporter of a case; ``there`` is where it goes on."""
    since = {own.case: -1}
    for one in own.recorded:
        if isinstance(one.fact, CaseMerged):
            since[one.fact.into] = one.log_index
    for one in there.recorded:
        if isinstance(one.fact, CaseJoined) and own.case in {it.case for it in one.fact.cases}:
            since[there.case] = one.log_index
    return frozenset(
        one.fact.sighting
        for one in (*own.recorded, *there.recorded)
        if isinstance(one.fact, SightingReleased)
        and one.fact.case in since
        and one.log_index > since[one.fact.case]
    )
