"""The graph document: a score's nodes and edges, as people write them and programs send them.

It speaks keys, never row ids (agents and subscores excepted). Field by field: `docs/scores.md`.
"""

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

JSON = dict[str, Any]
KindName = Literal["deterministic", "llm", "control"]
SubkindName = Literal["", "map_over", "branch", "gate", "parallel", "subscore"]
ErrorCode = Literal["unavailable", "rate_limited", "timeout"]

SUCCESS = "success"
DEFAULT = "default"
ON_ERROR = "on_error"
ITEM = "item"
EVERY = "*"  # recorded where a node was left by all its ports at once


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class RetryPolicy(_Part):
    """How often and on which errors a node is tried again."""

    attempts: int = Field(default=1, ge=1, le=20)
    backoff_seconds: float = Field(default=2.0, ge=0, le=86_400)
    max_seconds: float = Field(default=300.0, ge=0, le=86_400)
    on: list[ErrorCode] = ["unavailable", "rate_limited", "timeout"]


class Position(_Part):
    """Where the Composer draws a node; means nothing to a run."""

    x: float = 0.0
    y: float = 0.0


def _say_that_null_will_do(schema: JSON) -> None:
    fields = schema["properties"]
    for name in (*NodeDocument.FILLED, "retry", "position"):
        fields[name] = {"anyOf": [fields[name], {"type": "null"}]}


class NodeDocument(_Part):
    """One step: an operation, an agent's turn, or a control of the walk."""

    model_config = ConfigDict(json_schema_extra=_say_that_null_will_do)

    FILLED: ClassVar = {"label": "", "skill": "", "operation": "", "subkind": "", "config": {}}

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)
    label: str = Field(default="", max_length=120)
    kind: KindName
    skill: str = Field(default="", max_length=80)
    operation: str = Field(default="", max_length=80)
    agent_id: str | None = None
    agent_version: int | None = Field(default=None, ge=1)
    subkind: SubkindName = ""
    config: JSON = {}
    input_schema: JSON | None = None
    subscore_id: str | None = None
    retry: RetryPolicy = RetryPolicy()
    timeout_seconds: int | None = Field(default=None, ge=1, le=86_400)
    on_error: Literal["fail", "continue"] = "fail"
    position: Position = Position()

    @field_validator(*FILLED, mode="before")
    @classmethod
    def _null_is_empty(cls, value: object, info: ValidationInfo) -> object:
        return cls.FILLED[str(info.field_name)] if value is None else value

    @field_validator("retry", "position", mode="before")
    @classmethod
    def _null_is_default(cls, value: object) -> object:
        return {} if value is None else value


class EdgeDocument(_Part):
    """Carries what leaves `from_port` of one node into another; on the wire `from` and `to`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    source: str = Field(validation_alias="from", serialization_alias="from")
    from_port: str = Field(default=SUCCESS, min_length=1, max_length=80)
    target: str = Field(validation_alias="to", serialization_alias="to")
    to_port: str = Field(default=DEFAULT, min_length=1, max_length=80)
    transform: dict[str, str] | None = None
    order: int = Field(default=0, ge=0, le=2_000_000_000)

    def __str__(self) -> str:
        return f"{self.source}.{self.from_port} → {self.target}"

    def ends(self) -> JSON:
        """What tells it from every other edge of its graph, in the wire form."""
        ends = {"source", "from_port", "target", "to_port"}
        return self.model_dump(include=ends, by_alias=True)


class GraphDocument(_Part):
    """A whole graph; `message` says why it was saved."""

    message: str = Field(default="", max_length=500)
    nodes: list[NodeDocument] = []
    edges: list[EdgeDocument] = []

    def ordered_edges(self) -> list[EdgeDocument]:
        """Edges as they are merged: by `order`, then as written."""
        return sorted(self.edges, key=lambda edge: edge.order)

    def normalised(self) -> Self:
        """The same graph with edges in merge order, numbered from 0."""
        edges = [
            edge.model_copy(update={"order": number})
            for number, edge in enumerate(self.ordered_edges())
        ]
        return self.model_copy(update={"edges": edges})

    def as_json(self) -> JSON:
        """The wire form, `from` and `to` included."""
        return self.model_dump(mode="json", by_alias=True)

    def content(self) -> JSON:
        """What a version keeps: the wire form without the message."""
        return self.model_dump(mode="json", by_alias=True, exclude={"message"})
