"""What the database holds by itself: a run, its score and orchestra share a workspace."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]

    operations = [
        composite_key("score_runs", ("workspace_id", "score_id"), "scores", "CASCADE"),
        composite_key(
            "score_runs",
            ("workspace_id", "orchestra_id"),
            "score_runners",
            "SET NULL (orchestra_id)",
        ),
    ]
