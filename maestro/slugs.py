"""Slugs made from names."""

from django.db.models import Model, QuerySet
from django.utils.text import slugify

MAX_LENGTH = 120


def free_slug(rows: QuerySet[Model], name: str, fallback: str) -> str:
    """A slug that none of `rows` has: from the name, else from `fallback`; `-2` and on when taken."""
    wanted = slugify(name)[: MAX_LENGTH - 6].strip("-") or fallback
    taken = set(rows.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
