"""The reach of an agent, for its page: it needs scores, orchestras and runs, of which agents know nothing."""

from django import template

from runs.reach import reach_of

register = template.Library()
register.simple_tag(reach_of, name="reach_of")
