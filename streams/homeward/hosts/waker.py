"""Says `WakeDue` when the case clock reaches a moment that a consumer asked for."""

from dataclasses import dataclass

from homeward.facts.clock import WakeDue
from homeward.hosts.pen import NOTHING_SEALED
from homeward.messages import Actor
from homeward.ports import Clock, Conflict, Log, Unit, Wake, Workbench
from homeward.record.envelope import Entry, Origin, StreamHead, write
from homeward.words import Role, derived_id

WAKER = Actor(id="waker", role=Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Waker:
    """Stateless: what is due stands in the workbench, what was said in the log."""

    log: Log
    workbench: Workbench
    clock: Clock

    async def once(self, limit: int = 100) -> int:
        """Say what is due now; return how many. A wake said twice is the same fact."""
        due = await self.workbench.due(self.clock.now(), limit)
        for wake in due:
            await self._say(wake)
            await self.workbench.drop_wake(wake)
        return len(due)

    async def wait_s(self, at_most_s: float) -> float:
        """Return how many real seconds to sleep until the next wake."""
        moment = await self.workbench.next_due()
        return at_most_s if moment is None else min(at_most_s, self.clock.real_s_until(moment))

    async def _say(self, wake: Wake) -> None:
        outcome: object = None
        while outcome is None or isinstance(outcome, Conflict):  # another waker spoke first
            version, chain = await self.log.stream_head(f"clock-{wake.key}")
            entry = self._entry(wake, StreamHead(f"clock-{wake.key}", version, chain))
            [outcome] = await self.log.append([Unit((entry,))])

    def _entry(self, wake: Wake, head: StreamHead) -> Entry:
        fact = WakeDue(
            case=wake.key,
            at=wake.due,
            processor=wake.processor,
            asked_by=wake.asked_by,
            due=wake.due,
        )
        return write(
            fact,
            fact_id=derived_id(self.log.origin, wake.asked_by, wake.processor, "wake"),
            log=self.log.origin,
            head=head,
            origin=Origin(by=WAKER, cause=wake.asked_by),
            recorded=self.clock.real(),
            sealer=NOTHING_SEALED,
        )
