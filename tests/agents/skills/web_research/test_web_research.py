from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.outcome import JSON
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput, ServiceRefused
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.server import Reply, serving
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


async def test_a_used_up_plan_says_so(tavily: Tavily, online: Context) -> None:
    said = {"detail": {"error": "This request exceeds your plan's set usage limit."}}
    tavily.faults.append(Reply(432, said))

    with pytest.raises(ServiceRefused, match="usage limit"):
        await ask("search", online, query="northwind")


async def test_an_empty_query_is_not_asked(tavily: Tavily, online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("search", online, query="")
    assert tavily.seen == []
