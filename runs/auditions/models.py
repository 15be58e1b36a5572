"""An audition and its rows: one for each recorded input that the candidate is heard at."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from agents.models import Agent, AgentVersion
from maestro.fields import id_field, text_choices
from maestro.workspaces.models import Workspace, WorkspaceQuerySet
from runs.models import Run


class Status(models.TextChoices):
    PLAYING = "playing"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Against(models.TextChoices):
    RECORDED = "recorded"
    CURRENT = "current"


class Verdict(models.TextChoices):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class RowStatus(models.TextChoices):
    TO_COME = "to_come"
    PLAYED = "played"
    NOT_PLAYED = "not_played"


class AuditionQuerySet(WorkspaceQuerySet["Audition"]):
    def with_saved_version(self) -> "AuditionQuerySet":
        """Each with `saved_version`: the version of its agent that says what the candidate says, be
        it saved from here or by other ways; the first after the one it was heard beside."""
        says_the_same = AgentVersion.objects.filter(
            agent=OuterRef("agent"), content=OuterRef("candidate")
        )
        later = says_the_same.filter(version__gt=OuterRef("base_version")).order_by("version")
        return self.annotate(**{"saved_version": Subquery(later.values("version")[:1])})


class Audition(models.Model):
    """A candidate for the agent's next version, heard at recorded inputs.

    `against`: beside what was recorded, or what the version in use answers when asked again.
    `run` plays it. `forecast` and `totals` are what it was to cost and what came of it; `passed` is
    what its graders say, null while it is not over.
    """

    id = id_field("au")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="auditions")
    agent = models.ForeignKey(
        Agent, models.CASCADE, related_name="auditions", db_constraint=False, db_index=False
    )
    base_version = models.PositiveIntegerField(help_text="The version it is heard beside.")
    candidate = models.JSONField(help_text="The content that a save would keep.")
    against = models.CharField(max_length=16, choices=Against, default=Against.RECORDED)
    selection = models.JSONField(default=dict)
    graders = models.JSONField(default=list)
    budget_microdollars = models.BigIntegerField()
    forecast = models.JSONField()
    status = models.CharField(max_length=16, choices=Status, default=Status.PLAYING)
    totals = models.JSONField(null=True)
    passed = models.BooleanField(null=True)
    run = models.OneToOneField(Run, models.SET_NULL, null=True, related_name="audition")
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    saved_version: int | None  # after `with_saved_version()` only

    objects = AuditionQuerySet.as_manager()

    class Meta:
        db_table = "auditions"
        ordering = ["-created_at", "-id"]
        constraints = [
            text_choices("status", Status, "audition_status_is_known"),
            text_choices("against", Against, "audition_against_is_known"),
            models.CheckConstraint(
                condition=Q(budget_microdollars__gt=0), name="audition_has_a_budget"
            ),
            models.CheckConstraint(
                condition=Q(status="playing", finished_at__isnull=True)
                | ~Q(status="playing") & Q(finished_at__isnull=False),
                name="finished_auditions_have_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "-created_at"], name="auditions_of_agent"),
            models.Index(
                fields=["created_at"], condition=Q(status="playing"), name="playing_auditions"
            ),
        ]

    def __str__(self) -> str:
        return f"Audition of {self.agent}"

    @property
    def is_finished(self) -> bool:
        return self.status != Status.PLAYING


class AuditionRow(models.Model):
    """One recorded input: what was answered then and what the candidate answers.

    `source` is where it was recorded: {"run", "node", "iteration", "row", "score", "score_name"}.
    `old` and `new` are {"output", "error", "version", "model", "tokens", "cost_microdollars", "ms"}.
    `flips` are the nodes behind it that would end otherwise, as `flips.flips_of` tells them; `ends` is
    how each of them ended then. `changed`: the answer is another one, not only in other words.
    """

    audition = models.ForeignKey(Audition, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    source = models.JSONField()
    input = models.JSONField()
    status = models.CharField(max_length=16, choices=RowStatus, default=RowStatus.TO_COME)
    old = models.JSONField()
    new = models.JSONField(null=True)
    changed = models.BooleanField(default=False)
    ends = models.JSONField(default=dict)
    flips = models.JSONField(default=list)
    grades = models.JSONField(default=list)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    judged_by = models.CharField(max_length=200, blank=True, default="")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audition_rows"
        ordering = ["audition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["audition", "number"], name="one_row_per_input"),
            text_choices("status", RowStatus, "audition_row_status_is_known"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *Verdict.values]), name="verdict_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.audition_id}"
