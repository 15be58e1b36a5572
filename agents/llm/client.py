"""The model library's only user: one call to the Messages API, and what its failures mean."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anthropic
import httpx2
from anthropic.types import Message
from django.conf import settings

from agents.addresses import Policy
from agents.answer import seconds_to_wait
from agents.egress import Egress
from maestro.errors import NodeError, RateLimited, TimedOut, Unavailable

from .errors import ContextFull, KeyRefused, RequestRefused, SpendingStopped, UnknownModel
from .exchange import JSON, Hear, Reply, Request, Spend, Tool
from .strict import strict_schemas
from .tokens import Tokens

BASE_URL = "https://api.anthropic.com"
CONNECT_SECONDS = 10
READ_SECONDS = 600  # the session's own deadline is what counts
SAID_LENGTH = 500
HEADERS = {  # that a workspace's own server is sent, beside its key
    "accept",
    "accept-encoding",
    "anthropic-version",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}
MAX_BYTES = 64 * 1024 * 1024  # of one answer of a workspace's own server, as a stream

log = logging.getLogger(__name__)

# The API's own word for what is wrong goes before the status: inside a stream that is always 200.
BY_TYPE: dict[str, type[NodeError]] = {
    "overloaded_error": Unavailable,
    "api_error": Unavailable,
    "rate_limit_error": RateLimited,
    "timeout_error": TimedOut,
    "authentication_error": KeyRefused,
    "permission_error": KeyRefused,
    "billing_error": SpendingStopped,
    "not_found_error": UnknownModel,
    "request_too_large": ContextFull,
}
BY_STATUS: dict[int, type[NodeError]] = {
    401: KeyRefused,
    402: SpendingStopped,
    403: KeyRefused,
    408: TimedOut,
    409: Unavailable,
    413: ContextFull,
    429: RateLimited,
    504: TimedOut,
}
MENDS: dict[type[NodeError], str] = {
    KeyRefused: "Put a working key into the slot anthropic_api_key.",
    SpendingStopped: "Add credit or raise the limit at the model's provider.",
    UnknownModel: "Choose another model in the agent or the workspace.",
    ContextFull: "Give the model less, or in parts.",
    RequestRefused: "Look at the agent's parameters, schema and tools.",
}


class Client:
    """Connections to the API, shared by all calls of one event loop; the key comes with each.

    `provider` is a workspace's own server, reached as skills reach the network; empty: the deployer's.
    """

    def __init__(self) -> None:
        timeout = anthropic.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self._http = anthropic.DefaultAsyncHttpxClient(follow_redirects=False, timeout=timeout)
        self._egress = Egress(Policy.of(settings.MAESTRO_EGRESS_ALLOW, ()))

    async def aclose(self) -> None:
        await self._http.aclose()
        await self._egress.aclose()

    async def send(
        self,
        request: Request,
        *,
        key: str,
        spend: Spend,
        hear: Hear | None = None,
        provider: str = "",
    ) -> Reply:
        """One call. `spend` is told what it used as far as that is known, however it ends; `hear` the
        text as it comes.

        Raises Unavailable, RateLimited, TimedOut, KeyRefused, SpendingStopped, UnknownModel,
        ContextFull or RequestRefused; EgressRefused of a provider that skills may not reach.
        """
        with _in_our_words(request.model):
            return await _stream(self._api(key, provider), request, spend, hear)

    async def count(self, request: Request, *, key: str, provider: str = "") -> int:
        """Tokens of the prompt. Errors as of `send`."""
        told = _arguments(request)
        del told["max_tokens"]
        with _in_our_words(request.model):
            counted = await self._api(key, provider).messages.count_tokens(**told)
            return counted.input_tokens

    async def look(self, *, key: str, provider: str = "") -> None:
        """The provider's list of models, for who asks with this key. Errors as of `send`."""
        with _in_our_words("its list of models"):
            await self._api(key, provider).models.list(limit=1)

    def _api(self, key: str, provider: str) -> anthropic.AsyncAnthropic:
        return anthropic.AsyncAnthropic(
            api_key=key,
            base_url=provider or settings.ANTHROPIC_BASE_URL or BASE_URL,
            max_retries=0,  # a node's policy decides
            http_client=self._judged(key) if provider else self._http,
        )

    def _judged(self, key: str) -> httpx2.AsyncClient:
        client = self._egress.client(headers={}, max_bytes=MAX_BYTES)
        client.event_hooks = {"request": [partial(_leave_out_the_deployers, key)]}
        return client


async def _leave_out_the_deployers(key: str, request: httpx2.Request) -> None:
    """The library adds what ANTHROPIC_CUSTOM_HEADERS says, which is meant for the deployer's own."""
    for name in set(request.headers) - HEADERS:
        del request.headers[name]
    request.headers["authorization"] = f"Bearer {key}"


@contextmanager
def _in_our_words(model: str) -> Iterator[None]:
    """Whatever the library raises, as one of our errors."""
    try:
        yield
    except NodeError:
        raise
    except anthropic.APIStatusError as refusal:
        raise _refused(refusal, model) from None
    except (anthropic.APITimeoutError, httpx2.TimeoutException):
        raise TimedOut("The model's provider took too long to answer.") from None
    except (httpx2.LocalProtocolError, UnicodeError):
        message = f"The API key holds characters that no key has. {MENDS[KeyRefused]}"
        raise KeyRefused(message) from None
    except (anthropic.APIError, httpx2.HTTPError) as broken:
        if isinstance(broken.__cause__, NodeError):
            raise broken.__cause__ from None
        raise _unreachable(broken) from None
    except Exception as broken:  # the library's words for an answer that is none are many
        log.warning("an answer of the model's provider broke with %s", type(broken).__name__)
        message = "The model's provider sent an answer that cannot be read."
        raise Unavailable(message) from None


