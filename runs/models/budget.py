"""Money: what has been spent of each budget, and what calls in flight may still cost."""

from django.db import models

from maestro.workspaces.models import Workspace

from .run import Run


class Account(models.Model):
    """What has been spent of one budget in one month; opened when a call first asks about it.

    `scope` is the id of a workspace, an orchestra or the run at the root of a tree. A run's account
    is not of a month: its `month` is `EVER`.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    scope = models.TextField()
    month = models.DateField()
    spent = models.BigIntegerField()

    class Meta:
        db_table = "budget_accounts"
        constraints = [
            models.UniqueConstraint(fields=["scope", "month"], name="one_account_per_month"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.month:%Y-%m}"


class Reservation(models.Model):
    """A model call in flight, and what it may cost at most.

    It counts while its run is played under its `fence`; settled, it is gone.
    """

    token = models.UUIDField(primary_key=True)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, models.CASCADE, related_name="reservations")
    fence = models.PositiveIntegerField()
    orchestra_id = models.TextField(null=True)
    root_id = models.TextField()
    month = models.DateField()
    model = models.TextField()
    microdollars = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "budget_reservations"

    def __str__(self) -> str:
        return f"{self.run_id} {self.model}"
