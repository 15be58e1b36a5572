"""Secrets at rest: ciphertext bound to workspace, name and version by authenticated data."""

from django.db import models
from django.db.models.functions import Length

from maestro.fields import id_field

from .workspace import Workspace

models.BinaryField.register_lookup(Length)


class TestOutcome(models.TextChoices):
    """What came of trying a secret where it is used; of several, the first of these counts most."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable", "Not reachable"
    WORKS = "works"
    UNTESTABLE = "untestable", "Cannot be tested"


class Secret(models.Model):
    """A named secret; its value lives in its versions.

    `tests` are those of the newest value when somebody last tested it, one for each slot that it
    fills: {"slot", "asked_by", "outcome", "message"}.
    """

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
    last_tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    tests = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        db_table = "secrets"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_secret_per_name"),
            models.UniqueConstraint(fields=["workspace", "id"], name="secret_within_workspace"),
        ]

    def __str__(self) -> str:
        return self.name

    def tested(self, slot: str = "") -> TestOutcome | None:
        """What came of its last test, in one slot or in all; None: there was none."""
        if self.last_tested_at is None:
            return None
        found = {test["outcome"] for test in self.tests if slot in ("", test["slot"])}
        return next((one for one in TestOutcome if one in found), None)


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
