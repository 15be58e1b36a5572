"""A run's row had twenty indexes, of which most were never read: written at each start, claim and end.

What a reference's own index found, another one that begins with it finds, or a partial one.
"""

from django.db import migrations, models
from django.db.models import CASCADE, SET_NULL, Q

REFERENCES = {
    "workspace": models.ForeignKey("workspaces.workspace", CASCADE, "runs", db_index=False),
    "score": models.ForeignKey(
        "scores.score", CASCADE, "runs", db_constraint=False, db_index=False
    ),
    "orchestra": models.ForeignKey(
        "orchestras.orchestra", SET_NULL, "runs", null=True, db_constraint=False, db_index=False
    ),
    "parent_run": models.ForeignKey("runs.run", CASCADE, "child_runs", null=True, db_index=False),
    "root_run": models.ForeignKey("runs.run", CASCADE, "+", null=True, db_index=False),
    "source_run": models.ForeignKey("runs.run", SET_NULL, "replays", null=True, db_index=False),
}
UNIQUE = {
    "one_run_per_fire": (["orchestra", "slot"], Q(slot__isnull=False)),
    "one_run_per_idempotency_key": (
        ["workspace", "idempotency_key"],
        Q(idempotency_key__isnull=False),
    ),
}
INDEXES = {
    "runs_of_orchestra": (["orchestra", "-queued_at"], Q(orchestra__isnull=False)),
    "runs_below": (["root_run"], Q(root_run__isnull=False)),
    "runs_from_run": (["source_run"], Q(source_run__isnull=False)),
}


class Migration(migrations.Migration):
    dependencies = [("runs", "0012_budgets")]

    operations = [
        *(
            migrations.AddIndex("run", models.Index(fields=fields, condition=rows, name=name))
            for name, (fields, rows) in INDEXES.items()
        ),
        *(migrations.AlterField("run", name, field) for name, field in REFERENCES.items()),
        *(
            operation
            for name, (fields, rows) in UNIQUE.items()
            for operation in (
                migrations.RemoveConstraint("run", name),
                migrations.AddConstraint(
                    "run", models.UniqueConstraint(fields=fields, condition=rows, name=name)
                ),
            )
        ),
        # Beside the primary key, for `like 'run_%'`: an id is looked for as a whole.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS score_runs_id_6c24f02e_like",
            "CREATE INDEX score_runs_id_6c24f02e_like ON score_runs (id text_pattern_ops)",
        ),
    ]
