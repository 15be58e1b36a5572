"""What is sent to a model and what comes back, without the library that carries it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .parameters import Parameters
from .tokens import Tokens

JSON: TypeAlias = dict[str, Any]
THOUGHTS = {"thinking", "redacted_thinking"}


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call; `name` is `skill.operation` or `agent:slug`."""

    name: str
    description: str
    input_schema: JSON

    @property
    def wire_name(self) -> str:
        """The API takes neither dots nor colons."""
        return self.name.replace(".", "__").replace(":", "__")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`name` as `Tool.name`; `arguments` as the model wrote them, unchecked."""

    id: str
    name: str
    arguments: JSON


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What the model is told of its call."""

    content: object
    is_error: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One call. `schema`: what the answer is held to by the far end, if anything."""

    model: str
    system: str
    messages: list[JSON]
    tools: tuple[Tool, ...] = ()
    schema: JSON | None = None
    parameters: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of `model`. `content` are the API's blocks, to be sent back unaltered."""

    stop: str
    content: list[JSON]
    said: JSON  # why it refused, when it did
    model: str

    @property
    def text(self) -> str:
        return "".join(block["text"] for block in self.content if block["type"] == "text")

    @property
    def asked(self) -> list[JSON]:
        """The blocks that call a tool."""
        return [block for block in self.content if block["type"] == "tool_use"]


Spend = Callable[[Tokens], None]  # told once per call, also when it fails or is cancelled
Hear = Callable[[str], None]  # told the text of an answer so far, whenever it grows
Ask = Callable[[Request], Awaitable[Reply]]


def without_thinking(messages: list[JSON]) -> list[JSON]:
    """Without the thoughts of the model that wrote them, which another one would not take."""
    return [_spoken(message) for message in messages]


def _spoken(message: JSON) -> JSON:
    if message["role"] != "assistant":
        return message
    said = [block for block in message["content"] if block["type"] not in THOUGHTS]
    return {**message, "content": said or [{"type": "text", "text": "…"}]}
