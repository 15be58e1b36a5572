"""What the database holds by itself: agents and subscores in use stay, no edge joins two scores."""

from django.db import migrations

from maestro.references import composite_key


class Migration(migrations.Migration):
    dependencies = [("scores", "0001_initial")]

    operations = [
        composite_key("score_nodes", ("workspace_id", "score_id"), "scores", "CASCADE"),
        composite_key("score_nodes", ("workspace_id", "agent_id"), "agents", "RESTRICT"),
        composite_key("score_nodes", ("workspace_id", "subscore_id"), "scores", "RESTRICT"),
        composite_key(
            "score_edges", ("score_id", "from_node_id"), "score_nodes", "CASCADE", key="score_id"
        ),
        composite_key(
            "score_edges", ("score_id", "to_node_id"), "score_nodes", "CASCADE", key="score_id"
        ),
    ]
