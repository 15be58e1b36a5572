"""Agents: the reusable reasoning unit, one prompt in one place."""

from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, Func, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from maestro.fields import id_field
from maestro.workspaces.models import Workspace, WorkspaceQuerySet

_BIG = models.BigIntegerField()


class AgentQuerySet(WorkspaceQuerySet["Agent"]):
    def unused(self) -> "AgentQuerySet":
        """Agents that no node plays, nor an orchestra pinned to an old graph, nor an agent may call."""
        tool = Concat(Value("agent:"), OuterRef("slug"), output_field=models.TextField())
        called = Func(tool, function="jsonb_build_array", output_field=models.JSONField())
        callers = Agent.objects.filter(
            workspace=OuterRef("workspace"), allowed_tools__contains=called
        )
        unplayed = self.filter(nodes__isnull=True, pinned_by__isnull=True)
        return unplayed.filter(~Exists(callers))

    def with_use(self) -> "AgentQuerySet":
        """Each with `score_count` and `node_count` of those that play it, in the same query."""
        # By name, because the type checker takes a keyword for a second declaration.
        scores, nodes = Count("nodes__score", distinct=True), Count("nodes", distinct=True)
        return self.annotate(**{"score_count": scores, "node_count": nodes})

    def shared(self) -> "AgentQuerySet":
        """Agents of two scores or more: an edit for one is an edit for all."""
        return self.with_use().filter(**{"score_count__gte": 2})

    def single_use(self) -> "AgentQuerySet":
        """Agents of one score only."""
        return self.with_use().filter(**{"score_count": 1})

    def with_cost(self, since: datetime) -> "AgentQuerySet":
        """Each with `cost_microdollars`: what its nodes spent since then, in the same query."""
        played = apps.get_model("runs", "RunNode").objects.filter(
            agent_id=OuterRef("pk"), started_at__gte=since
        )
        spent = played.order_by().values("agent_id").annotate(spent=Sum("cost_microdollars"))
        cost = Coalesce(Subquery(spent.values("spent")), Value(0), output_field=_BIG)
        return self.annotate(**{"cost_microdollars": cost})


class Agent(models.Model):
    """A system prompt, a model and the skills it may call; many nodes may refer to it."""

    id = id_field("ag")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="agents")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)
    description = models.TextField(blank=True)
    model = models.CharField(
        max_length=120, null=True, blank=True, help_text="Empty: the workspace's default model."
    )
    system_prompt = models.TextField()
    allowed_tools = models.JSONField(
        null=True,
        blank=True,
        help_text='Skills, operations or agents: ["http", "data.pick", "agent:sorter"]. Empty: none.',
    )
    output_schema = models.JSONField(
        null=True, blank=True, help_text="JSON Schema of the answer. Empty: plain text."
    )
    parameters = models.JSONField(default=dict, blank=True)
    is_template = models.BooleanField(default=False)
    source_agent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    source_version = models.PositiveIntegerField(
        null=True, editable=False, help_text="Of the source: the version that was copied."
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    score_count: int  # these two after `with_use()` only
    node_count: int
    cost_microdollars: int  # after `with_cost()` only

    objects = AgentQuerySet.as_manager()

    class Meta:
        db_table = "agents"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_agent_per_slug"),
            models.UniqueConstraint(fields=["workspace", "id"], name="agent_within_workspace"),
            models.CheckConstraint(
                condition=~models.Q(system_prompt=""), name="agent_has_a_prompt"
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="agent_version_from_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source_moved_on(self) -> bool:
        """Whether what it was copied from has been saved again since."""
        source, copied = self.source_agent, self.source_version
        return source is not None and copied is not None and source.version > copied


class AgentVersion(models.Model):
    """An agent as one save left it; immutable."""

    id = id_field("av")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField(help_text="Every column a run depends on, as saved.")
    author = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "agent_versions"
        ordering = ["agent", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "version"], name="one_row_per_agent_save"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} v{self.version}"
