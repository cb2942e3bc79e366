"""Who answers at the brokers' addresses, asked before an app is made: one is dear to make and end.

A port that takes a connection need not be Kafka's: a database's does, too. Faust would try it for
ever and say nothing of why.
"""

import asyncio
import contextlib
import struct
from enum import StrEnum
from typing import Final

CONNECT_S_MAX: Final = 2.0
"""Of an address; also until it has said that it is a broker."""
_NUMBER: Final = 0x686F6D65
"""Ours; a broker says it back, and nothing else begins its answer with it."""
_QUESTION: Final = struct.pack(">ihhih", 10, 18, 0, _NUMBER, -1)
"""ApiVersions 0 without a client's name: every broker answers it, whatever its version."""


class Answers(StrEnum):
    """What was found at the brokers' addresses."""

    BROKER = "broker"
    NOBODY = "nobody"
    """No address takes a connection."""
    ANOTHER = "another"
    """One takes a connection and answers not as a broker would: another program, or it hangs."""


async def knock(bootstrap: str) -> Answers:
    """Return who answers at ``host:port,host:port``; a broker at one of them is enough."""
    found = Answers.NOBODY
    for one in bootstrap.split(","):
        host, _, port = one.strip().rpartition(":")
        with contextlib.suppress(OSError, TimeoutError, ValueError, OverflowError):  # no port
            async with asyncio.timeout(CONNECT_S_MAX):
                reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            found = Answers.ANOTHER
            try:
                if await _is_broker(reader, writer):
                    return Answers.BROKER
            finally:
                writer.close()
    return found


async def _is_broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    try:
        async with asyncio.timeout(CONNECT_S_MAX):
            writer.write(_QUESTION)
            said = await reader.readexactly(8)  # its length, then the number of the question
    except (asyncio.IncompleteReadError, OSError, TimeoutError):
        return False
    return bool(struct.unpack(">ii", said)[1] == _NUMBER)
