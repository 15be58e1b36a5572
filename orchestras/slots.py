"""Which secrets an orchestra's score asks for, and what fills each of these slots."""

from collections.abc import Collection

from agents.skills.registry import skills
from maestro.errors import Conflict, InvalidInput
from maestro.workspaces.filling import MODEL_SLOT, Filling, fill_from_workspace
from scores.actions import read_graph
from scores.slots import slots_with_below

from .models import Orchestra, SecretBinding


def fill_slots(
    workspace_id: str, orchestra_id: str | None, slots: Collection[str]
) -> dict[str, Filling]:
    """By slot: the orchestra's binding, else what fills it in the workspace. A slot that nothing
    fills is left out."""
    if orchestra_id is None:
        return fill_from_workspace(workspace_id, slots)
    bindings = SecretBinding.objects.filter(
        workspace=workspace_id, orchestra=orchestra_id, slot__in=slots
    )
    bound = {
        binding.slot: Filling(binding.slot, binding.secret)
        for binding in bindings.select_related("secret__workspace")
    }
    return bound | fill_from_workspace(workspace_id, [slot for slot in slots if slot not in bound])


def slots_of(orchestra: Orchestra, *, with_optional: bool = False) -> dict[str, list[str]]:
    """The needed slots of the version it plays and of the scores below it; `with_optional`: all
    that can be filled."""
    if not orchestra.score.version:
        return {}
    document = read_graph(orchestra.score, orchestra.score_version)
    return slots_with_below(orchestra.score, document, with_optional=with_optional)


def refuse_unknown_slots(orchestra: Orchestra, slots: Collection[str]) -> None:
    """InvalidInput for a slot that nothing asks for: misspelt, it would leave the run to the
    workspace's own secret. What an installed skill could ask for may be bound beforehand."""
    kept = set(orchestra.bindings.values_list("slot", flat=True))
    named = {slot.name for skill in skills() for slot in skill.secrets} | {MODEL_SLOT}
    asked = slots_of(orchestra, with_optional=True)
    if unknown := sorted(set(slots) - kept - named - asked.keys()):
        raise InvalidInput(
            f"Nothing asks for the slot {unknown[0]!r}; the score of {orchestra} asks for "
            f"{', '.join(asked) or 'no slot'}",
            place=f"bindings.{unknown[0]}",
        )


def missing_slots(orchestra: Orchestra) -> dict[str, list[str]]:
    """Those of them that nothing fills."""
    needed = slots_of(orchestra)
    filled = fill_slots(orchestra.workspace_id, orchestra.pk, needed)
    return {slot: nodes for slot, nodes in needed.items() if slot not in filled}


def require_slots(orchestra: Orchestra) -> None:
    """Conflict, with `details["missing"]`, when a slot is empty: its fires could only fail."""
    missing = missing_slots(orchestra)
    if missing:
        named = "; ".join(f"{slot} (for {', '.join(keys)})" for slot, keys in missing.items())
        raise Conflict(
            f"{orchestra} cannot be enabled: no secret fills {named}. Set one in the vault under "
            "the slot's name, or bind one to the slot. A rehearsal needs none.",
            missing=missing,
            place="enabled",
        )
