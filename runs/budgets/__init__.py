"""What may be spent: caps per run, orchestra and workspace, held by reserving before each call."""

from .caps import BudgetReached, Busy, Cap, Offer
from .raising import set_run_budget
from .reserving import Granted, reserve, settle
from .standing import caps_of_orchestra, caps_of_run, caps_of_workspace

__all__ = [
    "BudgetReached",
    "Busy",
    "Cap",
    "Granted",
    "Offer",
    "caps_of_orchestra",
    "caps_of_run",
    "caps_of_workspace",
    "reserve",
    "set_run_budget",
    "settle",
]
