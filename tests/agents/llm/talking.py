"""Sessions through the real library with the server that stands in for the provider."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from agents.llm import Models
from agents.llm.exchange import Tool, ToolAnswer, ToolCall
from agents.llm.parameters import Parameters
from agents.llm.session import Answer, Brief, Session
from agents.llm.tokens import Tokens
from maestro.errors import NodeError
from tests.far_ends.messages_api import MessagesAPI, Script, speaking

JSON = dict[str, Any]
KEY = "sk-test-canary-0123456789"
MODEL = "claude-sonnet-5-5"
VERDICT: JSON = {
    "type": "object",
    "properties": {"good": {"type": "boolean"}, "why": {"type": ["string", "null"]}},
    "required": ["good"],
}
LOOK = Tool("books.look_up", "Look it up.", {"type": "object", "properties": {"q": {}}})


@dataclass
class Told:
    """What came of a session; `error` in place of `answer`. `spent`: per call, in order."""

    api: MessagesAPI
    answer: Answer | None = None
    error: NodeError | None = None
    spent: list[Tokens] = field(default_factory=list)
    called: list[ToolCall] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)

    @property
    def output(self) -> JSON:
        assert self.answer is not None, self.error
        return self.answer.output

    @property
    def code(self) -> str:
        assert self.error is not None, self.answer
        return self.error.code


UseTool = Callable[[ToolCall], Awaitable[ToolAnswer]]


async def found(call: ToolCall) -> ToolAnswer:
    return ToolAnswer({"found": call.arguments})


def talk(
    script: Script,
    given: JSON | None = None,
    *,
    use: UseTool = found,
    key: str = KEY,
    parameters: JSON | None = None,
    **brief: Any,
) -> Told:
    """Play one session to its end."""
    with speaking(script) as api:
        told = Told(api)
        named = {"model": MODEL, "system_prompt": "Judge."} | brief
        whole = Brief(parameters=Parameters(**parameters or {}), **named)
        asyncio.run(_talk(told, whole, given or {"x": 1}, use, key))
    return told


async def _talk(told: Told, brief: Brief, given: JSON, use: UseTool, key: str) -> None:
    async def call_tool(call: ToolCall) -> ToolAnswer:
        told.called.append(call)
        return await use(call)

    async def on_turn(number: int) -> None:
        told.turns.append(number)

    async with aclosing(Models()) as models:
        ask = partial(models.send, key=key, spend=told.spent.append)
        session = Session(brief, ask, call_tool=call_tool, on_turn=on_turn)
        try:
            told.answer = await session.answer(given)
        except NodeError as error:
            told.error = error
