"""Cuts the rows of a case's lanes anew, offline: as turns in which nothing was heard.

Nothing is said, and nobody is told; each new lane goes on with its own stream where the log left
it, for a lane of that number may have spoken before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from homeward.fanout.lane import Lane
from homeward.fanout.recutting import recut
from homeward.fanout.told import dump, load
from homeward.ports import KeyTurn, Position, Wake
from homeward.words import derived_id


class Unequal(Exception):
    """Lanes have not heard the same: there is something unheard, and nothing can be cut."""


def recut_key(
    key: str,
    positions: Sequence[Position],
    lanes: Sequence[Lane],
    heads: Mapping[int, tuple[int, bytes]],
    now: datetime,
) -> list[KeyTurn]:
    """Return a turn for each new lane. Raises Unequal.

    ``positions`` are the rows of all lanes so far; ``heads`` are (version, chain) of the streams
    of those new lanes that ever spoke, by number. The turns' ``expected_revision`` lies behind
    that of every row so far: a row that is kept in somebody's memory is none of these.
    """
    if len({one.heard for one in positions}) != 1:
        raise Unequal(key)
    states = [load(one.state) for one in positions if one.state is not None]
    revision = max(one.revision for one in positions)
    turns = []
    for lane, state in zip(lanes, recut(states, lanes), strict=True):
        version, chain = heads.get(lane.number, (0, None))
        name = derived_id(lane.origin, key, lane.number, "lanes", lane.lanes, revision)
        due = state.look_at
        turns.append(
            KeyTurn(
                key=key,
                expected_revision=revision,
                heard=positions[0].heard,
                state=dump(state),
                entries=(),
                out_version=version,
                out_chain=chain,
                wake=None if due is None else Wake(lane.name, key, due, name),
                live=bool(state.live(now)),
            )
        )
    return turns
