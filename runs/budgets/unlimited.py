"""Calls that no budget limits: held as well, for a budget set meanwhile, but many at once, and
nobody waits for anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from .caps import Offer
from .reserving import Granted

WEST, EAST = timedelta(hours=-12), timedelta(hours=14)  # of all time zones, beside UTC

HOLD = """
insert into budget_reservations
  (token, workspace_id, run_id, fence, orchestra_id, root_id, month, model, microdollars, made_at)
select wish.token, home.id, run.id, run.fence, orchestra.id, root.id, %(month)s, wish.model,
       wish.microdollars, clock_timestamp()
  from unnest(%(tokens)s::uuid[], %(runs)s::text[], %(fences)s::int[], %(models)s::text[],
              %(most)s::bigint[]) as wish (token, run, fence, model, microdollars)
  join score_runs run
    on run.id = wish.run and run.fence = wish.fence and run.status = 'running'
  join score_runs root on root.id = coalesce(run.root_run_id, run.id)
  join workspaces home on home.id = run.workspace_id
  left join score_runners orchestra on orchestra.id = run.orchestra_id
 where root.budget_microdollars is null and orchestra.budget_microdollars is null
   and home.monthly_budget_microdollars is null
on conflict do nothing
returning token"""


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that a run would make under its fence."""

    run_id: str
    fence: int
    token: UUID
    offer: Offer


def reserve_unlimited(wishes: Sequence[Wish]) -> list[Granted | None]:
    """None for a wish that `reserve` has to decide: a budget may limit it."""
    month = month_everywhere(datetime.now(UTC))
    if month is None:
        return [None] * len(wishes)
    asked: dict[str, Any] = {
        "tokens": [wish.token for wish in wishes],
        "runs": [wish.run_id for wish in wishes],
        "fences": [wish.fence for wish in wishes],
        "models": [wish.offer.model for wish in wishes],
        "most": [wish.offer.most for wish in wishes],
        "month": month,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, asked)
        held = {token for (token,) in cursor.fetchall()}
    return [Granted(w.token, w.offer.model) if w.token in held else None for w in wishes]


def month_everywhere(now: datetime) -> date | None:
    """Its first day, or None in the hours when one month ends and the next has begun elsewhere."""
    west, east = (now + WEST).date().replace(day=1), (now + EAST).date().replace(day=1)
    return west if west == east else None
