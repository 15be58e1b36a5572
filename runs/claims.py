"""Claim, lease, sweep, release: every statement that moves a run between players.

Hand-written SQL because each is one conditional statement that decides between several askers by
the database's clock; none reads first and writes later. What is looked for by time is compared with
`statement_timestamp()`, because no index is read for a `clock_timestamp()`.
"""

LEASE_SECONDS = 10
MAX_DEATHS = 3

ENTER = f"""
insert into players (id, cluster, host, pid, started, lease_until)
values (%(me)s, %(cluster)s, %(host)s, %(pid)s, clock_timestamp(),
        clock_timestamp() + interval '{LEASE_SECONDS} s')"""

# Also a lease that ran out, as in an outage, while nobody has buried the player: its fences tell
# which of its runs are still its own.
RENEW = f"""
update players set lease_until = clock_timestamp() + interval '{LEASE_SECONDS} s'
 where id = %(me)s"""

# Only while the claimer's own lease holds: a zombie that wakes up takes nothing. Fair between
# workspaces: each that has queued runs is found by one probe of the index, those of which this
# player plays the fewest come first, and each gets an equal share of the room; so the cost does
# not grow with the queue, and ten thousand runs of one workspace delay nobody else's. An array at
# the end, because a join with `fair` is guessed to be large and reads the whole table.
CLAIM = """
with recursive asking (workspace_id) as (
  (select workspace_id from score_runs
    where status = 'queued' and deaths = %(deaths)s
      and exists (select from players where id = %(me)s and lease_until > clock_timestamp())
    order by workspace_id limit 1)
  union all
  select (select workspace_id from score_runs
           where status = 'queued' and deaths = %(deaths)s and workspace_id > asking.workspace_id
           order by workspace_id limit 1)
    from asking where asking.workspace_id is not null),
served as (
  select workspace_id, coalesce(plays, 0) as plays
    from asking left join unnest(%(workspaces)s::text[], %(plays)s::int[])
         as here (workspace_id, plays) using (workspace_id)
   where workspace_id is not null and coalesce(plays, 0) < %(most)s),
fair as materialized (
  select run.id
    from (select *, greatest(1, %(limit)s / count(*) over ()) as share from served
           order by plays, random() limit %(limit)s) as workspace
   cross join lateral (
         select id from score_runs
          where status = 'queued' and deaths = %(deaths)s
            and workspace_id = workspace.workspace_id
          order by queued_at limit workspace.share for update skip locked) as run),
taken as (
  update score_runs set status = 'running', player = %(me)s, fence = fence + 1, progress = false,
         started_at = coalesce(started_at, clock_timestamp()), last_event = last_event + 1
   where id = any(array(select id from fair))
  returning id, fence, workspace_id, score_id, score_version, orchestra_id, parent_run_id, mode,
            input, pins, cancel_requested, last_event),
told as (
  insert into run_events (run_id, number, kind) select id, last_event, 'run.running' from taken)
select id, fence, workspace_id, score_id, score_version, orchestra_id, parent_run_id, mode,
       input, pins, cancel_requested from taken"""

RECORDED = """
select run_id, node_key, iteration, attempt, status, port, output_json, error, started_at
  from score_run_nodes where run_id = any(%(runs)s) and call = 0 order by id"""

CANCELLED = """
select id from score_runs where id = any(%(runs)s) and player = %(me)s and cancel_requested"""

# What a player did last it may not have told: whoever watches any run looks again.
_LOOK_AGAIN = "returning pg_notify('maestro_run_events', '')"

# A player whose process was seen to be dead cannot come back: its lease need not run out by itself,
# and nobody waits for it after an outage.
ENDED = "epoch"
END_LEASES = f"update players set lease_until = '{ENDED}' where id = any(%(players)s)"
_OVER = f"""(player.lease_until = '{ENDED}'
             or player.lease_until < clock_timestamp() and %(judges)s)"""

