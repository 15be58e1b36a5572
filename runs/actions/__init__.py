"""What people, programs and schedules do with runs."""

from .again import Again, repair, rerun
from .answer import answer_cut_write
from .cancel import cancel_run
from .decide import ItemDecision, decide_gate
from .drafts import start_draft, start_draft_from
from .effects import EffectChoice, decide_effects
from .once import start_once
from .start import start_orchestra, start_score

__all__ = [
    "Again",
    "EffectChoice",
    "ItemDecision",
    "answer_cut_write",
    "cancel_run",
    "decide_effects",
    "decide_gate",
    "repair",
    "rerun",
    "start_draft",
    "start_draft_from",
    "start_once",
    "start_orchestra",
    "start_score",
]
