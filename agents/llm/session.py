"""One agent at work on one input: ask, let it call tools, and see that its answer fits.

It is given all it needs to act (`ask`, `call_tool`, `on_turn`) and knows neither skills nor runs.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn

from django.conf import settings

from maestro.errors import TimedOut

from .answer import Misfit, read_answer
from .errors import (
    AnswerCut,
    AnswerMisfit,
    ContextFull,
    ModelRefused,
    ToolNotAllowed,
    TurnsSpent,
    UnknownStop,
)
from .exchange import JSON, Ask, Reply, Request, Tool, ToolAnswer, ToolCall
from .parameters import Parameters
from .schema import expressible

SECONDS = 600
IN_WORDS = "Answer with one JSON object that fits this JSON Schema, and with nothing around it:"
LIMIT_NOTE = "\n[cut here: the whole result has {size:,} bytes, {limit:,} are shown]"

CallTool = Callable[[ToolCall], Awaitable[ToolAnswer]]
OnTurn = Callable[[int], Awaitable[None]]  # before each call to the model, counted from 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """What a session is to do. `stop_tools`: names whose call ends it; `seconds`: for all of it,
    a tool that is at work excepted."""

    model: str
    system_prompt: str
    output_schema: JSON | None = None
    parameters: Parameters = field(default_factory=Parameters)
    tools: tuple[Tool, ...] = ()
    stop_tools: frozenset[str] = frozenset()
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """`output` fits the schema; of a session ended by a stop tool it is what that tool gave."""

    output: JSON
    stopped_by: ToolCall | None = None


class _Stopped(Exception):
    """A stop tool was called and answered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


async def no_tool(call: ToolCall) -> ToolAnswer:
    """For sessions without tools."""
    raise ToolNotAllowed(f"The model called {call.name}, but there are no tools.", tool=call.name)


async def no_turn(number: int) -> None:
    """For whoever need not know of the turns."""


