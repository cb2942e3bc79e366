"""Opening what is sealed, for somebody who may: recorded before it is answered (I-13)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeward.case.refusals import CaseSealed
from homeward.desk.desk import Asking, Desk
from homeward.facts.access import SealedRead
from homeward.hosts.opening import open_fields
from homeward.messages import Actor
from homeward.record.reading import kind_of
from homeward.words import Role, derived_id

SUPERVISION: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who reads what is sealed in a case whose file is closed."""
SEALED: Final = "case.sealed/1"
Opened = Mapping[str, Mapping[str, Any]]
"""From a fact's id to its opened fields."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Opens sealed fields of a case for a person."""

    desk: Desk

    async def open_case(
        self,
        case: str,
        by: Actor,
        *,
        purpose: str,
        fields: Collection[str],
        reading: str,
    ) -> Opened:
        """Return sealed fields of all facts of a case, after the access record is durable.

        ``reading`` names this request (its id); erased values are missing. Of a sealed case only
        supervision reads. Raises CaseSealed.
        """
        log = self.desk.log
        rows = await log.key_rows(case)
        if by.role not in SUPERVISION and any(kind_of(row) == SEALED for row in rows):
            raise CaseSealed
        record = SealedRead(
            case=case, at=self.desk.clock.now(), fields=tuple(sorted(fields)), purpose=purpose
        )
        key = derived_id(log.origin, by.id, reading, "access")
        await self.desk.submit(
            f"access-{case}", Asking(by, key, key.encode()), _nothing, lambda _: (record,)
        )
        opened = await open_fields(log, self.desk.keys, rows, fields)
        return {
            one: {name: json.loads(text) for name, text in found.items()}
            for one, found in opened.items()
        }


async def _nothing() -> Sequence[Any]:
    return ()
