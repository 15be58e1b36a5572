"""Rows in one line each, for tests that are about something else."""

from itertools import count
from typing import Any

from agents.actions import create_agent
from agents.models import Agent
from maestro.workspaces.models import Workspace
from orchestras.actions import create_orchestra
from orchestras.models import Orchestra
from scores.actions import create_score, save_graph
from scores.document import GraphDocument
from scores.models import Score
from tests.scores.graphs import graph, step

AUTHOR = "tester"
_numbers = count(100_001)  # all of one length: as text, too, they sort in their order


def make_workspace(**fields: Any) -> Workspace:
    number = next(_numbers)
    return Workspace.objects.create(
        **{"name": f"Workspace {number}", "slug": f"workspace-{number}"} | fields
    )


def make_agent(workspace: Workspace, **fields: Any) -> Agent:
    named = {"name": f"Agent {next(_numbers)}", "system_prompt": "Answer briefly."}
    return create_agent(workspace, {**named, **fields}, author=AUTHOR)  # type: ignore[typeddict-item]


def make_score(workspace: Workspace, document: GraphDocument | None = None, **fields: Any) -> Score:
    """A score with a saved graph: one node `only`, unless another is given."""
    named = {"name": f"Score {next(_numbers)}"} | fields
    score = create_score(workspace, named, author=AUTHOR)  # type: ignore[arg-type]
    return save_graph(score, document or graph(step("only")), author=AUTHOR).score


def make_orchestra(score: Score, **fields: Any) -> Orchestra:
    """A disabled orchestra without a schedule, unless told otherwise."""
    named = {"name": f"Orchestra {next(_numbers)}", "score": score} | fields
    return create_orchestra(score.workspace, named, author=AUTHOR)  # type: ignore[arg-type]
