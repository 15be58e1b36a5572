"""A node's error as it is recorded and told: code, message, node, details."""

from typing import Any

from maestro.errors import MaestroError

JSON = dict[str, Any]


def error_json(error: Exception, node: str) -> JSON:
    """The stored form. An error that nobody foresaw is named by its type; its text stays private.

    Private, because an unforeseen message may quote what it failed on, a secret included.
    """
    if isinstance(error, MaestroError):
        return {**error.as_json(), "node": node}
    message = f"The operation broke with {type(error).__name__}; the log of the cluster has more."
    return {"code": "operation_broke", "message": message, "node": node, "details": {}}
