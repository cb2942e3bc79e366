"""Far sides that say what no HTTP server should, on connections that are kept."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress

import pytest
from yarl import URL

from homeward.dispatch.channels import post
from homeward.dispatch.channels.address import PublicResolver
from homeward.dispatch.channels.answer import AnswerBroken, Reading
from homeward.dispatch.channels.post import Poster, Target

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx"


@asynccontextmanager
async def raw(serve):
    """A server that is given bare streams; yields the target that leads to it."""
    servings, writers = set(), []

    async def one(reader, writer):
        with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.transport.abort()

    def taken(reader, writer):  # at once: a task that is cancelled before it began closes nothing
        writers.append(writer)
        servings.add(asyncio.create_task(one(reader, writer)))

    server = await asyncio.start_server(taken, "127.0.0.1", 0, backlog=1_000)
    try:
        yield Target.of(URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))
    finally:
        server.close()
        for _ in range(5):
            await asyncio.sleep(0)  # who was let in just now is made known
        for task in servings:
            task.cancel()
        await asyncio.gather(*servings, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def posting():
    poster = Poster(PublicResolver())
    try:
        yield poster
    finally:
        await poster.close()


async def request(reader):
    """Read one request whole and return its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


async def test_an_answer_before_the_request_was_taken_ends_the_connection():
    """What is left of the request may be read as another one, and answered as such."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await reader.read(10)
        writer.write(OK)
        await asyncio.sleep(5)

    async with raw(serve) as url, posting() as poster:
        for _ in range(2):
            answer = await poster.post(url, b"", b"x" * 30_000_000, 3)
            assert answer.status == 200
        assert len(connections) == 2


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 204 No\r\ncontent-length: 44\r\n\r\n",
        OK + OK,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + OK,
    ],
)
async def test_a_far_side_that_says_more_is_not_asked_again_on_that_connection(first):
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await request(reader)
        writer.write(first)
        await request(reader)  # who comes again gets a stranger's answer
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")

    async with raw(serve) as url, posting() as poster:
        assert [(await poster.post(url, b"", b"{}", 3)).status // 100 for _ in range(3)] == [2] * 3
        assert len(connections) == 3


async def test_answers_stay_with_their_requests_however_many_there_are():
    async def serve(reader, writer):
        while True:
            said = await request(reader)
            number = int(said)
            await asyncio.sleep(number % 7 / 1000)
            if number % 5 == 0:
                return  # closed in the middle
            body = b'{"n": %d}' % number
            end = OK if number % 11 == 0 else b""  # an answer that nobody asked for
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            if end:
                await asyncio.sleep(0.002)
                writer.write(end)

    async def one(poster, url, number):
        try:
            answer = await poster.post(url, b"", b"%d" % number, 3)
        except OSError:
            return None
        return answer.body, number

    async with raw(serve) as url, posting() as poster:
        seen = [one(poster, url, n) for n in range(1, 500) if n % 11]
        for said in await asyncio.gather(*seen):
            assert said is None or said[0] == b'{"n": %d}' % said[1]


async def test_connections_that_nobody_uses_are_closed(monkeypatch):
    monkeypatch.setattr(post, "IDLE_S", 0.1)
    ended = asyncio.Event()

    async def serve(reader, writer):
        await request(reader)
        writer.write(OK)
        assert await reader.read() == b""
        ended.set()

    async with raw(serve) as url, posting() as poster:
        await poster.post(url, b"", b"{}", 3)
        await asyncio.wait_for(ended.wait(), 2)
        assert poster.idle == 0


async def test_no_more_than_so_many_connections_are_kept(monkeypatch):
    monkeypatch.setattr(post, "KEPT_MAX", 5)

    async def serve(reader, writer):
        while True:
            await request(reader)
            await asyncio.sleep(0.05)
            writer.write(OK)

    async with raw(serve) as url, posting() as poster:
        await asyncio.gather(*(poster.post(url, b"", b"{}", 3) for _ in range(20)))
        assert poster.idle == 5


async def test_a_post_that_is_given_up_leaves_no_connection():
    gone = asyncio.Event()

    async def serve(reader, writer):
        await request(reader)
        await reader.read()
        gone.set()

    async with raw(serve) as url, posting() as poster:
        asked = asyncio.create_task(poster.post(url, b"", b"{}", 30))
        await asyncio.sleep(0.1)
        asked.cancel()
        await asyncio.wait_for(gone.wait(), 2)
        assert poster.idle == 0


def test_ten_thousand_chunks_of_one_byte_cost_no_more_than_once_over():
    reading = Reading()
    reading.take(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    started = time.perf_counter()
    for _ in range(10_000):
        assert reading.take(b"1\r\nx\r\n") is None
    assert time.perf_counter() - started < 1
    assert len(reading.take(b"0\r\n\r\n").body) == 10_000
    assert reading.reusable


def test_a_chunk_that_is_longer_than_it_says_is_a_fault():
    with pytest.raises(AnswerBroken):
        Reading().take(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n"
        )


async def test_whoever_asks_while_all_is_closed_is_not_left_waiting():
    async def serve(reader, writer):
        await request(reader)
        await asyncio.sleep(30)

    async with raw(serve) as target, posting() as poster:
        asked = asyncio.create_task(poster.post(target, b"", b"{}", 30))
        await asyncio.sleep(0.1)
        await poster.close()
        with pytest.raises(post.BrokenOff):
            await asyncio.wait_for(asked, 2)
