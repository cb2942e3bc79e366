"""A case with people around it, ready for its alert; and how its end is judged."""

import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.kit import judging
from tests.faults.kit.judging import Told
from tests.faults.kit.ledger import Outcomes, outcomes
from tests.faults.kit.town import Town
from tests.stage import alert, count, raise_case, register, until, volunteers

IN_FLIGHT = 6 * 100
"""channel_batches x outcome_batch: what one sender may have on the wire and not yet recorded."""
IN_HAND = 2 * 8 * 100
"""2 x senders x outcome_batch: whom one sender may have leased."""
OUTCOME_BATCH = 100
RECORDED_S = 60
"""How long after the last message its outcome may take to stand in the ledger."""


def seed_of() -> int:
    """Return this run's seed and print it: HOMEWARD_SEED repeats the run."""
    seed = int(os.environ.get("HOMEWARD_SEED", str(random.SystemRandom().randrange(10**6))))
    print(f"HOMEWARD_SEED={seed}")  # noqa: T201 -- repeats the run
    return seed


def people_of(default: int) -> int:
    return int(os.environ.get("HOMEWARD_FAULT_PEOPLE", str(default)))


@dataclass
class Scene:
    """A verified case, and volunteers whose messages a sink writes down."""

    town: Town
    case: str
    people: Sequence[dict[str, Any]]
    accepted_at: dict[int, float] = field(default_factory=dict)
    """By version: when the 2xx of its issue came."""

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset(one["recipient"] for one in self.people)

    def issue(self, version: int) -> None:
        """Issue the alert's next version."""
        alert(self.town, self.case, tag=f"v{version}")
        self.accepted_at[version] = judging.now_s()

    def reached(self, version: int) -> int:
        """How many the sink has heard of."""
        return len(count(self.town.messages(), "alert", version).recipients)

    def until_told(self, version: int, patience_s: float, part: float = 1.0) -> None:
        """Wait until so large a part of all was told."""
        wanted = part * len(self.people)
        until(lambda: self.reached(version) >= wanted, patience_s, f"{self._stand(version)} told")

    def until_recorded(self, patience_s: float) -> None:
        """Wait until the ledger has an outcome of everybody."""

        def quiet() -> bool:
            ledger = self.town.ask("GET", f"/v1/cases/{self.case}", role="auditor")["ledger"]
            return all(int(one["pending"]) == 0 for one in ledger)

        until(quiet, patience_s, "outcomes")

    def judge(self, name: str, version: int = 1, **figures: object) -> Told:
        """Read sink, log and ledger; nobody missing, nobody twice, nothing out of order."""
        town = self.town
        assert town.database is not None
        ledger = self._recorded(version)
        found = judging.told(town, self.everybody, version, self.accepted_at[version])
        log = judging.log_of(town.database.dsn)
        breaks, late = judging.order_breaks(log), judging.outdated(town.messages())
        more = " ".join(f"{key}={value}" for key, value in figures.items())
        print(  # noqa: T201 -- figures
            f"{name}: people {len(self.people)} missing {found.missing} "
            f"twice {found.shown_twice} re-sent {found.resent} outdated {late} "
            f"recorded {len(ledger.accepted)} unrecorded {ledger.unrecorded} "
            f"order breaks {len(breaks)} first {found.first_s:.2f} s last {found.last_s:.1f} s "
            f"facts {len(log)} heard {judging.heard_by(town.database.dsn)} {more}"
        )
        assert found.missing == 0
        assert found.shown_twice == 0
        assert breaks == []
        assert late == 0 or version > 1
        self._judge_ledger(ledger, version)
        if version == max(self.accepted_at):  # all of the log, so once is enough
            judging.verified(town)
        return found

    def _recorded(self, version: int) -> Outcomes:
        """Return what the ledger says once it has everybody's outcome, or does not get it."""
        assert self.town.database is not None
        end = time.monotonic() + RECORDED_S
        while True:
            said = outcomes(self.town.database.dsn, self.case, version)
            whole = said.accepted == self.everybody and said.summed_up == len(self.everybody)
            if whole or version < max(self.accepted_at) or time.monotonic() > end:
                return said
            time.sleep(0.5)

    def _judge_ledger(self, said: Outcomes, version: int) -> None:
        """Accepted in the ledger = people = sink, each once, and the log sums up the same.

        Of a version that a newer one overtook a sender may have died between the message and its
        outcome: those people stand there as without an outcome, and nobody is told them again.
        """
        assert said.people == self.everybody
        assert (said.named_again, said.accepted_again) == (0, 0)
        assert (said.failed, said.expired, said.open) == (0, 0, 0)
        assert said.counted == len(said.accepted)
        assert len(self.everybody - said.accepted) == said.unrecorded
        if version == max(self.accepted_at):
            assert said.unrecorded == 0
            assert said.summed_up == said.counted
        else:
            assert said.summed_up <= said.counted

    def _stand(self, version: int) -> str:
        return f"{self.reached(version)} of {len(self.people)}"


def set_up(town: Town, people: int) -> Scene:
    """Register people around a case that is verified; nothing is out yet."""
    town.make_keys("officer", "supervisor", "auditor")
    there = volunteers(town.address, people)
    register(town, there)
    case = raise_case(town)
    town.ask("POST", f"/v1/cases/{case}/verify", {"unit": "tests"}, role="officer", key="verify")
    town.await_bells()
    town.await_lanes()
    return Scene(town, case, there)
