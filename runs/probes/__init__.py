"""Trying a secret: each service that it is for is asked whether it takes it, and nothing is changed there."""

from .actions import try_environment, try_secret
from .filled import Filled, filled_by

__all__ = ["Filled", "filled_by", "try_environment", "try_secret"]
