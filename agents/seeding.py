"""What ships with Maestro of the agents' side: model prices, the first pipeline, the agents of the
shipped scores."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from agents.skills.pipeline.actions import DEFAULT_STAGES
from agents.skills.pipeline.models import Kind, Pipeline
from maestro.workspaces.models import Workspace

from .actions import create_agent, save_agent
from .content import AgentFields
from .models import Agent, ModelPrice

SEED = "seed"  # the author of what ships
SEEDS = Path(__file__).parent / "seeds"
PRICES = SEEDS / "prices.json"
COLUMNS = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read")


def seed_prices() -> int:
    """Add the shipped prices that are not there yet; how many. A price once there is never changed."""
    shipped = [_price(**row) for row in json.loads(PRICES.read_text())["prices"]]
    before = ModelPrice.objects.count()
    ModelPrice.objects.bulk_create(shipped, ignore_conflicts=True)
    return ModelPrice.objects.count() - before


def seed_pipeline(workspace: Workspace) -> Pipeline:
    """The pipeline `outreach`, which the shipped scores name by its slug."""
    outreach, _ = Pipeline.objects.get_or_create(
        workspace=workspace,
        slug="outreach",
        defaults={
            "id": "pl_outreach",
            "name": "Outreach",
            "kind": Kind.OUTREACH,
            "stages": DEFAULT_STAGES[Kind.OUTREACH],
        },
    )
    return outreach


def seed_agent(workspace: Workspace, agent_id: str, name: str) -> Agent:
    """The agent of `seeds/<name>.json` with the prompt of `seeds/<name>.md`: made, or brought up to
    date. One whose newest version somebody else saved stays as it is."""
    fields: AgentFields = json.loads((SEEDS / f"{name}.json").read_text())
    fields["system_prompt"] = (SEEDS / f"{name}.md").read_text()
    agent = Agent.objects.filter(workspace=workspace, pk=agent_id).first()
    if agent is None:
        return create_agent(
            workspace, fields, author=SEED, note="Shipped", agent_id=agent_id, is_template=True
        )
    newest = agent.versions.first()
    if newest is not None and newest.author != SEED:
        return agent
    return save_agent(agent, fields, author=SEED, note="Shipped")


def _price(
    model: str, valid_from: str, dollars: list[str], prompt_tokens_from: int = 0
) -> ModelPrice:
    microdollars = [int(Decimal(amount) * 1_000_000) for amount in dollars]
    return ModelPrice(
        model=model,
        valid_from=date.fromisoformat(valid_from),
        prompt_tokens_from=prompt_tokens_from,
        **dict(zip(COLUMNS, microdollars, strict=True)),
    )
