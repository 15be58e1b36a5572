"""The cost of an agent in a span of time, from the index alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("runs", "0005_request_of_idempotency_key")]

    operations = [
        migrations.RemoveIndex("runnode", "run_nodes_by_agent"),
        migrations.AddIndex(
            "runnode",
            models.Index(
                fields=["agent_id", "started_at"],
                include=["cost_microdollars"],
                condition=Q(agent_id__isnull=False),
                name="run_nodes_by_agent",
            ),
        ),
    ]
