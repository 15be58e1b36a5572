"""Speaking with a server, by the protocol's own library, through Maestro's one way out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from agents.answer import Unread
from maestro.errors import (
    EgressRefused,
    InvalidNodeInput,
    NodeError,
    OutcomeUnknown,
    RateLimited,
    ServiceRefused,
    TimedOut,
    Unavailable,
)

from .spec import JSON, ToolSpec, spec_of

if TYPE_CHECKING:
    from mcp import ClientSession

    from agents.egress import Egress

MAX_TOOLS = 200
MAX_BYTES = 4 * 1024 * 1024
MAX_TEXT = 1024 * 1024
SAID_LENGTH = 500
REFUSALS = {
    -32600,
    -32601,
    -32602,
    -32020,
    -32021,
    -32022,
    -32042,
}  # of JSON-RPC and MCP: not begun
Found = TypeVar("Found")


@dataclass
class Line:
    """One visit to a server: where it is, what proves who asks, and how far the visit got."""

    http: Egress
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    host: str = ""
    acts: bool = True
    acted: bool = False

    async def visit(self, act: Callable[[ClientSession], Awaitable[Found]]) -> Found:
        """Connect, act and leave. Raises NodeErrors; what a call began and nobody saw the end of
        is an OutcomeUnknown."""
        # Loaded at first use: a second of every command and worker otherwise.
        mcp = import_module("mcp")
        streamable = import_module("mcp.client.streamable_http")
        async with self.http.client(headers=self.headers, max_bytes=MAX_BYTES) as client:
            try:
                async with (
                    streamable.streamable_http_client(self.url, http_client=client) as (
                        read,
                        write,
                    ),
                    mcp.ClientSession(read, write) as session,
                ):
                    await session.initialize()
                    return await act(session)
            except (asyncio.CancelledError, NodeError):
                raise
            except Exception as error:
                raise self._failure(client.refusal, error) from None

    def _failure(self, refused: NodeError | None, error: Exception) -> NodeError:
        """What went wrong, in our words; a refusal on the way out tells more than its echo."""
        found = refused or _own(error)
        began = self.acted and self.acts
        if began and isinstance(found, Unread):
            message = f"{self.host} may have acted, and then: {found.message}"
            return OutcomeUnknown(message, host=self.host)
        if isinstance(found, EgressRefused | InvalidNodeInput | ServiceRefused | RateLimited):
            return found
        if began:
            message = f"{self.host} fell silent after it was asked to act"
            return OutcomeUnknown(message, host=self.host)
        return found or Unavailable(f"{self.host} does not speak MCP as documented", host=self.host)


async def list_tools(line: Line) -> list[ToolSpec]:
    """All tools, page by page; ServiceRefused when there are too many."""

    async def listed(session: ClientSession) -> list[ToolSpec]:
        types = import_module("mcp.types")
        found: list[ToolSpec] = []
        cursor: str | None = None
        while True:
            params = types.PaginatedRequestParams(cursor=cursor) if cursor else None
            page = await session.list_tools(params=params)
            found += [_spec(tool) for tool in page.tools]
            if len(found) > MAX_TOOLS:
                raise ServiceRefused(f"{line.host} has more than {MAX_TOOLS} tools")
            cursor = page.next_cursor
            if not cursor:
                return found

    return await line.visit(listed)


async def call_tool(line: Line, tool: str, arguments: JSON) -> JSON:
    """{"text", "structured", "others"}; ServiceRefused when the tool itself says that it failed."""

    async def called(session: ClientSession) -> JSON:
        line.acted = True
        result: Any = await session.call_tool(tool, arguments)
        told = _told(result)
        if result.is_error:
            said = told["text"][:SAID_LENGTH]
            raise ServiceRefused(f"{tool} failed: {said}", said=said, host=line.host)
        return told

    return await line.visit(called)


def _spec(tool: Any) -> ToolSpec:  # noqa: ANN401  # the library is loaded late
    hints = tool.annotations
    reads = bool(hints and hints.read_only_hint)
    return spec_of(tool.name, tool.description, tool.input_schema, tool.output_schema, reads)


def _told(result: Any) -> JSON:  # noqa: ANN401  # the library is loaded late
    """Text as text; of images and files only what they are."""
    texts = [block.text for block in result.content if block.type == "text"]
    others = [
        {"type": block.type, "mime_type": getattr(block, "mime_type", None)}
        for block in result.content
        if block.type != "text"
    ]
    text = "\n".join(texts).replace("\x00", "\ufffd")[:MAX_TEXT]
    structured = result.structured_content
    told: JSON = {"text": text}
    if structured is not None:
        told["structured"] = structured
    return {**told, "others": others} if others else told


def _own(error: BaseException) -> NodeError | None:
    """The first of our own errors, or a time that ran out, inside whatever the library made of it."""
    if isinstance(error, NodeError):
        return error
    if isinstance(error, TimeoutError):
        return TimedOut("The server took too long")
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else []
    found = next((own for one in inner if (own := _own(one))), None)
    if found or getattr(error, "code", None) not in REFUSALS:
        return found
    said = str(error)[:SAID_LENGTH].replace("\x00", "")
    return ServiceRefused(f"The server refused: {said}", said=said)
