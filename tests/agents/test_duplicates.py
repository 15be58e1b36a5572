"""Agents that say the same, or nearly."""

import pytest
from pytest_django import DjangoAssertNumQueries

from agents.content import content_of
from agents.duplicates import find_duplicates, fingerprint
from maestro.workspaces.models import Workspace
from tests.factories import make_agent, make_score, make_workspace
from tests.scores.graphs import graph, llm

pytestmark = pytest.mark.django_db

PROMPT = "\n".join(f"Rule {number}: be kind to guest {number}." for number in range(20))
NEARLY = PROMPT.replace("guest 7", "visitor 7")


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_same_and_nearly_same_prompts_are_found_with_what_they_cost(workspace: Workspace) -> None:
    first = make_agent(workspace, name="First", system_prompt=PROMPT)
    same = make_agent(workspace, name="Same", system_prompt=PROMPT)
    near = make_agent(workspace, name="Near", system_prompt=NEARLY, model="m", allowed_tools=[])
    make_agent(workspace, system_prompt="Something else entirely.")
    make_agent(make_workspace(), system_prompt=PROMPT)
    make_score(workspace, graph(llm("a", agent_id=same.pk), llm("b", agent_id=same.pk)))
    make_score(workspace, graph(llm("a", agent_id=near.pk)))

    (family,) = find_duplicates(workspace)

    assert family.keep == same
    found = {one.agent: one for one in family.duplicates}
    assert found.keys() == {first, near}
    assert (found[first].is_identical, found[first].likeness, found[first].differs) == (True, 1, [])
    assert (found[near].is_identical, found[near].differs) == (False, ["model"])
    assert 0.8 < found[near].likeness < 1
    assert (family.nodes, family.prompt_lines) == (1, 40)


def test_prompts_that_differ_in_case_only_are_not_called_identical(workspace: Workspace) -> None:
    make_agent(workspace, system_prompt=PROMPT)
    make_agent(workspace, system_prompt=PROMPT.upper())

    (family,) = find_duplicates(workspace)

    assert not family.duplicates[0].is_identical


def test_the_family_with_the_most_to_save_comes_first(workspace: Workspace) -> None:
    for prompt in ("Short one.", "Short one.", PROMPT, PROMPT):
        make_agent(workspace, system_prompt=prompt)

    found = find_duplicates(workspace)

    assert [family.prompt_lines for family in found] == [20, 1]


def test_it_is_one_query(
    workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        make_agent(workspace, system_prompt=PROMPT)

    with django_assert_num_queries(1):
        (family,) = find_duplicates(workspace)

    assert len(family.duplicates) == 4


def test_a_fingerprint_is_of_what_is_played_and_not_of_names(workspace: Workspace) -> None:
    one, other = (make_agent(workspace, system_prompt="x", model="m") for _ in range(2))
    assert fingerprint(content_of(one)) == fingerprint(content_of(other))
    for change in ({"model": None}, {"allowed_tools": ["http"]}, {"parameters": {"max_turns": 2}}):
        assert fingerprint({**content_of(one), **change}) != fingerprint(content_of(one))
    assert fingerprint({**content_of(one), "allowed_tools": []}) == fingerprint(content_of(one))
