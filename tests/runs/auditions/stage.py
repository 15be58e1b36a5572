"""A score that sorts replies, played over as many as a test wants; and auditions of its agent."""

from collections.abc import Callable
from typing import Any

from agents.models import Agent
from runs.auditions.actions import candidate_of, propose, start_audition
from runs.auditions.declared import Grader, Selection
from runs.auditions.models import Against, Audition
from runs.auditions.settling import settle
from runs.models import Run
from scores.models import Score
from tests.factories import make_agent, make_score
from tests.far_ends.messages_api import MessagesAPI, Said, text
from tests.runs.agents import keyed_workspace, model
from tests.runs.stage import play_here
from tests.runs.worlds import start
from tests.scores.graphs import branch, graph, llm, map_over, step

JSON = dict[str, Any]
SCHEMA: JSON = {
    "type": "object",
    "properties": {"intent": {"enum": ["interested", "not_interested", "unsure"]}},
    "required": ["intent"],
    "additionalProperties": False,
}
OLD_PROMPT = "Sort the reply."
NEW_PROMPT = "Sort the reply. A postponed yes is interested."


def classifier(**fields: Any) -> Agent:
    named = {"name": "Classify", "system_prompt": OLD_PROMPT, "output_schema": SCHEMA} | fields
    return make_agent(keyed_workspace(), **named)


def triage(agent: Agent) -> Score:
    """Over `items`: classify, then to a person or to the books."""
    ask = "input.intent == 'interested'"
    wants = branch("wants", "unused").model_copy(
        update={"config": {"conditions": [{"port": "person", "when": ask}], "else_port": "event"}}
    )
    document = graph(
        map_over("each", "classify", "wants", "tell", "note"),
        llm("classify", agent_id=agent.pk),
        wants,
        step("tell", skill="notify", operation="send_attention", config=TOLD),
        step("note", skill="data", operation="pick", config={"params": {"fields": ["intent"]}}),
        "each.item -> classify",
        "classify -> wants",
        "wants.person -> tell",
        "wants.event -> note",
    )
    return make_score(agent.workspace, document, name="Triage")


TOLD = {"params": {"title": "A reply", "message": "Look at it"}}


def sorting(**by_prompt: Callable[[str], str]) -> Callable[[JSON], Said]:
    """A model that sorts as the prompt says: `old` and `new` are given the reply's text."""

    def answer(body: JSON) -> Said:
        prompt = body["system"][0]["text"]
        sort = by_prompt["new" if prompt == NEW_PROMPT else "old"]
        intent = sort(str(body["messages"][0]["content"]))
        return text({"intent": intent}) if intent else text("I cannot say.")

    return answer


def recorded(agent: Agent, replies: list[str], script: Callable[[JSON], Said]) -> Run:
    """A live run over these replies."""
    with model(script):
        run = play_here(start(triage(agent), {"items": [{"reply": reply} for reply in replies]}))
    assert run.status == "succeeded", run.error
    return run


def held(
    agent: Agent,
    script: Callable[[JSON], Said],
    *,
    selection: Selection | None = None,
    graders: list[Grader] | None = None,
    budget: int | None = None,
    against: Against = Against.RECORDED,
    **fields: Any,
) -> tuple[Audition, MessagesAPI]:
    """An audition of the agent with these fields, played here to its end."""
    audition = begun(
        agent, selection=selection, graders=graders, budget=budget, against=against, **fields
    )
    with model(script) as api:
        play_here(audition.run)  # type: ignore[arg-type]
    while settle(audition.pk):
        pass
    audition.refresh_from_db()
    return audition, api


def begun(
    agent: Agent,
    *,
    selection: Selection | None = None,
    graders: list[Grader] | None = None,
    budget: int | None = None,
    against: Against = Against.RECORDED,
    **fields: Any,
) -> Audition:
    fields = fields or {"system_prompt": NEW_PROMPT}
    candidate = candidate_of(agent, fields)  # type: ignore[arg-type]
    proposal = propose(agent, candidate, selection or Selection(), against=against)
    return start_audition(proposal, graders=graders or [], budget=budget, by="ada")
