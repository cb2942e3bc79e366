"""What became of a chunk of recipients; stream ``handover-<chunk>``, written by dispatch."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact
from homeward.words import CaseId, Count, Digest, Id, Purpose


class HandoverAttempted(Fact):
    """A batch was handed to its channels; counts and the digest say who, the ledger keeps them."""

    kind: Literal["handover.attempted/1"] = "handover.attempted/1"
    case: CaseId
    chunk: Id
    order: Id
    purpose: Purpose
    alert: Annotated[int, Field(ge=0)]
    version: Annotated[int, Field(ge=0)]
    attempt: Count
    accepted: Count
    failed: Count
    """No channel left: a visible terminal failure."""
    expired: Count
    """Not sent any more: the alert was over first."""
    retried: Count
    """Goes on in another chunk, by the same channel later or by the next one."""
    digest: Digest
    """SHA-256 of the serialised bitmap of those accepted."""
