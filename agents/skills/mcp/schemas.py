"""MCP servers and their tools on the wire."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agents.skills.outcome import JSON
from maestro.rest.etags import content_tag
from maestro.rest.shapes import Body, Id

from .changes import changes_of
from .models import McpServer
from .spec import ToolSpec


class McpServerIn(Body):
    """`secret_id` proves who asks, in `header`, or as a bearer token."""

    name: str = Field(pattern=r"^[a-z0-9_-]{1,30}$", description="Its tools are mcp.name.tool.")
    url: str = Field(min_length=8, max_length=500)
    secret_id: Id | None = None
    header: str = Field("", max_length=80)


class ChangeOut(BaseModel):
    """`before` or `after` is null where there was or is nothing."""

    model_config = ConfigDict(from_attributes=True)

    place: str
    before: str | None
    after: str | None


class McpToolOut(BaseModel):
    """`fault`: why it cannot be called. `changed`: not called until somebody accepts it anew;
    `changes` are what differs from what was accepted before, of a tool that is not new."""

    name: str
    description: str
    input_schema: JSON
    output_schema: JSON | None
    says_it_reads: bool
    reads: bool
    changed: bool
    changes: list[ChangeOut]
    fault: str
    sha256: str


class McpServerOut(BaseModel):
    id: str
    name: str
    url: str
    secret_id: str | None
    header: str
    listed_at: datetime | None
    tools: list[McpToolOut]
    warnings: list[str] = Field([], description="Of a save: why its address would be refused now.")


class ToolJudgementIn(Body):
    """`sha256` is of the tool as it was read; `reads` confirms that it changes nothing."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reads: bool = False


def server_out(server: McpServer, warnings: Sequence[str] = ()) -> McpServerOut:
    return McpServerOut(
        id=server.pk,
        name=server.name,
        url=server.url,
        secret_id=server.secret_id,
        header=server.header,
        listed_at=server.listed_at,
        tools=[_tool_out(spec) for spec in server.specs],
        warnings=list(warnings),
    )


def server_tag(server: McpServer) -> str:
    return content_tag(server_out(server))


def _tool_out(spec: ToolSpec) -> McpToolOut:
    rows = changes_of(spec).rows if spec.changed else ()
    changes = [ChangeOut.model_validate(row) for row in rows]
    return McpToolOut.model_validate({**spec.as_json(), "changes": changes})
