"""What a start costs, and what it looks for afresh each time."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from maestro.errors import InvalidScore
from scores.models import Score, ScoreVersion
from tests.scores.graphs import graph, step

from .agents import agent_score
from .worlds import score, start

pytestmark = pytest.mark.django_db(transaction=True)


def statements_of_a_start(made: Score) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        start(made)
    return [query["sql"] for query in asked]


def test_another_start_of_a_version_is_one_statement_that_commits_itself() -> None:
    made = score(graph(step("a"), step("b"), "a -> b"))
    start(made)

    (insert,) = statements_of_a_start(made)

    assert "insert into score_runs" in insert and "insert into run_events" in insert


def test_a_start_writes_the_run_as_it_is_answered() -> None:
    run = start(score(graph(step("a"))), {"x": 1})

    fields = [field.attname for field in run._meta.concrete_fields]
    answered = {name: getattr(run, name) for name in fields}
    run.refresh_from_db()
    assert {name: getattr(run, name) for name in fields} == answered
    assert [event.kind for event in run.events.all()] == ["run.queued"]


def test_what_a_version_refers_to_is_looked_for_at_each_start() -> None:
    made = agent_score()
    first = start(made)
    agent = first.pins["agents"]["think"]["id"]
    made.nodes.all().delete()
    first.delete()
    made.workspace.agents.get(pk=agent).delete()

    with pytest.raises(InvalidScore, match="has no agent"):
        start(made)


def test_a_version_that_was_taken_back_is_not_what_the_next_run_pins() -> None:
    made = score(graph(step("a")))
    with transaction.atomic():
        ScoreVersion.objects.filter(score=made).update(graph=graph(step("other")).content())
        start(made)
        transaction.set_rollback(True)
    ScoreVersion.objects.filter(score=made).update(graph={"nodes": [{"kind": "none"}]})

    with pytest.raises(ValueError, match="kind"):
        start(made)


def test_few_indexes_are_written_with_every_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexname from pg_indexes where tablename = 'score_runs'"
            " and indexdef not like '%% WHERE %%' order by 1"
        )
        names = [name for (name,) in cursor.fetchall()]

    assert names == ["runs_by_time", "runs_of_score", "score_runs_pkey"]
