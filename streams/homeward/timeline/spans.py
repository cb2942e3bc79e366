"""Counts of people as spans, for maps and previews: "20,000-50,000". The one place they stand.

The ladder: below 20 (SAFETY I-17: fewer than 20 people are never told apart), 20-50, 50-100,
100-200, 200-500, 500-1,000, 1,000-2,000, 2,000-5,000 and so on in steps of 1, 2 and 5. A span holds
its first figure and not its last.
"""

from typing import Final

FLOOR: Final = 20
_STEPS: Final = (2, 5, 10)


def span(people: int, *, hides_none: bool = False) -> str:
    """Return the span of a count, people >= 0.

    Nobody is "0", and some below the floor "1-20"; with ``hides_none`` both are "0-20": where
    somebody chooses the area that is counted, nobody may learn that somebody is there.
    """
    if people < FLOOR:
        if hides_none:
            return f"0-{FLOOR}"
        return f"1-{FLOOR}" if people else "0"
    low, high = FLOOR, 50
    while people >= high:
        low, high = high, _after(high)
    return f"{low:,}-{high:,}"


def _after(bound: int) -> int:
    """Return the rung above one."""
    unit: int = 10 ** (len(str(bound)) - 1)
    return next(step * unit for step in _STEPS if step * unit > bound)
