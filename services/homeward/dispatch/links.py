"""What a message links to: the recipient's own page, opened by the link itself."""

from collections.abc import Callable
from dataclasses import dataclass

from homeward.ports import KeyRing


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Makes capability links; who holds one may read that recipient's inbox, and nothing else."""

    ring: KeyRing
    public_url: Callable[[], str]

    def inbox(self, recipient: str) -> str:
        """Return the link to a recipient's page."""
        token = self.ring.token("inbox", recipient)
        return f"{self.public_url().rstrip('/')}/i/{recipient}/{token}"
