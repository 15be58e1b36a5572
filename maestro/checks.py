"""What `manage.py check --database default` and `manage.py doctor` find out about the stored scores."""

from collections.abc import Sequence

from django.core.checks import Tags, Warning, register
from django.db import connection

from agents.skills.registry import find
from maestro.errors import UnknownOperation
from scores.models import Node


@register(Tags.database)
def operations_exist(*, databases: Sequence[str] | None = None, **options: object) -> list[Warning]:
    """Names the nodes whose operation no installed skill has: their runs would fail there."""
    if not databases or Node._meta.db_table not in connection.introspection.table_names():
        return []
    called = Node.objects.exclude(operation="").select_related("score").order_by("score_id", "key")
    return [
        Warning(
            f"Score {node.score.slug}, node {node.key}: no installed skill has the operation "
            f"{node.skill}.{node.operation}.",
            hint="Install the package that brings it, or give the node another operation.",
            id="maestro.W001",
        )
        for node in called
        if not _exists(node.skill, node.operation)
    ]


def _exists(skill: str, operation: str) -> bool:
    try:
        find(skill, operation)
    except UnknownOperation:
        return False
    return True
