"""Limits by address count whoever has a whole network of them as one."""

import re
from pathlib import Path

import pytest

import homeward.http
from homeward.http.addresses import counted_as

HTTP = Path(homeward.http.__file__).parent


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_by_its_network_and_a_mapped_one_as_ipv4(host, name):
    assert counted_as(host) == name


def test_addresses_are_counted_in_one_place():
    reads = re.compile(r"\.client\b\s*(\.|if|is|and|or|\))|\[.client.\]")
    found = {one.name for one in HTTP.rglob("*.py") if reads.search(one.read_text())}
    assert found == {"addresses.py"}
