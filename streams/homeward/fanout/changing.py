"""Columns after changes: the plain way, a copy of everything."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from homeward.fanout.columns import LaneChanges, LaneColumns

COLUMNS = tuple(
    one.name for one in fields(LaneColumns) if one.name not in {"revision", "zone_names"}
)


def changed(columns: LaneColumns, changes: LaneChanges) -> LaneColumns:
    """Return the columns with the changes taken in; zones are numbered by the older columns."""
    new = changes.columns
    over = np.array((changes.changed | changes.gone).to_array(), np.uint32)
    kept = ~np.isin(columns.ordinals, over)
    names = list(columns.zone_names)
    zones = zone_numbers(names, new.zone_names)[new.zones] if len(new.zones) else new.zones
    found = {
        name: np.concatenate([getattr(columns, name)[kept], getattr(new, name)])
        for name in COLUMNS
        if name != "zones"
    }
    found["zones"] = np.concatenate([columns.zones[kept], zones])
    return LaneColumns(revision=new.revision, zone_names=names, **found)


def zone_numbers(names: list[str], others: list[str]) -> NDArray[np.uint16]:
    """Return the number in ``names`` of each other name; those that are missing are added."""
    numbers = {name: number for number, name in enumerate(names)}
    for name in others:
        if name not in numbers:
            numbers[name] = len(names)
            names.append(name)
    return np.array([numbers[name] for name in others], np.uint16)
