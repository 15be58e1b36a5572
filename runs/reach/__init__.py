"""How far the edit of an agent reaches: scores, orchestras, runs, money, writes."""

from .figures import PlayedScore, Reach
from .measured import reach_of

__all__ = ["PlayedScore", "Reach", "reach_of"]
