"""What is refused as soon as an address is written down, and what is only doubted."""

import socket

import pytest
from pytest_django import Settings

from agents.reachability import doubt_about, refuse_as_written
from maestro.errors import InvalidInput
from maestro.workspaces.models import Workspace


def workspace(*hosts: str) -> Workspace:
    return Workspace(egress_hosts=list(hosts))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "http://127.1/x",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://[::1]:8000/mcp",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost:9000/",
        "http://LOCALHOST./",
        "http://db.localhost/",
        "https://10.1.2.3/",
        "http://169.254.169.254/latest",
        "https://example.com:22/",
        "https://[fe80::1%25eth0]/",
        "https://a..b/",
        f"https://{'a' * 64}.com/",
    ],
)
def test_what_no_name_can_save_is_refused_at_its_field(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_as_written(url, workspace())

    (told,) = refused.value.details["fields"]["url"]  # type: ignore[index]
    reasons = ["MAESTRO_EGRESS_ALLOW", "Port 22", "cannot be the name of a host"]
    assert any(reason in told for reason in reasons), told


def test_what_the_deployer_allows_is_taken(settings: Settings) -> None:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1", "localhost"]

    for url in ("http://127.0.0.1:8000/", "http://localhost:22/", "https://8.8.8.8/"):
        refuse_as_written(url, workspace())
    with pytest.raises(InvalidInput):
        refuse_as_written("http://127.0.0.2/", workspace())


def test_a_host_outside_of_what_the_workspace_allows_is_refused() -> None:
    narrow = workspace("*.example.com")

    refuse_as_written("https://hooks.example.com/", narrow)
    with pytest.raises(InvalidInput, match="not among the hosts"):
        refuse_as_written("https://example.org/", narrow)


def test_what_dns_decides_is_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"inside.example.com": "10.0.0.7", "outside.example.com": "8.8.8.8"}

    def asked(host: str, port: int, **options: object) -> list[object]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(0, 0, 0, "", (known[host], port))]

    monkeypatch.setattr("agents.reachability.socket.getaddrinfo", asked)

    inside = doubt_about("https://inside.example.com/", workspace())
    assert "private network" in inside and "judged anew" in inside
    assert doubt_about("https://outside.example.com/", workspace()) == ""
    assert "has no address" in doubt_about("https://gone.example.com/", workspace())
