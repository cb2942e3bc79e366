"""From where a request comes, as limits count it."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from starlette.requests import HTTPConnection

PREFIX_BITS: Final = 64
"""One connection is given that many addresses and more (RFC 6177, RFC 8981): whoever has it has all
of them, and would else be somebody else with each request."""


def address_of(request: HTTPConnection) -> str:
    """Return what an address is counted by; "": the server names none."""
    return counted_as(request.client.host) if request.client else ""


def counted_as(host: str) -> str:
    """Return an IPv4 address as it is, an IPv6 address by its network, and any other name so."""
    try:
        known = ip_address(host)
    except ValueError:
        return host
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped is not None:  # a server that hears both at one socket says it so
        return str(known.ipv4_mapped)
    return str(IPv6Network((int(known), PREFIX_BITS), strict=False))
