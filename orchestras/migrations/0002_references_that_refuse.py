"""What the database holds by itself: scores, secrets and pinned agents in use stay."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("orchestras", "0001_initial"), ("workspaces", "0001_initial")]

    operations = [
        composite_key("score_runners", ("workspace_id", "score_id"), "scores", "RESTRICT"),
        composite_key(
            "secret_bindings", ("workspace_id", "orchestra_id"), "score_runners", "CASCADE"
        ),
        composite_key("secret_bindings", ("workspace_id", "secret_id"), "secrets", "RESTRICT"),
        composite_key(
            "score_runner_agents", ("workspace_id", "orchestra_id"), "score_runners", "CASCADE"
        ),
        composite_key("score_runner_agents", ("workspace_id", "agent_id"), "agents", "RESTRICT"),
    ]
