"""Setting a limit on a skill or an operation, and taking it off; runs under way keep it at once."""

from django.db import connection, transaction

from agents.models import SkillLimit
from maestro.cleaning import clean, taken_at_the_same_time
from maestro.workspaces.audit import record

LIMITS_CHANNEL = "maestro_skill_limits"  # players listen, and read the limits anew


@transaction.atomic
def save_limit(limit: SkillLimit, *, author: str) -> SkillLimit:
    """The limit as it is now, new or changed; InvalidInput says which field is wrong."""
    clean(limit)
    with taken_at_the_same_time(f"the limit of {limit.name}"):
        limit.save()
    _written_down(limit, "skill_limit.saved", author)
    return limit


@transaction.atomic
def drop_limit(limit: SkillLimit, *, author: str) -> None:
    """From now on what the skill says of itself counts alone."""
    _written_down(limit, "skill_limit.deleted", author)
    limit.delete()


def _written_down(limit: SkillLimit, deed: str, author: str) -> None:
    numbers = {"concurrency": limit.concurrency, "per_minute": limit.per_minute}
    record(limit.workspace, author, deed, limit, {"name": limit.name, **numbers})
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [LIMITS_CHANNEL])
