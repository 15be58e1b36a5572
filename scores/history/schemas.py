"""A comparison of two versions of a score on the wire."""

from typing import Any

from pydantic import BaseModel, Field

from maestro.rest.shapes import JSON, Query, VersionNumber

from .comparison import EdgeChange, GraphComparison, NodeChange, Setting


class ComparedVersions(Query):
    before: VersionNumber
    after: VersionNumber


class ChangedSetting(BaseModel):
    field: str
    before: Any
    after: Any


class NodeChangeOut(BaseModel):
    node: str
    change: str = Field(description="added, removed or changed")
    settings: list[ChangedSetting]


class EdgeChangeOut(BaseModel):
    edge: JSON
    change: str = Field(description="added, removed or changed")
    settings: list[ChangedSetting]


class GraphComparisonOut(BaseModel):
    """What a run could tell apart; where nodes are drawn does not count."""

    nodes: list[NodeChangeOut]
    edges: list[EdgeChangeOut]


def graph_comparison_out(comparison: GraphComparison) -> GraphComparisonOut:
    return GraphComparisonOut(
        nodes=[_node(one) for one in comparison.changed_nodes],
        edges=[_edge(one) for one in comparison.changed_edges],
    )


def _node(one: NodeChange) -> NodeChangeOut:
    return NodeChangeOut(node=one.node.key, change=one.change, settings=_settings(one.settings))


def _edge(one: EdgeChange) -> EdgeChangeOut:
    return EdgeChangeOut(edge=one.edge.ends(), change=one.change, settings=_settings(one.settings))


def _settings(settings: tuple[Setting, ...]) -> list[ChangedSetting]:
    return [ChangedSetting(field=s.field, before=s.before, after=s.after) for s in settings]
