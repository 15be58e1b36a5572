"""The marks and numbers, for templates."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from maestro import marks, numbers
from maestro.json_tree import json_tree

register = template.Library()
register.simple_tag(marks.icon)
register.simple_tag(marks.status)
register.simple_tag(marks.kind)
register.simple_tag(marks.tested)
register.simple_tag(json_tree)
register.filter(numbers.money)
register.filter(numbers.amount)
register.filter(numbers.duration)
register.filter(numbers.relative)
register.filter(numbers.clock)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ 3|plural:"score,scores" }}` is `3 scores`."""
    one, many = words.split(",")
    return f"{numbers.amount(count)} {one if count == 1 else many}"


@register.filter
def moment(at: datetime | None) -> SafeString:
    """The clock time, with how far away it is as its title."""
    if at is None:
        return SafeString("")
    title = numbers.relative(at) or numbers.clock(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, numbers.clock(at)
    )
