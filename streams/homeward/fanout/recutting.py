"""Cuts a case's lanes anew: what several lanes know of it, put together and divided again.

Pure. Every one of the lanes has heard the same facts, so they differ in people only, and in what
they found out by looking: when to look again, how many chunks they cut.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyroaring import BitMap

from homeward.fanout.lane import Lane
from homeward.fanout.told import Asked, LaneState, Told, bitmap, serialised
from homeward.geography.cells import from_bytes, to_bytes, union


def recut(states: Sequence[LaneState], lanes: Sequence[Lane]) -> list[LaneState]:
    """Return the state of each of the new lanes, in their order.

    ``seq`` goes on from the highest: what a lane says of latecomers is named after its number and
    ``seq``, so no name of an earlier cut comes again.
    """
    whole = merged(states)
    parts = [
        replace(
            whole,
            versions=tuple(_part(one, lane) for one in whole.versions),
            asked=tuple(_asked_of(one, lane) for one in whole.asked),
        )
        for lane in lanes
    ]
    return [replace(one, shares=_shares(whole, one, len(lanes))) for one in parts]


def _shares(whole: LaneState, part: LaneState, lanes: int) -> tuple[tuple[int, int], ...]:
    """Return a new lane's shares: whom its people's lanes told, and an even part of what is left.

    So all lanes together may tell no more than before, however those told lie among them.
    """
    return tuple(
        (alert, part.told_alone(alert) + max(0, share - whole.told_alone(alert)) // lanes)
        for alert, share in whole.shares
    )


def merged(states: Sequence[LaneState]) -> LaneState:
    """Return what one lane would know that served everybody."""
    versions: dict[tuple[int, int], list[Told]] = {}
    for state in states:
        for one in state.versions:
            versions.setdefault((one.alert, one.version), []).append(one)
    return LaneState(
        seq=max((one.seq for one in states), default=0),
        versions=tuple(_together(parts) for parts in versions.values()),
        shares=_summed(states),
        ended=_ended(states),
        asked=_asked(states),
    )


def _asked(states: Sequence[LaneState]) -> tuple[Asked, ...]:
    names = dict.fromkeys(one.asking for state in states for one in state.asked)
    parts = {name: [state.asking(name) for state in states] for name in names}
    return tuple(
        Asked(name, _everybody(one.people for one in some), _everybody(one.home for one in some))
        for name, some in parts.items()
    )


def _asked_of(one: Asked, lane: Lane) -> Asked:
    people, home = (lane.own(bitmap(some)) for some in (one.people, one.home))
    return Asked(
        one.asking, serialised(people) if people else b"", serialised(home) if home else b""
    )


def _ended(states: Sequence[LaneState]) -> tuple[tuple[int, int], ...]:
    upto: dict[int, int] = {}
    for alert, version in (pair for one in states for pair in one.ended):
        upto[alert] = max(version, upto.get(alert, version))
    return tuple(sorted(upto.items()))


def _summed(states: Sequence[LaneState]) -> tuple[tuple[int, int], ...]:
    summed: Counter[int] = Counter()
    for one in states:
        summed.update(dict(one.shares))
    return tuple(sorted(summed.items()))


def _together(parts: Sequence[Told]) -> Told:
    newest = max(parts, key=lambda one: one.as_ordered.at)
    areas = [one.area for one in parts]
    return replace(
        newest,
        told=_everybody(one.told for one in parts),
        suppressed=_everybody(one.suppressed for one in parts),
        look_at=min((one.look_at for one in parts if one.look_at), default=None),
        # One that fell silent is over by the clock for all.
        area=_area(areas) if all(areas) else b"",
        checked=min(one.checked for one in parts),
    )


def _area(areas: Sequence[bytes]) -> bytes:
    if len(set(areas)) == 1:
        return areas[0]
    whole = from_bytes(areas[0])
    for one in areas[1:]:
        whole = union(whole, from_bytes(one))
    return to_bytes(whole)


def _everybody(parts: Iterable[bytes]) -> bytes:
    people = BitMap().union(*(bitmap(one) for one in parts))
    return serialised(people) if people else b""


def _part(one: Told, lane: Lane) -> Told:
    suppressed = lane.own(bitmap(one.suppressed))
    told = lane.own(bitmap(one.told))
    return replace(
        one,
        told=serialised(told) if told else b"",
        suppressed=serialised(suppressed) if suppressed else b"",
        look_at=one.look_at if suppressed else None,
    )
