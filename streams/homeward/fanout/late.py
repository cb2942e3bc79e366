"""Who comes late: whoever enters a live area, or may be told by now, is told by the same rule.

Pure, like `lane`. A live version is looked at as a whole when it is new to who looks, and after
that only at those people who changed; told minus told makes both the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from pyroaring import BitMap

from homeward.fanout.areas import CellSet
from homeward.fanout.chunk import Chunk
from homeward.fanout.days import Counted, Days
from homeward.fanout.index import Matched, Query
from homeward.fanout.lane import INDEXED, Lane, cut, first_told, parted, said, within
from homeward.fanout.told import LaneState, Told, bitmap, people_in, quiet, serialised
from homeward.geography.cells import from_bytes
from homeward.messages import Actor, Fact, Recorded
from homeward.words import Audience, Role, derived_id

KINDS: Final = INDEXED[Audience.AREA]
"""Who is told because of where they are."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the index says of a live version."""

    version: Told
    found: Matched
    only: BitMap | None
    """At whom it looked; None: at everybody."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, its name, and the order that it follows from."""

    fact: Fact
    name: str
    cause: Recorded


@dataclass(frozen=True, slots=True)
class LatePlan:
    """What follows for a case; all of it commits together."""

    state: LaneState
    wake_name: str
    """What a wake that it asks for is named after."""
    chunks: tuple[Chunk, ...] = ()
    says: tuple[Said, ...] = ()
    counted: Counted = ()
    """Who is told of the alert for the first time, by the date that it is for them."""


def late_query(
    version: Told,
    at: datetime,
    only: BitMap | None,
    known: BitMap | None = None,
    days: Days | None = None,
) -> Query:
    """Return what to ask about those who come late to a live version."""
    order = version.as_ordered
    return Query(
        tier=order.tier,
        area=CellSet(from_bytes(version.area)),
        kinds=KINDS,
        at=at,
        severity=order.severity,
        focus=order.focus,
        told=bitmap(version.told),
        again=bitmap(version.suppressed),
        known=known or BitMap(),
        days=days or Days(),
        overridden=bool(order.overridden),
        only=only,
    )


def plan_late(
    key: str, state: LaneState, lane: Lane, looked: Sequence[Looked], at: datetime, checked: int
) -> LatePlan | None:
    """Return what those who come late come to; None: nothing that has to be kept.

    ``checked`` is the index's roster revision. Versions that are over by the clock fall silent.
    """
    after = _expired(state, at)
    chunks: list[Chunk] = []
    says: list[Said] = []
    counted: Counted = ()
    for whole in looked:
        order = whole.version.as_ordered
        one = replace(whole, found=within(whole.found, state, order, lane))
        kept = _kept(one, checked)
        if replace(kept, checked=one.version.checked) == one.version:
            continue
        rows, fact = _told(key, after, lane, one, kept, at)
        parts = [(chunk.contact, bitmap(chunk.recipients)) for chunk in rows]
        counted = (*counted, *first_told(one.found, parts, state.told_of(order.alert)))
        chunks.extend(rows)
        says.extend(fact)
        after = replace(after.with_told(kept), seq=after.seq + len(rows))
    if after == state:
        return None
    # A wake is later than any that was said before it, so its moment tells it from those.
    due = after.look_at.isoformat() if after.look_at else ""
    name = derived_id(lane.origin, key, lane.number, "late", "wake", after.seq, due)
    return LatePlan(after, name, tuple(chunks), tuple(says), counted)


def _told(
    key: str, state: LaneState, lane: Lane, one: Looked, kept: Told, at: datetime
) -> tuple[tuple[Chunk, ...], tuple[Said, ...]]:
    """Return the rows of those told, and the one fact that says so; nothing for nobody."""
    order = kept.as_ordered
    # Whatever is cut moves seq on: no two commits share a name, and one done again has its own.
    name = derived_id(lane.origin, kept.order, lane.number, "late", state.seq)
    heard = _heard(name, key, kept, at)
    rows = cut(heard, kept.order, order, state, lane, parted({order.contact: one.found.ordinals}))
    if not rows:
        return (), ()
    # Whom a look found besides depends on at whom it looked; the waves count those.
    nobody = np.empty(0, np.uint32)
    fact = said(
        heard,
        kept.order,
        order,
        lane,
        rows,
        replace(one.found, already=nobody, unreachable=nobody, suppressed=nobody),
    )
    return rows, (Said(fact, name, replace(heard, id=kept.order)),)


def _heard(name: str, key: str, kept: Told, at: datetime) -> Recorded:
    """Return the order as if it were heard now, under a name of its own."""
    return Recorded(
        fact=kept.as_ordered.model_copy(update={"at": at}),
        id=name,
        stream=f"callouts-{key}",
        version=0,
        key=key,
        key_version=0,
        log_index=0,
        recorded_at=at,
        by=Actor(id=f"fanout-{key}", role=Role.SYSTEM),
    )


def _expired(state: LaneState, at: datetime) -> LaneState:
    live = state.live(at)
    versions = tuple(one if one in live or not one.area else quiet(one) for one in state.versions)
    return replace(state, versions=versions)


def _kept(one: Looked, checked: int) -> Told:
    """Return a version as it is known after the look."""
    before, found = one.version, one.found
    told = bitmap(before.told) | people_in(found.ordinals)
    suppressed, look_at = people_in(found.suppressed), found.wakes_at
    if one.only is not None:  # of all others nothing new is known
        suppressed |= bitmap(before.suppressed) - one.only
        look_at = min((at for at in (look_at, before.look_at) if at), default=None)
    suppressed -= told
    same = suppressed == bitmap(before.suppressed)
    return replace(
        before,
        told=serialised(told) if len(found.ordinals) else before.told,
        suppressed=before.suppressed if same else serialised(suppressed),
        look_at=look_at,
        checked=checked,
    )
