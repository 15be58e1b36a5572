"""What the database itself refuses, whoever asks: every statement here is plain SQL."""

from hashlib import sha256

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agents.models import Agent
from agents.skills.pipeline.actions import Person, add_contact, create_pipeline
from agents.skills.pipeline.models import Kind
from agents.skills.pipeline.moves import Deed, log_activity
from maestro.workspaces.models import (
    ApiKey,
    AuditEntry,
    Notification,
    Secret,
    SecretVersion,
    Workspace,
)
from orchestras.actions import bind_secrets
from orchestras.models import Orchestra, OrchestraAgent
from runs.models import Mode, Run, RunEvent, RunNode, RunStatus, Trigger
from scores.models import Node, Score
from tests.factories import make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step

pytestmark = pytest.mark.django_db

BOUND = {*RunStatus.final(), "running"}  # states that say something of other columns
NODE = (
    "INSERT INTO score_nodes (id, workspace_id, score_id, key, label, kind, skill, operation, "
    'agent_id, subkind, config, retry, on_error, position, "order") VALUES '
    "('nd_x', {workspace}, {score}, {key}, '', {kind}, {skill}, {operation}, {agent}, {subkind}, "
    "'{{}}', '{{}}', {on_error}, '{{}}', 9)"
)
RUN = (
    "INSERT INTO score_runs (id, workspace_id, score_id, orchestra_id, slot, mode, trigger, status, "
    "input, pins, started_by, parent_node_key, queued_at) VALUES "
    "('run_x', {workspace}, {score}, {orchestra}, {slot}, {mode}, {trigger}, {status}, "
    "'{{}}', '{{}}', '', '', now())"
)
WORDS = {"skill": "''", "operation": "''", "agent": "NULL", "subkind": "''", "on_error": "'fail'"}
PICK = WORDS | {"key": "'new'", "kind": "'deterministic'", "skill": "'data'", "operation": "'pick'"}
PLAIN_RUN = {
    "orchestra": "NULL",
    "slot": "NULL",
    "mode": "'live'",
    "trigger": "'cron'",
    "status": "'queued'",
}


@pytest.fixture
def ids() -> dict[str, str]:
    """SQL literals of one workspace with everything in it, and of some rows of another."""
    mine, theirs = full_workspace(), full_workspace()
    nodes = {node.key: node.pk for node in Node.objects.filter(workspace=mine)}
    found = {
        "workspace": mine.pk,
        "agent": mine.agents.get().pk,
        "score": mine.scores.get().pk,
        "orchestra": mine.orchestras.get().pk,
        "secret": mine.secrets.get().pk,
        "run": Run.objects.get(workspace=mine).pk,
        "pick": nodes["pick"],
        "their_workspace": theirs.pk,
        "their_agent": theirs.agents.get().pk,
        "their_score": theirs.scores.get().pk,
        "their_orchestra": theirs.orchestras.get().pk,
        "their_secret": theirs.secrets.get().pk,
        "their_pick": Node.objects.get(workspace=theirs, key="pick").pk,
    }
    return {name: f"'{pk}'" for name, pk in found.items()}


def full_workspace() -> Workspace:
    workspace = make_workspace()
    agent = make_agent(workspace)
    document = graph(llm("think", agent_id=agent.pk), step("pick"), "think -> pick")
    score = make_score(workspace, document)
    orchestra = make_orchestra(score, score_version=1)
    secret = Secret.objects.create(workspace=workspace, name="apollo")
    SecretVersion.objects.create(secret=secret, version=1, nonce=b"n" * 12, ciphertext=b"c")
    bind_secrets(orchestra, {"apollo_api_key": secret}, author="test")
    run = Run.objects.create(
        workspace=workspace,
        score=score,
        score_version=1,
        orchestra=orchestra,
        slot=timezone.now().replace(year=2020, month=1, day=1, hour=0, minute=0, second=0),
        trigger=Trigger.CRON,
    )
    RunNode.objects.create(run=run, node_key="pick", status="succeeded")
    RunEvent.objects.create(run=run, number=1, kind="run.queued")
    pipeline = create_pipeline(workspace, name="P", slug="p", kind=Kind.GENERIC)
    contact, _ = add_contact(pipeline, Person(email="ada@example.com", domain="example.com"))
    log_activity(contact, Deed(kind="seen"))
    digest = sha256(workspace.pk.encode()).hexdigest()
    ApiKey.objects.create(workspace=workspace, name="k", prefix=digest[:8], sha256=digest)
    Notification.objects.create(workspace=workspace, level="event", title="t")
    return workspace


