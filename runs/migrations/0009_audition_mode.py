"""Runs that play an audition."""

from django.db import migrations, models

MODES = ["live", "rehearsal", "plan", "audition"]


class Migration(migrations.Migration):
    dependencies = [("runs", "0008_queued_runs_by_workspace")]

    operations = [
        migrations.RemoveConstraint("run", "run_mode_is_known"),
        migrations.AlterField(
            "run",
            "mode",
            models.CharField(
                choices=[(mode, mode.capitalize()) for mode in MODES],
                default="live",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="run_mode_is_known"),
        ),
    ]