# A dead player's runs go back to the queue. What a frozen player still has locked is left for the
# next sweep (SKIP LOCKED): a sweep that waits holds up every other death.
SWEEP = f"""
with dead as (
  select run.id, case when run.progress then 0 else run.deaths + 1 end as deaths
    from score_runs run left join players player on run.player = player.id
   where run.status = 'running'
     and (player.id is null or {_OVER})
   order by run.id for no key update of run skip locked),
back as (
  update score_runs run
     set player = null, fence = run.fence + 1, deaths = dead.deaths,
         last_event = run.last_event + 1,
         status = case when dead.deaths >= {MAX_DEATHS} then 'failed' else 'queued' end,
         finished_at = case when dead.deaths >= {MAX_DEATHS} then clock_timestamp() end,
         error = case when dead.deaths >= {MAX_DEATHS} then jsonb_build_object(
           'code', 'poison_run', 'node', null, 'details', jsonb_build_object(),
           'message', 'The worker died {MAX_DEATHS} times while playing this run.') end
    from dead where run.id = dead.id
  returning run.id, run.last_event, run.status)
insert into run_events (run_id, number, kind)
select id, last_event, 'run.' || status from back
returning run_id, kind, pg_notify('maestro_run_events', run_id)"""

WAKE = """
with due as (
  select id from score_runs
   where status = 'waiting' and resume_at <= statement_timestamp()
   order by id for no key update skip locked),
woken as (
  update score_runs run
     set status = 'queued', waiting_for = '', resume_at = null, last_event = last_event + 1
    from due where run.id = due.id
  returning run.id, run.last_event)
insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from woken
returning run_id"""

# A run goes on when a child that one of its nodes waits for has ended. Asked as a condition, not told
# as an event: neither the child's end nor the parent's parking can come too early. Asked of all that
# waits it costs the more the more waits, so mostly it is asked of one, or of what has just changed.
_WAKE_PARENTS = """
with due as (
  select parent.id from score_runs parent
   where parent.status = 'waiting' and parent.waiting_for <> 'overlap'{only}
     and ({bereft}exists (
       select from score_runs child
         join score_run_nodes node on node.run_id = parent.id and node.call = 0
          and node.node_key = child.parent_node_key and node.iteration = child.parent_iteration
        where child.parent_run_id = parent.id and child.finished_at is not null
          and node.status = 'waiting'))
   order by parent.id for no key update of parent skip locked),
woken as (
  update score_runs run
     set status = 'queued', waiting_for = '', resume_at = null, last_event = last_event + 1
    from due where run.id = due.id
  returning run.id, run.last_event)
insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from woken
returning run_id, pg_notify('maestro_run_events', run_id), pg_notify('maestro_runs', '')"""
# A child that ended while nobody looked, and went with its score, has no row that could tell.
_BEREFT = """parent.waiting_for = 'subscore' and exists (
       select from score_run_nodes node
        where node.run_id = parent.id and node.status = 'waiting' and node.child_run_id is not null
          and not exists (select from score_runs where id = node.child_run_id)) or """
WAKE_PARENTS = _WAKE_PARENTS.format(only="", bereft=_BEREFT)
WAKE_PARENT = _WAKE_PARENTS.format(only=" and parent.id = %(run)s", bereft="")
# As arrays, which are read by index; the planner takes a subquery for half the table.
_JUST_ENDED = """finished_at > statement_timestamp() - interval '10 s'"""
WAKE_PARENTS_OF_ENDED = _WAKE_PARENTS.format(
    only=f"""
     and parent.id = any(array(select parent_run_id from score_runs
                                where parent_run_id is not null and {_JUST_ENDED}))""",
    bereft="",
)

