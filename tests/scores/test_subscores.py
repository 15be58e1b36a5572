"""Scores that hold others: what a save lets them hold."""

from itertools import pairwise
from typing import cast

import pytest
from pytest_django import DjangoAssertNumQueries

from maestro.errors import InvalidScore
from maestro.workspaces.models import Workspace
from scores.actions import save_graph
from scores.models import Score
from tests.factories import AUTHOR, make_score, make_workspace
from tests.scores.graphs import graph, step, subscore

pytestmark = pytest.mark.django_db


def hold(score: Score, *held: Score, version: int | None = None) -> None:
    """Save a graph in which `score` holds these."""
    config = {} if version is None else {"version": version}
    nodes = [subscore(f"call_{n}", one.pk, config=config) for n, one in enumerate(held)]
    save_graph(score, graph(step("first"), *nodes), author=AUTHOR)


def chain(workspace: Workspace, length: int) -> list[Score]:
    """Each holds the next."""
    scores = [make_score(workspace, name=f"s{n}") for n in range(length)]
    for one, held in reversed(list(pairwise(scores))):
        hold(one, held)
    return scores


def refused(score: Score, *held: Score, version: int | None = None) -> tuple[str, str]:
    with pytest.raises(InvalidScore) as refusal:
        hold(score, *held, version=version)
    (error,) = cast("list[dict[str, str]]", refusal.value.details["errors"])
    return error["code"], error["message"]


def test_a_score_may_not_hold_itself_at_any_depth_and_the_way_is_told() -> None:
    scores = chain(make_workspace(), 3)

    code, message = refused(scores[2], scores[0])

    assert code == "subscore_in_itself"
    assert "s2 → s0 → s1 → s2" in message
    assert refused(scores[2], scores[2])[0] == "subscore_in_itself"


def test_an_older_version_that_holds_it_is_refused_like_the_newest() -> None:
    workspace = make_workspace()
    holder, held = make_score(workspace), make_score(workspace)
    hold(holder, held)
    save_graph(holder, graph(step("alone")), author=AUTHOR)

    assert refused(held, holder, version=2)[0] == "subscore_in_itself"
    hold(held, holder)


def test_scores_hold_each_other_over_a_limited_number_of_levels() -> None:
    workspace = make_workspace()
    scores = chain(workspace, 9)

    code, message = refused(make_score(workspace), scores[0])

    assert (code, "8 levels" in message) == ("subscore_in_itself", True)
    hold(make_score(workspace), scores[1])


def test_a_score_that_is_held_many_times_over_is_read_once(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    workspace = make_workspace()
    scores = [make_score(workspace, name=f"s{n}") for n in range(7)]
    for one, held in reversed(list(pairwise(scores))):
        hold(one, *[held] * 10)

    holder = make_score(workspace)
    with django_assert_max_num_queries(45):
        hold(holder, *[scores[0]] * 10)


def test_a_score_of_another_workspace_cannot_be_held() -> None:
    assert refused(make_score(make_workspace()), make_score(make_workspace()))[0] == (
        "unknown_subscore"
    )
