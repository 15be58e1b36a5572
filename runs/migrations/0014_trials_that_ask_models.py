"""What trying an operation costs that asks a model."""

import functools

import django.db.models.deletion
from django.db import migrations, models

import maestro.ids


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0013_fewer_indexes_of_runs"),
        ("workspaces", "0006_tests_of_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trial",
            fields=[
                (
                    "id",
                    models.TextField(
                        default=functools.partial(maestro.ids.new_id, *("try",), **{}),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operation", models.CharField(max_length=200)),
                ("model", models.CharField(max_length=120)),
                ("started_by", models.CharField(max_length=200)),
                ("tokens_input", models.BigIntegerField(default=0)),
                ("tokens_output", models.BigIntegerField(default=0)),
                ("cost_microdollars", models.BigIntegerField(default=0)),
                ("held_microdollars", models.BigIntegerField(default=0)),
                ("held_until", models.DateTimeField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "operation_trials",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["workspace", "-at"], name="trials_by_time")],
            },
        ),
    ]
