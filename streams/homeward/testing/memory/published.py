"""How far the log was published, in memory."""

from dataclasses import dataclass

from homeward.testing.memory.calls import Calls, port_call


@dataclass(slots=True)
class PublishedDisk:
    """What a crash leaves."""

    size: int | None = None


class MemoryPublished:
    """`Published`: one number."""

    def __init__(self, disk: PublishedDisk, calls: Calls) -> None:
        self.disk, self.calls = disk, calls

    @port_call
    async def size(self) -> int | None:
        return self.disk.size

    @port_call
    async def raise_to(self, size: int) -> None:
        self.disk.size = max(size, self.disk.size or 0)

    @port_call
    async def begin_at(self, size: int) -> None:
        self.disk.size = size