class Session:
    """One conversation, from the input to the answer."""

    def __init__(
        self, brief: Brief, ask: Ask, *, call_tool: CallTool = no_tool, on_turn: OnTurn = no_turn
    ) -> None:
        self._brief, self._ask, self._call_tool, self._on_turn = brief, ask, call_tool, on_turn
        self._tools = {tool.wire_name: tool.name for tool in brief.tools}
        self._schema = expressible(brief.output_schema) if brief.output_schema else None
        self._messages: list[JSON] = []
        self._deadline = time.monotonic() + brief.seconds

    async def answer(self, given: JSON) -> Answer:
        """Raises the errors of `agents.llm.errors`, TimedOut, or what `ask` and tools raise."""
        self._messages = [{"role": "user", "content": _as_text(given)}]
        turns, repaired = 0, False
        while turns < self._brief.parameters.max_turns + repaired:
            turns += 1
            reply = await self._next_reply(turns)
            try:
                if not await self._goes_on(reply):
                    return Answer(read_answer(reply.text, self._brief.output_schema))
            except _Stopped as stopped:
                return stopped.answer
            except Misfit as misfit:
                if repaired:
                    _give_up(misfit)
                repaired = True
                self._ask_again(misfit)
        raise TurnsSpent(
            f"The model still called tools in turn {turns}, the last one it has. Raise max_turns of "
            "the agent, or make its task smaller.",
            turns=turns,
        )

    async def _next_reply(self, turn: int) -> Reply:
        await self._on_turn(turn)
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                reply = await self._ask(self._request())
        except TimeoutError:
            raise TimedOut(
                f"The model did not answer within the {self._brief.seconds:g} s that the node has. "
                "Raise its timeout, or lower max_tokens or effort of the agent.",
                seconds=self._brief.seconds,
            ) from None
        if reply.content:  # the API refuses an empty turn
            self._messages.append({"role": "assistant", "content": reply.content})
        return reply

    def _request(self) -> Request:
        system = self._brief.system_prompt
        if self._brief.output_schema and self._schema is None:
            system = f"{system}\n\n{IN_WORDS}\n{_as_text(self._brief.output_schema)}"
        return Request(
            model=self._brief.model,
            system=system,
            messages=self._messages,
            tools=self._brief.tools,
            schema=self._schema,
            parameters=self._brief.parameters,
        )

    async def _goes_on(self, reply: Reply) -> bool:
        """Whether the model has more to do; what it asked for is done then. Raises _Stopped."""
        match reply.stop:
            case "tool_use" if reply.asked:
                self._messages.append({"role": "user", "content": await self._use_tools(reply)})
                return True
            case "pause_turn":
                return True
            case "end_turn" | "stop_sequence" | "tool_use":
                return False
        raise _stop_error(reply, self._brief)

    async def _use_tools(self, reply: Reply) -> list[JSON]:
        """Side by side, but all their results in one turn, as the API wants it."""
        calls = [self._allowed(block) for block in reply.asked]
        ended = await asyncio.gather(*map(self._call_tool, calls), return_exceptions=True)
        answers = []
        for end in ended:
            if isinstance(end, BaseException):
                raise end
            answers.append(end)
        for call, answer in zip(calls, answers, strict=True):
            if call.name in self._brief.stop_tools and not answer.is_error:
                output = answer.content if isinstance(answer.content, dict) else {}
                raise _Stopped(Answer(output, call))
        return [_as_block(call, answer) for call, answer in zip(calls, answers, strict=True)]

    def _allowed(self, block: JSON) -> ToolCall:
        name = self._tools.get(block["name"])
        if name is None:
            allowed = ", ".join(self._tools.values()) or "none"
            message = (
                f"The model called the tool {block['name']}, which its agent does not allow "
                f"({allowed}). Nothing was called. Allow it in the agent, or say in the prompt "
                "what to do without it."
            )
            raise ToolNotAllowed(message, tool=block["name"])
        return ToolCall(block["id"], name, block["input"])

    def _ask_again(self, misfit: Misfit) -> None:
        told = f"{misfit.message} Answer again, with the whole JSON object and nothing else."
        if self._brief.output_schema is None:
            told = f"{misfit.message} Answer again."
        self._messages.append({"role": "user", "content": told})


def _give_up(misfit: Misfit) -> NoReturn:
    message = (
        f"{misfit.message} It was asked twice. Say in the agent's prompt what the answer looks "
        "like, or loosen its output schema."
    )
    raise AnswerMisfit(message, fields=misfit.places)


def _stop_error(reply: Reply, brief: Brief) -> Exception:
    match reply.stop:
        case "refusal":
            why = reply.said.get("explanation") or reply.said.get("category") or "it does not say"
            message = f"{reply.model} refused to answer: {why}. Change the prompt or the input."
            return ModelRefused(message, category=reply.said.get("category"))
        case "max_tokens":
            limit = brief.parameters.max_tokens
            message = (
                f"The answer was cut off at {limit:,} tokens. Raise max_tokens of the agent, or ask "
                "for less."
            )
            return AnswerCut(message, max_tokens=limit)
        case "model_context_window_exceeded":
            message = f"{reply.model} cannot read as much as this. Give it less, or in parts."
            return ContextFull(message)
        case other:
            message = f"{reply.model} stopped for a reason Maestro does not know: {other!r}."
            return UnknownStop(message, stop_reason=other)


def _as_block(call: ToolCall, answer: ToolAnswer) -> JSON:
    text = answer.content if isinstance(answer.content, str) else _as_text(answer.content)
    return {
        "type": "tool_result",
        "tool_use_id": call.id,
        "content": _within_limit(text),
        "is_error": answer.is_error,
    }


def _within_limit(text: str) -> str:
    encoded, limit = text.encode(), settings.MAX_TOOL_RESULT_BYTES
    if len(encoded) <= limit:
        return text
    kept = encoded[:limit].decode(errors="ignore")
    return kept + LIMIT_NOTE.format(size=len(encoded), limit=limit)


def _as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
