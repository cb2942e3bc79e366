"""A far side that closed all kept connections is asked again, on a new one."""

import asyncio

from homeward.client import server

KEPT = 5
ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
)


async def asked(reader):
    """Read one request; return whether there was one."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    await reader.readexactly(length)


async def test_a_request_outlives_every_kept_connection():
    together = asyncio.Barrier(KEPT)
    connections = 0

    async def once(reader, writer):
        nonlocal connections
        connections += 1
        late = connections > KEPT
        await asked(reader)
        if not late:
            await together.wait()
        writer.write(ANSWER)
        await writer.drain()
        await asked(reader)  # and closes as it is asked again
        writer.close()

    far = await asyncio.start_server(once, "127.0.0.1", 0)
    port = far.sockets[0].getsockname()[1]
    async with far, server(f"http://127.0.0.1:{port}", "k") as there:
        await asyncio.gather(*(there.post("/v1/x", {}) for _ in range(KEPT)))
        assert connections == KEPT
        assert await there.post("/v1/x", {}) == {"ok": True}
        assert connections == KEPT + 1
