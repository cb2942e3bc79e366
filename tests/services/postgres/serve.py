"""A process with a private server: says what it has, and watches it until it is killed."""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from homeward.postgres.ground import PostgresTrouble
from homeward.postgres.supervisor import EmbeddedPostgres


def say(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main(folder: str) -> None:
    async with EmbeddedPostgres(Path(folder)) as server:
        say(dsn=server.dsn, pid=server.pid, owner=server.owner)
        await server.watch()


with contextlib.suppress(KeyboardInterrupt):
    try:
        asyncio.run(main(sys.argv[1]))
    except PostgresTrouble as trouble:
        say(trouble=str(trouble))
