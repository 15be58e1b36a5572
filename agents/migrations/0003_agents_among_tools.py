"""The words beside the tools of an agent: agents may be among them."""

from django.db import migrations, models

HELP = 'Skills, operations or agents: ["http", "data.pick", "agent:sorter"]. Empty: none.'


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_limits_of_skills")]

    operations = [
        migrations.AlterField(
            "agent",
            "allowed_tools",
            models.JSONField(blank=True, help_text=HELP, null=True),
        ),
    ]
