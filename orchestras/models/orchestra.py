"""A score deployed: when it plays, with which secrets, within which budget."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from maestro.fields import id_field, text_choices
from maestro.workspaces.models import Workspace, WorkspaceQuerySet
from maestro.workspaces.models.workspace import validate_time_zone
from scores.models import Score


class OrchestraQuerySet(WorkspaceQuerySet["Orchestra"]):
    def due(self, now: datetime) -> "OrchestraQuerySet":
        """Enabled orchestras whose next fire has come."""
        return self.filter(enabled=True, next_fire_at__lte=now)

    def with_status(self) -> "OrchestraQuerySet":
        """Each with `status`, an OrchestraStatus, in the same query."""
        runs: Any = self.model._meta.get_field("runs").related_model
        in_progress = Exists(runs.objects.unfinished().filter(orchestra=OuterRef("pk")))
        status = Case(
            When(in_progress, then=Value(OrchestraStatus.RUNNING)),
            When(enabled=False, then=Value(OrchestraStatus.PAUSED)),
            When(cron="", then=Value(OrchestraStatus.IDLE)),
            default=Value(OrchestraStatus.SCHEDULED),
            output_field=models.CharField(),
        )
        # By name, because the type checker takes a keyword for a second declaration.
        return self.annotate(**{"status": status})


class OrchestraStatus(models.TextChoices):
    """Computed, never stored (SPEC, decision 1): the first of these that holds."""

    RUNNING = "running"
    PAUSED = "paused"
    IDLE = "idle"
    SCHEDULED = "scheduled"


class Overlap(models.TextChoices):
    SKIP = "skip"
    QUEUE = "queue"
    ALLOW = "allow"


class Misfire(models.TextChoices):
    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


class Orchestra(models.Model):
    """A score with a schedule, secrets and a switch; `enabled` governs the clock only."""

    id = id_field("or")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="orchestras")
    name = models.CharField(max_length=120)
    tag = models.CharField(max_length=40, blank=True)
    description = models.TextField(blank=True)
    score = models.ForeignKey(
        Score, models.RESTRICT, related_name="orchestras", db_constraint=False
    )
    score_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: each run plays the newest version."
    )
    cron = models.CharField(
        max_length=120, blank=True, help_text="Five fields; empty: started by hand or by program."
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="Empty: the workspace's time zone.",
    )
    enabled = models.BooleanField(default=False)
    overlap = models.CharField(max_length=8, choices=Overlap, default=Overlap.SKIP)
    misfire = models.CharField(max_length=8, choices=Misfire, default=Misfire.ONCE)
    input = models.JSONField(
        default=dict, blank=True, help_text="A run's input where none is given."
    )
    budget_microdollars = models.BigIntegerField(
        null=True, blank=True, help_text="What all its runs may cost in a month; empty: no limit."
    )
    run_budget_microdollars = models.BigIntegerField(
        null=True, blank=True, help_text="What one of its runs may cost; empty: no limit."
    )
    last_fire_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_fire_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    status: str  # there after `with_status()` only

    objects = OrchestraQuerySet.as_manager()

    class Meta:
        db_table = "score_runners"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_orchestra_per_name"),
            models.UniqueConstraint(fields=["workspace", "id"], name="orchestra_within_workspace"),
            text_choices("overlap", Overlap, "overlap_is_known"),
            text_choices("misfire", Misfire, "misfire_is_known"),
            models.CheckConstraint(
                condition=Q(next_fire_at__isnull=True) | Q(enabled=True) & ~Q(cron=""),
                name="only_scheduled_orchestras_fire",
            ),
            models.CheckConstraint(
                condition=Q(budget_microdollars__isnull=True) | Q(budget_microdollars__gte=0),
                name="orchestra_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(run_budget_microdollars__isnull=True)
                | Q(run_budget_microdollars__gte=0),
                name="orchestra_run_budget_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"], condition=Q(enabled=True), name="orchestras_by_next_fire"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        """The time zone its cron is read in: its own, else its workspace's."""
        return self.time_zone or self.workspace.time_zone
