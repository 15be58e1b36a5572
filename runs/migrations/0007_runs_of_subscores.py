"""A node of a run starts at most one run of a subscore, and names it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("runs", "0006_cost_by_agent")]

    operations = [
        migrations.AddField(
            "run",
            "parent_iteration",
            models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            "runnode",
            "child_run_id",
            models.TextField(help_text="Of a subscore: the run that plays it.", null=True),
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["parent_run"],
                condition=Q(parent_run__isnull=False, finished_at__isnull=True),
                name="unfinished_child_runs",
            ),
        ),
        migrations.AddConstraint(
            "run",
            models.UniqueConstraint(
                fields=["parent_run", "parent_node_key", "parent_iteration"],
                condition=Q(parent_run__isnull=False),
                name="one_child_run_per_node",
            ),
        ),
    ]
