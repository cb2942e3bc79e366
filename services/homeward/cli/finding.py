"""What the doctor says of one thing."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at and how it is."""

    what: str
    ok: bool
    mend: str = ""

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)
