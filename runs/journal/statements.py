"""The statements of the journal, hand-written because each saves round trips per node.

All lock the runs' rows in id order and drop what carries an old fence, number the events without
gaps, add up tokens and cost, and answer with the runs that are still this player's, each with
whether somebody asked to cancel it before.
"""

from collections.abc import Collection, Iterable

from runs.connections import EVENTS_CHANNEL

COLUMNS: dict[str, str] = {
    "run_id": "text",
    "node_key": "text",
    "iteration": "text",
    "attempt": "int",
    "call": "int",
    "status": "text",
    "port": "text",
    "input": "jsonb",
    "output_json": "jsonb",
    "error": "jsonb",
    "operation": "text",
    "effect": "text",
    "idempotency_key": "text",
    "arguments_sha256": "text",
    "fence": "int",
    "child_run_id": "text",
    "source_node_id": "bigint",
    "agent_id": "text",
    "agent_version": "int",
    "model": "text",
    "tokens_input": "bigint",
    "tokens_output": "bigint",
    "tokens_cache_read": "bigint",
    "tokens_cache_write_5m": "bigint",
    "tokens_cache_write_1h": "bigint",
    "cost_microdollars": "bigint",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
}
# What a row says that is only inserted; all its other columns are what they are by default.
PLAIN = (
    "run_id",
    "node_key",
    "iteration",
    "attempt",
    "call",
    "status",
    "port",
    "operation",
    "effect",
    "fence",
    "child_run_id",
    "source_node_id",
    "agent_id",
    "agent_version",
    "started_at",
    "finished_at",
    "input",
    "output_json",
    "error",
)


def _typed(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {COLUMNS[name]}" for name in names)


def _rows(names: Collection[str]) -> str:
    """Those of `nodes` whose run is ours, in the order in which they were noted."""
    return f"""
  select {", ".join(f"given.{name}" for name in names)}
    from rows from (jsonb_to_recordset(%(nodes)s::jsonb) as ({_typed(names)}))
         with ordinality as given ({", ".join(names)}, place)
    join live on live.id = given.run_id and live.fence = given.fence
   order by given.place"""


KEY = ("run_id", "node_key", "iteration", "attempt", "call")
# A failure does not say these again.
_KEPT = ("idempotency_key", "arguments_sha256", "started_at", "source_node_id")
# An intent is settled in place, or written again with what more it has used; a settled row is
# never written again.
_SETTLED = ", ".join(
    f"{name} = coalesce(excluded.{name}, old.{name})"
    if name in _KEPT
    else f"{name} = excluded.{name}"
    for name in COLUMNS
    if name not in KEY
)
_SETTLE = f"""
  on conflict ({", ".join(KEY)}) do update set {_SETTLED}
   where old.status in ('running', 'waiting')
     and (excluded.status not in ('running', 'waiting')
          or excluded.tokens_input + excluded.tokens_output > old.tokens_input + old.tokens_output)"""
# What of a row's usage the run had before this writing of it.
_USED = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "cost_microdollars")
_COUNTED = ", ".join(f"was_{name} bigint" for name in _USED)

# One row of one run, as most of a chain's commits are.
ONE = f"""
with live as (
  update score_runs set last_event = last_event + 1, progress = true, deaths = 0
   where id = %(run_id)s and fence = %(fence)s and status = 'running'
  returning id, last_event, cancel_requested),
written as (
  insert into score_run_nodes ({", ".join(PLAIN)})
  select {", ".join(f"%({name})s::{COLUMNS[name]}" for name in PLAIN)} from live)
insert into run_events (run_id, number, kind, node_key, iteration)
select id, last_event, 'node.' || %(status)s::text, %(node_key)s::text, %(iteration)s::text from live
returning run_id, (select cancel_requested from live)"""
ONE_AND_TELL = f"{ONE}, pg_notify('{EVENTS_CHANNEL}', run_id)"

# By id, else the plan may read all runs that are played anywhere.
LOCK = """
select run.id, run.fence, run.last_event, run.cancel_requested from score_runs run
  join unnest(%(runs)s::text[], %(fences)s::int[]) as owner (run_id, fence)
    on run.id = owner.run_id and run.fence = owner.fence
 where run.id = any(%(runs)s::text[]) and run.status = 'running'
 order by run.id for no key update of run"""

