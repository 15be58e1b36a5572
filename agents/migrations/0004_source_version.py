"""A copy remembers which version of its source it was made from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0003_agents_among_tools")]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="source_version",
            field=models.PositiveIntegerField(
                editable=False, help_text="Of the source: the version that was copied.", null=True
            ),
        ),
    ]
