"""A secret goes to its own hosts, and nowhere else (A14)."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from agents.addresses import Policy
from agents.custody import Custody, Origin
from agents.egress import Egress
from maestro.errors import EgressRefused
from tests.agents.far_end import FarEnd, serving

KEY = "canary/8f2a+91c4=="


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with serving() as server:
        yield server


def custody_of(*homes: str) -> Custody:
    return Custody({"x_key": KEY}, {"x_key": [Origin.of(home) for home in homes]})


def holding(far_end: FarEnd, *homes: str) -> Egress:
    return Egress(Policy.of(["localhost"], [far_end.url])).holding(custody_of(*homes))


async def test_it_goes_to_its_host(far_end: FarEnd) -> None:
    http = holding(far_end, far_end.url)

    await http.request("GET", f"{far_end.url}/json", headers={"X-Api-Key": KEY})

    assert far_end.seen[0]["headers"]["x-api-key"] == KEY


@pytest.mark.parametrize(
    "url",
    [
        "https://api.x.com.evil.tld/",
        "https://evil.tld/?api.x.com",
        "https://evil.tld/#@api.x.com",
        "https://api.x.com:8443/",
        "http://api.x.com/",
        "https://xapi.x.com/",
        "https://x.com/",
    ],
)
async def test_it_does_not_go_to_what_only_looks_like_its_host(url: str) -> None:
    http = Egress(Policy(), _nowhere).holding(custody_of("api.x.com"))

    with pytest.raises(EgressRefused, match=r"x_key may be sent to https://api\.x\.com:443"):
        await http.request("GET", url, headers={"Authorization": f"Bearer {KEY}"})


@pytest.mark.parametrize(
    "request_with_it",
    [
        {"query": {"key": KEY}},
        {"headers": {"Authorization": f"Basic {base64.b64encode(f'me:{KEY}'.encode()).decode()}"}},
        {"headers": {"X": quote(KEY, safe="")}},
        {"json": {"deep": [{"key": f"a {KEY} b"}]}},
        {"content": f"key={KEY}".encode()},
    ],
)
async def test_no_form_and_no_part_of_a_request_takes_it_elsewhere(
    far_end: FarEnd, request_with_it: dict[str, object]
) -> None:
    http = holding(far_end, "api.x.com")

    with pytest.raises(EgressRefused, match="x_key"):
        await http.request("POST", f"{far_end.url}/json", **request_with_it)  # type: ignore[arg-type]
    assert far_end.seen == []


async def test_without_a_host_it_goes_nowhere(far_end: FarEnd) -> None:
    with pytest.raises(EgressRefused, match="name its hosts in the vault"):
        await holding(far_end).request("GET", f"{far_end.url}/json", query={"a": KEY})


async def test_what_was_had_in_exchange_goes_where_the_secret_goes(far_end: FarEnd) -> None:
    custody = custody_of("api.x.com")
    custody.conceal("x_key", "access-token-of-it")
    http = Egress(Policy.of([], [far_end.url])).holding(custody)

    with pytest.raises(EgressRefused):
        await http.request("GET", f"{far_end.url}/json", query={"t": "access-token-of-it"})


async def test_a_redirect_takes_it_nowhere(far_end: FarEnd) -> None:
    with serving() as other:
        http = Egress(Policy.of([], [far_end.url, other.url])).holding(custody_of(far_end.url))

        with pytest.raises(EgressRefused):
            target = quote(f"{other.url}/json?key={quote(KEY, safe='')}", safe="")
            await http.request("GET", f"{far_end.url}/redirect/302/{target}")
        assert other.seen == []


async def test_what_holds_no_secret_goes_anywhere(far_end: FarEnd) -> None:
    answer = await holding(far_end, "api.x.com").request("GET", f"{far_end.url}/json")

    assert answer.status == 200


async def _nowhere(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up before the secret was judged")
