"""Endpoints that do not answer are left alone for a while, so that they hold up no others."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FAULTS_BEFORE_REST: Final = 2
FIRST_REST_S: Final = 2.0
LONGEST_REST_S: Final = 30.0
"""Short, because whoever is behind the endpoint is not told meanwhile."""
ALIVE_S: Final = 1.0
"""Who answered so lately is there: of a far side that hangs up on one in ten, two in a row break
every hundred posts, and a rest each time would cost everybody behind it minutes."""
ENDPOINTS_MAX: Final = 10_000


@dataclass(slots=True)
class _Faulty:
    faults: int = 0
    until: float = 0.0


class Resting:
    """Counts faults in a row of each endpoint (scheme, host and port)."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._monotonic, self._chance = monotonic, chance
        self._faulty: dict[str, _Faulty] = {}
        self._answered: dict[str, float] = {}

    def rest_s(self, endpoint: str) -> float:
        """Return how long an endpoint is still left alone; 0: it may be called.

        When its rest is over one call goes first and the others wait for what becomes of it.
        """
        known = self._faulty.get(endpoint)
        if known is None or known.faults < FAULTS_BEFORE_REST:
            return 0.0
        left_s = known.until - self._monotonic()
        if left_s > 0:
            return left_s
        known.until = self._monotonic() + FIRST_REST_S
        return 0.0

    def well(self, endpoint: str) -> None:
        """Note that an endpoint answered, whatever it said."""
        self._faulty.pop(endpoint, None)
        if len(self._answered) >= ENDPOINTS_MAX:
            self._answered.clear()
        self._answered[endpoint] = self._monotonic()

    def fault(self, endpoint: str) -> float:
        """Note that an endpoint did not answer; from the second time on it rests, ever longer.

        Returns how long it rests now, in s. One that answered others a moment ago does not rest.
        """
        answered = self._answered.get(endpoint)
        if answered is not None and self._monotonic() - answered < ALIVE_S:
            return 0.0
        if len(self._faulty) >= ENDPOINTS_MAX:
            self._faulty.clear()  # costs a try each, and bounds what strangers can make us keep
        known = self._faulty.setdefault(endpoint, _Faulty())
        known.faults += 1
        doubled = FIRST_REST_S * 2.0 ** min(known.faults - FAULTS_BEFORE_REST, 10)
        rest_s = min(LONGEST_REST_S, doubled) * (0.5 + 0.5 * self._chance())
        known.until = self._monotonic() + rest_s
        return rest_s if known.faults >= FAULTS_BEFORE_REST else 0.0
