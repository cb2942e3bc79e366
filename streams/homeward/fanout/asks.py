"""Who of those told is asked to come, nearest first, each once an asking; and who need not.

Pure, like `lane`. An ask is no alert: it is bound by people's limits, nights and days, and none of
their days counts it. Whoever sleeps is not woken for it: a later round looks at them again.
"""

from dataclasses import replace

import numpy as np
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered
from homeward.fanout.areas import Among, Area, Disk
from homeward.fanout.days import Days
from homeward.fanout.index import Matched, Query
from homeward.fanout.lane import INDEXED, Lane, Plan, cut, parted, said
from homeward.fanout.told import Asked, LaneState, bitmap, people_in, serialised
from homeward.geography.sphere import centre_deg
from homeward.messages import Recorded
from homeward.policies.asking import shared
from homeward.words import Audience

NOBODY = np.empty(0, np.uint32)


def ask_query(order: CalloutOrdered, state: LaneState, spared: BitMap, days: Days) -> Query | None:
    """Return what to ask the index about whom to ask to come; None: nobody was told here."""
    known = state.of(order.alert, order.version)
    people = bitmap(known.told) if known else BitMap()
    people -= bitmap(state.asking(order.watch or "").people) | spared
    if known is None or not people:
        return None
    area: Area = Among(people)
    if known.as_ordered.focus is not None and order.reach_km_max:
        area = Disk(*centre_deg(known.as_ordered.focus), order.reach_km_max * 1_000.0)
    return Query(
        area=area,
        kinds=INDEXED[Audience.AREA],
        at=order.at,
        severity=order.severity,
        focus=known.as_ordered.focus,
        days=days,
        only=people,
    )


def plan_ask(heard: Recorded, state: LaneState, lane: Lane, found: Matched | None) -> Plan:
    """Return what an order to ask (a heard `CalloutOrdered`) comes to.

    ``found`` is the index's answer to `ask_query`. Of a round a lane asks its share, never more.
    """
    order = _order(heard)
    if found is None or state.is_over(order.alert, order.version):
        found = Matched(NOBODY, NOBODY, NOBODY, NOBODY)
    people = found.ordinals[: _share(order, lane)]
    left = len(found.ordinals) - len(people)
    asked = state.asking(order.watch or "")
    if len(people):
        whole = bitmap(asked.people) | people_in(people)
        state = state.with_asked(replace(asked, people=serialised(whole)))
    chunks = cut(heard, heard.id, order, state, lane, parted({order.contact: people}))
    state = replace(state, seq=state.seq + len(chunks))
    fact = said(heard, heard.id, order, lane, chunks, found)
    fact = fact.model_copy(update={"left": left, "lanes": lane.lanes})
    return Plan(state, chunks, (fact,))


def plan_ask_over(heard: Recorded, state: LaneState, lane: Lane, spared: BitMap) -> Plan:
    """Return what an order to stay at home comes to: all who were asked hear it, once each."""
    order = _order(heard)
    asked = state.asking(order.watch or "")
    people = bitmap(asked.people) - bitmap(asked.home) - spared
    if people:
        home = serialised(bitmap(asked.home) | people)
        state = state.with_asked(Asked(asked.asking, asked.people, home))
    rows = parted({order.contact: np.array(people.to_array(), np.uint32)})
    chunks = cut(heard, heard.id, order, state, lane, rows)
    state = replace(state, seq=state.seq + len(chunks))
    nobody = Matched(NOBODY, NOBODY, NOBODY, NOBODY)
    return Plan(state, chunks, (said(heard, heard.id, order, lane, chunks, nobody),))


def _order(heard: Recorded) -> CalloutOrdered:
    if not isinstance(heard.fact, CalloutOrdered):
        raise TypeError(heard.kind)
    return heard.fact


def _share(order: CalloutOrdered, lane: Lane) -> int:
    """Return how many this lane may ask; lanes that were cut anew meanwhile share evenly."""
    shares = order.shares or ()
    if len(shares) != lane.lanes:
        shares = shared(order.people_max or 0, lane.lanes, order.wave)
    return shares[lane.number]
