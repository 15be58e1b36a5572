"""A run: one execution of one version of a score."""

from django.db import models
from django.db.models import F, Func, Q

from maestro.erasing import erase
from maestro.fields import id_field
from maestro.workspaces.models import Workspace, WorkspaceQuerySet
from orchestras.models import Orchestra
from scores.models import Score

from .choices import Mode, Reuse, RunStatus, Trigger

ERASED_AT_ONCE = 1_000


class RunQuerySet(WorkspaceQuerySet["Run"]):
    def unfinished(self) -> "RunQuerySet":
        """Runs that will still do something, or wait for a person to let them."""
        return self.filter(finished_at__isnull=True)  # a constraint; and indexes go by it

    def erase(self) -> int:
        """Delete them, and the runs below them, with all that was recorded; says how many.

        A batch at a time and without loading them: a score may have played for years.
        """
        deleted = 0
        while ids := set(self.order_by("pk").values_list("pk", flat=True)[:ERASED_AT_ONCE]):
            below = ids
            while below:
                below = set(Run.objects.filter(parent_run__in=below).values_list("pk", flat=True))
                ids |= below
            deleted += erase(Run.objects.filter(pk__in=ids))
        return deleted

    def on_its_own(self) -> "RunQuerySet":
        """Runs that somebody started, not a node of another run: one per fire."""
        return self.filter(parent_run__isnull=True)

    def pinning(self, agent_id: str) -> "RunQuerySet":
        """Runs that resolved this agent at their start, and keep the version they found."""
        agents = Func(
            F("pins"),
            template="jsonb_path_query_array(%(expressions)s, '$.**.agents.*.id')",
            output_field=models.JSONField(),
        )
        # By name, because the type checker takes the lookup for one of a text.
        return self.alias(pinned=agents).filter(**{"pinned__contains": [agent_id]})


class Run(models.Model):
    """One execution, pinned at its start; only its player writes it, under its `fence`."""

    # The database reads each check anew at each node that is recorded: counters that only our own
    # statements raise have none (decision 17).
    id = id_field("run")
    # Each index is written when a run starts, is claimed and ends: no reference has one of its own,
    # and those below hold only the rows that are looked for.
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="runs", db_index=False)
    score = models.ForeignKey(
        Score, models.CASCADE, related_name="runs", db_constraint=False, db_index=False
    )
    score_version = models.IntegerField(
        null=True, help_text="Empty: played from a draft, kept in the pins."
    )
    orchestra = models.ForeignKey(
        Orchestra,
        models.SET_NULL,
        null=True,
        related_name="runs",
        db_constraint=False,
        db_index=False,
    )
    slot = models.DateTimeField(null=True, help_text="The fire of the schedule it stands for.")
    mode = models.CharField(max_length=16, choices=Mode, default=Mode.LIVE)
    trigger = models.CharField(max_length=16, choices=Trigger)
    status = models.CharField(max_length=16, choices=RunStatus, default=RunStatus.QUEUED)
    waiting_for = models.CharField(max_length=16, blank=True, db_default="")
    input = models.JSONField(default=dict)
    output = models.JSONField(null=True)
    error = models.JSONField(null=True)
    errors = models.IntegerField(db_default=0, help_text="Collected, not fatal.")
    pins = models.JSONField(default=dict, help_text="What was resolved once, at the start.")
    idempotency_key = models.CharField(max_length=200, null=True)
    request_sha256 = models.TextField(
        null=True, help_text="Of the request that brought the key: another one may not reuse it."
    )
    started_by = models.CharField(max_length=200, blank=True, default="")
    parent_run = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="child_runs", db_index=False
    )
    parent_node_key = models.TextField(blank=True, default="")
    parent_iteration = models.TextField(blank=True, default="", db_default="")
    root_run = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_index=False
    )
    source_run = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="replays", db_index=False
    )
    reuse = models.CharField(max_length=16, choices=Reuse, blank=True, default="", db_default="")

    player = models.TextField(null=True)
    fence = models.IntegerField(db_default=0, help_text="Raised by each claim.")
    progress = models.BooleanField(
        db_default=False, help_text="A node was recorded since the last claim."
    )
    deaths = models.SmallIntegerField(
        db_default=0, help_text="Players that died with it before it recorded a node."
    )
    resume_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(db_default=False)
    last_event = models.IntegerField(db_default=0)

    tokens_input = models.BigIntegerField(db_default=0)
    tokens_output = models.BigIntegerField(db_default=0)
    tokens_cache_read = models.BigIntegerField(db_default=0)
    tokens_cache_write = models.BigIntegerField(db_default=0)
    cost_microdollars = models.BigIntegerField(db_default=0)
    budget_microdollars = models.BigIntegerField(
        null=True, help_text="What it may cost with all runs below it; empty: no limit of its own."
    )
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        db_table = "score_runs"
        ordering = ["-queued_at", "-id"]
        # What a status, a mode or a trigger may be, and what a status says of player and times: a
        # trigger refuses the rest when a statement writes one of them (decision 20).
        constraints = [
            models.UniqueConstraint(
                fields=["orchestra", "slot"],
                condition=Q(slot__isnull=False),
                name="one_run_per_fire",
            ),
            models.UniqueConstraint(
                fields=["workspace", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_run_per_idempotency_key",
            ),
            models.UniqueConstraint(
                fields=["parent_run", "parent_node_key", "parent_iteration"],
                condition=Q(parent_run__isnull=False),
                name="one_child_run_per_node",
            ),
            models.UniqueConstraint(
                fields=["source_run", "reuse"],
                condition=Q(reuse__in=[Reuse.REPAIR, Reuse.APPLY]),
                name="repaired_or_applied_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["deaths", "workspace", "queued_at"],
                condition=Q(status="queued"),
                name="queued_runs",
            ),
            models.Index(fields=["player"], condition=Q(status="running"), name="playing_runs"),
            models.Index(fields=["resume_at"], condition=Q(status="waiting"), name="waiting_runs"),
            models.Index(
                fields=["parent_run"],
                condition=Q(parent_run__isnull=False, finished_at__isnull=True),
                name="unfinished_child_runs",
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(parent_run__isnull=False, finished_at__isnull=False),
                name="finished_child_runs",
            ),
            models.Index(
                fields=["orchestra", "queued_at", "id"],
                condition=Q(status="waiting", waiting_for="overlap"),
                name="runs_in_line",
            ),
            models.Index(
                fields=["orchestra", "queued_at"],
                condition=Q(orchestra__isnull=False, finished_at__isnull=True),
                name="unfinished_runs_of_orchestra",
            ),
            models.Index(fields=["workspace", "-queued_at", "-id"], name="runs_by_time"),
            models.Index(fields=["score", "-queued_at"], name="runs_of_score"),
            models.Index(
                fields=["orchestra", "-queued_at"],
                condition=Q(orchestra__isnull=False),
                name="runs_of_orchestra",
            ),
            models.Index(
                fields=["root_run"], condition=Q(root_run__isnull=False), name="runs_below"
            ),
            models.Index(
                fields=["source_run"], condition=Q(source_run__isnull=False), name="runs_from_run"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_finished(self) -> bool:
        return self.status in RunStatus.final()

    @property
    def cost_cents(self) -> float:
        """SPEC 12: micro-dollars / 10,000, as a number with four decimals."""
        return round(self.cost_microdollars / 10_000, 4)
