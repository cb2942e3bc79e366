"""Opening what is sealed, for somebody who may: recorded before it is answered (I-13)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from homeward.case.refusals import CaseSealed
from homeward.desk.desk import Asking, Desk
from homeward.desk.insider import ReadWatch
from homeward.facts.access import ReadingAlarmed, SealedRead
from homeward.hosts.opening import open_fields
from homeward.messages import Actor
from homeward.record.reading import kind_of
from homeward.words import Role, derived_id

log = structlog.get_logger()
SUPERVISION: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who reads what is sealed in a case whose file is closed."""
SEALED: Final = "case.sealed/1"
Opened = Mapping[str, Mapping[str, Any]]
"""From a fact's id to its opened fields."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens sealed fields of a case for a person."""

    desk: Desk
    watch: ReadWatch = field(default_factory=ReadWatch)

    async def open_case(
        self,
        case: str,
        by: Actor,
        *,
        purpose: str,
        fields: Collection[str],
        reading: str,
        closed: Collection[str] = (),
    ) -> Opened:
        """Return sealed fields of all facts of a case, after the access record is durable.

        ``reading`` names this request (its id); erased values are missing, and facts of the kinds
        that are ``closed`` to whoever asks. Of a sealed case only supervision reads.
        Raises CaseSealed.
        """
        known = self.desk.log
        rows = await known.key_rows(case)
        if by.role not in SUPERVISION and any(kind_of(row) == SEALED for row in rows):
            raise CaseSealed
        record = SealedRead(
            case=case, at=self.desk.clock.now(), fields=tuple(sorted(fields)), purpose=purpose
        )
        key = derived_id(known.origin, by.id, reading, "access")
        await self.desk.submit(
            f"access-{case}", Asking(by, key, key.encode()), _nothing, lambda _: (record,)
        )
        await self._alarm(by, case, key)
        rows = [row for row in rows if kind_of(row) not in closed]
        opened = await open_fields(known, self.desk.keys, rows, fields)
        return {
            one: {name: json.loads(text) for name, text in found.items()}
            for one, found in opened.items()
        }

    async def _alarm(self, by: Actor, case: str, key: str) -> None:
        """Say it when somebody opens very many cases. Raises LogUnavailable."""
        desk = self.desk
        cases = self.watch.read(by.id, case, desk.clock.real())
        if not cases:
            return
        desk.meter.count("homeward_reading_alarms_total")
        log.warning("very many cases were opened by one account", role=by.role.value, cases=cases)
        fact = ReadingAlarmed(at=desk.clock.now(), cases=cases)
        stream = f"access-{derived_id(desk.log.origin, 'reading', by.id)}"
        asking = Asking(by, f"{key} alarm", stream.encode())
        await desk.submit(stream, asking, _nothing, lambda _: (fact,))


async def _nothing() -> Sequence[Any]:
    return ()
