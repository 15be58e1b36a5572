"""What stands in the way of a delete: the entries of `InUse.details["used_by"]`."""

from collections.abc import Iterable
from typing import TypedDict

from django.db.models import Model
from django.urls import NoReverseMatch, reverse


class Use(TypedDict):
    """Something that refers to what was to be deleted; `nodes` are keys, if it does so by nodes."""

    type: str
    id: str
    name: str
    nodes: list[str]
    url: str


def use_by(row: Model, nodes: Iterable[str] = ()) -> Use:
    """A row as a use, with the address of its page in the admin; empty where it has none."""
    meta = row._meta
    return Use(
        type=str(meta.model_name),
        id=str(row.pk),
        name=str(row),
        nodes=list(nodes),
        url=_page(f"admin:{meta.app_label}_{meta.model_name}_change", str(row.pk)),
    )


def _page(name: str, pk: str) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
