"""Schedules in words, for templates."""

from django import template

from orchestras.words import in_words

register = template.Library()


@register.filter
def cron_words(cron: str) -> str:
    return in_words(cron) or cron
