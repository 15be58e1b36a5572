"""Which addresses are reached, however they are spelt."""

from contextlib import aclosing
from pathlib import Path

import pytest
from pytest_django import Settings

from agents.addresses import Policy
from agents.egress import Egress
from maestro.errors import (
    EgressRefused,
    InvalidNodeInput,
    ServiceRefused,
    Unavailable,
)
from tests.agents.far_end import FarEnd, make_certificate, serving


async def test_a_workspace_narrows_what_is_reached_and_widens_nothing(far_end: FarEnd) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with aclosing(
        Egress(Policy.of(["api.example", "below.api.example"], []), resolve)
    ) as all_of_it:
        narrowed = all_of_it.within(["api.example", "inside.example", "*.wide.example"])
        asked = f"http://{{}}:{far_end.port}/json"
        assert (await narrowed.request("GET", asked.format("API.example"))).status == 200
        for refused, why in {
            "below.api.example": "not among the hosts",
            "wide.example": "not among the hosts",
            "inside.example": "inside a private network",
            "a.b.wide.example": "inside a private network",
        }.items():
            with pytest.raises(EgressRefused, match=why):
                await narrowed.request("GET", asked.format(refused))
        assert (await all_of_it.request("GET", asked.format("below.api.example"))).status == 200
        # A line that another workspace has opened is no way out for this one.
        with pytest.raises(EgressRefused, match="not among the hosts"):
            await narrowed.request("GET", asked.format("below.api.example"))
        with pytest.raises(EgressRefused, match="not among the hosts"):
            await narrowed.client(headers={}).get(asked.format("below.api.example"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0177.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "[fe80::1]",
        "[fd00::1]",
    ],
)
async def test_no_spelling_of_an_inner_address_is_reached(host: str, far_end: FarEnd) -> None:
    egress = Egress(Policy())

    with pytest.raises((EgressRefused, InvalidNodeInput, Unavailable)):
        await egress.request("GET", f"http://{host}:{far_end.port}/json")
    assert far_end.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com@127.0.0.1:{port}/json",
        "http://127.0.0.1:{port}\\@example.com/json",
        "http://127.0.0.1:{port}#@example.com/../json",
        "http://127.0.0.1:{port}/a b",
        "http://127.0.0.1:{port}/\r\nX-Evil: 1",
        "http://127.0.0.1\t:{port}/",
        "//127.0.0.1:{port}/json",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "data:text/plain,x",
        "http://",
        "",
        "http://[::1",
        "http://127.0.0.1:99999/",
    ],
)
async def test_a_url_that_can_be_read_in_two_ways_is_refused(url: str, far_end: FarEnd) -> None:
    with pytest.raises((EgressRefused, InvalidNodeInput)):
        await Egress(Policy()).request("GET", url.format(port=far_end.port))
    assert far_end.seen == []


async def test_a_name_is_resolved_once_and_the_judged_address_is_used(far_end: FarEnd) -> None:
    answers = iter([["203.0.113.7"], ["127.0.0.1"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    with pytest.raises(EgressRefused):
        await Egress(Policy(), rebinding).request("GET", f"http://evil.example:{far_end.port}/json")
    assert next(answers) == ["127.0.0.1"]


async def test_the_name_stays_in_the_host_header(far_end: FarEnd) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    egress = Egress(Policy.of(["api.example"], []), resolve)

    await egress.request("GET", f"http://api.example:{far_end.port}/json")

    assert far_end.seen[0]["headers"]["host"] == f"api.example:{far_end.port}"


async def test_proxies_and_passwords_of_the_environment_are_ignored(
    http: Egress, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    await http.request("GET", f"{far_end.url}/json")

    assert "authorization" not in far_end.seen[0]["headers"]


async def test_settings_say_what_is_allowed(settings: Settings, far_end: FarEnd) -> None:
    settings.MAESTRO_EGRESS_ALLOW = []
    settings.APOLLO_API_URL = ""
    with pytest.raises(EgressRefused):
        await Egress.from_settings().request("GET", f"{far_end.url}/json")

    settings.APOLLO_API_URL = far_end.url
    assert (await Egress.from_settings().request("GET", f"{far_end.url}/json")).status == 200


async def test_a_certificate_nobody_vouches_for_is_refused_unless_the_machine_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    with serving(certificate) as server:
        egress = Egress(Policy.of(["localhost", "127.0.0.1"], []))
        with pytest.raises(ServiceRefused, match="certificate"):
            await egress.request("GET", f"https://localhost:{server.port}/json")

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusting = Egress(Policy.of(["localhost", "127.0.0.1"], []))
        answer = await trusting.request("GET", f"https://localhost:{server.port}/json")
        with pytest.raises(ServiceRefused, match="certificate"):
            await trusting.request("GET", f"https://127.0.0.1:{server.port}/json")

    assert answer.status == 200


async def test_a_certificate_whose_time_is_over_is_refused_though_the_machine_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "localhost", days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as server:
        egress = Egress(Policy.of(["localhost"], []))
        with pytest.raises(ServiceRefused, match="certificate"):
            await egress.request("POST", f"https://localhost:{server.port}/json", content=b"x")

    assert server.seen == []
