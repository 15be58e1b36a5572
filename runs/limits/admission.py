"""Who may begin now: the decision on one limited scope of one workspace. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from agents.skills.limits import Limits

ABSENT_SECONDS = 5  # a waiting player that asks no more loses its turn
BY_HAND = "hand:"  # no run is named so
RESERVED_SECONDS = 2  # so early a moment may be promised; the place is held meanwhile


class Claim(NamedTuple):
    """A run under the fence of its player: what a ticket is good for as long as it plays."""

    run: str
    fence: int


def claim_by_hand(name: str, ends: float) -> Claim:
    """Of a call outside of any run: its fence is the second at which it is over at the latest."""
    return Claim(BY_HAND + name, math.ceil(ends))


def lives_by_hand(claim: Claim, now: float) -> bool:
    return claim.run.startswith(BY_HAND) and now < claim.fence


class Waiting(NamedTuple):
    """A player's next call. `until`: when it counts as gone."""

    ticket: str
    claim: Claim
    until: float


@dataclass(frozen=True, slots=True)
class Room:
    """Calls under way by ticket, who waits in which order, and when the next one may begin.

    Times are seconds of the database's clock.
    """

    holders: dict[str, Claim]
    waiting: tuple[Waiting, ...] = ()
    free_at: float = 0

    def claims(self) -> set[Claim]:
        return {*self.holders.values(), *(one.claim for one in self.waiting)}

    def of_living(self, living: Collection[Claim], now: float) -> Room:
        """Without what dead players left: their runs have another fence, or play no more."""
        holders = {ticket: claim for ticket, claim in self.holders.items() if claim in living}
        waiting = tuple(w for w in self.waiting if w.claim in living and w.until > now)
        return replace(self, holders=holders, waiting=waiting)

    def place_of(self, ticket: str) -> int:
        """How many wait before it."""
        tickets = [one.ticket for one in self.waiting]
        return tickets.index(ticket) if ticket in tickets else len(tickets)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`begin_in`: seconds until the call may begin; None: not yet, ask again after `ask_in`
    (None: when a place is given back)."""

    begin_in: float | None
    ask_in: float | None = None


def judge(room: Room, limits: Limits, ticket: str, now: float) -> Verdict:
    """Whether the ticket's call may begin; `room` is one of the living."""
    if ticket in room.holders:
        return Verdict(max(0.0, room.free_at - pause(limits) - now))
    before = room.place_of(ticket)
    if limits.concurrency is not None and before >= limits.concurrency - len(room.holders):
        return Verdict(None)
    begin_in = max(0.0, room.free_at - now) + before * pause(limits)
    if begin_in > RESERVED_SECONDS:
        return Verdict(None, begin_in - RESERVED_SECONDS)
    return Verdict(max(0.0, room.free_at - now))


def let_in(room: Room, limits: Limits, ticket: str, claim: Claim, now: float) -> Room:
    """The room once the call was granted; who is in it is kept only where places are counted."""
    if ticket in room.holders:
        return room
    holders = room.holders if limits.concurrency is None else {**room.holders, ticket: claim}
    waiting = tuple(one for one in room.waiting if one.ticket != ticket)
    return Room(holders, waiting, max(room.free_at, now) + pause(limits))


def let_wait(room: Room, ticket: str, claim: Claim, now: float, ask_in: float | None) -> Room:
    """The room once the call was refused: it keeps its turn as long as it asks again in time."""
    mine = Waiting(ticket, claim, now + (ask_in or 0) + ABSENT_SECONDS)
    if room.place_of(ticket) == len(room.waiting):
        return replace(room, waiting=(*room.waiting, mine))
    waiting = tuple(mine if one.ticket == ticket else one for one in room.waiting)
    return replace(room, waiting=waiting)


def pause(limits: Limits) -> float:
    """Seconds between the beginnings of two calls."""
    return 60 / limits.per_minute if limits.per_minute else 0.0
