"""Lets a parked key be heard again: what a hand does once the cause is mended."""

from collections.abc import Sequence

from homeward.hosts.consumer import Consumer
from homeward.hosts.turn import Bench, hear


class NotParked(Exception):
    """No such key waits for a hand."""


async def unpark(bench: Bench, consumers: Sequence[Consumer], processor: str, key: str) -> bool:
    """Unpark a key and hear all that it missed; False when it was parked again.

    Heard here, and not left to the running server: its sweep is beyond these facts already and
    would come back to them only with the key's next one. Beside it this is safe; each fact counts
    once. Raises NotParked, LogUnavailable.
    """
    consumer = next((one for one in consumers if one.name == processor), None)
    if consumer is None or not await bench.workbench.unpark(processor, key):
        raise NotParked
    rows = await bench.log.key_rows(key, kinds=consumer.hears)
    return key not in await hear(bench, consumer, rows)
