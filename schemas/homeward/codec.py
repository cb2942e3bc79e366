"""From a kind to its class and back; what nobody knows is kept, never dropped."""

import json
from collections.abc import Mapping
from typing import Any, Final

from homeward import facts
from homeward.messages import Fact, UnknownFact
from homeward.upcasts import up_to_date

KINDS: Final[dict[str, type[Fact]]] = {
    str(one.model_fields["kind"].default): one for one in facts.ALL
}
"""Every kind that this build can say and understand."""


def decode(
    kind: str,
    case: str | None,
    public: Mapping[str, Any],
    *,
    opened: Mapping[str, str] | None = None,
    attached: Mapping[str, bytes] | None = None,
) -> Fact:
    """Return the fact with that public part, and with what was opened or attached.

    ``opened`` maps personal fields to JSON text. A kind this build does not know becomes an
    `UnknownFact`; one it knows but cannot read raises pydantic's ValidationError.
    """
    kind, newest = up_to_date(kind, dict(public))
    found = KINDS.get(kind)
    if found is None:
        return UnknownFact(kind=kind, case=case, at=newest["at"], raw=newest)
    newest["kind"] = kind
    if opened:
        newest.update({name: json.loads(text) for name, text in opened.items()})
    if attached:
        newest.update(attached)
    if case is not None:
        newest["case"] = case
    return found.model_validate(newest)
