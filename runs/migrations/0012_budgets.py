"""What may be spent: a run's own budget, accounts of what is spent, calls in flight."""

from django.db import migrations, models
from django.db.models import CASCADE, Q

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
WORKSPACE = models.ForeignKey(on_delete=CASCADE, related_name="+", to="workspaces.workspace")
UNSET = Q(budget_microdollars__isnull=True)


class Migration(migrations.Migration):
    dependencies = [("runs", "0011_runs_from_runs"), ("workspaces", "0001_initial")]

    operations = [
        migrations.AddField(
            "run",
            "budget_microdollars",
            models.BigIntegerField(
                help_text="What it may cost with all runs below it; empty: no limit of its own.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(
                condition=UNSET | Q(budget_microdollars__gte=0), name="run_budget_not_negative"
            ),
        ),
        migrations.CreateModel(
            "Account",
            [
                ("id", ID),
                ("workspace", WORKSPACE),
                ("scope", models.TextField()),
                ("month", models.DateField()),
                ("spent", models.BigIntegerField()),
            ],
            {
                "db_table": "budget_accounts",
                "constraints": [
                    models.UniqueConstraint(fields=["scope", "month"], name="one_account_per_month")
                ],
            },
        ),
        migrations.CreateModel(
            "Reservation",
            [
                ("token", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace", WORKSPACE.clone()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="reservations", to="runs.run"
                    ),
                ),
                ("fence", models.PositiveIntegerField()),
                ("orchestra_id", models.TextField(null=True)),
                ("root_id", models.TextField()),
                ("month", models.DateField()),
                ("model", models.TextField()),
                ("microdollars", models.BigIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            {"db_table": "budget_reservations"},
        ),
    ]
