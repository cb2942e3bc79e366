"""SAFETY "webhooks (SSRF)": whoever chooses an address chooses nothing of our network."""

import pytest

from homeward.dispatch.channels.address import (
    AddressRefused,
    PublicResolver,
    check_public,
    ip_of,
    is_public,
    loopback_endpoint,
    parsed,
)

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "64:ff9b:1::7f00:1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:7f00:1::",
]
OUTSIDE = ["1.1.1.1", "8.8.8.8", "223.5.5.5", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_of_our_own_is_not_public(text):
    assert not is_public(ip_of(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_public_address_is(text):
    assert is_public(ip_of(text))


@pytest.mark.parametrize(
    "address",
    [
        "http://partner.example/hook",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https:///hook",
        "https://",
        "partner.example",
        "",
        "https://user:secret@partner.example/",
        "https://user@partner.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.8:8443/",
        "https://169.254.169.254/latest/",
        "https://１２７.0.0.1/",
        "https://partner.example:99999/",
        "https://partner.example:0/",
        "https://" + "a" * 2_048 + ".example/",
    ],
)
def test_an_address_is_refused_before_anything_is_looked_up(address):
    with pytest.raises(AddressRefused):
        check_public(parsed(address))


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["1.1.1.1", "::1"], ["fe80::1%eth0"], [], ["what"]],
)
async def test_a_name_is_refused_when_one_of_its_addresses_is_not_public(found):
    resolver = PublicResolver(lambda *_: found)
    with pytest.raises(AddressRefused):
        await resolver.resolve("partner.example", 443)
    await resolver.close()


@pytest.mark.parametrize("name", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1"])
async def test_an_odd_spelling_of_the_loopback_is_refused_resolved(name):
    check_public(parsed(f"https://{name}/"))  # a name, as far as a parser can tell
    resolver = PublicResolver()
    with pytest.raises(OSError):  # noqa: PT011 -- refused, or unknown to this machine's resolver
        await resolver.resolve(name, 443)
    await resolver.close()


async def test_exactly_the_addresses_that_were_judged_are_connected_to():
    asked = []

    def lookup(host, port):
        asked.append(host)
        return ["1.1.1.1", "2606:4700::1111"] if len(asked) == 1 else ["127.0.0.1"]

    resolver = PublicResolver(lookup)
    found = await resolver.resolve("rebinding.example", 443)
    assert found == ["1.1.1.1", "2606:4700::1111"]
    assert asked == ["rebinding.example"]
    await resolver.close()


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1:80", "0.0.0.0:80", "localhost:80", "127.0.0.1", "127.0.0.1:0", "", "1.1.1.1:1"],
)
def test_only_loopback_endpoints_can_be_allowed(text):
    with pytest.raises(ValueError, match="loopback endpoint"):
        loopback_endpoint(text)


def test_a_loopback_endpoint_is_read():
    assert loopback_endpoint(" 127.0.0.1:8099") == ("127.0.0.1", 8099)
    assert loopback_endpoint("[::1]:8099") == ("::1", 8099)
