"""No row names a pipeline, company or contact of another workspace or pipeline."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0001_initial")]

    operations = [
        composite_key("contacts", ("workspace_id", "pipeline_id"), "pipelines", "CASCADE"),
        composite_key("contacts", ("workspace_id", "company_id"), "companies", "RESTRICT"),
        composite_key("activities", ("workspace_id", "pipeline_id"), "pipelines", "CASCADE"),
        composite_key(
            "activities", ("pipeline_id", "contact_id"), "contacts", "CASCADE", key="pipeline_id"
        ),
    ]
