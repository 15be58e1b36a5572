"""The decision itself: counted, paced, in turn, and among the living."""

from agents.skills.limits import Limits
from runs.limits.admission import (
    ABSENT_SECONDS,
    Claim,
    Room,
    Verdict,
    judge,
    let_in,
    let_wait,
)

RUN = Claim("run_1", 1)
OTHER = Claim("run_2", 1)
TWO = Limits(concurrency=2)
PACED = Limits(per_minute=60)
NOW = 1000.0


def room(*holders: str, waiting: tuple[str, ...] = (), claim: Claim = RUN) -> Room:
    made = Room(dict.fromkeys(holders, claim))
    for ticket in waiting:
        made = let_wait(made, ticket, claim, NOW, None)
    return made


def test_as_many_as_allowed_are_let_in_at_once() -> None:
    assert judge(room("a"), TWO, "b", NOW) == Verdict(0)
    assert judge(room("a", "b"), TWO, "c", NOW) == Verdict(None)


def test_a_place_that_is_free_goes_to_who_waited_first() -> None:
    full = room("a", waiting=("b", "c"))

    assert judge(full, TWO, "c", NOW) == Verdict(None)
    assert judge(full, TWO, "b", NOW) == Verdict(0)
    assert judge(let_in(full, TWO, "b", RUN, NOW), TWO, "c", NOW) == Verdict(None)


def test_asking_again_keeps_ones_turn() -> None:
    again = let_wait(room("a", "b", waiting=("c", "d")), "c", RUN, NOW + 1, None)

    assert [one.ticket for one in again.waiting] == ["c", "d"]


def test_who_asks_no_more_loses_its_turn() -> None:
    later = NOW + ABSENT_SECONDS + 1
    left = room("a", waiting=("b", "c")).of_living({RUN}, later)

    assert judge(left, TWO, "d", later) == Verdict(0)


def test_what_a_dead_player_held_is_free() -> None:
    held = let_wait(room("a", "b", claim=RUN), "c", RUN, NOW, None)

    left = held.of_living({OTHER, Claim(RUN.run, RUN.fence + 1)}, NOW)

    assert (left.holders, left.waiting) == ({}, ())


def test_calls_begin_at_an_even_pace() -> None:
    paced = let_in(Room({}), PACED, "a", RUN, NOW)

    assert judge(paced, PACED, "b", NOW) == Verdict(1.0)
    paced = let_in(paced, PACED, "b", RUN, NOW)
    assert judge(paced, PACED, "c", NOW) == Verdict(2.0)
    paced = let_in(paced, PACED, "c", RUN, NOW)
    assert judge(paced, PACED, "d", NOW) == Verdict(None, ask_in=1.0)


def test_time_in_which_nobody_asked_is_not_saved_up() -> None:
    paced = let_in(Room({}), PACED, "a", RUN, NOW)
    paced = let_in(paced, PACED, "b", RUN, NOW + 600)

    assert judge(paced, PACED, "c", NOW + 600) == Verdict(1.0)


def test_who_is_let_in_again_after_a_lost_answer_counts_once() -> None:
    limits = Limits(concurrency=2, per_minute=60)
    inside = let_in(Room({}), limits, "a", RUN, NOW)

    assert judge(inside, limits, "a", NOW) == Verdict(0)
    assert let_in(inside, limits, "a", RUN, NOW) == inside
