"""What an orchestra refers to, so that none of it can be deleted unnoticed."""

from django.db import models

from agents.models import Agent
from maestro.workspaces.models import Secret, Workspace

from .orchestra import Orchestra


class SecretBinding(models.Model):
    """The secret that fills a skill's slot when this orchestra plays."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    orchestra = models.ForeignKey(
        Orchestra, models.CASCADE, related_name="bindings", db_constraint=False
    )
    slot = models.SlugField(max_length=80)
    secret = models.ForeignKey(
        Secret, models.RESTRICT, related_name="bindings", db_constraint=False
    )

    class Meta:
        db_table = "secret_bindings"
        ordering = ["orchestra", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["orchestra", "slot"], name="one_secret_per_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.slot} = {self.secret}"


class OrchestraAgent(models.Model):
    """An agent named by the score version an orchestra is pinned to."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    orchestra = models.ForeignKey(
        Orchestra, models.CASCADE, related_name="pinned_agents", db_constraint=False
    )
    agent = models.ForeignKey(Agent, models.RESTRICT, related_name="pinned_by", db_constraint=False)

    class Meta:
        db_table = "score_runner_agents"
        ordering = ["orchestra", "agent"]
        constraints = [
            models.UniqueConstraint(fields=["orchestra", "agent"], name="one_pin_per_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.orchestra} → {self.agent}"
