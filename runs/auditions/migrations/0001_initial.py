"""Auditions and their rows."""

import functools

import django.db.models.deletion
from django.db import migrations, models

import maestro.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agents", "0001_initial"),
        ("runs", "0009_audition_mode"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Audition",
            fields=[
                (
                    "id",
                    models.TextField(
                        default=functools.partial(maestro.ids.new_id, *("au",), **{}),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "base_version",
                    models.PositiveIntegerField(help_text="The version it is heard beside."),
                ),
                ("candidate", models.JSONField(help_text="The content that a save would keep.")),
                (
                    "against",
                    models.CharField(
                        choices=[("recorded", "Recorded"), ("current", "Current")],
                        default="recorded",
                        max_length=16,
                    ),
                ),
                ("selection", models.JSONField(default=dict)),
                ("graders", models.JSONField(default=list)),
                ("budget_microdollars", models.BigIntegerField()),
                ("forecast", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("playing", "Playing"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="playing",
                        max_length=16,
                    ),
                ),
                ("totals", models.JSONField(null=True)),
                ("passed", models.BooleanField(null=True)),
                ("created_by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auditions",
                        to="agents.agent",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="audition",
                        to="runs.run",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auditions",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "auditions",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="AuditionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("source", models.JSONField()),
                ("input", models.JSONField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("to_come", "To Come"),
                            ("played", "Played"),
                            ("not_played", "Not Played"),
                        ],
                        default="to_come",
                        max_length=16,
                    ),
                ),
                ("old", models.JSONField()),
                ("new", models.JSONField(null=True)),
                ("changed", models.BooleanField(default=False)),
                ("ends", models.JSONField(default=dict)),
                ("flips", models.JSONField(default=list)),
                ("grades", models.JSONField(default=list)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("better", "Better"), ("same", "Same"), ("worse", "Worse")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("judged_by", models.CharField(blank=True, default="", max_length=200)),
                ("judged_at", models.DateTimeField(null=True)),
                (
                    "audition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="auditions.audition",
                    ),
                ),
            ],
            options={
                "db_table": "audition_rows",
                "ordering": ["audition", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="audition",
            index=models.Index(fields=["agent", "-created_at"], name="auditions_of_agent"),
        ),
        migrations.AddIndex(
            model_name="audition",
            index=models.Index(
                condition=models.Q(("status", "playing")),
                fields=["created_at"],
                name="playing_auditions",
            ),
        ),
        migrations.AddConstraint(
            model_name="audition",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["playing", "done", "cancelled", "failed"])),
                name="audition_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="audition",
            constraint=models.CheckConstraint(
                condition=models.Q(("against__in", ["recorded", "current"])),
                name="audition_against_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="audition",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget_microdollars__gt", 0)), name="audition_has_a_budget"
            ),
        ),
        migrations.AddConstraint(
            model_name="audition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status", "playing")),
                    models.Q(
                        models.Q(("status", "playing"), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="finished_auditions_have_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditionrow",
            constraint=models.UniqueConstraint(
                fields=("audition", "number"), name="one_row_per_input"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["to_come", "played", "not_played"])),
                name="audition_row_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["", "better", "same", "worse"])),
                name="verdict_is_known",
            ),
        ),
    ]
