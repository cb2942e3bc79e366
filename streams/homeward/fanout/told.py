"""What a lane keeps of a case: who was told, who was passed over, when to look at them again."""

from array import array
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

import numpy as np
from pydantic import ConfigDict, TypeAdapter
from pyroaring import BitMap

from homeward.facts.callout import CalloutOrdered
from homeward.fanout.index import Ordinals


@dataclass(frozen=True, slots=True)
class Told:
    """One alert version: bitmaps of ordinals, serialised."""

    alert: int
    version: int
    told: bytes
    suppressed: bytes
    order: str
    """The newest order to tell it: what those passed over are told by."""
    as_ordered: CalloutOrdered
    """That order, without its cells."""
    look_at: datetime | None = None
    """When the first of those asleep has slept."""
    area: bytes = b""
    """The cells of all its waves, compacted: whoever enters them is told, too."""
    checked: int = 0
    """The roster's revision at which all of the area was looked at."""

    @property
    def expires_at(self) -> datetime | None:
        """On the case clock: nobody is told after it."""
        return self.as_ordered.expires_at


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking: bitmaps of ordinals, serialised."""

    asking: str
    people: bytes = b""
    """Who was asked to come, each once."""
    home: bytes = b""
    """Who of them heard that they need not."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """A lane's state of one case."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    seq: int = 0
    """Of the next chunk: it counts on over waves, so that earlier waves are leased first."""
    versions: tuple[Told, ...] = ()
    over: tuple[int, ...] = ()
    """Alerts that ended, as builds kept it before a version ended for itself; `load` turns it into
    ``ended``."""
    shares: tuple[tuple[int, int], ...] = ()
    """Of each alert that went out on one officer's word: how many people this lane may tell so."""
    ended: tuple[tuple[int, int], ...] = ()
    """Of each alert that ended: up to which version. Nobody is told of those again."""
    asked: tuple[Asked, ...] = ()

    @property
    def look_at(self) -> datetime | None:
        """The one moment the lane waits for."""
        return min((one.look_at for one in self.versions if one.look_at), default=None)

    def of(self, alert: int, version: int) -> Told | None:
        """Return what is kept of an alert version."""
        return next(
            (one for one in self.versions if (one.alert, one.version) == (alert, version)), None
        )

    def is_over(self, alert: int, version: int) -> bool:
        """Whether a version ended: a later one is told as if nothing had."""
        return version <= dict(self.ended).get(alert, NEVER_ENDED)

    def newest(self, alert: int) -> int:
        """Return the newest version of an alert that is known here; 1 when none is."""
        return max((one.version for one in self.versions if one.alert == alert), default=1)

    def told_before(self, alert: int, version: int) -> BitMap:
        """Return whom older versions of an alert told, and the unverified report before it."""
        older = [
            one
            for one in self.versions
            if (one.alert == alert and one.version < version) or _unverified(one, alert)
        ]
        return BitMap().union(*(bitmap(one.told) for one in older))

    def told_since(self, alert: int, first: int, before: int) -> BitMap:
        """Return whom versions of an alert told, from one on and before another."""
        some = (
            one for one in self.versions if one.alert == alert and first <= one.version < before
        )
        return BitMap().union(*(bitmap(one.told) for one in some))

    def told_of(self, alert: int) -> BitMap:
        """Return whom any version of an alert told, or the unverified report before it."""
        versions = [one for one in self.versions if one.alert == alert or _unverified(one, alert)]
        return BitMap().union(*(bitmap(one.told) for one in versions))

    def told_alone(self, alert: int) -> int:
        """Return how many people heard of an alert first by a version that one officer issued.

        Who was approved after it went out no longer counts: its newest order has no such limit.
        """
        known, count = BitMap(), 0
        for one in sorted(self.versions, key=_by_version):
            if one.alert == alert:
                people = bitmap(one.told)
                count += len(people - known) if one.as_ordered.people_max is not None else 0
                known |= people
        return count

    def share_of(self, alert: int) -> int | None:
        """Return how many people the lane may tell of an alert on one officer's word."""
        return dict(self.shares).get(alert)

    def with_share(self, alert: int, people: int) -> "LaneState":
        """Keep a lane's share of an alert: it is set once."""
        return replace(self, shares=tuple(sorted({**dict(self.shares), alert: people}.items())))

    def asking(self, name: str) -> Asked:
        """Return who was asked in an asking."""
        return next((one for one in self.asked if one.asking == name), Asked(name))

    def with_asked(self, asked: Asked) -> "LaneState":
        """Keep who was asked in an asking."""
        others = tuple(one for one in self.asked if one.asking != asked.asking)
        return replace(self, asked=(*others, asked))

    def live(self, at: datetime) -> tuple[Told, ...]:
        """Return what somebody who comes late is still told of at a moment of the case clock."""
        newest = {one.alert: one.version for one in sorted(self.versions, key=_by_version)}
        return tuple(
            one
            for one in self.versions
            if one.area
            and not self.is_over(one.alert, one.version)
            and one.version == newest[one.alert]
            and (one.expires_at is None or at < one.expires_at)
        )

    def silenced(self, told: Told) -> "LaneState":
        """Let a version tell nobody any more; a next one of the alert does."""
        return replace(
            self, versions=tuple(quiet(one) if one == told else one for one in self.versions)
        )

    def with_told(self, told: Told) -> "LaneState":
        """Keep an alert version; older ones of the alert are not looked at again."""
        others = [
            quiet(one) if one.alert == told.alert else one
            for one in self.versions
            if (one.alert, one.version) != (told.alert, told.version)
        ]
        return replace(self, versions=(*others, told))


def _unverified(one: Told, alert: int) -> bool:
    """Whether a version is the unverified report that an alert follows: it is the same matter."""
    return one.alert == 0 < alert


def _by_version(one: Told) -> int:
    return one.version


def quiet(one: Told) -> Told:
    """Return a version that tells nobody any more; whom it told stays known."""
    return replace(one, suppressed=b"", look_at=None, area=b"")


_ADAPTER: Final = TypeAdapter(LaneState)
NEVER_ENDED: Final = -1


def dump(state: LaneState) -> bytes:
    """Return the state as JSON, bitmaps in base64."""
    return _ADAPTER.dump_json(state)


def load(raw: bytes) -> LaneState:
    """Return the state that was dumped."""
    state = _ADAPTER.validate_json(raw)
    if not state.over:
        return state
    upto = {alert: state.newest(alert) for alert in state.over} | dict(state.ended)
    return replace(state, over=(), ended=tuple(sorted(upto.items())))


def bitmap(raw: bytes) -> BitMap:
    """Return the people of a serialised bitmap; no bytes: nobody."""
    return BitMap.deserialize(raw) if raw else BitMap()


def people_in(ordinals: Ordinals) -> BitMap:
    """Return the bitmap of ordinals.

    A bitmap takes the standard library's arrays whole and numpy's number by number, eight times as
    slowly; numbers in order it takes faster still.
    """
    sorted_ = array("I")
    sorted_.frombytes(np.sort(ordinals).tobytes())
    return BitMap(sorted_)


def serialised(people: BitMap) -> bytes:
    """Return the portable form; the same people, the same bytes, however they were put together."""
    return serialised_whole(BitMap(people.to_array()))


def serialised_whole(fresh: BitMap) -> bytes:
    """Return the bytes of `serialised` for a bitmap that was made in one go, by `people_in`."""
    fresh.run_optimize()
    raw: bytes = fresh.serialize()
    return raw
