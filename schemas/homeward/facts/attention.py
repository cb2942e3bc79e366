"""That an alert is to reach those, too, whom it lets sleep; stream ``case-<case>``."""

from typing import Annotated, Literal

from pydantic import Field

from homeward.messages import Fact, Personal
from homeward.words import CaseId, Digest, Id, Note


class AttentionOverrideAsked(Fact):
    """Somebody asks that a live version also reaches those who sleep or whose day is spent."""

    kind: Literal["case.attention-override-asked/1"] = "case.attention-override-asked/1"
    case: CaseId
    draft: Id
    """That the version was issued on."""
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    digest: Digest
    """SHA-256 of the draft's envelope, as who asks named it."""
    reason: Annotated[Note | None, Personal("child")] = None


class AttentionOverridden(Fact):
    """A second person agrees: the version reaches them. Nobody hears it twice."""

    kind: Literal["case.attention-overridden/1"] = "case.attention-overridden/1"
    case: CaseId
    draft: Id
    alert: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
    asked: Id
    """The fact that asked for it."""
