"""One answer of a model without tools, as operations ask for it (`Context.ask_model`)."""

from collections.abc import Awaitable, Callable
from typing import Any

from agents.llm.exchange import Ask
from agents.llm.parameters import Parameters
from agents.llm.session import Brief, Session
from agents.skills.context import AskModel

JSON = dict[str, Any]


def one_answer(default_model: str, open_line: Callable[[str], Awaitable[Ask]]) -> AskModel:
    """`open_line(model)` is the way to a model, opened for each question; it raises where there is none."""

    async def ask_model(
        *,
        system: str,
        input: JSON,
        output_schema: JSON | None = None,
        model: str | None = None,
        max_tokens: int | None = None,
    ) -> JSON:
        brief = Brief(
            model=model or default_model,
            system_prompt=system,
            output_schema=output_schema,
            parameters=limited_to(max_tokens),
        )
        return (await Session(brief, await open_line(brief.model)).answer(input)).output

    return ask_model


def limited_to(max_tokens: int | None) -> Parameters:
    """Of a question that says nothing else about how it is answered."""
    return Parameters() if max_tokens is None else Parameters(max_tokens=max_tokens)
