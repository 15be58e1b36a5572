"""Where a node stood in a walk, and how it ended there."""

from dataclasses import dataclass
from typing import Any

from runs.models import NodeStatus

JSON = dict[str, Any]
Place = tuple[str, str]  # a node's key and iteration


@dataclass(frozen=True, slots=True)
class End:
    """How a node ended, and what it was given."""

    status: str
    port: str | None
    given: JSON | None
    output: JSON | None
    error: JSON | None

    @property
    def is_final(self) -> bool:
        return self.status in (NodeStatus.SUCCEEDED, NodeStatus.FAILED)

    @property
    def word(self) -> str:
        """The port it took, or why none."""
        return self.port or self.status
