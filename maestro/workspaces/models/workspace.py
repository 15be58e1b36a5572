"""The tenant: everything else belongs to exactly one."""

from typing import Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from maestro.errors import InvalidInput
from maestro.fields import id_field
from maestro.workspaces.hosts import checked_reach

DEFAULT_MODEL = "claude-sonnet-5-5"  # SPEC 13

Row = TypeVar("Row", bound=models.Model)


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(f"{name!r} is not a time zone; write one like Europe/Berlin.")


def validate_provider(url: str) -> None:
    """Refuse an address that a key would be sent to unencrypted, or that is more than a place."""
    try:
        URLValidator(schemes=["https", "http"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        raise ValidationError("Write an address like https://models.example.com.") from None
    if parts.username or parts.query or parts.fragment:
        raise ValidationError("Write it without a name, a query or a fragment.")
    if parts.scheme == "http" and parts.hostname not in settings.MAESTRO_EGRESS_ALLOW:
        raise ValidationError(f"{parts.hostname} is asked over TLS only: write https://.")


class Workspace(models.Model):
    """One team's agents, scores, orchestras, secrets and runs."""

    id = id_field("ws")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    default_model = models.CharField(max_length=120, default=DEFAULT_MODEL)
    messages_api_url = models.CharField(
        max_length=500,
        blank=True,
        default="",
        validators=[validate_provider],
        verbose_name="Messages API",
        help_text="A server of your own that speaks it. Empty: this installation's.",
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    monthly_budget_microdollars = models.BigIntegerField(null=True, blank=True)
    egress_hosts = models.JSONField(
        default=list, blank=True, help_text="Hosts that its skills may reach; empty: any."
    )
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "workspaces"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(monthly_budget_microdollars__isnull=True)
                | models.Q(monthly_budget_microdollars__gte=0),
                name="workspace_budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            self.egress_hosts = checked_reach(self.egress_hosts)
        except InvalidInput as refusal:
            raise ValidationError({"egress_hosts": refusal.message}) from None


class WorkspaceQuerySet(models.QuerySet[Row]):
    """Rows of a tenant: every list begins with `in_workspace`."""

    def in_workspace(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)
