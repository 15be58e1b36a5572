"""Which limits count for a call: what the skill and the operation declare, what the workspace says."""

from agents.skills.limits import NO_LIMITS, Limits
from agents.skills.operation import Operation

Scopes = dict[str, Limits]  # by name: `gmail` for all its operations, `gmail.send_email` for one


class LimitsOfWorkspaces:
    """Held in memory, so that a call without limits asks nobody. `read` replaces all of it."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, str], Limits] = {}
        self._found: dict[tuple[str, str], Scopes] = {}

    def put(self, rows: list[tuple[str, str, int | None, int | None]]) -> None:
        """(workspace, name, concurrency, per_minute) of every limit that a workspace has set."""
        self._own = {(workspace, name): Limits(*numbers) for workspace, name, *numbers in rows}
        self._found = {}

    def of(self, workspace: str, operation: Operation) -> Scopes:
        """The scopes in which a call of the operation has to find its place; mostly none."""
        asked = workspace, operation.full_name
        if asked not in self._found:
            self._found[asked] = self._look(workspace, operation)
        return self._found[asked]

    def _look(self, workspace: str, operation: Operation) -> Scopes:
        declared = {
            operation.skill: operation.skill_limits,
            operation.full_name: operation.limits,
        }
        found = {
            name: limits.tightened(self._own.get((workspace, name), NO_LIMITS))
            for name, limits in declared.items()
        }
        return {name: limits for name, limits in found.items() if limits}
