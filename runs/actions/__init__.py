"""What people, programs and schedules do with runs."""

from .answer import answer_cut_write
from .cancel import cancel_run
from .start import start_orchestra, start_score

__all__ = ["answer_cut_write", "cancel_run", "start_orchestra", "start_score"]
