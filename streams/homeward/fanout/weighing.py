"""How many bytes the arrays of an index take."""

from collections.abc import Iterator

import numpy as np


def array_bytes(of: object) -> int:
    """Return the bytes of all numpy arrays that an object of ours holds, each counted once.

    Follows attributes, tuples, lists and the values of dicts, and only into what this package
    made; a view counts as what it is a view of.
    """
    seen: set[int] = set()
    waiting, total = [of], 0
    while waiting:
        one = waiting.pop()
        while isinstance(one, np.ndarray) and isinstance(one.base, np.ndarray):
            one = one.base
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            total += one.nbytes
        else:
            waiting.extend(_parts(one))
    return total


def _parts(of: object) -> Iterator[object]:
    if isinstance(of, tuple | list):
        # Numbers and texts hold no array, and there may be a million of them.
        yield from of if of and _may_hold(of[0]) else ()
    elif isinstance(of, dict):
        yield from (value for value in of.values() if _may_hold(value))
    elif type(of).__module__.startswith("homeward."):
        names = {name for kind in type(of).__mro__ for name in getattr(kind, "__slots__", ())}
        for name in names | set(getattr(of, "__dict__", ())):
            yield getattr(of, name, None)


def _may_hold(one: object) -> bool:
    return not isinstance(one, int | float | str | bytes)
