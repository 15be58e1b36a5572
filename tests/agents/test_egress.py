import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import quote

import pytest
from pytest_django import Settings

from agents.addresses import Policy
from agents.egress import Egress
from maestro.errors import (
    EgressRefused,
    InvalidNodeInput,
    MaestroError,
    OutcomeUnknown,
    RateLimited,
    ServiceRefused,
    TimedOut,
    Unavailable,
)
from tests.agents.far_end import FarEnd, make_certificate, serving


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with serving() as server:
        yield server


@pytest.fixture
async def http(far_end: FarEnd) -> AsyncIterator[Egress]:
    """May reach the far end and, of this machine, nothing else."""
    egress = Egress(Policy.of([], [far_end.url]))
    yield egress
    await egress.aclose()


async def test_an_answer_has_status_headers_and_body(http: Egress, far_end: FarEnd) -> None:
    answer = await http.request("GET", f"{far_end.url}/json?a=1", query={"b": ["2", "3"]})

    assert (answer.status, answer.json()) == (200, {"path": "/json?a=1&b=2&b=3"})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_connections_are_kept_and_shared(http: Egress, far_end: FarEnd) -> None:
    for _ in range(3):
        await http.request("GET", f"{far_end.url}/json")

    assert len({request["connection"] for request in far_end.seen}) == 1


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


