"""Programs that are told when a contact changes its stage, and what each is told."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from agents.addresses import is_web_address
from maestro.fields import id_field
from maestro.workspaces.models import Secret, Workspace, WorkspaceQuerySet

from .people import Pipeline


class Hook(models.Model):
    """An address that hears of every change of stage in one pipeline, signed with a secret."""

    id = id_field("hk")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="hooks")
    pipeline = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="hooks", db_constraint=False
    )
    url = models.CharField(
        "address",
        max_length=500,
        help_text="Begins with https://; judged as any that skills reach.",
    )
    secret = models.ForeignKey(
        Secret,
        models.RESTRICT,
        related_name="hooks",
        db_constraint=False,  # the migration makes one over two columns
        help_text="Signs what is sent; itself never sent.",
    )
    enabled = models.BooleanField(
        default=True,
        help_text="Off: moves are not told, and what waits is sent when it is on again.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Hook"].as_manager()

    class Meta:
        db_table = "stage_hooks"
        ordering = ["-created_at"]
        verbose_name = "webhook"
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "url"], name="one_hook_per_address"),
            models.UniqueConstraint(fields=["workspace", "id"], name="hook_within_workspace"),
        ]

    def __str__(self) -> str:
        return self.host or self.url

    @property
    def host(self) -> str:
        """What may be shown of the address to anyone: its path can be a secret of its own."""
        return urlsplit(self.url).hostname or ""

    def clean(self) -> None:
        if not is_web_address(self.url):
            message = (
                "Write an address like https://hooks.example.com/moves, without a name or password."
            )
            raise ValidationError({"url": message})


class DeliveryQuerySet(WorkspaceQuerySet["Delivery"]):
    def in_state(self, state: str) -> "DeliveryQuerySet":
        """`delivered`, `waiting`, or `given up`: tried as often as it is by itself, in vain."""
        if state == "delivered":
            return self.filter(delivered_at__isnull=False)
        return self.filter(due_at__isnull=state != "waiting", delivered_at=None)


class Delivery(models.Model):
    """One message to one hook, kept until it arrived, and 30 days after. `due_at` is when it is sent
    next; empty: it arrived, or was given up."""

    id = id_field("dl")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="deliveries")
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries", db_constraint=False)
    body = models.JSONField()
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "stage_deliveries"
        ordering = ["-created_at"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["hook", "due_at"],
                condition=Q(due_at__isnull=False),
                name="deliveries_that_wait",
            ),
            models.Index(fields=["hook", "-created_at"], name="deliveries_of_a_hook"),
            models.Index(
                fields=["tried_at"],
                condition=Q(due_at__isnull=True),
                name="deliveries_that_ended",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def state(self) -> str:
        if self.delivered_at:
            return "delivered"
        return "waiting" if self.due_at else "given up"
