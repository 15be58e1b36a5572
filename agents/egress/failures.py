"""What a transport's errors mean to a node."""

import ssl

import httpx2 as httpx

from maestro.errors import (
    InvalidNodeInput,
    NodeError,
    OutcomeUnknown,
    ServiceRefused,
    TimedOut,
    Unavailable,
)


def failure(error: Exception, host: str, is_write: bool) -> NodeError:
    """What a transport's error means to a node; it names the host only: the rest may be secret."""
    match error:
        case httpx.LocalProtocolError() | httpx.InvalidURL():
            return InvalidNodeInput("The URL, a header or the body cannot be sent")
        case httpx.ConnectError() if _is_about_trust(error):
            return ServiceRefused(f"{host} has no certificate that can be trusted", host=host)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Unavailable(f"{host} cannot be reached", host=host)
    if is_write:
        return OutcomeUnknown(f"{host} fell silent after it was asked to act", host=host)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(f"{host} took too long", host=host)
    return Unavailable(f"{host} broke off its answer", host=host)


def unsure(fault: NodeError, host: str) -> OutcomeUnknown:
    """What went wrong after the far end had taken a write."""
    if isinstance(fault, OutcomeUnknown):
        return fault
    message = f"{host} may have acted, and then: {fault.message}"
    return OutcomeUnknown(message, **{**fault.details, "host": host})


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
