"""What every page of the admin shares: in which workspace a person works, and what they may do there."""

from .columns import clipped, link_to, list_of, mono, number, page_of
from .deletion import GuardedDeletion
from .fields import Dollars, JSONText
from .filters import ScopedRelatedFilter
from .pages import ReadOnlyAdmin, ScopedAdmin
from .refusals import RefusableForm, refusal_in
from .seat import (
    Seat,
    author_of,
    editing_seat,
    looking_seat,
    seat_of,
    take_seat,
    workspaces_of,
)
from .shown import Wrap, desk_page, number_in, to_page_or_why

__all__ = [
    "Dollars",
    "GuardedDeletion",
    "JSONText",
    "ReadOnlyAdmin",
    "RefusableForm",
    "ScopedAdmin",
    "ScopedRelatedFilter",
    "Seat",
    "Wrap",
    "author_of",
    "clipped",
    "desk_page",
    "editing_seat",
    "link_to",
    "list_of",
    "looking_seat",
    "mono",
    "number",
    "number_in",
    "page_of",
    "refusal_in",
    "seat_of",
    "take_seat",
    "to_page_or_why",
    "workspaces_of",
]
