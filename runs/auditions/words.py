"""What is said of an audition in a word."""

from .models import Audition, Status


def outcome_of(audition: Audition) -> tuple[str, str]:
    """The mark, as `maestro.marks.status` names it, and the word."""
    match audition.status:
        case Status.PLAYING:
            return "running", "Playing"
        case Status.CANCELLED:
            return "cancelled", "Cancelled"
        case Status.FAILED:
            return "failed", "Broke off"
    return ("succeeded", "Passed") if audition.passed else ("failed", "Did not pass")
