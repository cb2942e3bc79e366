"""A live world's webhooks over TLS; the far side is on the loopback and taken for a public one."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.services.dispatch.conftest import outgoing
from tests.services.dispatch.test_webhook import WallClock

from homeward.dispatch.channels import address
from homeward.dispatch.channels.webhook import LiveWebhookChannel
from homeward.ports import Verdict

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def certificate(name, key, signed_by=None, by_key=None):
    """Return a certificate for a name; without anybody who signs it, an authority's own."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    issuer = signed_by.subject if signed_by else named
    signer = by_key or key
    return (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signed_by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """Make an authority that this process trusts; returns a server's TLS for a name."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("root.example", root_key)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))

    def server(name, *, known=True):
        key = ec.generate_private_key(ec.SECP256R1())
        one = certificate(name, key, root, root_key) if known else certificate(name, key)
        file = tmp_path / "server.pem"
        file.write_bytes(pem(key) + one.public_bytes(serialization.Encoding.PEM))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(file)
        return tls

    return server


@asynccontextmanager
async def listening(tls, got):
    """A far side that takes what it gets: (connection, head) of each request."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        number = len(connections)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                got.append((number, head))
                writer.write(OK)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for one in connections:
            one.transport.abort()
        server.close()
        await asyncio.sleep(0.01)


async def results(ring, tls, got=None, times=1):
    """Send to https://hook.example, which leads to a far side with such TLS."""
    channel = LiveWebhookChannel(ring, WallClock(), lookup=lambda _host, _port: ["127.0.0.1"])
    found = []
    async with listening(tls, [] if got is None else got) as port:
        try:
            for number in range(times):
                one = outgoing(address=f"https://hook.example:{port}/in/{number}?a=b", drill=False)
                found += await channel.send([one])
        finally:
            await channel.close()
    return found


async def test_a_live_webhook_speaks_tls_by_name_on_a_kept_connection(ring, trusted, monkeypatch):
    monkeypatch.setattr(address, "is_public", lambda _ip: True)
    got = []
    found = await results(ring, trusted("hook.example"), got, times=3)
    assert [one.verdict for one in found] == [Verdict.ACCEPTED] * 3
    assert [connection for connection, _ in got] == [1] * 3
    assert got[2][1].startswith(b"POST /in/2?a=b HTTP/1.1\r\nhost: hook.example:")


@pytest.mark.parametrize(("name", "known"), [("other.example", True), ("hook.example", False)])
async def test_nobody_else_is_told(ring, trusted, monkeypatch, name, known):
    monkeypatch.setattr(address, "is_public", lambda _ip: True)
    got = []
    (found,) = await results(ring, trusted(name, known=known), got)
    assert (found.verdict, found.detail) == (Verdict.RETRY, "SSLCertVerificationError")
    assert got == []


async def test_a_name_that_leads_into_our_own_network_is_not_connected_to(ring, trusted):
    got = []
    (found,) = await results(ring, trusted("hook.example"), got)
    assert (found.verdict, found.detail) == (Verdict.FAILED, "address-not-public")
    assert got == []
