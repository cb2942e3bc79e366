"""How many sightings people may tell (SAFETY "flood of false sightings").

By key or link, by account, and of one case; strangers, who come by a public link, by address and
case, with places and a pace of their own. Hubs and staff are on duty and not limited. Each
process counts for itself, in memory. The limit of a case is for all who are limited together, so a
flood never keeps out what a hub sees. Nor does it keep an alert from going out (I-33): of those who
are limited two are served at a time, the kept and the refused, and few wait.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from homeward.http.doors import Door
from homeward.http.pages.rates import Rates
from homeward.http.problems import SightingsWait, TooManySightings
from homeward.http.turns import Turns
from homeward.refusals import SeenBeforeMissing
from homeward.settings import Settings
from homeward.words import Role

MINUTE_S: Final = 60.0
DAY_S: Final = 24 * 3_600.0
LIMITED: Final = frozenset({Role.VOLUNTEER, Role.REPORTER})


@dataclass(frozen=True, slots=True)
class SightingRates:
    """Counts sightings by key, by account and by case."""

    by_key: Rates
    by_account: Rates
    by_case: Rates
    turns: Turns
    by_address: Rates
    """Of strangers, by address and case; their cases are counted apart, too: of many addresses a
    flood would else use up what a case takes of those who were told."""
    of_strangers: Rates
    strangers: Turns

    @staticmethod
    def of(settings: Settings) -> "SightingRates":
        """Return what a process counts with."""
        return SightingRates(
            Rates(settings.sightings_per_hour, refuses=TooManySightings),
            Rates(settings.sightings_per_day, refuses=TooManySightings, within_s=DAY_S),
            Rates(settings.case_sightings_per_minute, refuses=TooManySightings, within_s=MINUTE_S),
            Turns(SightingsWait),
            Rates(settings.sightings_per_hour, refuses=TooManySightings),
            Rates(settings.case_sightings_per_minute, refuses=TooManySightings, within_s=MINUTE_S),
            Turns(SightingsWait, at_once=1),
        )

    @asynccontextmanager
    async def turn(self, role: Role) -> AsyncIterator[None]:
        """Serve somebody when it is their turn, until the block ends. Raises SightingsWait."""
        if role in LIMITED:
            async with self.turns.taken():
                yield
        else:
            yield

    @contextmanager
    def counting(self, door: Door, secret: str, *, known: bool) -> Iterator[None]:
        """Count a sighting before it is told, and not if nothing came of it.

        ``secret`` is what the key or link holds; one that is ``known`` is told again and counts
        once. Raises TooManySightings.
        """
        if known or door.by.role not in LIMITED:
            yield
            return
        device = hashlib.sha256(secret.encode()).hexdigest()
        names = (
            (self.by_key, device),
            (self.by_account, door.by.id),
            (self.by_case, door.case),
        )
        with _taken(names):
            yield

    @contextmanager
    def counting_stranger(self, case: str, address: str, *, known: bool) -> Iterator[None]:
        """Count what somebody says by a public link, as `counting`. Raises TooManySightings."""
        names = ((self.by_address, f"{address} {case}"), (self.of_strangers, case))
        with _taken(() if known else names):
            yield


@contextmanager
def _taken(names: Iterable[tuple[Rates, str]]) -> Iterator[None]:
    """Count one by each name, and take it back if nothing came of it. Raises TooManySightings.

    One from before the person went missing stays counted: time after time it would say when.
    """
    taken: list[tuple[Rates, str]] = []
    try:
        for rates, name in names:
            rates.take(name)
            taken.append((rates, name))
        yield
    except SeenBeforeMissing:
        raise
    except BaseException:
        for rates, name in taken:
            rates.give_back(name)
        raise
