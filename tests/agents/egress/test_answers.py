"""What is asked as it is told, and what becomes of every answer."""

import asyncio
from urllib.parse import quote

import pytest

from agents.addresses import Policy
from agents.answer import seconds_to_wait
from agents.egress import Egress
from maestro.errors import (
    InvalidNodeInput,
    MaestroError,
    OutcomeUnknown,
    RateLimited,
    ServiceRefused,
    TimedOut,
    Unavailable,
)
from tests.agents.far_end import FarEnd
from tests.ports import deaf_port


async def test_an_answer_has_status_headers_and_body(http: Egress, far_end: FarEnd) -> None:
    answer = await http.request("GET", f"{far_end.url}/json?a=1", query={"b": ["2", "3"]})

    assert (answer.status, answer.json()) == (200, {"path": "/json?a=1&b=2&b=3"})
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_connections_are_kept_and_shared(http: Egress, far_end: FarEnd) -> None:
    for _ in range(3):
        await http.request("GET", f"{far_end.url}/json")

    assert len({request["connection"] for request in far_end.seen}) == 1


async def test_cookies_are_not_kept(http: Egress, far_end: FarEnd) -> None:
    for _ in range(2):
        await http.request("GET", f"{far_end.url}/cookie")

    assert "cookie" not in far_end.seen[1]["headers"]


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
    with pytest.raises(OutcomeUnknown, match=r"may have acted.*1,000 bytes"):
        await http.request("POST", f"{far_end.url}/{path}", max_bytes=1000)


@pytest.mark.parametrize("path", ["bomb/broken", "brotli", "torn"])
async def test_what_cannot_be_unpacked_is_refused(path: str, http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(ServiceRefused):
        await http.request("GET", f"{far_end.url}/{path}")
    with pytest.raises(OutcomeUnknown):
        await http.request("POST", f"{far_end.url}/{path}")


async def test_a_refusal_that_is_too_long_to_read_is_a_refusal(
    http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(ServiceRefused):
        await http.request("POST", f"{far_end.url}/status/422", max_bytes=3)


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
    egress = Egress(Policy.of(["127.0.0.1", "nowhere.invalid"], []))

    with deaf_port() as port:
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


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 120, 120),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400, 1e10),
        ("Friday, 01-Jan-60 00:00:00 GMT", 86_400, 1e10),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Mon, 01 Jan 0001 00:00:00 +1400", 0, 0),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(
    header: str, least: float, most: float
) -> None:
    """RFC 9110, sections 10.2.3 and 5.6.7."""
    wait = seconds_to_wait(header)
    assert wait is not None and least <= wait <= most


@pytest.mark.parametrize("nonsense", ["", "soon", "-5", "1.5", "2026-01"])
def test_any_other_retry_after_says_nothing(nonsense: str) -> None:
    assert seconds_to_wait(nonsense) is None
