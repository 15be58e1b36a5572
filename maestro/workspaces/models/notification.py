"""What the product tells a person inside the admin."""

from django.db import models

from maestro.fields import id_field, text_choices

from .workspace import Workspace, WorkspaceQuerySet


class Level(models.TextChoices):
    EVENT = "event"
    ATTENTION = "attention"


class Notification(models.Model):
    """An event to know of, or something that needs attention."""

    id = id_field("no")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="notifications")
    level = models.CharField(max_length=16, choices=Level)
    title = models.CharField(max_length=80)
    message = models.TextField(blank=True)
    link_url = models.CharField(max_length=500, blank=True)
    link_label = models.CharField(max_length=80, default="View")
    payload = models.JSONField(default=dict)
    run_id = models.TextField(blank=True, default="", db_index=True)
    idempotency_key = models.TextField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet["Notification"].as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at"]
        constraints = [text_choices("level", Level, "notification_level_is_known")]
        indexes = [
            models.Index(
                fields=["workspace", "-created_at"],
                condition=models.Q(read_at__isnull=True),
                name="unread_notifications",
            ),
        ]

    def __str__(self) -> str:
        return self.title
