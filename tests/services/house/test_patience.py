"""Silent and slow connections end; those that ask are served, one request after another."""

import asyncio
import contextlib

import pytest
import uvicorn

from homeward.house.patience import Patient

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Hasty(Patient):
    head_s = 0.3


async def hello(scope, receive, send):
    assert scope["type"] == "http"
    await asyncio.sleep(0.5)  # longer than the patience with a head
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
async def port():
    """A server that waits 0.3 s for a head."""
    config = uvicorn.Config(hello, port=0, http=Hasty, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for that
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def answers(reader):
    return await asyncio.wait_for(reader.readuntil(b"hi"), 3)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost:"])
async def test_a_head_that_does_not_come_ends_the_connection(port, said):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


async def test_a_slow_second_head_ends_it_too(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASK)
    assert await answers(reader)
    with contextlib.suppress(ConnectionError):
        for letter in b"GET / HT":
            writer.write(bytes([letter]))
            await asyncio.sleep(0.1)
        await asyncio.wait_for(reader.read(), 3)
    assert reader.at_eof() or reader.exception()
    writer.close()


async def test_who_asks_is_served_however_long_the_answer_takes(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(ASK)
        assert await answers(reader)
    writer.close()
