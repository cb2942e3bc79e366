"""I-28, judged from log, ledger and roster: an unverified report has no public recipient."""

from collections.abc import Iterator
from typing import Final

from pyroaring import BitMap

from homeward.case import fold
from homeward.facts.callout import CalloutOrdered
from homeward.messages import Recorded
from homeward.ports import Recipient
from homeward.record.envelope import read
from homeward.testing.memory import Disk
from homeward.words import Purpose, RecipientKind, Tier

ON_DUTY: Final = frozenset({RecipientKind.HUB, RecipientKind.DESK})
ENDS: Final = frozenset(
    {"case.rejected/1", "case.withdrawn/1", "escalation.report-lapsed/1", "case.resolved/1"}
    | {"hold.placed/1"}
)


def trusted(one: Recipient) -> bool:
    """Return whether somebody may hear of what nobody verified."""
    return one.kind in ON_DUTY or (one.kind is RecipientKind.VOLUNTEER and one.tier is Tier.VETTED)


def public_recipients(disk: Disk) -> Iterator[str]:
    """Yield who stands in a row of the ledger of a case that was unverified when it was ordered.

    It reads neither the processors' states nor the orders' own tiers. Who left is not judged.
    """
    cases: dict[str, list[Recorded]] = {}
    unverified: set[str] = set()
    for row in disk.log.rows:
        one = read(row)
        cases.setdefault(row.key, []).append(one)
        if isinstance(one.fact, CalloutOrdered) and not fold(cases[row.key]).verified:
            unverified.add(one.id)
    for kept in disk.ledger.rows.values():
        chunk = kept.chunk
        if chunk.order not in unverified:
            continue
        for ordinal in BitMap.deserialize(chunk.recipients):
            known = disk.roster.registered.get(disk.roster.by_ordinal.get(ordinal, ""))
            if known is not None and not trusted(known.recipient):
                yield f"unverified and told: {known.recipient.id} of {chunk.case}"


def not_told_over(disk: Disk) -> Iterator[str]:
    """Yield who was told of an unverified report that came to nothing, and not that it is over."""
    ended = {row.key for row in disk.log.rows if read(row).kind in ENDS}
    alerted = {row.key for row in disk.log.rows if read(row).kind == "case.alert-issued/1"}
    told: dict[str, BitMap] = {}
    over: dict[str, BitMap] = {}
    for kept in disk.ledger.rows.values():
        chunk = kept.chunk
        if chunk.alert == 0 and chunk.purpose is Purpose.ALERT and kept.lease:
            told[chunk.case] = told.get(chunk.case, BitMap()) | BitMap.deserialize(chunk.recipients)
        if chunk.purpose in {Purpose.CLOSE_OUT, Purpose.CANCEL}:
            over[chunk.case] = over.get(chunk.case, BitMap()) | BitMap.deserialize(chunk.recipients)
    for case in ended - alerted:
        missing = told.get(case, BitMap()) - over.get(case, BitMap())
        left = [one for one in missing if one in disk.roster.by_ordinal]
        if left:
            yield f"never told that an unverified report is over: {len(left)} of {case}"
