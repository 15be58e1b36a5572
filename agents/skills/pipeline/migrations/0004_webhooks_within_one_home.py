"""No webhook names a pipeline or secret of another workspace, nor a delivery another's webhook; a
secret is not deleted while it signs."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_webhooks_of_moves")]

    operations = [
        composite_key("stage_hooks", ("workspace_id", "pipeline_id"), "pipelines", "CASCADE"),
        composite_key("stage_hooks", ("workspace_id", "secret_id"), "secrets", "RESTRICT"),
        composite_key("stage_deliveries", ("workspace_id", "hook_id"), "stage_hooks", "CASCADE"),
    ]
