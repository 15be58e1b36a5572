"""A workspace may name a server of its own that speaks the Messages API."""

from django.db import migrations, models

import maestro.workspaces.models.workspace


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_hosts_that_skills_may_reach")]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="messages_api_url",
            field=models.CharField(
                blank=True,
                default="",
                help_text="A server of your own that speaks it. Empty: this installation's.",
                max_length=500,
                validators=[maestro.workspaces.models.workspace.validate_provider],
                verbose_name="Messages API",
            ),
        ),
    ]
