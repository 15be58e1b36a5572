"""What a person decided on one effect of a plan."""

from django.db import models

from maestro.fields import text_choices

from .choices import Decision
from .node import RunNode


class EffectDecision(models.Model):
    """Of an effect that somebody looked at, or all of them once the plan is applied.

    `arguments` are those of an edited one.
    """

    node = models.OneToOneField(RunNode, models.CASCADE, related_name="decision")
    decision = models.CharField(max_length=16, choices=Decision)
    arguments = models.JSONField(null=True)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "effect_decisions"
        constraints = [
            text_choices("decision", Decision, "effect_decision_is_known"),
            models.CheckConstraint(
                condition=models.Q(decision="edit", arguments__isnull=False)
                | ~models.Q(decision="edit") & models.Q(arguments__isnull=True),
                name="edited_effects_have_arguments",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node_id}: {self.decision}"
