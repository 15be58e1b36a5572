"""Labels by name: Gmail itself knows them by id."""

from agents.skills.context import Context
from agents.skills.gmail.service import ask
from agents.skills.gmail.wire import Label, Labels
from maestro.errors import ServiceRefused

CONFLICT = 409


async def label_ids(context: Context, names: list[str], *, create: bool) -> dict[str, str]:
    """Ids by name as asked for; a name without a label gets one if `create`, else is left out.

    Names are compared as Gmail does: `Leads` and `leads` are one label.
    """
    known = await _known(context)
    for name in names:
        if create and name.lower() not in known:
            known |= await _created(context, name)
    return {name: known[name.lower()] for name in names if name.lower() in known}


async def _known(context: Context) -> dict[str, str]:
    listed = await ask(context, "GET", "/labels", Labels)
    return {label.name.lower(): label.id for label in listed.labels}


async def _created(context: Context, name: str) -> dict[str, str]:
    try:
        wanted = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        label = await ask(context, "POST", "/labels", Label, json=wanted)
    except ServiceRefused as refusal:
        # Another item of the same run was faster.
        if refusal.details.get("status") != CONFLICT:
            raise
        known = await _known(context)
        if (
            name.lower() not in known
        ):  # Gmail takes some names for alike that are not, like a-b, a/b
            raise
        return known
    return {name.lower(): label.id}
