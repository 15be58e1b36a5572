"""One agent in place of another: looked at first, then done for all scores or none."""

import pytest
from pytest_django import DjangoAssertNumQueries

from agents.actions import save_agent
from agents.models import Agent
from maestro.errors import InvalidInput, InvalidScore, NotFound, StaleVersion
from maestro.workspaces.models import Workspace
from scores.actions import merge_agents, pin_agent, preview_swap, swap_agent
from scores.models import Score
from tests.factories import AUTHOR, make_agent, make_score, make_workspace
from tests.scores.graphs import graph, llm, step

pytestmark = pytest.mark.django_db


def schema(*names: str) -> dict[str, object]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def old(workspace: Workspace) -> Agent:
    return make_agent(workspace, name="Old", output_schema=schema("intent", "why"))


@pytest.fixture
def new(workspace: Workspace) -> Agent:
    return make_agent(workspace, name="New", output_schema=schema("intent"), model="m")


@pytest.fixture
def scores(workspace: Workspace, old: Agent) -> list[Score]:
    document = graph(llm("a", agent_id=old.pk), llm("b", agent_id=old.pk), step("c"))
    return [make_score(workspace, document, name=f"Score {name}") for name in "ABC"]


def agents_of(score: Score) -> list[str | None]:
    return list(score.nodes.filter(kind="llm").order_by("order").values_list("agent", flat=True))


def test_a_preview_says_what_would_change_and_changes_nothing(
    scores: list[Score], old: Agent, new: Agent
) -> None:
    pin_agent(scores[1], old, 1, author=AUTHOR)

    preview = preview_swap(old, new)

    shown = [(s.score.name, s.score.version, len(s.nodes)) for s in preview.scores]
    assert shown == [("Score A", 1, 2), ("Score B", 2, 2), ("Score C", 1, 2)]
    assert [node.agent_version for node in preview.scores[1].nodes] == [1, 1]
    assert preview.missing == ["why"]
    assert "model" in {setting.field for setting in preview.comparison.settings}
    assert all(agents_of(score) == [old.pk, old.pk] for score in scores)


def test_a_preview_says_what_would_stop_the_save(
    scores: list[Score], old: Agent, new: Agent
) -> None:
    scores[2].nodes.filter(key="c").update(operation="gone")

    issues = [[issue.code for issue in s.issues] for s in preview_swap(old, new).scores]

    assert issues == [[], [], ["unknown_operation"]]


def test_a_preview_asks_no_more_for_many_scores(
    workspace: Workspace,
    scores: list[Score],
    old: Agent,
    new: Agent,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert old.workspace == new.workspace

    with django_assert_num_queries(4):
        preview_swap(old, new)


def test_the_chosen_scores_are_swapped_each_as_its_next_version(
    scores: list[Score], old: Agent, new: Agent
) -> None:
    reviewed = {scores[0].pk: 1, scores[2].pk: 1}

    swapped = swap_agent(old, new, reviewed, author="ada")

    assert sorted((score.name, score.version) for score in swapped) == [
        ("Score A", 2),
        ("Score C", 2),
    ]
    assert [agents_of(score)[0] for score in scores] == [new.pk, old.pk, new.pk]
    saved = scores[0].versions.get(version=2)
    assert (saved.author, saved.message) == ("ada", "New in place of Old")


def test_when_one_score_has_moved_on_none_is_swapped(
    scores: list[Score], old: Agent, new: Agent
) -> None:
    pin_agent(scores[1], old, 1, author=AUTHOR)

    with pytest.raises(StaleVersion):
        swap_agent(old, new, {score.pk: 1 for score in scores}, author=AUTHOR)
    scores[2].nodes.filter(key="c").update(operation="gone")
    with pytest.raises(InvalidScore):
        swap_agent(old, new, {scores[0].pk: 1, scores[2].pk: 1}, author=AUTHOR)

    assert all(agents_of(score) == [old.pk, old.pk] for score in scores)


def test_scores_and_agents_that_do_not_belong_are_refused(
    scores: list[Score], old: Agent, new: Agent
) -> None:
    foreign = make_agent(make_workspace())
    unrelated = make_score(old.workspace)

    with pytest.raises(NotFound, match=unrelated.pk):
        swap_agent(old, new, {unrelated.pk: 1}, author=AUTHOR)
    with pytest.raises(NotFound, match=foreign.pk):
        swap_agent(old, foreign, {scores[0].pk: 1}, author=AUTHOR)
    with pytest.raises(InvalidInput):
        swap_agent(old, old, {scores[0].pk: 1}, author=AUTHOR)


def test_merged_duplicates_leave_their_nodes_to_one_and_keep_their_history(
    workspace: Workspace, scores: list[Score], old: Agent, new: Agent
) -> None:
    third = make_agent(workspace)
    both = make_score(workspace, graph(llm("x", agent_id=old.pk), llm("y", agent_id=third.pk)))
    save_agent(old, {"system_prompt": "newer"}, author=AUTHOR)
    pin_agent(scores[0], old, 1, author=AUTHOR)

    merged = merge_agents(new, [old, third], author=AUTHOR)

    assert {score.pk: score.version for score in merged.scores} == {
        scores[1].pk: 2,
        scores[2].pk: 2,
        both.pk: 2,
    }
    assert agents_of(both) == agents_of(scores[1]) == [new.pk, new.pk]
    assert [(node.score_id, node.key) for node in merged.left] == [
        (scores[0].pk, "a"),
        (scores[0].pk, "b"),
    ]
    assert (old.versions.count(), third.versions.count()) == (2, 1)
    unused = Agent.objects.in_workspace(workspace).unused()
    assert list(unused) == [third]
    before = scores[1].versions.get(version=1).graph["nodes"]
    assert before[0]["agent_id"] == old.pk


def test_a_pinned_node_is_merged_to_the_version_that_says_the_same(
    workspace: Workspace, scores: list[Score], old: Agent
) -> None:
    keep = make_agent(workspace, system_prompt=old.system_prompt, output_schema=old.output_schema)
    save_agent(keep, {"system_prompt": "newer"}, author=AUTHOR)
    save_agent(old, {"system_prompt": "otherwise"}, author=AUTHOR)
    pin_agent(scores[0], old, 1, author=AUTHOR)
    pin_agent(scores[1], old, 2, author=AUTHOR)

    merged = merge_agents(keep, [old], author=AUTHOR)

    played = scores[0].nodes.filter(kind="llm").values_list("agent", "agent_version")
    assert set(played) == {(keep.pk, 1)}
    assert {node.score_id for node in merged.left} == {scores[1].pk}
