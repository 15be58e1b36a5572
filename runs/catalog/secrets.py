"""Whether the secrets that a skill asks for are there, and where they may go."""

from collections.abc import Iterable
from dataclasses import dataclass

from agents.skills.slot import Slot
from maestro.workspaces.models import Secret, TestOutcome, Workspace
from orchestras.slots import fill_slots


@dataclass(frozen=True)
class SlotHealth:
    """What fills a slot in runs without a binding of their own: a secret, the environment (no
    secret), or nothing (`is_filled` false)."""

    slot: str
    hosts: list[str]
    is_filled: bool
    is_optional: bool
    secret: Secret | None

    @property
    def outcome(self) -> TestOutcome | None:
        """What came of its last test here; None: it was not tested."""
        return self.secret.tested(self.slot) if self.secret else None


def health_of(workspace: Workspace, slots: Iterable[Slot]) -> list[SlotHealth]:
    """Two queries at most, for all slots together."""
    asked = list(dict.fromkeys(slots))
    filled = fill_slots(workspace.pk, None, [slot.name for slot in asked])
    return [
        SlotHealth(
            slot=slot.name,
            hosts=[*slot.hosts] or (filled[slot.name].hosts if slot.name in filled else []),
            is_filled=slot.name in filled,
            is_optional=slot.is_optional,
            secret=filled[slot.name].secret if slot.name in filled else None,
        )
        for slot in asked
    ]
