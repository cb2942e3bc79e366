"""``homeward up`` whose webhooks note when they were handed each case's first messages.

``python -m loadtests.up FILE ARGS``: as ``homeward up ARGS``; appends one line a batch to FILE.
"""

import os
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from homeward.cli import main
from homeward.house import calling
from homeward.ports import Channel, Outgoing, Result

NOTED: Final = "webhook"


class Noting:
    """A channel that notes the moment, and is what it was else."""

    def __init__(self, channel: Channel, file: int) -> None:
        self._channel, self._file = channel, file

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the channel has
        return getattr(self._channel, name)

    async def send(self, batch: Sequence[Outgoing]) -> Sequence[Result]:
        """Note (case code, purpose, moment), then send."""
        now, first = time.perf_counter(), batch[0]
        os.write(self._file, f"{first.case_code} {first.purpose} {now!r}\n".encode())
        return await self._channel.send(batch)


def noting(file: int) -> None:
    """Let the house that is opened next note its webhooks' batches."""
    made = calling.channels_for

    def channels_for(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as the one behind it
        channels = dict(made(*args, **kwargs))
        return channels | {NOTED: Noting(channels[NOTED], file)}

    calling.channels_for = channels_for


if __name__ == "__main__":
    path = sys.argv.pop(1)
    noting(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    main()
