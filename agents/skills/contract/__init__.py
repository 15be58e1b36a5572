"""What every skill keeps to, as tests: subclass `SkillContract` and name cases (docs/skills.md)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maestro.settings")

from .case import Case, Played, play, try_slot
from .checks import SkillContract
from .far_end import Asked, Reply

__all__ = ["Asked", "Case", "Played", "Reply", "SkillContract", "play", "try_slot"]
