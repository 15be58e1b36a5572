"""A server's secret is one of its workspace, and is not deleted while it is asked for."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("mcp", "0001_initial")]

    operations = [
        composite_key("mcp_servers", ("workspace_id", "secret_id"), "secrets", "RESTRICT")
    ]
