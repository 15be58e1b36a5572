"""What a run takes over from an earlier one: recorded rows, copied when it starts.

The walk skips every node that has a recorded output, so the copies are all it takes.
"""

from .kept import Kept, kept_rows
from .places import Places

__all__ = ["Kept", "Places", "kept_rows"]
