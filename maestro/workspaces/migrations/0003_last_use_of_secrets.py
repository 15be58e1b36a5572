"""A secret remembers when it was last used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0002_hosts_of_secrets")]

    operations = [
        migrations.AddField(
            model_name="secret",
            name="last_used_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="To the minute.", null=True
            ),
        ),
    ]
