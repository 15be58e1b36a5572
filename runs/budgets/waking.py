"""Runs that wait for money go on when there is some: a raised budget, or a new month.

Asked as a condition, not told as an event: it does not matter who raised what, or where.
"""

WAKE_FUNDED = """
with due as (
  select run.id from score_runs run
    join score_runs root on root.id = coalesce(run.root_run_id, run.id)
    join workspaces workspace on workspace.id = run.workspace_id
    left join score_runners orchestra on orchestra.id = run.orchestra_id
   cross join lateral (
     select date_trunc('month', clock_timestamp() at time zone workspace.time_zone)::date
   ) as this (month)
   where run.status = 'waiting' and run.waiting_for = 'budget' and run.resume_at is null
     and not exists (
       select from (values
              (root.id, date '1970-01-01', root.budget_microdollars),
              (orchestra.id, this.month, orchestra.budget_microdollars),
              (workspace.id, this.month, workspace.monthly_budget_microdollars)
            ) as budget (scope, month, allowed)
         left join budget_accounts account
           on account.scope = budget.scope and account.month = budget.month
        where coalesce(account.spent, 0) >= budget.allowed)
   order by run.id for no key update of run skip locked),
woken as (
  update score_runs run
     set status = 'queued', waiting_for = '', last_event = last_event + 1
    from due where run.id = due.id
  returning run.id, run.last_event)
insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from woken
returning run_id, pg_notify('maestro_run_events', run_id), pg_notify('maestro_runs', '')"""
