"""Which recorded inputs an agent is heard at."""

from itertools import zip_longest
from typing import Any

from django.db.models import Q, QuerySet

from agents.models import Agent
from maestro.errors import InvalidInput
from runs.models import Mode, NodeStatus, RunNode

from .declared import DEFAULT_ROWS, MAX_ROWS, Selection
from .fields import MISSING, field_of

JSON = dict[str, Any]

# Failures that are the agent's, not the far end's.
OF_THE_AGENT = ("answer_misfit", "answer_cut", "turns_spent", "tool_not_allowed", "model_refused")


def select(agent: Agent, selection: Selection) -> list[RunNode]:
    """The newest first, each with its run and score; InvalidInput when there are none."""
    found = _selected(_recorded(agent, selection), selection)
    if not found:
        where = " there" if selection.runs or selection.score else ""
        raise InvalidInput(
            f"{agent} has recorded no input{where} that it could be heard at. Let a score play it live "
            "once, then come back.",
            place="selection",
        )
    return found


def _selected(rows: "QuerySet[RunNode]", selection: Selection) -> list[RunNode]:
    if selection.runs is not None:
        return list(rows[:MAX_ROWS])
    if selection.sample is None:
        return list(rows[: selection.last or DEFAULT_ROWS])
    newest = rows[: selection.of_last]
    if selection.by is None:
        keys = _spread(list(newest.values_list("pk", flat=True)), selection.sample)
    else:
        answers = list(newest.values_list("pk", "output_json"))
        keys = _in_turn(answers, selection.by)[: selection.sample]
    return list(rows.filter(pk__in=keys))


def _recorded(agent: Agent, selection: Selection) -> "QuerySet[RunNode]":
    """Live answers, and failures to give one that are the agent's own; not those tried again."""
    failed = Q(status=NodeStatus.FAILED, error__code__in=OF_THE_AGENT)
    rows = RunNode.objects.filter(
        Q(status=NodeStatus.SUCCEEDED) | failed,
        agent_id=agent.pk,
        call=0,
        run__workspace=agent.workspace_id,
        run__mode=Mode.LIVE,
        input__isnull=False,
    )
    if selection.runs is not None:
        rows = rows.filter(run__in=selection.runs)
    if selection.score is not None:
        rows = rows.filter(run__score=selection.score)
    heavy = ("run__input", "run__output", "run__pins")
    return rows.select_related("run__score").defer(*heavy).order_by("-started_at", "-id")


def _spread(keys: list[int], count: int) -> list[int]:
    """As many as asked for, evenly from the first to the last."""
    if len(keys) <= count:
        return keys
    return [keys[number * len(keys) // count] for number in range(count)]


def _in_turn(answers: list[tuple[int, JSON | None]], field: str) -> list[int]:
    """One of each value, then the next of each."""
    by_value: dict[str, list[int]] = {}
    for key, output in answers:
        value = field_of(output or {}, field)
        by_value.setdefault("" if value is MISSING else repr(value), []).append(key)
    return [key for turn in zip_longest(*by_value.values()) for key in turn if key is not None]
