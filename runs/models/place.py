"""The calls of a limited skill under way in a workspace, and those that wait."""

from django.db import models

from maestro.workspaces.models import Workspace


class SkillPlaces(models.Model):
    """One row per workspace and limited scope (`gmail`, `gmail.send_email`), locked for each
    admission and written by `runs.limits` alone.

    A ticket counts only while its run plays under its fence, so a killed player holds nothing.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    scope = models.TextField()
    holders = models.JSONField(
        db_default=models.Value({}, models.JSONField()), help_text="By ticket: run and fence."
    )
    waiting = models.JSONField(
        db_default=models.Value([], models.JSONField()),
        help_text="In turn: ticket, run and fence, and when it counts as gone.",
    )
    free_at = models.FloatField(
        db_default=0, help_text="When the next call may begin: seconds of the database's clock."
    )

    class Meta:
        db_table = "skill_places"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "scope"], name="one_row_per_scope"),
        ]

    def __str__(self) -> str:
        return self.scope
