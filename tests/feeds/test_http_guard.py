import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.errors import ConfigError
from curator.feeds.http.guard import PRIVATE, STRANGE_PORT, Allowed, allowed, refusal


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2002:5db8:d70e::1", "64:ff9b::5db8:d70e"])
def test_the_public_internet_may_be_contacted(address: str) -> None:
    assert refusal(address, 443) == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.77.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT
        "169.254.169.254",  # cloud metadata
        "198.18.0.1",
        "192.0.0.8",
        "192.88.99.1",  # a gateway of 6to4
        "168.63.129.16",  # Azure's service for its own machines
        "3fff::1",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%2",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::127.0.0.1",
        "2001:db8::1",
    ],
)
def test_local_private_and_reserved_addresses_may_not(address: str) -> None:
    assert refusal(address, 80) == PRIVATE


@pytest.mark.parametrize("private", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1"])
def test_a_private_address_inside_an_ipv6_one_is_seen(private: str) -> None:
    v4 = int(ipaddress.IPv4Address(private))
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | v4)
    nat64 = ipaddress.IPv6Address((0x64FF9B << 96) | v4)
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (v4 << 80) | 1)
    teredo = ipaddress.IPv6Address((0x20010000 << 96) | (0x5DB8D70E << 64) | (v4 ^ 0xFFFF_FFFF))
    assert [refusal(str(a), 80) for a in (mapped, nat64, sixtofour, teredo)] == [PRIVATE] * 4


def test_ports_of_other_protocols_are_left_alone() -> None:
    assert refusal("1.1.1.1", 25) == refusal("1.1.1.1", 22) == STRANGE_PORT
    assert refusal("1.1.1.1", 80) == refusal("1.1.1.1", 8080) == refusal("1.1.1.1", 8443) == ""


def test_the_allow_list_opens_one_port_of_one_place_and_nothing_beside_it() -> None:
    allow = [allowed("127.77.0.0/16:8700")]
    assert refusal("127.77.3.4", 8700, allow) == ""
    assert refusal("::ffff:127.77.3.4", 8700, allow) == ""
    assert refusal("127.77.3.4", 8703, allow) == refusal("127.0.0.1", 8700, allow) == PRIVATE
    assert refusal("1.1.1.1", 25, [allowed("1.1.1.1:25")]) == ""


@pytest.mark.parametrize(
    ("entry", "place", "port"),
    [
        ("127.0.0.1:8601", ipaddress.ip_network("127.0.0.1/32"), 8601),
        (" 127.77.1.2/16:8700 ", ipaddress.ip_network("127.77.0.0/16"), 8700),
        ("[fd00::/8]:80", ipaddress.ip_network("fd00::/8"), 80),
        ("::1:8080", ipaddress.ip_network("::1/128"), 8080),
        ("intranet.example:8080", "intranet.example", 8080),
    ],
)
def test_what_a_person_may_write_in_the_allow_list(entry: str, place: object, port: int) -> None:
    assert allowed(entry) == Allowed(place=place, port=port)  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:http", "x:²", ""])
def test_an_entry_without_a_place_and_a_port_is_told_with_its_key(entry: str) -> None:
    with pytest.raises(ConfigError) as told:
        allowed(entry)
    assert told.value.problems[0].where == "brand.toml [fetch] allow"


def test_a_host_name_in_the_allow_list_covers_no_address_by_itself() -> None:
    assert refusal("127.0.0.1", 80, [allowed("localhost:80")]) == PRIVATE


@given(st.ip_addresses(v=4), st.integers(1, 65535))
def test_what_is_not_global_is_never_let_through(address: ipaddress.IPv4Address, port: int) -> None:
    if not address.is_global or address.is_multicast:
        assert refusal(str(address), port)
        assert refusal(f"::ffff:{address}", port)


@given(st.ip_addresses(v=6), st.integers(1, 65535))
def test_no_ipv6_address_outside_the_global_space_is_let_through(address: ipaddress.IPv6Address, port: int) -> None:
    inside = address in ipaddress.ip_network("2000::/3") or address in ipaddress.ip_network("64:ff9b::/96") or address.ipv4_mapped
    assert inside or refusal(str(address), port)
