"""Reserving before a call and settling after it; each is one transaction, safe to ask again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from runs.journal import Fenced
from runs.models import Account, Reservation, Run, RunStatus

from .caps import RAISE_OR_CANCEL, BudgetReached, Busy, Cap, Offer, choose
from .standing import EVER, Place, booked_runs, open_reservations, place_of, recorded

# One statement, so that a repeat after a lost answer finds the reservation gone and books nothing.
SETTLE = """
with done as (
  delete from budget_reservations held
   using unnest(%(tokens)s::uuid[], %(costs)s::bigint[]) as call (token, cost)
   where held.token = call.token
  returning held.workspace_id, held.orchestra_id, held.root_id, held.month, call.cost),
due as (
  select scope, month, sum(cost) as cost
    from (select workspace_id as scope, month, cost from done
          union all select orchestra_id, month, cost from done
          union all select root_id, %(ever)s::date, cost from done) as place
   group by scope, month),
booked as (
  select account.id, due.cost from budget_accounts account join due using (scope, month)
   order by account.id for update of account)
update budget_accounts account set spent = spent + booked.cost
  from booked where account.id = booked.id"""

# What a player that died, or lost its run, has left.
FORGET = """
delete from budget_reservations reservation using score_runs run
 where run.id = reservation.run_id
   and (run.fence <> reservation.fence or run.status <> 'running')"""


@dataclass(frozen=True, slots=True)
class Granted:
    """A call that may be made, of this model."""

    token: UUID
    model: str


def reserve(run_id: str, fence: int, token: UUID, offers: Sequence[Offer]) -> Granted:
    """Hold what the first offer may cost; where that does not fit, what the last one may.

    Raises Busy or BudgetReached, or Fenced when the run is another player's.
    """
    granted = _reserved(run_id, fence, token, offers)
    if isinstance(granted, Exception):
        raise granted
    return granted


@transaction.atomic
def _reserved(
    run_id: str, fence: int, token: UUID, offers: Sequence[Offer]
) -> Granted | Busy | BudgetReached:
    """A refusal is returned: raised in here, it would take an account just opened with it."""
    held = Reservation.objects.filter(token=token).first()
    if held is not None:  # asked again, because the answer was lost
        return Granted(token, held.model)
    run = booked_runs().filter(pk=run_id, fence=fence, status=RunStatus.RUNNING).first()
    if run is None:
        raise Fenced(run_id)
    place = place_of(run)
    try:
        offer = choose_locked(place, offers)
    except (Busy, BudgetReached) as refusal:
        return refusal
    _hold(run, place, token, offer)
    return Granted(token, offer.model)


def choose_locked(place: Place, offers: Sequence[Offer], way_on: str = RAISE_OR_CANCEL) -> Offer:
    """The offer that fits the place's budgets, which are locked until the transaction ends.

    Raises Busy or BudgetReached, as `choose` does.
    """
    return choose(_locked_caps(place), offers, way_on)


def settle(token: UUID, microdollars: int) -> None:
    """Book what the call did cost, and hold nothing for it any more."""
    settle_all([(token, microdollars)])


def settle_all(calls: Sequence[tuple[UUID, int]]) -> list[None]:
    """The same for several calls at once, by token what each did cost."""
    asked: dict[str, Any] = {
        "tokens": [token for token, _ in calls],
        "costs": [cost for _, cost in calls],
        "ever": EVER.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, asked)
    return [None] * len(calls)


def _locked_caps(place: Place) -> list[Cap]:
    """The budgets that have a limit, locked until the reservation is there to be seen."""
    limited = [budget for budget in place.budgets if budget[3] is not None]
    if not limited:
        return []
    spent = {pk: _lock(place, scope, pk) for scope, pk, *_ in sorted(limited, key=lambda b: b[1])}
    held = open_reservations(place)
    return [Cap(scope, pk, allowed, spent[pk], held[scope]) for scope, pk, _, allowed in limited]


def _lock(place: Place, scope: str, pk: str) -> int:
    """What is spent of it; the account is opened if this is the first call that asks."""
    month = EVER if scope == "run" else place.month
    accounts = Account.objects.select_for_update().filter(scope=pk, month=month)
    account = accounts.first()
    if account is None:
        new = Account(workspace=place.workspace, scope=pk, month=month)
        new.spent = recorded(place, scope)
        Account.objects.bulk_create([new], ignore_conflicts=True)
        account = accounts.get()
    return account.spent


def _hold(run: Run, place: Place, token: UUID, offer: Offer) -> None:
    held = Reservation(
        token=token,
        workspace=place.workspace,
        run=run,
        fence=run.fence,
        orchestra_id=place.orchestra.pk if place.orchestra else None,
        root_id=place.root.pk if place.root else run.pk,
        month=place.month,
        model=offer.model,
        microdollars=offer.most,
    )
    Reservation.objects.bulk_create([held], ignore_conflicts=True)
