"""Secrets at rest: ciphertext bound to workspace, name and version by authenticated data."""

from django.db import models
from django.db.models.functions import Length

from maestro.fields import id_field

from .workspace import Workspace

models.BinaryField.register_lookup(Length)


class Secret(models.Model):
    """A named secret; its value lives in its versions."""

    id = id_field("se")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="secrets")
    name = models.SlugField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    hosts = models.JSONField(
        default=list, blank=True, help_text="Where it may be sent; empty: where its skill says."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="To the minute."
    )

    class Meta:
        db_table = "secrets"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_secret_per_name"),
            models.UniqueConstraint(fields=["workspace", "id"], name="secret_within_workspace"),
        ]

    def __str__(self) -> str:
        return self.name


class SecretVersion(models.Model):
    """One value of a secret, encrypted; rotation inserts the next."""

    secret = models.ForeignKey(Secret, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "secret_versions"
        ordering = ["secret", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["secret", "version"], name="one_value_per_version"),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="secret_version_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(nonce__length=12), name="secret_nonce_has_96_bits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secret} v{self.version}"
