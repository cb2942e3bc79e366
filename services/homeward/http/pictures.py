"""Fields that are asked for: few are computed at once, so many an hour, the newest kept a while.

They are dear to compute and say where a person can be; alerts share the machine with them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from homeward import policies
from homeward.http.pages.rates import Rates
from homeward.http.problems import NotRaisedYet
from homeward.messages import Recorded
from homeward.picture.field import CaseField, NoField, field_of
from homeward.refusals import PolicyUnknown

AT_ONCE: Final = 2
"""In threads of their own: what takes long keeps out nothing but other pictures."""
KEPT_MAX: Final = 16
"""Fields: a map after the GeoJSON, another language, another who looks at a case that is over."""

Made = TypeVar("Made")
_Key: TypeAlias = tuple[str, int, datetime, str | None]


@dataclass(frozen=True, slots=True)
class Then:
    """What was known of a case at a moment, and the moment."""

    facts: Sequence[Recorded]
    at: datetime


def field_then(then: Then, policy: str | None) -> CaseField:
    """Return the field, computed here. Raises PolicyUnknown, NotRaisedYet."""
    if policy is not None and policy not in policies.ALL:
        raise PolicyUnknown(policy)
    try:
        return field_of(then.facts, then.at, policy)
    except NoField:
        raise NotRaisedYet from None


@dataclass(slots=True)
class Pictures:
    """One process's."""

    rates: Rates
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="picture")
    )
    _kept: OrderedDict[_Key, CaseField] = field(default_factory=OrderedDict)

    async def beside(self, work: Callable[[], Made]) -> Made:
        """Return what some work comes to, beside the loop and after what came before it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def field(self, then: Then, policy: str | None) -> CaseField:
        """Return the field; the same question gets the same one. Raises as `field_then`."""
        newest = then.facts[-1]
        key = (newest.key, newest.log_index, then.at, policy)
        found = self._kept.get(key)
        if found is None:
            found = await self.beside(lambda: field_then(then, policy))
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return found