def refused_by(sql: str) -> str | None:
    """The constraint that refuses the statement at once; None when it is let through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except IntegrityError as refusal:
        assert isinstance(refusal.__cause__, psycopg.Error)
        return refusal.__cause__.diag.constraint_name
    return None


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("DELETE FROM scores WHERE id = {score}", "score_runners_score_id_within_workspace_id"),
        (
            "DELETE FROM secrets WHERE id = {secret}",
            "secret_bindings_secret_id_within_workspace_id",
        ),
        (
            "UPDATE score_nodes SET agent_id = {their_agent} WHERE agent_id = {agent}",
            "score_nodes_agent_id_within_workspace_id",
        ),
        (
            "UPDATE score_nodes SET workspace_id = {their_workspace} WHERE id = {pick}",
            "score_nodes_score_id_within_workspace_id",
        ),
        (
            "UPDATE score_edges SET to_node_id = {their_pick} WHERE score_id = {score}",
            "score_edges_to_node_id_within_score_id",
        ),
        (
            "UPDATE score_edges SET from_node_id = {their_pick} WHERE score_id = {score}",
            "score_edges_from_node_id_within_score_id",
        ),
        (
            "UPDATE score_runners SET score_id = {their_score} WHERE id = {orchestra}",
            "score_runners_score_id_within_workspace_id",
        ),
        (
            "UPDATE secret_bindings SET secret_id = {their_secret} WHERE orchestra_id = {orchestra}",
            "secret_bindings_secret_id_within_workspace_id",
        ),
        (
            "UPDATE score_runner_agents SET agent_id = {their_agent} WHERE agent_id = {agent}",
            "score_runner_agents_agent_id_within_workspace_id",
        ),
        (
            "UPDATE score_runs SET score_id = {their_score} WHERE id = {run}",
            "score_runs_score_id_within_workspace_id",
        ),
        (
            "UPDATE score_runs SET orchestra_id = {their_orchestra} WHERE id = {run}",
            "score_runs_orchestra_id_within_workspace_id",
        ),
    ],
)
def test_what_is_used_stays_and_no_row_names_another_houses(
    ids: dict[str, str], sql: str, constraint: str
) -> None:
    assert refused_by(sql.format(**ids)) == constraint


def test_an_agent_that_a_node_plays_stays(ids: dict[str, str]) -> None:
    OrchestraAgent.objects.all().delete()

    refusal = refused_by("DELETE FROM agents WHERE id = {agent}".format(**ids))

    assert refusal == "score_nodes_agent_id_within_workspace_id"


def test_a_pinned_agent_stays_when_no_node_plays_it_any_more(ids: dict[str, str]) -> None:
    Node.objects.filter(kind="llm").delete()

    refusal = refused_by("DELETE FROM agents WHERE id = {agent}".format(**ids))

    assert refusal == "score_runner_agents_agent_id_within_workspace_id"


def test_a_subscore_stays_while_a_node_holds_it(ids: dict[str, str]) -> None:
    values = PICK | {"kind": "'control'", "skill": "''", "operation": "''"}
    held = make_score(Workspace.objects.get(pk=ids["workspace"].strip("'")))
    add = NODE.replace("agent_id,", "subscore_id,").format(
        **ids | values | {"agent": f"'{held.pk}'", "subkind": "'subscore'"}
    )
    assert refused_by(add) is None

    refusal = refused_by(f"DELETE FROM scores WHERE id = '{held.pk}'")

    assert refusal == "score_nodes_subscore_id_within_workspace_id"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({}, None),
        ({"key": "'pick'"}, "one_node_per_key"),
        ({"key": "'Not A Word'"}, "node_key_is_a_word"),
        ({"kind": "'llm'", "skill": "''", "operation": "''"}, "node_has_what_its_kind_needs"),
        ({"operation": "''"}, "node_has_what_its_kind_needs"),
        ({"kind": "'magic'"}, "node_has_what_its_kind_needs"),
        ({"kind": "'control'", "skill": "''", "operation": "''"}, "node_has_what_its_kind_needs"),
        (
            {"kind": "'control'", "skill": "''", "operation": "''", "subkind": "'subscore'"},
            "subscore_nodes_have_a_score",
        ),
        ({"on_error": "'ignore'"}, "node_on_error_is_known"),
    ],
)
def test_a_node_has_what_its_kind_needs(
    ids: dict[str, str], change: dict[str, str], constraint: str | None
) -> None:
    assert refused_by(NODE.format(**ids | PICK | change)) == constraint


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({}, None),
        ({"status": "'sleeping'"}, "run_status_is_known"),
        ({"mode": "'maybe'"}, "run_mode_is_known"),
        ({"trigger": "'moon'"}, "run_trigger_is_known"),
        ({"status": "'running'"}, "running_means_it_has_a_player"),
        ({"status": "'failed'"}, "finished_runs_have_a_time"),
        *(({"mode": f"'{mode}'"}, None) for mode in Mode.values),
        *(({"trigger": f"'{trigger}'"}, None) for trigger in Trigger.values),
    ],
)
def test_a_run_is_in_a_state_there_is(
    ids: dict[str, str], change: dict[str, str], constraint: str | None
) -> None:
    assert refused_by(RUN.format(**ids | PLAIN_RUN | change)) == constraint


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        *((f"status = '{status}'", None) for status in RunStatus.values if status not in BOUND),
        *((f"status = '{status}', finished_at = now()", None) for status in RunStatus.final()),
        ("status = 'running', player = 'p'", None),
        ("status = 'asleep'", "run_status_is_known"),
        ("player = 'p'", "running_means_it_has_a_player"),
        ("finished_at = now()", "finished_runs_have_a_time"),
        ("mode = 'maybe'", "run_mode_is_known"),
        ("trigger = 'moon'", "run_trigger_is_known"),
        ("budget_microdollars = -1", "run_budget_not_negative"),
        ("last_event = 7, progress = true", None),
    ],
)
def test_a_run_goes_only_to_a_state_there_is(
    ids: dict[str, str], change: str, constraint: str | None
) -> None:
    assert refused_by(f"UPDATE score_runs SET {change} WHERE id = {ids['run']}") == constraint


def test_a_fire_of_a_schedule_has_one_run(ids: dict[str, str]) -> None:
    slot = Run.objects.get(pk=ids["run"].strip("'")).slot
    again = PLAIN_RUN | {"orchestra": ids["orchestra"], "slot": f"'{slot}'"}

    assert refused_by(RUN.format(**ids | again)) == "one_run_per_fire"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (
            "INSERT INTO score_run_nodes (run_id, node_key, status) VALUES ({run}, 'pick', 'failed')",
            "one_row_per_node_and_attempt",
        ),
        (
            "INSERT INTO score_run_nodes (run_id, node_key, status) VALUES ({run}, 'other', 'gone')",
            "run_node_status_is_known",
        ),
        (
            "INSERT INTO run_events (run_id, number, kind) VALUES ({run}, 1, 'run.queued')",
            "one_event_per_number",
        ),
        (
            "INSERT INTO score_versions (id, score_id, version, graph, content_hash, author, "
            "message, created_at) SELECT 'sv_x', score_id, version, graph, content_hash, '', '', "
            "now() FROM score_versions WHERE score_id = {score}",
            "one_row_per_score_save",
        ),
        (
            "INSERT INTO agent_versions (id, agent_id, version, content, author, note, created_at) "
            "SELECT 'av_x', agent_id, version, content, '', '', now() FROM agent_versions "
            "WHERE agent_id = {agent}",
            "one_row_per_agent_save",
        ),
        ("UPDATE score_runners SET overlap = 'both' WHERE id = {orchestra}", "overlap_is_known"),
        ("UPDATE score_runners SET misfire = 'both' WHERE id = {orchestra}", "misfire_is_known"),
        (
            "UPDATE score_runners SET next_fire_at = now() WHERE id = {orchestra}",
            "only_scheduled_orchestras_fire",
        ),
        ("UPDATE agents SET system_prompt = '' WHERE id = {agent}", "agent_has_a_prompt"),
        ("UPDATE secret_versions SET nonce = 'short'", "secret_nonce_has_96_bits"),
        ("UPDATE api_keys SET sha256 = 'mk_plain_text'", "api_key_is_hashed"),
        ("UPDATE score_edges SET from_port = ''", "edge_ports_have_names"),
    ],
)
def test_rows_that_contradict_others_or_say_nothing_known_are_refused(
    ids: dict[str, str], sql: str, constraint: str
) -> None:
    assert refused_by(sql.format(**ids)) == constraint


def test_a_workspace_with_everything_in_it_can_be_deleted() -> None:
    kept, gone = full_workspace(), full_workspace()

    gone.delete()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in (Agent, Score, Node, Orchestra, Secret, Run, Notification, AuditEntry):
        left = set(model._default_manager.values_list("workspace", flat=True))
        assert left == {kept.pk}, model
    assert RunNode.objects.count() == RunEvent.objects.count() == 1
