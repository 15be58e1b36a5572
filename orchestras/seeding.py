"""The orchestra that ships with Maestro."""

from maestro.workspaces.models import Workspace
from scores.models import Score
from scores.seeding import SEED, SEEDS

from .actions import create_orchestra
from .models import Orchestra


def seed_lead_intake(workspace: Workspace, score: Score) -> Orchestra:
    """`Lead intake`, each morning at seven with the shipped table; an existing one is left alone."""
    existing = Orchestra.objects.filter(pk="or_lead-intake").first()
    return existing or create_orchestra(
        workspace,
        {
            "name": "Lead intake",
            "tag": "CRM",
            "description": "Takes the leads of a CSV into the pipeline outreach.",
            "score": score,
            "cron": "0 7 * * *",
            "enabled": True,
            "input": {"csv": (SEEDS / "leads.csv").read_text(encoding="utf-8")},
        },
        author=SEED,
        orchestra_id="or_lead-intake",
    )
