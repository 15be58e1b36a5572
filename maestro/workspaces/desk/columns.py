"""Cells of lists: numbers at the right, links to rows, text that is clipped and never wraps."""

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def number(text: str | int) -> SafeString:
    """A number among numbers; zero is shown subtle."""
    return format_html('<span class="ms-num{}">{}</span>', "" if text else " ms-sub", text)


def clipped(text: str) -> SafeString:
    return format_html('<span class="ms-clip" title="{}">{}</span>', text, text)


def mono(text: str) -> SafeString:
    return format_html('<span class="ms-mono">{}</span>', text)


def link_to(row: Model | None, text: str = "") -> SafeString:
    """The row's page by its name; empty for none."""
    if row is None:
        return SafeString("")
    return format_html('<a href="{}">{}</a>', page_of(row), text or str(row))


def page_of(row: Model) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def list_of(app_and_model: str, text: str | int, **filters: str) -> SafeString:
    """A number that leads to the rows it counts; a plain zero when there are none."""
    if not text:
        return number(text)
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    url = reverse(f"admin:{app_and_model}_changelist")
    return format_html('<a class="ms-num" href="{}?{}">{}</a>', url, query, text)
