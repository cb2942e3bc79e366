"""Where a webhook may point: never into our own network (SAFETY, "webhooks (SSRF)").

A recipient chooses the address, so it is an attacker's choice. It is read once, its name is
resolved once, every address found must be public, and exactly those are connected to.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final, TypeAlias

from yarl import URL

ADDRESS_CHARS_MAX: Final = 2_048
LOOKUPS_AT_ONCE: Final = 8
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out to the public; what lies outside it is nobody's, or ours."""
NEVER: Final = tuple(
    ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")
)
"""Special blocks of IANA's registries that older Pythons take for global."""
LOW_32_BITS: Final = 0xFFFF_FFFF
PORT_MAX: Final = 65_535

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup: TypeAlias = Callable[[str, int], Sequence[str]]


class AddressRefused(OSError):
    """The address is not one that this world may call."""


@lru_cache(maxsize=1_024)
def ip_of(host: str) -> IpAddress | None:
    """Return a host that is an address literal, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(ip: IpAddress) -> bool:
    """Whether an address is a public unicast one; so must be an IPv4 address hidden inside it."""
    if ip in NAT64:
        return is_public(ipaddress.IPv4Address(int(ip) & LOW_32_BITS))
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in one for one in NEVER):
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    if ip not in UNICAST:
        return False
    hidden = (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()))
    return all(one is None or is_public(one) for one in hidden)


def parsed(address: str) -> URL:
    """Return an address as it will be called. Raises AddressRefused for what is no plain URL."""
    if len(address) > ADDRESS_CHARS_MAX:
        raise AddressRefused("too-long")
    try:
        url = URL(address)
        whole = bool(url.host and url.port)
    except ValueError:
        raise AddressRefused("no-url") from None
    if not whole or url.user is not None or url.password is not None:
        raise AddressRefused("no-plain-url")
    return url


def check_public(url: URL) -> None:
    """Refuse what is not https, and a literal that is not public; names are judged resolved."""
    if url.scheme != "https":
        raise AddressRefused("not-https")
    ip = ip_of(url.raw_host or "")
    if ip is not None and not is_public(ip):
        raise AddressRefused("not-public")


def loopback_endpoint(text: str) -> tuple[str, int]:
    """Return host and port of an allowed loopback endpoint, ``127.0.0.1:8099``.

    Raises ValueError when it is anything but a loopback address literal with a port.
    """
    host, _, port = text.strip().rpartition(":")
    ip = ip_of(host.strip("[]"))
    numbered = port.isdecimal() and 0 < int(port) <= PORT_MAX
    if ip is None or not ip.is_loopback or not numbered:
        msg = f"{text!r} is no loopback endpoint: write an address and a port, 127.0.0.1:8099"
        raise ValueError(msg)
    return str(ip), int(port)


def check_loopback(url: URL, allowed: Collection[tuple[str, int]]) -> bool:
    """Whether an address is one of the allowed loopback endpoints."""
    ip = ip_of(url.raw_host or "")
    return ip is not None and (str(ip), url.port or 0) in allowed


def system_lookup(host: str, port: int) -> Sequence[str]:
    """Return the addresses that this machine's resolver gives for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class PublicResolver:
    """Gives the addresses to connect to, all of them judged; nobody looks up others."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        # Threads of its own: a dead name server must not use up everybody's.
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="webhook-lookup")

    async def resolve(self, host: str, port: int = 0) -> Sequence[str]:
        """Return where a name lies now. Raises AddressRefused if one address is not public."""
        loop = asyncio.get_running_loop()
        texts = await loop.run_in_executor(self._threads, self._lookup, host, port)
        ips = [ip_of(text) for text in texts]
        if not ips or any(ip is None or not is_public(ip) for ip in ips):
            raise AddressRefused("not-public")
        return [str(ip) for ip in ips]

    async def close(self) -> None:
        """Let go of the threads; a look-up that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
