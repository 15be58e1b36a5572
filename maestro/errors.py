"""Every refusal Maestro can utter: one hierarchy, mapped to HTTP once (`maestro/api.py`).

A `code` is stable and documented; `message` and `details` are safe to show to the person who asked.
"""

from typing import Any, ClassVar


class MaestroError(Exception):
    """The base: something was refused or went wrong, and we know what."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "details": self.details}


class Misconfigured(MaestroError):
    """The deployer must change a setting, a file or the machine."""

    code = "misconfigured"


class Malformed(MaestroError):
    """Not readable at all: no JSON, or nested without end."""

    code = "malformed"


class UnsupportedMedia(MaestroError):
    """A body of another kind than JSON."""

    code = "unsupported_media_type"


class TooLarge(MaestroError):
    code = "too_large"


class Unauthenticated(MaestroError):
    """No API key, or none that counts."""

    code = "unauthenticated"


class Forbidden(MaestroError):
    """The key is good, but not for this; `details["scope"]` is what it lacks."""

    code = "forbidden"


class InvalidInput(MaestroError):
    """The request cannot be taken as it is; details name the place."""

    code = "invalid_input"


class InvalidScore(InvalidInput):
    """The graph cannot be played; `details["errors"]` lists what and where."""

    code = "invalid_score"


class NotFound(MaestroError):
    code = "not_found"


class Conflict(MaestroError):
    """A right request at the wrong moment."""

    code = "conflict"


class InUse(Conflict):
    """Others refer to it; `details["used_by"]` is a list of {type,id,name,nodes,url}."""

    code = "in_use"


class StaleVersion(MaestroError):
    """The row moved on since it was read."""

    code = "stale_version"


class PreconditionRequired(MaestroError):
    """A change of something that others may change needs `If-Match`."""

    code = "precondition_required"


class NodeError(MaestroError):
    """Recorded on a run node, never sent as HTTP."""

    code = "node_error"


class UnknownOperation(NodeError):
    code = "unknown_operation"


class InvalidNodeInput(NodeError):
    code = "invalid_node_input"


class InvalidNodeOutput(NodeError):
    """An answer that cannot be stored or does not fit its schema."""

    code = "invalid_node_output"


class MissingSecret(NodeError):
    code = "missing_secret"


class EgressRefused(NodeError):
    """The address is not one that a skill may reach."""

    code = "egress_refused"


class ServiceRefused(NodeError):
    """The far end understood and said no; asking again will not help."""

    code = "service_refused"


class Unavailable(NodeError):
    """The far end is down or broken; asking again may help."""

    code = "unavailable"


class RateLimited(Unavailable):
    code = "rate_limited"


class TimedOut(NodeError):
    code = "timeout"


class OutcomeUnknown(NodeError):
    """An outward effect was begun and nobody can say whether it happened: a person must look."""

    code = "outcome_unknown"
