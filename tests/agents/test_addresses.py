from ipaddress import ip_address

import pytest

from agents.addresses import Policy, is_public
from maestro.errors import EgressRefused


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254"),
        *("172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.19.0.1"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1"),
        *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::"),
        *("2001::1", "2001:db8::1", "100::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1"),
        *("ff02::1", "3fff::1", "4000::1"),
    ],
)
def test_an_address_that_is_not_of_the_open_internet(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_address_of_the_open_internet(text: str) -> None:
    assert is_public(ip_address(text))


def test_one_address_inside_refuses_the_whole_name() -> None:
    with pytest.raises(EgressRefused):
        Policy().judge("mixed.example", 443, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(EgressRefused):
        Policy().judge("scoped.example", 443, ["fe80::1%eth0"])


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 11211])
def test_ports_of_other_services_are_closed(port: int) -> None:
    with pytest.raises(EgressRefused, match=str(port)):
        Policy().judge("example.com", port, ["1.1.1.1"])


def test_the_deployer_may_allow_a_host_and_sets_the_far_ends() -> None:
    policy = Policy.of(["Intra.example", "[::1]"], ["http://127.0.0.1:9999/v1", ""])

    policy.judge("intra.EXAMPLE", 8080, ["10.0.0.1"])
    policy.judge("::1", 80, ["::1"])
    policy.judge("127.0.0.1", 9999, ["127.0.0.1"])
    with pytest.raises(EgressRefused):
        policy.judge("127.0.0.1", 9998, ["127.0.0.1"])
    with pytest.raises(EgressRefused):
        policy.judge("evil.intra.example", 80, ["10.0.0.1"])
