"""An agent at work for another one: a session inside a tool call, on a row of its own."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agents.llm.exchange import Reply, Request, ToolCall
from agents.llm.session import CallTool, Session
from agents.skills.outcome import check_json
from maestro.errors import NodeError
from runs.journal import NodeEntry
from runs.models.choices import NodeStatus
from scores.document import SUCCESS

from ..asking import open_models
from ..attempts import Step
from ..errors import error_json
from ..meter import Meter
from ..performance import Performance
from .agent import PinnedAgent

JSON = dict[str, Any]


class Help:
    """One call of one helper; what it spends is on its row, and counts for whoever called it."""

    def __init__(
        self, performance: Performance, step: Step, agent: PinnedAgent, number: int, attempt: int,
        above: Meter,
    ) -> None:  # fmt: skip
        self._performance, self._step, self._agent = performance, step, agent
        self._meter = performance.meter(agent.parameters, above)
        self._row = performance.entry(
            step.node,
            step.iteration,
            NodeStatus.RUNNING,
            attempt=attempt,
            call=number,
            operation=agent.tool_name,
            agent_id=agent.id,
            agent_version=agent.version,
            model=agent.model,
            started_at=datetime.now(UTC),
        )

    @property
    def meter(self) -> Meter:
        return self._meter

    async def answer(self, asked: ToolCall, call_tool: CallTool) -> JSON:
        """What it says to what it is told, which is all it sees. Raises as a session does."""
        given = asked.arguments if isinstance(asked.arguments, dict) else {}
        self._row = replace(self._row, input={"input": given.get("input")})
        await self._durably(self._row)
        try:
            output = await self._work(call_tool)
        except NodeError as error:
            self._note(NodeStatus.FAILED, error=error_json(error, self._step.node.key))
            raise
        except asyncio.CancelledError:
            self._note(NodeStatus.CANCELLED, error=_cut_off(self._step.node.key))
            raise
        self._note(NodeStatus.SUCCEEDED, port=SUCCESS, output=output)
        return output

    async def _work(self, call_tool: CallTool) -> JSON:
        agent = self._agent
        check_json(self._row.input)
        cheaper = agent.parameters.cheaper_model
        line = await open_models(
            self._performance, self._meter, agent.models, agent.tool_name, cheaper=cheaper
        )

        async def asked(request: Request) -> Reply:
            reply = await line(request)
            self._row = replace(self._row, model=line.model)
            if reply.asked:
                await self._count()
            return reply

        brief = agent.brief(self._step.node.timeout_seconds)
        session = Session(brief, asked, call_tool=call_tool, on_turn=self._before_turn)
        output = (await session.answer(self._row.input)).output
        check_json(output)
        return output

    async def _before_turn(self, number: int) -> None:
        if number > 1:
            await self._count()

    async def _count(self) -> None:
        """Its row says what it has used so far."""
        if self._meter.usage != self._meter.counted:
            await self._durably(replace(self._row, **self._spent()))

    async def _durably(self, row: NodeEntry) -> None:
        journal = self._performance.journal
        await journal.flush(self._performance.run.claim, journal.record(row))

    def _note(self, status: NodeStatus, **columns: Any) -> None:
        columns |= {"finished_at": datetime.now(UTC), **self._spent()}
        self._performance.journal.record(replace(self._row, status=status, **columns))

    def _spent(self) -> JSON:
        return {**self._meter.columns(), "model": self._row.model}


def _cut_off(node: str) -> JSON:
    message = "It was cut off while the model was at work; it was paid as far as it went."
    return {"code": "cut_off", "message": message, "node": node, "details": {}}
