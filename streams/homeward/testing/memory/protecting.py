"""The list of protected persons in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from homeward.testing.memory.calls import Calls, port_call


@dataclass(slots=True)
class ProtectedDisk:
    """Digests, and by which loading each was kept last."""

    digests: dict[bytes, str] = field(default_factory=dict)


class MemoryProtected:
    """`Protected`."""

    def __init__(self, disk: ProtectedDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    @port_call
    async def add(self, load: str, digests: Sequence[bytes]) -> None:
        self.disk.digests |= dict.fromkeys(digests, load)

    @port_call
    async def finish(self, load: str) -> None:
        kept = {one: by for one, by in self.disk.digests.items() if by == load}
        self.disk.digests = kept

    @port_call
    async def knows(self, digests: Sequence[bytes]) -> bool:
        return any(one in self.disk.digests for one in digests)

    @port_call
    async def count(self) -> int:
        return len(self.disk.digests)
