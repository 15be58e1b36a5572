"""What one node did in a run: once per iteration, attempt and call."""

from django.db import models
from django.db.models import Q

from maestro.fields import text_choices

from .choices import RETRY_AT, NodeStatus
from .run import Run


class RunNodeQuerySet(models.QuerySet["RunNode"]):
    def with_origin(self) -> "RunNodeQuerySet":
        """`reused_from`: the run that the row's answer, or the approval of its effect, is from."""
        source = RunNode.objects.filter(pk=models.OuterRef("source_node_id")).values("run_id")
        return self.annotate(reused_from=models.Subquery(source))


class RunNode(models.Model):
    """A recorded node. Its key is text, without a foreign key: the score may change.

    `iteration` is the path of map items and passes (`each_lead:3`, `a:3/b:0`); `call` is 0 for the
    node and 1.. for tool calls inside an LLM node. A `running` row is the intent of a write or of
    a model call; `fence` is the claim that wrote it. `source_node_id` is a row of an earlier run:
    the one whose output this is, or, of an effect, the planned one that was approved.
    """

    # Without a key in the database: each writer holds the run's row, a trigger deletes (decision 17).
    run = models.ForeignKey(
        Run, models.CASCADE, related_name="nodes", db_constraint=False, db_index=False
    )
    node_key = models.TextField()
    iteration = models.TextField(blank=True, default="", db_default="")
    attempt = models.SmallIntegerField(default=1, db_default=1)
    call = models.SmallIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=16, choices=NodeStatus)
    port = models.TextField(null=True, blank=True)
    input = models.JSONField(null=True)
    output_json = models.JSONField(null=True)
    error = models.JSONField(null=True)
    operation = models.TextField(blank=True, default="", db_default="")
    effect = models.TextField(blank=True, default="", db_default="")
    idempotency_key = models.TextField(null=True)
    arguments_sha256 = models.TextField(null=True)
    fence = models.IntegerField(db_default=0)
    child_run_id = models.TextField(null=True, help_text="Of a subscore: the run that plays it.")
    source_node_id = models.BigIntegerField(null=True)
    agent_id = models.TextField(null=True)
    agent_version = models.IntegerField(null=True)
    model = models.TextField(null=True)
    tokens_input = models.BigIntegerField(db_default=0)
    tokens_output = models.BigIntegerField(db_default=0)
    tokens_cache_read = models.BigIntegerField(db_default=0)
    tokens_cache_write_5m = models.BigIntegerField(db_default=0)
    tokens_cache_write_1h = models.BigIntegerField(db_default=0)
    cost_microdollars = models.BigIntegerField(db_default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunNodeQuerySet.as_manager()

    class Meta:
        db_table = "score_run_nodes"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "node_key", "iteration", "attempt", "call"],
                name="one_row_per_node_and_attempt",
            ),
            text_choices("status", NodeStatus, "run_node_status_is_known"),
            models.CheckConstraint(
                condition=Q(attempt__gte=1, call__gte=0), name="attempts_count_from_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agent_id", "started_at"],
                include=["cost_microdollars"],
                condition=Q(agent_id__isnull=False),
                name="run_nodes_by_agent",
            ),
        ]

    @property
    def tries_again(self) -> bool:
        """Failed, but another attempt is to follow."""
        details = (self.error or {}).get("details") or {}
        return self.status == NodeStatus.FAILED and RETRY_AT in details

    def __str__(self) -> str:
        return f"{self.node_key}[{self.iteration}]" if self.iteration else self.node_key
