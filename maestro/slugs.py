"""Slugs made from names, and the names of copies."""

from typing import Protocol

from django.db.models import Model, QuerySet
from django.utils.text import slugify

MAX_LENGTH = 120
ROOM_FOR_A_NUMBER = 6
COPY_NAME, COPY_SLUG = " (copy)", "-copy"


class Named(Protocol):
    name: str
    slug: str


def free_slug(rows: QuerySet[Model], name: str, fallback: str) -> str:
    """A slug that none of `rows` has: from the name, else from `fallback`; `-2` and on when taken."""
    wanted = slugify(name)[: MAX_LENGTH - ROOM_FOR_A_NUMBER].strip("-") or fallback
    taken = set(rows.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def named_as_copy(rows: QuerySet[Model], source: Named) -> tuple[str, str]:
    """Name and slug of a copy of `source` among `rows`: `Shortlist (copy)`, `shortlist-copy`, then `-copy-2`."""
    name = source.name[: MAX_LENGTH - len(COPY_NAME)] + COPY_NAME
    room = MAX_LENGTH - len(COPY_SLUG) - ROOM_FOR_A_NUMBER
    return name, free_slug(rows, source.slug[:room] + COPY_SLUG, "copy")
