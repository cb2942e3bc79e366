"""The area that went with a draft: kept beside the log, fetched for whoever decides about it."""

from homeward.facts.case import AlertDrafted, AlertIssued, AlertUpdated
from homeward.ports import Log
from homeward.record.envelope import attachments, read


async def given_of(log: Log, fact_id: str) -> bytes | None:
    """Return the cells of a draft or alert, as facts keep a set; None when it has none.

    Raises LogUnavailable.
    """
    row = await log.by_id(fact_id)
    if row is None:
        return None
    fact = read(row, blobs=await log.blobs(attachments(row))).fact
    return fact.given if isinstance(fact, AlertDrafted | AlertIssued | AlertUpdated) else None
