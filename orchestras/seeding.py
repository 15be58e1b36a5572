"""The orchestras that ship with Maestro, one for each shipped score."""

from agents.seeding import SEED
from maestro.workspaces.models import Workspace
from scores.models import Score
from scores.seeding import SEEDS

from .actions import OrchestraFields, create_orchestra
from .models import Orchestra

# Those that need secrets are switched on by whoever has set them.
SHIPPED: dict[str, OrchestraFields] = {
    "lead-intake": {
        "name": "Lead intake",
        "tag": "CRM",
        "description": "Takes the leads of a CSV into the pipeline outreach.",
        "cron": "0 7 * * *",
        "enabled": True,
    },
    "cold-leads-v2": {
        "name": "Cold leads",
        "tag": "Outreach",
        "description": "Each weekday morning: up to ten leads, drafted and laid before a person.",
        "cron": "0 8 * * 1-5",
        "enabled": False,
    },
    "reply-triage-v2": {
        "name": "Reply triage",
        "tag": "Inbox",
        "description": "Every quarter of an hour at work: what came back is sorted.",
        "cron": "*/15 7-18 * * 1-5",
        "enabled": False,
    },
}


def seed_orchestra(workspace: Workspace, score: Score, slug: str) -> Orchestra:
    """The shipped orchestra of the score `slug`; an existing one is left alone."""
    existing = Orchestra.objects.filter(pk=f"or_{slug}").first()
    return existing or create_orchestra(
        workspace,
        {**SHIPPED[slug], "score": score, "input": _input(slug)},
        author=SEED,
        orchestra_id=f"or_{slug}",
    )


def _input(slug: str) -> dict[str, str]:
    if slug != "lead-intake":
        return {}
    return {"csv": (SEEDS / "leads.csv").read_text(encoding="utf-8")}
