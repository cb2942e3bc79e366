"""When one officer is not enough (DOMAIN "Who may do what")."""

from typing import Final

REACH_KM_ALONE_MAX: Final = 30
"""What one officer may issue alone: farther reaches take a second person."""


def needs_second(reach_km_max: int) -> bool:
    """Whether an alert that reaches so far must be approved by somebody who did not draft it."""
    return reach_km_max > REACH_KM_ALONE_MAX
