"""The score templates that ship with Maestro: files in `seeds/`, kept up to date until edited."""

import json
from pathlib import Path

from agents.seeding import SEED, seed_agent
from maestro.workspaces.models import Workspace

from .actions import ScoreFields, create_score, save_graph
from .models import Score
from .validation import parse_document

SEEDS = Path(__file__).parent / "seeds"


def shipped_templates() -> list[str]:
    """Their slugs."""
    return sorted(path.stem for path in SEEDS.glob("*.json"))


def seed_template(workspace: Workspace, slug: str) -> Score:
    """The template from `seeds/<slug>.json` with its agents: made, or brought to the shipped graph.

    One whose newest version somebody else saved stays as it is.
    """
    shipped = json.loads((SEEDS / f"{slug}.json").read_text())
    score = Score.objects.filter(workspace=workspace, pk=f"sc_{slug}").first()
    if score is None:
        fields = ScoreFields(
            name=shipped["name"],
            description=shipped["description"],
            pipeline_kind=shipped["pipeline_kind"],
        )
        score = create_score(
            workspace, fields, author=SEED, score_id=f"sc_{slug}", is_template=True
        )
    newest = score.versions.first()
    if newest is not None and newest.author != SEED:
        return score
    for agent_id, name in shipped.get("agents", {}).items():
        seed_agent(workspace, agent_id, name)
    return save_graph(
        score,
        parse_document(shipped["graph"]),
        author=SEED,
        message="Shipped",
        new_node_id=lambda key: f"nd_{slug}_{key}",
    ).score
