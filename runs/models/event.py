"""What happened in a run, in order: what live views and `Last-Event-ID` read."""

from django.db import models
from django.db.models.functions import Now

from .run import Run


class RunEvent(models.Model):
    """One happening; numbered per run without gaps, written with what it tells of."""

    # Without a key in the database: each writer holds the run's row, a trigger deletes (decision 17).
    run = models.ForeignKey(
        Run, models.CASCADE, related_name="events", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=40, help_text="run.<status> or node.<status>.")
    node_key = models.TextField(blank=True, default="", db_default="")
    iteration = models.TextField(blank=True, default="", db_default="")
    payload = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        db_table = "run_events"
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="one_event_per_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="events_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.node_key}"
