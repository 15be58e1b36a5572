"""Which addresses a skill may reach: judged by number, never by how they are written."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from maestro.errors import EgressRefused

# Everything IANA lists as special, so that the answer does not change with Python's version.
SPECIAL_V4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
PUBLIC_V6 = ip_network("2000::/3")
SPECIAL_V6 = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
NAT64 = ip_network("64:ff9b::/96")
# Services that a line of HTTP may upset; below 1024 only the web's own two ports are open.
REFUSED_PORTS = {1433, 1521, 2049, 2375, 2379, 3306, 5432, 6379, 9042, 9200, 11211, 27017}
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_web_address(url: str) -> bool:
    """Whether it is written as an HTTP address should be, with no name or password in it."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(whole) and "@" not in parts.netloc and url.isprintable() and " " not in url


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of the open internet, also when it wraps another one."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in PUBLIC_V6 and not any(address in network for network in SPECIAL_V6)


@dataclass(frozen=True)
class Policy:
    """What the deployer lets skills reach beside the open internet.

    `hosts` at any port; `far_ends` are (host, port) of the services the deployer set. `within`:
    the hosts to which a workspace has narrowed it, `*.example.com` for all below one; empty: any.
    """

    hosts: frozenset[str] = frozenset()
    far_ends: frozenset[tuple[str, int]] = frozenset()
    within: frozenset[str] = frozenset()

    @classmethod
    def of(cls, hosts: Iterable[str], urls: Iterable[str]) -> "Policy":
        ends = (urlsplit(url) for url in urls if url)
        named = {(end.hostname or "", end.port or DEFAULT_PORTS[end.scheme]) for end in ends}
        return cls(frozenset(host.lower().strip("[]") for host in hosts if host), frozenset(named))

    def narrowed(self, hosts: Collection[str]) -> "Policy":
        """For a workspace that lets its skills reach these only; empty: any."""
        return replace(self, within=frozenset(hosts)) if hosts else self

    def judge(
        self,
        host: str,
        port: int,
        addresses: Iterable[str],
        open_ports: Collection[int] = frozenset(DEFAULT_PORTS.values()),
    ) -> None:
        """EgressRefused unless every address that `host` has may be reached at `port`.

        `open_ports`: those below 1024 that the way out at hand is for.
        """
        self.refuse_outside(host, port)
        host = host.lower()
        if host in self.hosts or (host, port) in self.far_ends:
            return
        if port in REFUSED_PORTS or (port < 1024 and port not in open_ports):
            raise EgressRefused(f"Port {port} is not open to skills", host=host)
        if not all(is_public(ip_address(text.partition("%")[0])) for text in addresses):
            raise EgressRefused(f"{host} has an address inside a private network", host=host)

    def refuse_outside(self, host: str, port: int) -> None:
        """EgressRefused for a host that the workspace does not let its skills reach.

        The deployer's stand-in for a service is let pass: nobody in the workspace chose it.
        """
        host = host.lower()
        if not self.within or (host, port) in self.far_ends:
            return
        _, *above = host.split(".")
        wider = {"*." + ".".join(above[at:]) for at in range(len(above))}
        if not self.within & {host, *wider}:
            message = f"{host} is not among the hosts that this workspace lets its skills reach"
            raise EgressRefused(message, host=host)
