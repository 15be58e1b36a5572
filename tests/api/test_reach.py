"""How far an edit reaches, over REST."""

from maestro.workspaces.models import Workspace
from tests.admin.rows import make_node, make_run
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score
from tests.scores.graphs import graph, llm, step

from .callers import Caller, read, refused


def test_an_agent_says_what_its_next_version_would_reach(
    caller: Caller, stranger: Caller, workspace: Workspace
) -> None:
    agent = make_agent(workspace)
    send = step("send", skill="email", operation="send_email")
    document = graph(llm("think", agent_id=agent.pk), send, "think -> send")
    score = make_score(workspace, document, name="Triage")
    orchestra = make_orchestra(score, name="Daily")
    make_node(make_run(score), "think", agent_id=agent.pk, cost_microdollars=2_000)

    said = read(caller.get(f"/agents/{agent.pk}/reach"))

    assert said == {
        "agent_id": agent.pk,
        "version": 1,
        "nodes": 1,
        "orchestras": 1,
        "next_fire_at": None,
        "runs_in_flight": 0,
        "days": 1.0,
        "runs_per_day": 1.0,
        "cost_cents_per_month": 6.0,
        "writes": 1,
        "writing_tools": [],
        "owners": [AUTHOR],
        "scores": [
            {
                "score_id": score.pk,
                "name": "Triage",
                "nodes": ["think"],
                "pinned": {},
                "through": {},
                "orchestras": [{"id": orchestra.pk, "name": "Daily", "next_fire_at": None}],
                "next_fire_at": None,
                "runs": 1,
                "cost_microdollars": 2_000,
                "writes": [{"node": "send", "operation": "email.send_email"}],
                "saved_by": AUTHOR,
                "called_by": [],
            }
        ],
        "held": [],
    }
    refused(stranger.get(f"/agents/{agent.pk}/reach"), 404, "not_found")
    refused(Caller.of(workspace, "agent:read").get(f"/agents/{agent.pk}/reach"), 403, "forbidden")
