"""`map_over`: the body once per item, several at a time; results keep the items' order."""

import asyncio
from collections.abc import Iterator
from operator import length_hint
from typing import Any

from django.conf import settings

from agents.skills.outcome import check_json, to_text
from maestro.errors import InvalidNodeInput, NodeError
from runs.executor import NodeFailed, Parked, Played, ScopeWalk, Settled, Stop, raise_trouble
from runs.models.choices import NodeStatus
from scores.configs import MapOverConfig
from scores.document import SUCCESS, NodeDocument

from .errors import error_json
from .performance import JSON, Performance
from .taking_over import align_items

Ended = Played | NodeFailed | Parked | Stop
BREATH = 25  # items; those that fail or were recorded before give the loop no turn by themselves
BUSY = {"subscore", "retry", "limit"}  # something is under way for the item, or soon will be


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Play the items and record how they joined; Parked and Stop pass through, and NodeFailed of an item
    where the map stops at errors and nothing is said of its own."""
    await align_items(performance, node, given, iteration)
    try:
        settled = await play_joined(scope, node, given, iteration)
    except NodeFailed as failure:
        if not performance.goes_on_after(node):
            raise
        return performance.fail(node, iteration, given, _stopped_by(failure))
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    await performance.record(
        performance.entry(
            node,
            iteration,
            settled.status,
            port=settled.port,
            input=given,
            output=settled.output,
            error=_collected(node.key, settled.errors),
        )
    )
    return settled


def _stopped_by(failure: NodeFailed) -> NodeError:
    """The map's own error where `stop` ended it and the graph says what then."""
    message = f"It stopped, because {failure.node} failed in an item: {failure.error['message']}"
    return NodeError(message, error=failure.error)


async def play_joined(scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str) -> Settled:
    """The output SPEC 4 describes. A body node's error is an item's error, unless `stop` is set.

    Raises InvalidNodeInput when there is no list, InvalidNodeOutput when the results are too large.
    """
    config = MapOverConfig.model_validate(node.config)
    items = given.get(config.items_field)
    if not isinstance(items, list):
        message = f"{node.key} maps over the field {config.items_field}, which is not a list here."
        raise InvalidNodeInput(message)
    ended = await _play_items(scope, node.key, config, items, iteration)
    collects = config.on_error == "collect"
    raise_trouble([end for end in ended if not (collects and isinstance(end, NodeFailed))])
    output = _joined(config, ended)
    check_json(output)
    errors = len(output["errors"]) + sum(e.errors for e in ended if isinstance(e, Played))
    return Settled(NodeStatus.SUCCEEDED, SUCCESS, output, errors)


async def _play_items(
    scope: ScopeWalk, owner: str, config: MapOverConfig, items: list[Any], iteration: str
) -> list[Ended]:
    """The ends of the items that were begun, in order. An item that is parked while something goes
    on for it still counts as one of `concurrency`."""
    ended: list[Ended | None] = [None] * len(items)
    halt = asyncio.Event()

    async def lane(numbers: Iterator[int]) -> None:
        for number in numbers:
            if halt.is_set():
                return
            path = f"{iteration}/{owner}:{number}" if iteration else f"{owner}:{number}"
            end = ended[number] = await _play_item(scope, owner, config, items[number], path)
            if isinstance(end, Stop) or (isinstance(end, NodeFailed) and config.on_error == "stop"):
                halt.set()
            if isinstance(end, Parked) and end.waiting_for in BUSY:
                return
            if (number + 1) % BREATH == 0:
                await asyncio.sleep(0)

    numbers = iter(range(len(items)))
    lanes: list[asyncio.Future[None]] = []
    try:
        waits = False
        while len(lanes) < config.concurrency and (left := length_hint(numbers)):
            lanes.append(asyncio.ensure_future(lane(numbers)))
            # One more in each turn of the loop while items end in it: each lane has to be woken
            # whenever the loop did its other work. Once they wait for something, all at once.
            if not waits:
                await asyncio.sleep(0)
                waits = length_hint(numbers) >= left - 1
        await asyncio.gather(*lanes)
    except BaseException:
        for task in lanes:
            task.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        raise
    return [end for end in ended if end is not None]


async def _play_item(
    scope: ScopeWalk, owner: str, config: MapOverConfig, item: object, path: str
) -> Ended:
    size = len(to_text(item).encode())
    if size > settings.MAX_ITEM_BYTES:
        limit = settings.MAX_ITEM_BYTES
        message = f"The item has {size} bytes; {limit} are allowed."
        return NodeFailed(owner, error_json(InvalidNodeInput(message), owner))
    fields = item if isinstance(item, dict) else {}
    try:
        return await scope.body(owner, {**fields, config.item_field: item}, path)
    except (NodeFailed, Parked, Stop) as trouble:
        # It is kept without the frames it came through: they hold all of the item's walk.
        trouble.__traceback__ = trouble.__context__ = None
        return trouble


def _joined(config: MapOverConfig, ended: list[Ended]) -> JSON:
    played = [end for end in ended if isinstance(end, Played)]
    return {
        config.output_field: [end.output for end in played if end.ran or config.keep_empty],
        "ended": sum(not end.ran for end in played),
        "errors": [
            {
                "index": index,
                "code": end.error["code"],
                "message": end.error["message"],
                "node": end.node,
            }
            for index, end in enumerate(ended)
            if isinstance(end, NodeFailed)
        ],
    }


def _collected(node: str, count: int) -> JSON | None:
    if not count:
        return None
    message = f"{count} of the items' nodes failed." if count > 1 else "One item's node failed."
    return {
        "code": "items_failed",
        "message": message,
        "node": node,
        "details": {"count": count},
    }
