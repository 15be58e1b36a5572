"""What may be spent: caps per run, orchestra and workspace, held by reserving before each call."""

from .caps import BudgetReached, Busy, Cap, Offer
from .raising import set_run_budget
from .reserving import Granted, reserve, settle, settle_all
from .standing import caps_of_orchestra, caps_of_run, caps_of_workspace
from .unlimited import Wish, reserve_unlimited

__all__ = [
    "BudgetReached",
    "Busy",
    "Cap",
    "Granted",
    "Offer",
    "Wish",
    "caps_of_orchestra",
    "caps_of_run",
    "caps_of_workspace",
    "reserve",
    "reserve_unlimited",
    "set_run_budget",
    "settle",
    "settle_all",
]
