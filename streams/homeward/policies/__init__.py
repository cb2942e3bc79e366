"""Rules that can be swapped by name: where the person can be, who approves, who may be woken.

Pure values. A case can be replayed under another policy, and a fact names the one it followed.
"""

from collections.abc import Mapping
from typing import Final

from homeward.policies.circles import Circles
from homeward.policies.district import District
from homeward.policies.field import Field
from homeward.policies.known import Policy
from homeward.policies.polygon import Polygon

_ALL: Final[tuple[Policy, ...]] = (Field(), Circles(), District(), Polygon())
ALL: Final[Mapping[str, Policy]] = {one.name: one for one in _ALL}
"""Every reach policy by its name."""

TAKE_GIVEN: Final = frozenset({District.name, Polygon.name})
"""Those that take an area which somebody gives, and refuse to be drafted without one."""

DEFAULT: Final = Field.name


class NoSuchPolicy(LookupError):
    """No reach policy has that name."""


def policy_of(name: str) -> Policy:
    """Return the reach policy of that name. Raises NoSuchPolicy."""
    found = ALL.get(name)
    if found is None:
        raise NoSuchPolicy(name)
    return found
