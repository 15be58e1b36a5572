"""A score and its immutable versions."""

from django.db import models

from maestro.fields import id_field
from maestro.workspaces.models import Workspace, WorkspaceQuerySet


class Score(models.Model):
    """The graph that defines what an automation does; its newest save is in nodes and edges."""

    id = id_field("sc")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="scores")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120)
    description = models.TextField(blank=True)
    pipeline_kind = models.CharField(max_length=40, blank=True)
    is_template = models.BooleanField(default=False)
    source_score = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    source_version = models.PositiveIntegerField(
        null=True, editable=False, help_text="Of the source: the version that was cloned."
    )
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="0: no graph has been saved yet."
    )
    draft = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceQuerySet["Score"].as_manager()

    class Meta:
        db_table = "scores"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_score_per_slug"),
            models.UniqueConstraint(fields=["workspace", "id"], name="score_within_workspace"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source_moved_on(self) -> bool:
        """Whether what it was cloned from has been saved again since."""
        source, cloned = self.source_score, self.source_version
        return source is not None and cloned is not None and source.version > cloned


class ScoreVersion(models.Model):
    """The whole graph as one save left it: what a run executes and history shows."""

    id = id_field("sv")
    score = models.ForeignKey(Score, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    graph = models.JSONField(help_text="The graph document, without message.")
    content_hash = models.CharField(max_length=64)
    author = models.CharField(max_length=200)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "score_versions"
        ordering = ["score", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["score", "version"], name="one_row_per_score_save"),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="score_version_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="score_hash_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} v{self.version}"
