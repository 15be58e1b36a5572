from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from agents.addresses import Policy
from agents.answer import Answer
from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.outcome import JSON
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput, ServiceRefused
from scores.slots import slots_of_tools
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.server import FarEnd, Reply, Request, serving
from tests.far_ends.tavily import Tavily


@pytest.fixture
def tavily(settings: Settings) -> Iterator[Tavily]:
    with serving(Tavily()) as far_end:
        settings.TAVILY_API_URL = far_end.url
        yield far_end


@pytest.fixture
def online(tavily: Tavily, make_context: MakeContext) -> Context:
    secret = {"tavily_api_key": "tvly-canary"}.__getitem__
    return make_context(http=Egress.from_settings(), secret=secret)


async def ask(operation: str, context: Context, **given: Any) -> JSON:
    return (await dispatch("web_research", operation, given, context)).output


async def test_a_search_gives_the_best_pages(tavily: Tavily, online: Context) -> None:
    output = await ask("search", online, query="northwind", max_results=2, time_range="month")

    assert tavily.seen[0].json() == {
        "query": "northwind",
        "max_results": 2,
        "time_range": "month",
    }
    assert [hit["score"] for hit in output["results"]] == [0.9, 0.8]
    assert set(output["results"][0]) == {"title", "url", "content", "score"}


async def test_pages_are_read_and_those_that_fail_are_named(online: Context) -> None:
    urls = ["https://a.example/", "https://a.example/missing"]

    output = await ask("extract", online, urls=urls)

    assert output["pages"] == [{"url": urls[0], "content": f"# {urls[0]}"}]
    assert output["failed"] == [{"url": urls[1], "error": "Failed to fetch url"}]


async def test_a_long_page_is_cut(tavily: Tavily, online: Context) -> None:
    page = {"url": "https://a.example/", "raw_content": "x" * 60_000}
    tavily.faults.append(Reply(body={"results": [page]}))

    output = await ask("extract", online, urls=[page["url"]])

    assert len(output["pages"][0]["content"]) == 50_000


@pytest.mark.parametrize("status", [432, 433])
async def test_a_used_up_plan_says_so(tavily: Tavily, online: Context, status: int) -> None:
    said = {"detail": {"error": "This request exceeds your plan's set usage limit."}}
    tavily.faults.append(Reply(status, said))

    with pytest.raises(ServiceRefused, match=f"{status}: This request exceeds your plan's"):
        await ask("search", online, query="northwind")


async def test_a_slow_extraction_is_waited_for_as_long_as_tavily_tries(
    tavily: Tavily, online: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    plain = Egress.request

    async def noted(self: Egress, method: str, url: str, **options: Any) -> Answer:
        waits.append(options["seconds"])
        return await plain(self, method, url, **options)

    monkeypatch.setattr(Egress, "request", noted)

    await ask("extract", online, urls=["https://a.example/"], extract_depth="advanced")

    assert waits[0] > 30  # what an advanced one may take by itself


async def test_an_empty_query_is_not_asked(tavily: Tavily, online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("search", online, query="")
    assert tavily.seen == []


ARTICLE = """<html><head><title>News</title><script>steal()</script></head><body>
<nav>Home | About</nav><article><h1>Northwind raises Series B</h1>
<p>The round of 22 million euros pays for the next step: an open booking platform for carriers.</p>
<p>It plans to hire in operations, and to open a second office in Hamburg within the year.</p>
</article><footer>All rights reserved</footer></body></html>"""
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Web(FarEnd):
    """Pages of the open web."""

    def answer(self, request: Request) -> Reply:
        match request.path:
            case "/news":
                return Reply(200, ARTICLE.encode(), HTML)
            case "/plain":
                return Reply(200, "Grüße".encode(), {"Content-Type": "text/plain; charset=utf-8"})
            case "/picture":
                return Reply(200, b"GIF89a", {"Content-Type": "image/gif"})
            case "/large":
                return Reply(200, b"<p>" + b"x" * 3_000_000, HTML)
            case "/empty":
                return Reply(200, b"<html></html>", HTML)
            case "/inside":
                return Reply(302, b"", {"Location": "http://169.254.169.254/"})
        return Reply(404, b"gone")


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(Web()) as far_end:
        yield far_end


async def test_without_a_key_pages_are_read_by_ourselves(
    web: Web, make_context: MakeContext
) -> None:
    context = make_context(http=Egress(Policy.of([], [web.url])))

    output = await ask("extract", context, urls=[f"{web.url}/news", f"{web.url}/plain"])

    assert output["failed"] == []
    news, plain = (page["content"] for page in output["pages"])
    assert "open booking platform" in news and "steal" not in news and "rights reserved" not in news
    assert plain == "Grüße"


async def test_what_cannot_be_read_by_ourselves_says_why(
    web: Web, make_context: MakeContext
) -> None:
    context = make_context(http=Egress(Policy.of([], [web.url])))
    paths = ["picture", "large", "empty", "inside", "missing"]
    urls = [*(f"{web.url}/{path}" for path in paths), "http://10.0.0.1/", "file:///etc/passwd"]

    output = await ask("extract", context, urls=urls)

    why = {one["url"]: one["error"] for one in output["failed"]}
    assert output["pages"] == [] and list(why) == urls
    assert "image/gif" in why[urls[0]] and "more than" in why[urls[1]]
    assert "private network" in why[urls[3]] and "private network" in why[urls[5]]


def test_only_the_search_cannot_do_without_a_key() -> None:
    tools = ["web_research.extract"]

    assert list(slots_of_tools(tools)) == []
    assert list(slots_of_tools(["web_research"])) == ["tavily_api_key"]
