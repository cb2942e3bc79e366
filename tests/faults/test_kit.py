"""The kit does what it says: to an echo, to PostgreSQL, to Kafka, and to a server's clock."""

import asyncio
import contextlib
import socket
import socketserver
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from kafka.admin import KafkaAdminClient
from tests.broker import Broker
from tests.faults.kit.proxy import Proxy
from tests.faults.kit.server import Server

GONE = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while piece := self.request.recv(65_536):
                self.request.sendall(piece)


@pytest.fixture
def echo():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address
        server.shutdown()


@pytest.fixture
def proxy(echo):
    with Proxy(echo) as one:
        yield one


@contextlib.contextmanager
def called(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as line:
        yield line


def echoed(line, piece=b"are you there"):
    line.sendall(piece)
    back = b""
    while len(back) < len(piece):
        some = line.recv(65_536)
        if not some:
            raise ConnectionResetError
        back += some
    return back == piece


def ended(line):
    """Whether a connection ends, by a word at the latest that is said on it."""
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        for _ in range(10):
            echoed(line)
            time.sleep(0.02)
        return False
    return True


def test_it_passes_on_what_it_is_given(proxy):
    with called(proxy) as line:
        assert echoed(line)
        line.settimeout(10)
        assert echoed(line, b"a" * 3_000_000)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""


def test_it_delays_and_trickles(proxy):
    with called(proxy) as line:
        proxy.delay(0.1)
        began = time.monotonic()
        assert echoed(line)
        assert 0.2 <= time.monotonic() - began < 1
        proxy.trickle(1_000)
        began = time.monotonic()
        assert echoed(line, b"a" * 300)
        assert 0.2 <= time.monotonic() - began < 2  # both ways at once
        proxy.heal()
        began = time.monotonic()
        assert echoed(line, b"a" * 300)
        assert time.monotonic() - began < 0.2


def test_half_open_it_takes_and_says_nothing_and_what_was_swallowed_is_never_patched(proxy):
    with called(proxy) as line, called(proxy) as quiet:
        assert echoed(line)
        assert echoed(quiet)
        proxy.half_open()
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            echoed(line)
        with called(proxy) as new:
            new.settimeout(0.3)
            with pytest.raises(TimeoutError):
                echoed(new)
        proxy.heal()
        assert ended(line)
        assert echoed(quiet)


def test_it_resets_cuts_and_heals_on_the_same_port(proxy):
    with called(proxy) as line:
        assert echoed(line)
        proxy.reset()
        assert ended(line)
    with called(proxy) as line:
        assert echoed(line)
        proxy.cut()
        assert ended(line)
    with pytest.raises(ConnectionRefusedError), called(proxy):
        pass
    proxy.heal()
    with called(proxy) as line:
        assert echoed(line)


def test_kafka_is_reached_only_through_it(tmp_path: Path):
    broker = Broker(tmp_path / "kafka")
    with Proxy(("127.0.0.1", broker.port)) as proxy:
        broker.advertised = proxy.address
        with broker:
            before = proxy.taken
            admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
            assert admin.describe_topics() == []
            assert proxy.taken > before
            admin.close()


async def test_a_servers_clock_is_set_and_it_is_killed_and_comes_back(tmp_path: Path):
    with Server(tmp_path, clock=True) as server, Proxy(("127.0.0.1", server.port)) as proxy:

        async def ahead(line):
            moment = await line.fetchval("SELECT clock_timestamp()")
            return (moment - datetime.now(UTC)) / timedelta(seconds=1)

        line = await asyncpg.connect(server.dsn_at(proxy.port))
        for ahead_s in (0, 3_600, -3_600, 0):
            server.set_clock(ahead_s)
            assert await ahead(line) == pytest.approx(ahead_s, abs=1)
        # Durations stay true, also those of which the clock was set meanwhile.
        began = time.monotonic()
        sleeping = asyncio.create_task(line.fetchval("SELECT pg_sleep(0.5)"))
        await asyncio.sleep(0.1)
        server.set_clock(3_600)
        await sleeping
        assert 0.4 < time.monotonic() - began < 1.5
        await line.execute("CREATE TABLE kept (at timestamptz)")
        await line.execute("INSERT INTO kept VALUES (clock_timestamp())")
        await asyncio.to_thread(server.kill)
        with pytest.raises(GONE):
            await line.fetchval("SELECT 1")
        await asyncio.to_thread(server.start)
        line = await asyncpg.connect(server.dsn_at(proxy.port))
        assert await line.fetchval("SELECT count(*) FROM kept") == 1
        assert await ahead(line) == pytest.approx(3_600, abs=1)
        await line.close()
