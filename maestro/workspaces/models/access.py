"""Who may come in: people by membership, programs by API key."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from maestro.fields import id_field, text_choices

from .workspace import Workspace


class Role(models.TextChoices):
    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Membership(models.Model):
    """A person's seat in a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.EDITOR)

    class Meta:
        db_table = "memberships"
        ordering = ["workspace", "user"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_seat_per_person"),
            text_choices("role", Role, "membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(models.Model):
    """A program's way in: only the SHA-256 of the key is kept."""

    id = id_field("key")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "api_keys"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="api_key_is_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (mk_{self.prefix}…)"

    def is_valid(self) -> bool:
        """Neither revoked nor over."""
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not is_over

    def allows(self, scope: str) -> bool:
        """Whether it may do that; who may write a thing may read it."""
        thing, _, _ = scope.partition(":")
        return scope in self.scopes or (
            scope == f"{thing}:read" and f"{thing}:write" in self.scopes
        )
