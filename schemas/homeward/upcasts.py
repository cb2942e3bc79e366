"""How retired versions of a fact are brought up to date, once, at the door.

None yet: no kind has a second version. When one does, its pure function stands here with the date
and the reason, and the corpus keeps a line of the old version for ever.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Raw: TypeAlias = dict[str, Any]

UPCASTS: dict[str, Callable[[Raw], tuple[str, Raw]]] = {}
"""From a retired kind to a function that returns the next kind and its public part."""


def up_to_date(kind: str, public: Raw) -> tuple[str, Raw]:
    """Return the newest kind and public part that say the same."""
    while kind in UPCASTS:
        kind, public = UPCASTS[kind](public)
    return kind, public
