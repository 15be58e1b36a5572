"""The graph a run plays, for those who show it."""

from typing import Any

from runs.models import Run
from scores.models import ScoreVersion

JSON = dict[str, Any]


def graph_of(run: Run) -> JSON:
    """The graph document of its score's version, or of the draft it was started from."""
    if run.score_version is None:
        return dict(run.pins.get("graph", {}))
    versions = ScoreVersion.objects.filter(score_id=run.score_id, version=run.score_version)
    return versions.values_list("graph", flat=True).first() or {}


def nodes_drawn(run: Run) -> dict[str, JSON]:
    """Its nodes by key."""
    return {node["key"]: node for node in graph_of(run).get("nodes", [])}
