"""A secret remembers what came of its last test."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_provider_of_a_workspace")]

    operations = [
        migrations.AddField(
            model_name="secret",
            name="last_tested_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="secret",
            name="tests",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
