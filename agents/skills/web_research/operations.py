"""The skill `web_research`: search the web and read pages, by Tavily.

After docs.tavily.com/documentation/api-reference/endpoint: search, extract and usage (read November 2026);
how long they may take, after the timeouts of github.com/tavily-ai/tavily-python.
"""

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.service import Service
from agents.skills.web_research.reader import read_pages
from maestro.errors import MissingSecret, NodeError

SLOT = "tavily_api_key"
TAVILY = Service(name="Tavily", slot=SLOT, url="https://api.tavily.com", setting="TAVILY_API_URL")


class _Used(BaseModel):
    usage: int = 0
    limit: int | None = None


class _Usage(BaseModel):
    key: _Used = Field(default_factory=_Used)


async def probe(context: Context, slot: str) -> str:
    """What the key has used, which costs nothing."""
    headers = {"Authorization": f"Bearer {context.secret(slot)}"}
    used = (await TAVILY.ask(context, "GET", "/usage", _Usage, headers=headers)).key
    of = f" of {used.limit:,}" if used.limit else ""
    return f"It has used {used.usage:,}{of} credits."


skill = Skill(
    name="web_research",
    version="1.1.0",
    description="Search the web and read pages.",
    icon="travel_explore",
    secrets=(replace(TAVILY.secret, probe=probe),),
)
SEARCH_SECONDS = 55
EXTRACT_SECONDS = 80  # an advanced one takes 30 s before it gives a page up
MAX_PAGE_CHARACTERS = 50_000
SAMPLE_URL = "https://northwind-freight.example/news/series-b"


class SearchInput(BaseModel):
    query: str = Field(min_length=1, max_length=400)
    max_results: int = Field(5, ge=1, le=20)
    topic: Literal["general", "news", "finance"] = "general"
    time_range: Literal["day", "week", "month", "year"] | None = Field(
        None, description="How old a page may be."
    )
    search_depth: Literal["basic", "advanced", "fast", "ultra-fast"] = Field(
        "basic", description="Advanced costs double; the fast ones give less to read."
    )
    include_domains: list[str] = Field(
        default_factory=list, max_length=300, description="Only these."
    )
    exclude_domains: list[str] = Field(default_factory=list, max_length=150)


class Hit(BaseModel):
    title: str
    url: str
    content: str = Field(description="What of the page answers the query.")
    score: float = Field(description="How well it does, up to 1.")


class SearchOutput(BaseModel):
    results: list[Hit]


@skill.operation(
    effect=Effect.READ,
    sample=Sample(
        {
            "results": [
                {
                    "title": "Northwind Freight raises Series B to open its booking platform",
                    "url": SAMPLE_URL,
                    "content": "Northwind Freight announced a Series B of 22 million euros. It plans to "
                    "hire in operations and to open its booking platform to carriers in Germany.",
                    "score": 0.94,
                },
                {
                    "title": "Benelux road freight: who books online",
                    "url": "https://freight-weekly.example/2026/benelux-online",
                    "content": "A third of spot bookings are now made online, most of them through four "
                    "platforms, Northwind Freight among them.",
                    "score": 0.71,
                },
            ]
        }
    ),
    timeout_seconds=60,
)
async def search(input: SearchInput, context: Context) -> SearchOutput:
    """Search the web; the best pages first, each with the passage that answers the query."""
    asked = input.model_dump(exclude_defaults=True)
    return await TAVILY.ask(
        context,
        "POST",
        "/search",
        SearchOutput,
        headers=_headers(context),
        json={**asked, "query": input.query, "max_results": input.max_results},
        seconds=SEARCH_SECONDS,
    )


class ExtractInput(BaseModel):
    urls: list[str] = Field(min_length=1, max_length=20)
    extract_depth: Literal["basic", "advanced"] = Field(
        "basic", description="Advanced reads tables and embedded content, for double."
    )


class Page(BaseModel):
    url: str
    content: str = Field(description="Markdown.")


class Failure(BaseModel):
    url: str
    error: str = ""


class ExtractOutput(BaseModel):
    pages: list[Page]
    failed: list[Failure] = Field(description="Pages that could not be read, and why.")


class _Read(BaseModel):
    url: str
    raw_content: str | None = None


class _Extracted(BaseModel):
    results: list[_Read]
    failed_results: list[Failure] = Field(default_factory=list)


@skill.operation(
    effect=Effect.READ,
    sample=Sample(
        {
            "pages": [
                {
                    "url": SAMPLE_URL,
                    "content": "# Northwind Freight raises Series B\n\nUtrecht, September 2026. The round "
                    "of 22 million euros pays for the next step: an open booking platform.",
                }
            ],
            "failed": [],
        }
    ),
    timeout_seconds=90,
    needs_secrets=False,
)
async def extract(input: ExtractInput, context: Context) -> ExtractOutput:
    """Read pages as Markdown; what cannot be read is in `failed`.

    By Tavily where there is a key of it; else they are fetched as they are, without their scripts.
    """
    try:
        context.secret(SLOT)
    except MissingSecret:
        return await _extract_ourselves(input, context)
    extracted = await TAVILY.ask(
        context,
        "POST",
        "/extract",
        _Extracted,
        headers=_headers(context),
        json={"urls": input.urls, "extract_depth": input.extract_depth, "format": "markdown"},
        seconds=EXTRACT_SECONDS,
    )
    pages = [
        Page(url=read.url, content=(read.raw_content or "")[:MAX_PAGE_CHARACTERS])
        for read in extracted.results
    ]
    return ExtractOutput(pages=pages, failed=extracted.failed_results)


async def _extract_ourselves(input: ExtractInput, context: Context) -> ExtractOutput:
    read = await read_pages(context, input.urls)
    found = list(zip(input.urls, read, strict=True))
    return ExtractOutput(
        pages=[
            Page(url=url, content=text[:MAX_PAGE_CHARACTERS])
            for url, text in found
            if isinstance(text, str)
        ],
        failed=[
            Failure(url=url, error=error.message)
            for url, error in found
            if isinstance(error, NodeError)
        ],
    )


def _headers(context: Context) -> dict[str, str]:
    return {"Authorization": f"Bearer {context.secret(SLOT)}"}
