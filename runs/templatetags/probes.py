"""Which slots a secret fills, for its page: the vault knows of no skills."""

from typing import Any

from django import template

from maestro.workspaces.models import Secret
from runs.probes import filled_by

register = template.Library()


@register.simple_tag
def tests_of(secret: Secret) -> list[dict[str, Any]]:
    """Each slot that it fills now, with what came of its last test there, if there was one."""
    known = {(test["slot"], test["asked_by"]): test for test in secret.tests}
    return [
        {
            "slot": one.slot.name,
            "asked_by": one.asked_by,
            "can_be_tested": one.can_be_tested,
            **known.get((one.slot.name, one.asked_by), {}),
        }
        for one in filled_by(secret)
    ]
