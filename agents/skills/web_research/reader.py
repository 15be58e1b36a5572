"""Reading pages ourselves, for those who have no key: fetched by egress, reduced to their text.

The text is found by trafilatura (Apache License 2.0); it is given what was fetched and fetches nothing itself.
"""

import asyncio
from importlib import import_module

from agents.answer import Answer
from agents.skills.context import Context
from maestro.errors import NodeError, ServiceRefused, TimedOut

AT_ONCE = 4
FETCH_SECONDS = 20
EXTRACT_SECONDS = 10
MAX_BYTES = 2 * 1024 * 1024  # of one page: to find the text in more takes seconds
ACCEPT = {"Accept": "text/html,application/xhtml+xml,text/plain"}
HTML = {"text/html", "application/xhtml+xml"}


async def read_pages(context: Context, urls: list[str]) -> list[str | NodeError]:
    """The text of each page as Markdown, or why there is none."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def read(url: str) -> str | NodeError:
        async with turn:
            try:
                return await _read(context, url)
            except NodeError as error:
                return error

    return list(await asyncio.gather(*(read(url) for url in urls)))


async def _read(context: Context, url: str) -> str:
    answer = await context.http.request(
        "GET", url, headers=ACCEPT, seconds=FETCH_SECONDS, max_bytes=MAX_BYTES
    )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/plain":
        return answer.text()
    if kind not in HTML:
        raise ServiceRefused(f"The page is {kind or 'of no known type'}, not text")
    loop = asyncio.get_running_loop()
    try:
        # Its thread goes on unheard when it takes longer; the size of a page bounds how long.
        async with asyncio.timeout(EXTRACT_SECONDS):
            text = await loop.run_in_executor(None, _text_of, answer)
    except TimeoutError:
        raise TimedOut(f"The text was not found within {EXTRACT_SECONDS} s") from None
    if not text:
        raise ServiceRefused("The page has no text")
    return text


def _text_of(answer: Answer) -> str:
    # Loaded at first use: half a second of every command and worker otherwise.
    trafilatura = import_module("trafilatura")
    found = trafilatura.extract(
        answer.body, output_format="markdown", include_tables=True, include_comments=False
    )
    return str(found or "").replace("\x00", "")
