"""Says where the person can be: at once when an alert is issued, then what is new, wave by wave."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from pydantic import ConfigDict

from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    AlertWidened,
    CaseClosedOut,
    CaseRejected,
    CaseResolved,
    CaseWithdrawn,
)
from homeward.facts.clock import WakeDue
from homeward.facts.merging import CaseMerged
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import NOWHERE, Cells, from_bytes, subtract, to_bytes, union
from homeward.messages import Fact, Recorded
from homeward.policies.known import Area, elapsed_s
from homeward.processor import Reaction
from homeward.processors.keeping import Live, Shape, earliest, is_time, kinds
from homeward.processors.knowledge import NEWS, NOTHING, Knowledge, News, learnt, policy_for


@dataclass(frozen=True, slots=True)
class ReachState:
    """What is known, which alert is live, and which cells were told of this version."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    knowledge: Knowledge = NOTHING
    live: Live | None = None
    wave: int = 0
    told: bytes = b""
    """Cells of all waves of this version, as facts keep a set."""
    look_at: datetime | None = None


_SHAPE: Final = Shape(ReachState)


class Reach:
    """Widens on an alert, on news and on a wake; silent once the alert is over."""

    name = "reach"
    hears = NEWS | kinds(
        AlertIssued,
        AlertUpdated,
        AlertWidened,
        AlertExtended,
        AlertCancelled,
        CaseResolved,
        CaseClosedOut,
        CaseWithdrawn,
        CaseRejected,
        CaseMerged,
        WakeDue,
    )

    def begin(self) -> ReachState:
        """Nothing is known yet."""
        return ReachState()

    def dump(self, state: ReachState) -> bytes:
        """Return the state as JSON."""
        return _SHAPE.dump(state)

    def load(self, raw: bytes) -> ReachState:
        """Return the state from JSON."""
        return _SHAPE.load(raw)

    def step(self, state: ReachState, heard: Recorded) -> Reaction[ReachState]:
        """React: an update starts over with all cells, so that it reaches people again."""
        match heard.fact:
            case news if isinstance(news, News):
                knowledge = learnt(state.knowledge, news, heard.by.id)
                return _look(replace(state, knowledge=knowledge), heard)
            case AlertIssued() | AlertUpdated() as fact:
                live = Live.of(fact, heard.by.id)
                if not live.replaces(state.live):
                    return _rest(state)
                return _look(replace(state, live=live, wave=0, told=b"", look_at=None), heard)
            case AlertWidened() as fact:
                wide = state.live and state.live.widened(fact)
                return _look(replace(state, live=wide), heard) if wide else _rest(state)
            case AlertExtended() as fact:
                longer = state.live and state.live.extended(fact)
                return _look(replace(state, live=longer), heard) if longer else _rest(state)
            case WakeDue() as wake:
                return _look(state, heard) if is_time(self.name, state, wake) else _rest(state)
            case _:
                return _rest(replace(state, live=None, look_at=None))


def _rest(state: ReachState) -> Reaction[ReachState]:
    return Reaction(state, wake_at=state.look_at)


def _look(state: ReachState, heard: Recorded) -> Reaction[ReachState]:
    """Say what became reachable since the last wave, the likeliest part in a wave of its own first.

    Nothing is said when nothing became reachable; but for a widening, after which whoever was
    passed over is looked at again, for an extension, of which the lanes hear by the wave, and for
    an update.
    """
    live, at = state.live, heard.at
    if live is None or not state.knowledge.sources or at >= live.expires_at:
        return _rest(replace(state, look_at=None))
    if state.knowledge.stands_still(live):
        return _rest(replace(state, look_at=None))
    policy, known = policy_for(live), state.knowledge.known(live)
    area = policy.area(known, at)
    following = earliest(policy.next_look(known, at), state.knowledge.next_source_at(at))
    over = following is None or following >= live.expires_at
    state = replace(state, look_at=None if over else following)
    told, says = from_bytes(state.told), list[ReachWidened]()
    # As time passes only the rim is new, and one part of it is as likely as another.
    late = isinstance(heard.fact, WakeDue | AlertExtended)
    parts = (area.cells,) if late else policy.parts(known, at, area)
    for part in parts:
        new = subtract(part, told)
        if len(new):
            says.append(_widened(state, live, area, new, heard))
            told = union(told, new)
            state = replace(state, wave=state.wave + 1)
    if not says and _is_awaited(heard.fact, live):
        says.append(_widened(state, live, area, NOWHERE, heard))
        state = replace(state, wave=state.wave + 1)
    return Reaction(replace(state, told=to_bytes(told)) if says else state, says, state.look_at)


def _is_awaited(fact: Fact, live: Live) -> bool:
    """Whether lanes wait for a wave though no cell is new.

    An update that one officer issued can reach nobody any more; whom the version before told hears
    of it all the same.
    """
    if isinstance(fact, AlertUpdated):
        return live.last_seen_km_max is not None
    return isinstance(fact, AlertWidened | AlertExtended)


def _widened(
    state: ReachState, live: Live, area: Area, new: Cells, heard: Recorded
) -> ReachWidened:
    policy = policy_for(live)
    return ReachWidened(
        case=heard.key,
        at=heard.at,
        alert=live.alert,
        version=live.version,
        wave=state.wave,
        policy=policy.name,
        policy_version=policy.version,
        severity=live.severity,
        elapsed_s=int(elapsed_s(state.knowledge.sources[0], heard.at)),
        radius_m=area.radius_m,
        focus=area.focus,
        reach_km_max=live.reach_km_max,
        texts_of=live.draft,
        expires_at=live.expires_at,
        cell_count=len(new),
        cells=to_bytes(new) if len(new) else None,
        people_max=live.people_max,
        same_since=live.same_since,
    )
