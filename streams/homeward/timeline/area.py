"""From the facts of a case to its map: the area of the newest alert version, wave by wave.

A wave holds only the cells that are new, and a version starts over with all of them: whoever sees a
higher version drops the cells of the lower one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from homeward.facts.case import (
    AlertCancelled,
    AlertExtended,
    AlertIssued,
    AlertUpdated,
    CaseClosedOut,
    CaseRejected,
    CaseResolved,
    CaseWithdrawn,
)
from homeward.facts.merging import CaseMerged
from homeward.facts.reach import ReachWidened
from homeward.geography.cells import compacted, from_bytes
from homeward.messages import Recorded
from homeward.words import instant_text

_MAPPED: Final = (
    *(AlertIssued, AlertUpdated, AlertExtended, AlertCancelled, ReachWidened),
    *(CaseResolved, CaseClosedOut, CaseWithdrawn, CaseRejected, CaseMerged),
)
MAPPED: Final = frozenset(str(one.model_fields["kind"].default) for one in _MAPPED)
"""Kinds that change a map."""


@dataclass(frozen=True, slots=True)
class MapWave:
    """The cells that became reachable, compacted, in hex."""

    log_index: int
    alert: int
    version: int
    wave: int
    at: datetime
    focus: str
    radius_m: int
    """Of a circle around the focus that holds everything so far."""
    cells: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """Return the wave as JSON values."""
        return {
            "what": "wave",
            "log_index": self.log_index,
            "alert": self.alert,
            "version": self.version,
            "wave": self.wave,
            "at": instant_text(self.at),
            "focus": self.focus,
            "radius_m": self.radius_m,
            "cells": list(self.cells),
        }


@dataclass(frozen=True, slots=True)
class CaseMap:
    """How the search area of a case stands."""

    log_index: int = -1
    """Of the newest fact that changed it."""
    alert: int = 0
    version: int = 0
    state: str = "none"
    """none, live, cancelled or over; who draws it compares ``expires_at`` with the case clock."""
    expires_at: datetime | None = None
    waves: tuple[MapWave, ...] = ()
    """Of this version."""

    def json(self) -> dict[str, Any]:
        """Return how the alert stands, without its waves."""
        return {
            "log_index": self.log_index,
            "alert": self.alert,
            "version": self.version,
            "state": self.state,
            "expires_at": self.expires_at and instant_text(self.expires_at),
            "waves": len(self.waves),
        }


EMPTY: Final = CaseMap()


def drawn(recorded: Iterable[Recorded]) -> CaseMap:
    """Return the map after facts in log order; waves need their cells attached."""
    found = EMPTY
    for heard in recorded:
        found = redrawn(found, heard)
    return found


def redrawn(before: CaseMap, heard: Recorded) -> CaseMap:
    """Return the map after one more fact; the same map when the fact is none of `MAPPED`."""
    match heard.fact:
        case AlertIssued() | AlertUpdated() as fact:
            return CaseMap(heard.log_index, fact.alert, fact.version, "live", fact.expires_at)
        case ReachWidened() as fact if (fact.alert, fact.version) == (before.alert, before.version):
            waves = (*before.waves, wave_of(heard.log_index, fact))
            return replace(before, log_index=heard.log_index, waves=waves)
        case AlertExtended() as fact if (fact.alert, fact.version) == (
            before.alert,
            before.version,
        ):
            return replace(before, log_index=heard.log_index, expires_at=fact.expires_at)
        case AlertCancelled():
            return replace(before, log_index=heard.log_index, state="cancelled")
        case CaseResolved() | CaseClosedOut() | CaseWithdrawn() | CaseRejected() | CaseMerged():
            state = "cancelled" if before.state == "cancelled" else "over"
            return replace(before, log_index=heard.log_index, state=state)
        case _:
            return before


def wave_of(log_index: int, fact: ReachWidened) -> MapWave:
    """Return what a widening adds to the map."""
    return MapWave(
        log_index=log_index,
        alert=fact.alert,
        version=fact.version,
        wave=fact.wave,
        at=fact.at,
        focus=fact.focus,
        radius_m=fact.radius_m,
        cells=tuple(f"{cell:x}" for cell in compacted(from_bytes(fact.cells or b"")).tolist()),
    )
