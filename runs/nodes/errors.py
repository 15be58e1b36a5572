"""A node's error as it is recorded and told: code, message, node, details."""

from typing import Any

from maestro.errors import MaestroError, NodeError

JSON = dict[str, Any]


class OperationBroke(NodeError):
    """An operation raised what it never declared."""

    code = "operation_broke"

    @classmethod
    def by(cls, broken: Exception) -> "OperationBroke":
        """Without its text, which may quote a secret: that goes to the log."""
        return cls(f"It broke with {type(broken).__name__}; the cluster's log has more.")


def error_json(error: MaestroError, node: str) -> JSON:
    """The stored form: what the error says of itself, and where it happened."""
    return {**error.as_json(), "node": node}
