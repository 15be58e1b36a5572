"""The queue by workspace, so that a claim finds each one's oldest run by a probe."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("runs", "0007_runs_of_subscores")]

    operations = [
        migrations.RemoveIndex("run", "queued_runs"),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["deaths", "workspace", "queued_at"],
                condition=Q(status="queued"),
                name="queued_runs",
            ),
        ),
    ]
