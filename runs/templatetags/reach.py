"""The reach of an agent, for its page: it needs scores, orchestras and runs, of which agents know nothing."""

from django import template

from agents.models import Agent
from runs.reach import Reach
from runs.reach import reach_of as measured

register = template.Library()


@register.simple_tag
def reach_of(agent: Agent) -> Reach:
    """Measured once for a page, whose button says it, too."""
    if not hasattr(agent, "_reach"):
        agent._reach = measured(agent)  # type: ignore[attr-defined]
    reach: Reach = agent._reach  # type: ignore[attr-defined]
    return reach
