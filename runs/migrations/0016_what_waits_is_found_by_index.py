"""The look once a second costs what is due, not what waits: children that have ended, lines, their heads.

Each index holds few rows, none of a run that belongs to no orchestra and no other run. Made beside
the runs that go on.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

INDEXES = {
    "finished_child_runs": (
        ["finished_at"],
        Q(parent_run__isnull=False, finished_at__isnull=False),
    ),
    "runs_in_line": (
        ["orchestra", "queued_at", "id"],
        Q(status="waiting", waiting_for="overlap"),
    ),
    "unfinished_runs_of_orchestra": (
        ["orchestra", "queued_at"],
        Q(orchestra__isnull=False, finished_at__isnull=True),
    ),
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("runs", "0015_rows_of_a_run_are_cheaper")]

    # Not one transaction: cut off in the middle, it leaves some of them, one of which is of no use.
    operations = [
        operation
        for name, (fields, rows) in INDEXES.items()
        for operation in (
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", ""),
            AddIndexConcurrently("run", models.Index(fields=fields, condition=rows, name=name)),
        )
    ]
