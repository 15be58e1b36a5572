"""Propose an audition and its price, start it, cancel it, judge its rows, save what was heard."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from agents.actions import save_agent
from agents.content import CONTENT, AgentFields, check_content, content_of
from agents.duplicates import fingerprint
from agents.helpers import check_helpers
from agents.llm.parameters import Parameters
from agents.models import Agent
from maestro.errors import Conflict, InvalidInput
from maestro.workspaces.audit import record
from runs.actions import cancel_run
from runs.models import RunNode

from .declared import Grader, Selection
from .forecast import Asked, Forecast, RecordedCost, forecast, tokens_or_guess
from .models import Against, Audition, AuditionRow, Verdict
from .playing import CANDIDATE, CURRENT, Heard, bands_of, pins_of, require_key, start_run
from .selection import select
from .sides import Place, Spent, place_of, side_of, source_of, spent_by, tokens_of

JSON = dict[str, Any]
MAX_BUDGET = 10**12


@dataclass(frozen=True)
class Proposal:
    """An audition before it begins: what would be heard, at what, and what that is to cost."""

    agent: Agent
    candidate: JSON
    against: Against
    selection: Selection
    rows: list[RunNode]
    spent: dict[Place, Spent]
    pins: JSON
    forecast: Forecast


def candidate_of(agent: Agent, fields: AgentFields) -> JSON:
    """The agent's content with these fields, as a save would keep it; InvalidInput names what is wrong."""
    content = content_of(agent) | {name: v for name, v in fields.items() if name in CONTENT}
    content["model"] = content["model"] or None
    content["slug"] = content["slug"] or agent.slug
    if not str(content["system_prompt"]).strip():
        raise InvalidInput("An agent has a prompt: write one.", place="system_prompt")
    check_content(content)
    with transaction.atomic():  # it locks
        check_helpers(_as_it_would_be(agent, content))
    return content


def propose(
    agent: Agent,
    candidate: JSON,
    selection: Selection,
    *,
    against: Against = Against.RECORDED,
) -> Proposal:
    """Nothing is written or asked. InvalidInput when there is no price, or no recorded input."""
    current = content_of(agent)
    heard: dict[str, Heard] = {CANDIDATE: (candidate, None)}
    if against == Against.CURRENT:
        heard[CURRENT] = (current, agent.version)
    pins = pins_of(agent, heard)
    rows = select(agent, selection)
    _refuse_without_a_difference(agent, candidate, against, rows)
    spent = spent_by(rows)
    sides = [
        Asked(bands_of(pins, node), _length(content) - _length(current), _max_tokens(content))
        for node, (content, _) in heard.items()
    ]
    told = forecast([_recorded(row, spent, current) for row in rows], sides)
    return Proposal(agent, candidate, against, selection, rows, spent, pins, told)


def _refuse_without_a_difference(
    agent: Agent, candidate: JSON, against: Against, rows: Sequence[RunNode]
) -> None:
    """What an older version answered is worth comparing with an agent as it is."""
    answered = (
        {agent.version} if against == Against.CURRENT else {row.agent_version for row in rows}
    )
    if answered == {agent.version} and fingerprint(candidate) == fingerprint(content_of(agent)):
        raise InvalidInput(
            f"There is nothing to compare: the candidate is {agent} as it is saved. Change its prompt, "
            "model, tools, schema or parameters.",
            place="candidate",
        )


@transaction.atomic
def start_audition(
    proposal: Proposal, *, graders: Sequence[Grader] = (), budget: int | None = None, by: str
) -> Audition:
    """From the commit on somebody will play it. `budget` in micro-dollars, else what longer answers
    than usual would cost. InvalidInput without a key to ask a model with."""
    agent = proposal.agent
    require_key(agent)
    budget = proposal.forecast.default_budget if budget is None else budget
    if not 0 < budget <= MAX_BUDGET:
        raise InvalidInput("The budget is a sum above zero.", place="budget")
    run = start_run(agent, proposal.pins, proposal.rows, budget=budget, by=by)
    audition = Audition.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        base_version=agent.version,
        candidate=proposal.candidate,
        against=proposal.against,
        selection=proposal.selection.model_dump(mode="json", exclude_none=True),
        graders=[grader.model_dump(mode="json", exclude_unset=True) for grader in graders],
        budget_microdollars=budget,
        forecast=proposal.forecast.as_json(),
        run=run,
        created_by=by,
    )
    AuditionRow.objects.bulk_create(
        AuditionRow(
            audition=audition,
            number=number,
            source=source_of(row),
            input=row.input,
            old=side_of(row, proposal.spent[place_of(row)]),
        )
        for number, row in enumerate(proposal.rows)
    )
    details = {"agent": agent.pk, "rows": len(proposal.rows), "budget_microdollars": budget}
    record(agent.workspace, by, "audition.started", audition, details)
    return audition


def cancel_audition(audition: Audition, *, by: str) -> None:
    """What was answered by then stays. Conflict when it is over."""
    if audition.run is None or audition.is_finished:
        raise Conflict("The audition has ended already.")
    cancel_run(audition.run, by=by)


def judge(audition: Audition, number: int, verdict: str, *, by: str) -> AuditionRow:
    """A person's verdict on a row; "" takes it back. InvalidInput for what is none."""
    row = audition.rows.filter(number=number).first()
    if row is None or row.new is None:
        raise InvalidInput(f"Row {number} has no answer to judge.", place="row")
    if verdict not in ("", *Verdict.values):
        raise InvalidInput(f"A verdict is one of {', '.join(Verdict.values)}.", place="verdict")
    row.verdict, row.judged_by = verdict, by if verdict else ""
    row.judged_at = timezone.now() if verdict else None
    row.save(update_fields=["verdict", "judged_by", "judged_at"])
    return row


def save_candidate(audition: Audition, *, note: str = "", by: str) -> Agent:
    """The candidate as the agent's next version; StaleVersion when the agent has moved on since."""
    fields = cast(AgentFields, audition.candidate)
    version = audition.base_version
    return save_agent(audition.agent, fields, author=by, note=note, expected_version=version)


def _recorded(row: RunNode, spent: dict[Place, Spent], current: JSON) -> RecordedCost:
    """What its own calls used then, and what calls inside it cost beside that."""
    length = len(str(row.input)) + _length(current)
    beside = spent[place_of(row)].microdollars - row.cost_microdollars
    return RecordedCost(tokens_or_guess(tokens_of(row), length), beside)


def _max_tokens(content: JSON) -> int:
    return Parameters.model_validate(content["parameters"]).max_tokens


def _as_it_would_be(agent: Agent, content: JSON) -> Agent:
    """The agent with that content, unsaved."""
    changed = copy(agent)
    for name, value in content.items():
        setattr(changed, name, value)
    return changed


def _length(content: JSON) -> int:
    """Characters of what goes along with every call."""
    return len(content["system_prompt"]) + len(str(content["output_schema"] or ""))
