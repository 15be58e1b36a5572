"""What a workspace allows of a skill, besides what the skill says of itself."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from agents.skills.limits import Limits
from agents.skills.registry import allowed_operations
from maestro.fields import id_field
from maestro.workspaces.models import Workspace, WorkspaceQuerySet


class SkillLimit(models.Model):
    """A tighter limit on a skill or one of its operations, or its only one.

    `name` is `gmail` for all of its operations together, `gmail.send_email` for one.
    """

    id = id_field("li")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="skill_limits")
    name = models.CharField("skill or operation", max_length=161)
    concurrency = models.PositiveIntegerField(
        "at once", null=True, blank=True, help_text="Calls at the same time, over all runs."
    )
    per_minute = models.PositiveIntegerField(
        "a minute", null=True, blank=True, help_text="Calls begun in a minute, evenly spread."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["SkillLimit"].as_manager()

    class Meta:
        db_table = "skill_limits"
        verbose_name = "skill limit"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_limit_per_skill"),
            models.CheckConstraint(
                condition=Q(concurrency__gte=1) | Q(concurrency__isnull=True),
                name="concurrency_is_at_least_one",
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1) | Q(per_minute__isnull=True),
                name="calls_per_minute_are_at_least_one",
            ),
            models.CheckConstraint(
                condition=Q(concurrency__isnull=False) | Q(per_minute__isnull=False),
                name="a_limit_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.limits.in_words()}"

    def clean(self) -> None:
        if allowed_operations([self.name])[1]:
            message = f"No skill or operation named {self.name} is installed."
            raise ValidationError({"name": message})
        if self.concurrency is None and self.per_minute is None:
            raise ValidationError("Say how many at once, how many a minute, or both.")
        for field in ("concurrency", "per_minute"):
            if getattr(self, field) == 0:
                raise ValidationError({field: "1 is the least; to stop a skill, stop its scores."})

    @property
    def limits(self) -> Limits:
        return Limits(self.concurrency, self.per_minute)
