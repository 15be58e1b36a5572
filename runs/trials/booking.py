"""A trial's money: held before each call of a model, booked after it, in the workspace's month."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agents.llm.tokens import Tokens
from maestro.workspaces.models import Workspace
from runs.budgets import BudgetReached, Busy, Offer
from runs.budgets.reserving import choose_locked
from runs.budgets.standing import Place, this_month
from runs.models import Account, Trial

HELD_FOR = timedelta(minutes=5)  # longer than any trial takes
BUSY = "What is left of the budget is held by calls in flight; try again in a moment."

RAISE_AND_TRY = "Raise the budget and try again, or wait for the next month."


@dataclass
class Book:
    """What one trial spends. Its row is written by the first call, or not at all."""

    workspace: Workspace
    operation: str
    by: str
    trial: Trial | None = None

    @transaction.atomic
    def hold(self, offer: Offer) -> None:
        """Keep what a call may cost for it. BudgetReached when the workspace has no room."""
        try:
            choose_locked(self._place(), [offer], RAISE_AND_TRY)
        except Busy:
            raise BudgetReached(BUSY, scope="workspace", id=self.workspace.pk) from None
        if self.trial is None:
            named = {"operation": self.operation[:200], "started_by": self.by[:200]}
            self.trial = Trial(workspace=self.workspace, **named)
        self.trial.model, self.trial.held_microdollars = offer.model, offer.most
        self.trial.held_until = timezone.now() + HELD_FOR
        self.trial.save()

    @transaction.atomic
    def settle(self, cost: int, tokens: Tokens) -> None:
        """What the call did cost; nothing is held any more."""
        if self.trial is None:
            return
        self.trial.held_microdollars = 0
        self.trial.cost_microdollars += cost
        self.trial.tokens_input += tokens.input + tokens.cache_read
        self.trial.tokens_input += tokens.cache_write_5m + tokens.cache_write_1h
        self.trial.tokens_output += tokens.output
        month = this_month(self.workspace)
        accounts = Account.objects.filter(scope=self.workspace.pk, month=month)
        accounts.update(spent=F("spent") + cost)  # one that is opened later begins with the rows
        self.trial.save()

    def _place(self) -> Place:
        return Place(self.workspace, None, None, this_month(self.workspace))
