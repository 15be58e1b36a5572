"""Trying an operation that asks a model: what that costs, outside of any run."""

from django.db import models

from maestro.fields import id_field
from maestro.workspaces.models import Workspace


class Trial(models.Model):
    """One trial, booked in its workspace's month beside the runs.

    `held_microdollars` is what a call in flight may cost; it counts until `held_until`, so that a
    process that died holds nothing for long.
    """

    id = id_field("try")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    operation = models.CharField(max_length=200)
    model = models.CharField(max_length=120)
    started_by = models.CharField(max_length=200)
    tokens_input = models.BigIntegerField(default=0)
    tokens_output = models.BigIntegerField(default=0)
    cost_microdollars = models.BigIntegerField(default=0)
    held_microdollars = models.BigIntegerField(default=0)
    held_until = models.DateTimeField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "operation_trials"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["workspace", "-at"], name="trials_by_time")]

    def __str__(self) -> str:
        return f"{self.operation} {self.id}"