async def _stream(
    api: anthropic.AsyncAnthropic, request: Request, spend: Spend, hear: Hear | None
) -> Reply:
    message: Message | None = None
    try:
        async with api.messages.stream(**_arguments(request)) as stream:
            if "event-stream" in stream.response.headers.get("content-type", ""):
                async for event in stream:
                    message = stream.current_message_snapshot
                    if hear is not None and event.type == "text":
                        hear(event.snapshot)
            else:  # a stand-in that does not stream
                message = Message.construct(**json.loads(await stream.response.aread()))
        if message is None or message.stop_reason is None:
            raise Unavailable("The model's provider broke off its answer.")
        return _reply(message, request.model)
    finally:
        if message is not None:
            spend(_tokens(message))


def _arguments(request: Request) -> dict[str, Any]:
    parameters = request.parameters
    system: JSON = {"type": "text", "text": request.system}
    if parameters.cache:
        system["cache_control"] = {"type": "ephemeral", "ttl": parameters.cache}
    arguments: dict[str, Any] = {
        "model": request.model,
        "max_tokens": parameters.max_tokens,
        "system": [system],
        "messages": _messages(request),
    }
    if request.tools:
        strict = strict_schemas(request.tools)
        arguments["tools"] = [_tool(tool, strict.get(tool.name)) for tool in request.tools]
    if parameters.thinking:
        arguments["thinking"] = {"type": parameters.thinking}
    if output_config := _output_config(request):
        arguments["output_config"] = output_config
    return arguments


def _messages(request: Request) -> list[JSON]:
    """With a mark behind the newest tool results: each turn of a session reads the ones before it."""
    *earlier, last = request.messages
    if not request.parameters.cache or not isinstance(last["content"], list):
        return request.messages
    kept = {"type": "ephemeral", "ttl": request.parameters.cache}
    *blocks, newest = last["content"]
    return [*earlier, {**last, "content": [*blocks, {**newest, "cache_control": kept}]}]


def _tool(tool: Tool, strict: JSON | None) -> JSON:
    told: JSON = {"name": tool.wire_name, "description": tool.description}
    if strict is None:
        return {**told, "input_schema": tool.input_schema}
    return {**told, "input_schema": anthropic.transform_schema(strict), "strict": True}


def _output_config(request: Request) -> JSON:
    config: JSON = {}
    if request.parameters.effort:
        config["effort"] = request.parameters.effort
    if request.schema is not None:
        schema = anthropic.transform_schema(request.schema)
        config["format"] = {"type": "json_schema", "schema": schema}
    return config


def _reply(message: Message, model: str) -> Reply:
    content = [block.to_dict(mode="json", warnings=False) for block in message.content]
    said = message.stop_details.to_dict() if message.stop_details else {}
    return Reply(str(message.stop_reason), content, said, model)


def _tokens(message: Message) -> Tokens:
    usage = message.usage
    split = usage.cache_creation
    for_an_hour = split.ephemeral_1h_input_tokens if split else 0
    written = max(usage.cache_creation_input_tokens or 0, for_an_hour)
    return Tokens(
        input=usage.input_tokens,
        output=usage.output_tokens,
        cache_read=usage.cache_read_input_tokens or 0,
        cache_write_5m=written - for_an_hour,
        cache_write_1h=for_an_hour,
    )


def _refused(refusal: anthropic.APIStatusError, model: str) -> NodeError:
    """What an error answer means to a node."""
    status, said = refusal.status_code, (refusal.api_message or refusal.message)[:SAID_LENGTH]
    kind = _kind(refusal, said)
    details: JSON = {"model": model, "status": status, "request_id": refusal.request_id}
    if issubclass(kind, Unavailable):
        details["retry_after"] = seconds_to_wait(refusal.response.headers.get("retry-after", ""))
    message = f"The model's provider answered {refusal.type or status} for {model}: {said}"
    mend = MENDS.get(kind)
    return kind(f"{message.rstrip('.')}. {mend}" if mend else message, **details)


def _kind(refusal: anthropic.APIStatusError, said: str) -> type[NodeError]:
    if "spend" in (refusal.error_code or "") or "credit balance" in said:
        return SpendingStopped
    if refusal.status_code == 400 and "too long" in said:
        return ContextFull
    by_type = BY_TYPE.get(str(refusal.type))
    return by_type or BY_STATUS.get(refusal.status_code) or _by_hundreds(refusal.status_code)


def _by_hundreds(status: int) -> type[NodeError]:
    return Unavailable if status >= 500 else RequestRefused


def _unreachable(broken: Exception) -> NodeError:
    if isinstance(broken, anthropic.APIConnectionError):
        cause = broken.__cause__
        if isinstance(cause, httpx2.TimeoutException):
            return TimedOut("The model's provider took too long to answer.")
        if isinstance(cause, httpx2.LocalProtocolError | UnicodeError):
            message = f"The API key holds characters that no key has. {MENDS[KeyRefused]}"
            return KeyRefused(message)
        if isinstance(cause, httpx2.ConnectError):
            return Unavailable("The model's provider cannot be reached.")
    return Unavailable("The model's provider broke off its answer.")
