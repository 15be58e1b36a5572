"""What is deleted along with a row: counted, not listed, for it may be thousands."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import CASCADE, Model


def deleted_along(rows: Iterable[Model]) -> dict[str, int]:
    """Words and counts of what refers to the rows and goes with them: {"versions": 7}."""
    counts: Counter[type[Model]] = Counter()
    for row in rows:
        for relation in row._meta.related_objects:
            if relation.on_delete is not CASCADE or relation.hidden:
                continue
            model = relation.related_model
            if isinstance(model, type):
                found = model._default_manager.filter(**{relation.field.name: row})
                counts[model] += found.count()
    return {_name(model, count): count for model, count in counts.items() if count}


def _name(model: type[Model], count: int) -> str:
    meta = model._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)
