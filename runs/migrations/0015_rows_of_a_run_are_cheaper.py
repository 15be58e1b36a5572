"""What each recorded node pays for: keys that the lock on the run answers, checks of our own counting.

No table is read or written: constraints are dropped, and a trigger is made that deletes a run's rows
with it.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import CASCADE

TRIGGER = """
CREATE FUNCTION delete_rows_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM score_run_nodes WHERE run_id = OLD.id;
  DELETE FROM run_events WHERE run_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER rows_go_with_their_run AFTER DELETE ON score_runs
  FOR EACH ROW EXECUTE FUNCTION delete_rows_of_run();
"""
BACK = """
DROP TRIGGER rows_go_with_their_run ON score_runs;
DROP FUNCTION delete_rows_of_run();
"""
ROWS = {"runnode": "nodes", "runevent": "events"}
UNCHECKED: "dict[str, dict[str, models.Field[Any, Any]]]" = {
    "run": {
        "deaths": models.SmallIntegerField(
            db_default=0, help_text="Players that died with it before it recorded a node."
        ),
        "errors": models.IntegerField(db_default=0, help_text="Collected, not fatal."),
        "fence": models.IntegerField(db_default=0, help_text="Raised by each claim."),
        "last_event": models.IntegerField(db_default=0),
        "score_version": models.IntegerField(
            null=True, help_text="Empty: played from a draft, kept in the pins."
        ),
    },
    "runevent": {"number": models.IntegerField()},
    "runnode": {
        "agent_version": models.IntegerField(null=True),
        "attempt": models.SmallIntegerField(default=1, db_default=1),
        "call": models.SmallIntegerField(default=0, db_default=0),
        "fence": models.IntegerField(db_default=0),
    },
}


class Migration(migrations.Migration):
    dependencies = [("runs", "0014_trials_that_ask_models")]

    operations = [
        migrations.RunSQL(TRIGGER, BACK),
        *(
            migrations.AlterField(
                model,
                "run",
                models.ForeignKey("runs.run", CASCADE, name, db_constraint=False, db_index=False),
            )
            for model, name in ROWS.items()
        ),
        *(
            migrations.AlterField(model, name, field)
            for model, fields in UNCHECKED.items()
            for name, field in fields.items()
        ),
    ]
