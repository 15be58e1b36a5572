"""Who did what, when: append-only."""

from django.db import models

from .workspace import Workspace


class AuditEntry(models.Model):
    """One deed. It outlives what it speaks of, so it names objects by text."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_log")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_log"
        verbose_name_plural = "audit log"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-at"], name="audit_by_time"),
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.object_type} {self.object_id}"
