"""A node of the newest saved graph."""

from django.db import models
from django.db.models import Q

from agents.models import Agent
from maestro.fields import id_field, text_choices
from maestro.workspaces.models import Workspace

from .score import Score


class Kind(models.TextChoices):
    DETERMINISTIC = "deterministic"
    LLM = "llm"
    CONTROL = "control"


class Subkind(models.TextChoices):
    MAP_OVER = "map_over"
    BRANCH = "branch"
    GATE = "gate"
    PARALLEL = "parallel"
    SUBSCORE = "subscore"


class OnError(models.TextChoices):
    FAIL = "fail"
    CONTINUE = "continue"


class Node(models.Model):
    """One step: an operation, an agent's turn, or a control of the walk.

    `agent` and `subscore` have no constraint of Django's making: the migration
    `references_that_refuse` gives them composite ones that refuse at once.
    """

    id = id_field("nd")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    score = models.ForeignKey(Score, models.CASCADE, related_name="nodes")
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    skill = models.CharField(max_length=80, blank=True)
    operation = models.CharField(max_length=80, blank=True)
    agent = models.ForeignKey(
        Agent,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="nodes",
        db_constraint=False,
    )
    agent_version = models.PositiveIntegerField(null=True, blank=True)
    subkind = models.CharField(max_length=16, choices=Subkind, blank=True)
    subscore = models.ForeignKey(
        Score,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="used_as_node",
        db_constraint=False,
    )
    config = models.JSONField(default=dict, blank=True)
    input_schema = models.JSONField(null=True, blank=True)
    retry = models.JSONField(default=dict, blank=True)
    timeout_seconds = models.PositiveIntegerField(null=True, blank=True)
    on_error = models.CharField(max_length=16, choices=OnError, default=OnError.FAIL)
    position = models.JSONField(default=dict, blank=True)
    order = models.PositiveIntegerField(default=0, help_text="Its place in the graph document.")

    class Meta:
        db_table = "score_nodes"
        ordering = ["score", "order"]
        constraints = [
            models.UniqueConstraint(fields=["score", "key"], name="one_node_per_key"),
            models.UniqueConstraint(fields=["score", "id"], name="node_within_score"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="node_key_is_a_word"
            ),
            models.CheckConstraint(
                condition=Q(kind="deterministic", subkind="", agent__isnull=True)
                & ~Q(skill="")
                & ~Q(operation="")
                | Q(kind="llm", subkind="", skill="", operation="", agent__isnull=False)
                | Q(kind="control", skill="", operation="", agent__isnull=True)
                & Q(subkind__in=Subkind.values),
                name="node_has_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(subkind="subscore", subscore__isnull=False)
                | ~Q(subkind="subscore") & Q(subscore__isnull=True),
                name="subscore_nodes_have_a_score",
            ),
            models.CheckConstraint(
                condition=Q(agent_version__isnull=True) | Q(agent__isnull=False),
                name="agent_version_needs_agent",
            ),
            text_choices("on_error", OnError, "node_on_error_is_known"),
        ]

    def __str__(self) -> str:
        return self.key