# A child ends with its parent, however that ended. One level: its own children are for the next.
_CANCEL_CHILDREN = """
with orphan as (
  select child.id from score_runs child join score_runs parent on parent.id = child.parent_run_id
   where child.finished_at is null and not child.cancel_requested
     and (parent.finished_at is not null or parent.cancel_requested){only}
   order by child.id for no key update of child skip locked),
asked as (
  update score_runs run
     set cancel_requested = true, waiting_for = '', last_event = run.last_event + 1,
         status = case when run.status = 'running' then run.status else 'cancelled' end,
         finished_at = case when run.status <> 'running' then clock_timestamp() end
    from orphan where run.id = orphan.id
  returning run.id, run.last_event, run.status = 'running' as plays)
insert into run_events (run_id, number, kind, payload)
select id, last_event, case when plays then 'run.cancel_requested' else 'run.cancelled' end,
       '{{"by": "its parent"}}' from asked
returning run_id, pg_notify('maestro_run_events', run_id), pg_notify('maestro_runs', 'cancel')"""
CANCEL_CHILDREN = _CANCEL_CHILDREN.format(only="")
CANCEL_CHILDREN_OF = _CANCEL_CHILDREN.format(only=" and child.parent_run_id = any(%(parents)s)")

# Overlap `queue`: the oldest waiting run of an orchestra goes when none of it is in progress. Each
# orchestra with a line is found by one probe of the index, however long the lines are.
_IN_LINE = "status = 'waiting' and waiting_for = 'overlap'"
NEXT_IN_LINE = f"""
with recursive line (orchestra_id) as (
  (select orchestra_id from score_runs where {_IN_LINE} and orchestra_id is not null
    order by orchestra_id limit 1)
  union all
  select (select orchestra_id from score_runs
           where {_IN_LINE} and orchestra_id > line.orchestra_id order by orchestra_id limit 1)
    from line where line.orchestra_id is not null),
next as (
  select (select id from score_runs where {_IN_LINE} and orchestra_id = line.orchestra_id
           order by queued_at, id limit 1) as id
    from line
   where (select id from score_runs
           where orchestra_id = line.orchestra_id and finished_at is null
             and waiting_for <> 'overlap' order by queued_at limit 1) is null
  union all
  select id from score_runs where {_IN_LINE} and orchestra_id is null),
locked as (
  select id from score_runs where id = any(array(select id from next))
   order by id for no key update skip locked),
woken as (
  update score_runs run
     set status = 'queued', waiting_for = '', last_event = last_event + 1
    from locked where run.id = locked.id and run.status = 'waiting'
  returning run.id, run.last_event)
insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from woken
returning run_id"""

BURY = f"""
delete from players player
 where {_OVER}
   and not exists (select from score_runs where player = player.id and status = 'running')
{_LOOK_AGAIN}"""

# Hand-over at the end of a player or by the watchdog that killed it: it charges nobody a death.
RELEASE = """
with back as (
  update score_runs set status = 'queued', player = null, fence = fence + 1,
         last_event = last_event + 1
   where player = any(%(players)s) and status = 'running'
  returning id, last_event),
told as (
  insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from back)
select count(*) from back"""

# What a claim took whose answer was lost: the player has it by its row, but does not play it.
GIVE_BACK = """
with back as (
  update score_runs set status = 'queued', player = null, fence = fence + 1,
         last_event = last_event + 1
   where player = %(me)s and status = 'running'
     and (id, fence) not in (select * from unnest(%(runs)s::text[], %(fences)s::int[]))
  returning id, last_event)
insert into run_events (run_id, number, kind) select id, last_event, 'run.queued' from back"""

LEAVE = f"delete from players where id = any(%(players)s) {_LOOK_AGAIN}"

# Expressions of a SELECT.
NEWS = """
       exists (select from score_runs where status = 'queued' and deaths = 0) as waiting,
       exists (select from score_runs where status = 'queued' and deaths > 0) as suspects"""

# Which of the statements above have anything to look at; an idle cluster asks this and no more.
TO_DO = f"""
select exists (select from score_runners
                where enabled and next_fire_at <= statement_timestamp()) as due,
       exists (select from players player where {_OVER})
         or exists (select from score_runs run where status = 'running'
                       and not exists (select from players where id = run.player)) as dead,
       exists (select from score_runs
                where status = 'waiting' and resume_at <= statement_timestamp()) as resumes,
       exists (select from score_runs
                where parent_run_id is not null and {_JUST_ENDED}) as ended,
       exists (select from score_runs where {_IN_LINE}) as line,
       exists (select from score_runs where status = 'waiting') as parked,
       exists (select from score_runs
                where parent_run_id is not null and finished_at is null) as children"""
