"""Some dozens of deaths; `make chaos` dies thousands of them."""

import random

from .cases import Cases, drawn, matrix

SEED = 10
ROUNDS = 3


def test_runs_survive_death_wherever_it_comes(cases: Cases) -> None:
    found = [f"{name}: {fault}" for name, all_ in matrix(cases, "each", every=4) for fault in all_]
    for number in range(ROUNDS):
        for name, case in drawn(cases).items():
            dice = random.Random(f"{SEED} {name} {number}")
            found += [f"{name} {number}: {fault}" for fault in case(dice)]

    assert not found, "\n".join(found)
    assert cases.kills >= 30
