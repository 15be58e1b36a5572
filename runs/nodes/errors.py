"""A node's error as it is recorded and told: code, message, node, details."""

from typing import Any

from maestro.errors import MaestroError

JSON = dict[str, Any]


def error_json(error: MaestroError, node: str) -> JSON:
    """The stored form: what the error says of itself, and where it happened."""
    return {**error.as_json(), "node": node}
