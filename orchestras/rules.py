"""What must hold of an orchestra before it is kept."""

import json

from agents.skills.outcome import first_unfit
from maestro.errors import InvalidInput

from .models import Orchestra
from .schedule import check_cron

MAX_INPUT_BYTES = 1024 * 1024


def check_orchestra(orchestra: Orchestra) -> None:
    """InvalidInput, with `details["place"]`, for a schedule, score or input that cannot be played."""
    if orchestra.cron:
        check_cron(orchestra.cron)
    _check_input(orchestra.input)
    score = orchestra.score
    if score.workspace_id != orchestra.workspace_id:
        raise InvalidInput(f"This workspace has no score {score.pk}", place="score")
    if orchestra.enabled and not score.version:
        raise InvalidInput(f"{score} has no graph yet; save one before enabling", place="score")
    pinned = orchestra.score_version
    if pinned is not None and not score.versions.filter(version=pinned).exists():
        raise InvalidInput(f"{score} has no version {pinned}", place="score_version")


def _check_input(input: object) -> None:
    if not isinstance(input, dict):
        raise InvalidInput("The input is an object, like {}", place="input")
    if unfit := first_unfit(input):
        place, fault = unfit
        raise InvalidInput(f"The input cannot be kept: {place} {fault}", place="input")
    size = len(json.dumps(input, ensure_ascii=False).encode())
    if size > MAX_INPUT_BYTES:
        message = f"The input has {size:,} bytes; {MAX_INPUT_BYTES:,} are allowed"
        raise InvalidInput(message, place="input")
