"""What `config` of a node may say, by kind. Read by the checks, the ports and the walk."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agents.llm.parameters import Limits

from .document import JSON, SUCCESS, NodeDocument

PORT = r"^[a-z][a-z0-9_]*$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class SampleConfig(_Strict):
    """What a rehearsal answers in place of the node."""

    port: str = SUCCESS
    output: JSON = {}


class NodeConfig(_Strict):
    """What every node may say.

    `params` fill fields that no edge brings; `join` asks for one delivered edge, for all or for so
    many; `ends` names ports that end on purpose; `max_passes` allows edges that lead back to it.
    """

    params: JSON = {}
    join: Literal["any", "all"] | int = "any"
    max_passes: int | None = Field(default=None, ge=1, le=100)
    sample: SampleConfig | None = None
    ends: list[str] = []

    @field_validator("join", mode="plain")
    @classmethod
    def _is_a_join(cls, join: object) -> object:
        if join in ("any", "all") or (type(join) is int and join > 0):
            return join
        raise ValueError("say any, all, or how many edges must deliver")


class MapOverConfig(NodeConfig):
    """Play the body once for each item of the list in `items_field`."""

    items_field: str = Field(min_length=1)
    item_field: str = Field(default="item", min_length=1)
    body_node_ids: list[str] = Field(min_length=1)
    output_field: str = Field(default="results", min_length=1)
    concurrency: int = Field(default=5, ge=1, le=100)
    on_error: Literal["stop", "collect"] = "collect"
    keep_empty: bool = False

    @field_validator("output_field")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in {"ended", "errors"}:
            raise ValueError("ended and errors are fields of the output already")
        return name


class BranchCase(_Strict):
    """The port to leave by when the condition holds."""

    port: str = Field(pattern=PORT, max_length=80)
    when: str = Field(min_length=1)


class BranchConfig(NodeConfig):
    """The first condition that holds picks the port, else `else_port`."""

    conditions: list[BranchCase] = Field(min_length=1, max_length=50)
    else_port: str = Field(default="else", pattern=PORT, max_length=80)


class GateConfig(NodeConfig):
    """A person decides on each item of the list in `items_field`; None: on the input as a whole.

    Undecided after `expires_after_seconds`, everything is dropped and it is left by `expired`.
    """

    items_field: str | None = Field(default=None, min_length=1)
    expires_after_seconds: int | None = Field(default=None, ge=1, le=366 * 86_400)


class ParallelConfig(NodeConfig):
    """The input goes out by every port in `branches` at once."""

    branches: list[Annotated[str, Field(pattern=PORT, max_length=80)]] = Field(
        min_length=1, max_length=50
    )

    @field_validator("branches")
    @classmethod
    def _are_different(cls, branches: list[str]) -> list[str]:
        if len(set(branches)) < len(branches):
            raise ValueError("each branch needs a name of its own")
        return branches


class ModelConfig(NodeConfig):
    """`limits`: where they are tighter than its agent's, they hold."""

    limits: Limits | None = None


class SubscoreConfig(NodeConfig):
    """Another score as one node: at `version`, else at the newest one when the run starts."""

    version: int | None = Field(default=None, ge=1)


BY_SUBKIND: Mapping[str, type[NodeConfig]] = {
    "map_over": MapOverConfig,
    "branch": BranchConfig,
    "gate": GateConfig,
    "parallel": ParallelConfig,
    "subscore": SubscoreConfig,
}


def config_of(node: NodeDocument) -> NodeConfig:
    """The node's config as its kind reads it; pydantic's ValidationError when it does not fit."""
    plain = ModelConfig if node.kind == "llm" else NodeConfig
    return BY_SUBKIND.get(node.subkind, plain).model_validate(node.config)
