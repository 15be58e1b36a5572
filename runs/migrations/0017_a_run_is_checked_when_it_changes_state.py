"""A run's state is checked by the statements that write it, not again at each node that is recorded.

No row is read or written: a trigger is made, then the checks are dropped that it stands for.
"""

from django.db import migrations

STATUSES = [
    "queued",
    "running",
    "waiting",
    "succeeded",
    "failed",
    "cancelled",
    "skipped",
    "needs_attention",
]
FINAL = ["succeeded", "failed", "cancelled", "skipped"]
MODES = ["live", "rehearsal", "plan", "audition"]
TRIGGERS = ["manual", "cron", "api", "webhook", "event", "replay", "subscore", "backfill"]


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# Locked as the checks' end will need it: who only reads may not wait for us while we wait for them.
TRIGGER = f"""
LOCK TABLE score_runs IN ACCESS EXCLUSIVE MODE;
CREATE FUNCTION run_is_in_a_state_there_is() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF NEW.status NOT IN ({_listed(STATUSES)}) THEN
    broken := 'run_status_is_known';
  ELSIF NEW.mode NOT IN ({_listed(MODES)}) THEN
    broken := 'run_mode_is_known';
  ELSIF NEW.trigger NOT IN ({_listed(TRIGGERS)}) THEN
    broken := 'run_trigger_is_known';
  ELSIF (NEW.status = 'running') <> (NEW.player IS NOT NULL) THEN
    broken := 'running_means_it_has_a_player';
  ELSIF (NEW.status IN ({_listed(FINAL)})) <> (NEW.finished_at IS NOT NULL) THEN
    broken := 'finished_runs_have_a_time';
  ELSIF NEW.budget_microdollars < 0 THEN
    broken := 'run_budget_not_negative';
  ELSE
    RETURN NULL;
  END IF;
  RAISE check_violation USING CONSTRAINT = broken, TABLE = TG_TABLE_NAME,
    MESSAGE = format('run %s violates "%s"', NEW.id, broken);
END $$;
CREATE TRIGGER run_is_in_a_state_there_is
  AFTER INSERT OR UPDATE OF status, mode, trigger, player, finished_at, budget_microdollars
  ON score_runs FOR EACH ROW EXECUTE FUNCTION run_is_in_a_state_there_is();
"""
BACK = """
DROP TRIGGER run_is_in_a_state_there_is ON score_runs;
DROP FUNCTION run_is_in_a_state_there_is();
"""
CHECKS = (
    "run_status_is_known",
    "run_mode_is_known",
    "run_trigger_is_known",
    "run_budget_not_negative",
    "running_means_it_has_a_player",
    "finished_runs_have_a_time",
)


class Migration(migrations.Migration):
    dependencies = [("runs", "0016_what_waits_is_found_by_index")]

    operations = [
        migrations.RunSQL(TRIGGER, BACK),
        *(migrations.RemoveConstraint("run", name) for name in CHECKS),
    ]