# A run that would wait although somebody asked to cancel it ends.
_CHANGE = """
  select given.run_id, given.output, given.error, given.errors, given.resume_at,
         given.finished or live.cancel_requested as finished,
         case when cut then 'cancelled' else given.status end as status,
         case when cut then '' else given.waiting_for end as waiting_for
    from jsonb_to_recordset(%(changes)s::jsonb) as given (
      run_id text, fence int, status text, output jsonb, error jsonb, errors int,
      waiting_for text, resume_at timestamptz, finished bool)
    join live on live.id = given.run_id and live.fence = given.fence
    cross join lateral (select live.cancel_requested and not given.finished) as asked (cut)"""
_TOLD = """
  insert into run_events (run_id, number, kind, node_key, iteration)
  select happened.run_id,
         live.last_event + row_number() over (partition by happened.run_id order by place),
         kind, node_key, iteration
    from (select run_id, id as place, 'node.' || status as kind, node_key, iteration from written
          union all
          select run_id, 9223372036854775807, 'run.' || status, '', '' from change) as happened
    join live on live.id = happened.run_id
  returning run_id, kind"""
_NEWS = """
  select run_id, count(*) as events, bool_or(kind like 'node.%%' and kind <> 'node.running') as settled
    from told group by run_id"""
# An answer given before a run parked wakes it (`resume_at`).
_MOVED = """
         last_event = live.last_event + news.events,
         progress = run.progress or news.settled,
         deaths = case when news.settled then 0 else run.deaths end,
         status = coalesce(change.status, run.status),
         player = case when change.status is null then run.player end,
         output = coalesce(change.output, run.output),
         error = coalesce(change.error, run.error),
         errors = coalesce(change.errors, run.errors),
         waiting_for = coalesce(change.waiting_for, run.waiting_for),
         resume_at = least(change.resume_at, run.resume_at),
         finished_at = case when change.finished then clock_timestamp() end
    from news join live on live.id = news.run_id
         left join change on change.run_id = news.run_id"""
_ANSWER = """
select live.id, live.cancel_requested,
       (select pg_notify('maestro_runs', '') from change where status = 'queued' limit 1)
  from live"""

# Some rows that are only inserted, and run changes: a third cheaper than BATCH.
FEW = f"""
with live as ({LOCK}),
written as (
  insert into score_run_nodes ({", ".join(PLAIN)}){_rows(PLAIN)}
  returning id, run_id, status, node_key, iteration),
change as ({_CHANGE}),
told as ({_TOLD}),
news as ({_NEWS}),
moved as (
  update score_runs run
     set {_MOVED}
   where run.id = news.run_id){_ANSWER}"""

# Any mix of rows and run changes. May be repeated after an unknown outcome: what is there already
# is left alone and makes no second event.
BATCH = f"""
with live as ({LOCK}),
written as (
  insert into score_run_nodes as old ({", ".join(COLUMNS)}){_rows(COLUMNS)}{_SETTLE}
  returning id, run_id, node_key, iteration, attempt, call, status, tokens_input, tokens_output,
            tokens_cache_read, tokens_cache_write_5m + tokens_cache_write_1h as tokens_cache_write,
            cost_microdollars),
change as ({_CHANGE}),
told as ({_TOLD}),
news as ({_NEWS}),
counted as (
  select * from jsonb_to_recordset(%(counted)s::jsonb) as row (
      {_typed(KEY)}, {_COUNTED})),
spent as (
  select run_id,
         sum(tokens_input - coalesce(was_input, 0)) as tokens_input,
         sum(tokens_output - coalesce(was_output, 0)) as tokens_output,
         sum(tokens_cache_read - coalesce(was_cache_read, 0)) as tokens_cache_read,
         sum(tokens_cache_write - coalesce(was_cache_write_5m + was_cache_write_1h, 0))
           as tokens_cache_write,
         sum(cost_microdollars - coalesce(was_cost_microdollars, 0)) as cost
    from written left join counted using ({", ".join(KEY)}) group by run_id),
moved as (
  update score_runs run
     set tokens_input = run.tokens_input + coalesce(spent.tokens_input, 0),
         tokens_output = run.tokens_output + coalesce(spent.tokens_output, 0),
         tokens_cache_read = run.tokens_cache_read + coalesce(spent.tokens_cache_read, 0),
         tokens_cache_write = run.tokens_cache_write + coalesce(spent.tokens_cache_write, 0),
         cost_microdollars = run.cost_microdollars + coalesce(spent.cost, 0),{_MOVED}
         left join spent on spent.run_id = news.run_id
   where run.id = news.run_id){_ANSWER}"""