async def test_a_redirect_does_not_lead_out_of_the_hosts_of_a_workspace(far_end: FarEnd) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with aclosing(Egress(Policy.of(["a.example", "b.example"], []), resolve)) as http:
        to = f"http://b.example:{far_end.port}/json"
        asked = f"http://a.example:{far_end.port}/redirect/302/{to}"
        assert (await http.request("GET", asked)).status == 200
        with pytest.raises(EgressRefused, match=r"b\.example is not among"):
            await http.within(["a.example"]).request("GET", asked)


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


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data", "http://localhost:1/", "file:///etc/passwd"],
)
async def test_a_redirect_is_judged_like_the_first_address(
    code: int, target: str, http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(EgressRefused):
        await http.request("GET", f"{far_end.url}/redirect/{code}/{target}")


async def test_a_redirect_at_home_is_followed(http: Egress, far_end: FarEnd) -> None:
    answer = await http.request("GET", f"{far_end.url}/redirect/302//json")

    assert answer.json() == {"path": "/json"}


async def test_a_redirect_without_end_is_refused(http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(ServiceRefused, match="too often"):
        await http.request("GET", f"{far_end.url}/redirect/302/?")
    assert len(far_end.seen) == 6


async def test_credentials_stay_with_the_origin_they_were_meant_for(far_end: FarEnd) -> None:
    with serving() as other:
        egress = Egress(Policy.of([], [far_end.url, other.url]))
        keys = {"Authorization": "canary", "X-Api-Key": "canary", "Accept": "text/plain"}

        await egress.request("GET", f"{far_end.url}/redirect/302/{other.url}/json", headers=keys)

        assert far_end.seen[0]["headers"]["x-api-key"] == "canary"
        assert "canary" not in str(other.seen)
        assert other.seen[0]["headers"]["accept"] == "text/plain"


async def test_a_body_stays_with_the_origin_it_was_meant_for(far_end: FarEnd) -> None:
    with serving() as other:
        egress = Egress(Policy.of([], [far_end.url, other.url]))

        with pytest.raises(ServiceRefused):
            url = f"{far_end.url}/redirect/307/{other.url}/json"
            await egress.request("POST", url, json={"a": 1})

        assert other.seen == []


async def test_cookies_are_not_kept(http: Egress, far_end: FarEnd) -> None:
    for _ in range(2):
        await http.request("GET", f"{far_end.url}/cookie")

    assert "cookie" not in far_end.seen[1]["headers"]


async def test_proxies_and_passwords_of_the_environment_are_ignored(
    http: Egress, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    await http.request("GET", f"{far_end.url}/json")

    assert "authorization" not in far_end.seen[0]["headers"]


@pytest.mark.parametrize(
    "headers",
    [{"X": "a\r\nY: b"}, {"X\n": "a"}, {"X": "ä€"}, {"Host": "a"}, {"content-length": "1"}],
)
async def test_a_header_that_would_make_another_request_is_refused(
    headers: dict[str, str], http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(InvalidNodeInput):
        await http.request("GET", f"{far_end.url}/json", headers=headers)
    assert far_end.seen == []


async def test_an_answer_is_unpacked(http: Egress, far_end: FarEnd) -> None:
    assert (await http.request("GET", f"{far_end.url}/packed/hello")).text() == "hello"


@pytest.mark.parametrize("path", ["large/2000", "bomb/gzip"])
async def test_an_answer_over_the_limit_is_cut(path: str, http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(ServiceRefused, match="1,000 bytes"):
        await http.request("GET", f"{far_end.url}/{path}", max_bytes=1000)


@pytest.mark.parametrize("path", ["bomb/broken", "brotli", "torn"])
async def test_what_cannot_be_unpacked_is_refused(path: str, http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(ServiceRefused):
        await http.request("GET", f"{far_end.url}/{path}")


async def test_an_answer_that_drips_is_cut_in_time(http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(TimedOut):
        await http.request("GET", f"{far_end.url}/drip", seconds=0.3)
    with pytest.raises(OutcomeUnknown):
        await http.request("POST", f"{far_end.url}/drip", seconds=0.3)


@pytest.mark.parametrize("path", ["hangup", "many"])
async def test_an_answer_that_breaks_off(path: str, http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(Unavailable):
        await http.request("GET", f"{far_end.url}/{path}")
    with pytest.raises(OutcomeUnknown):
        await http.request("POST", f"{far_end.url}/{path}")


async def test_what_is_not_there_was_certainly_not_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    egress = Egress(Policy.of(["127.0.0.1", "nowhere.invalid"], []))

    for url in (f"http://127.0.0.1:{port}", "http://nowhere.invalid/"):
        with pytest.raises(Unavailable):
            await egress.request("POST", url)


@pytest.mark.parametrize(
    ("method", "status", "error"),
    [
        ("GET", "400", ServiceRefused),
        ("GET", "408", TimedOut),
        ("GET", "429/7", RateLimited),
        ("GET", "500", Unavailable),
        ("POST", "503", Unavailable),
        ("POST", "502", OutcomeUnknown),
        ("POST", "429", RateLimited),
        ("POST", "422", ServiceRefused),
    ],
)
async def test_a_refusal_is_one_of_ours(
    method: str, status: str, error: type[MaestroError], http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(error) as refused:
        await http.request(method, f"{far_end.url}/status/{status}?key=canary")

    details = refused.value.details
    assert type(refused.value) is error
    assert (details["status"], details["said"]) == (int(status[:3]), "because")
    assert "canary" not in str(refused.value.as_json())


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("7", 7, 7), ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 0), ("soon", None, None)],
)
async def test_how_long_to_wait_is_read(
    header: str, low: float | None, high: float | None, http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(RateLimited) as refused:
        await http.request("GET", f"{far_end.url}/status/429/{quote(header)}")

    assert refused.value.details["retry_after"] in (low, high)


async def test_an_accepted_status_comes_back(http: Egress, far_end: FarEnd) -> None:
    answer = await http.request("GET", f"{far_end.url}/status/404", accept_status={404})

    assert (answer.status, answer.text()) == (404, "because")


async def test_text_is_read_in_its_charset_and_bytes_are_not_text(
    http: Egress, far_end: FarEnd
) -> None:
    assert (await http.request("GET", f"{far_end.url}/text/Gr%C3%BC%C3%9Fe")).text() == "Grüße"
    with pytest.raises(ServiceRefused, match="not text"):
        (await http.request("GET", f"{far_end.url}/bytes/00ff")).text()
    with pytest.raises(ServiceRefused, match="not JSON"):
        (await http.request("GET", f"{far_end.url}/bytes/5b")).json()


async def test_a_cancelled_request_leaves_the_client_usable(http: Egress, far_end: FarEnd) -> None:
    slow = asyncio.ensure_future(http.request("GET", f"{far_end.url}/drip"))
    await asyncio.sleep(0.1)
    slow.cancel()

    assert (await http.request("GET", f"{far_end.url}/json")).status == 200


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
