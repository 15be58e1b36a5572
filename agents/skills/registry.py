"""Which operations there are, and the one way to call them.

Built-in skills are the packages of this folder, each with a `skill` in its `operations` module;
others announce theirs under the entry point group `maestro.skills`.
"""

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Executor
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from django.db import close_old_connections
from pydantic import BaseModel

import agents.skills
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import Outcome
from agents.skills.stepping import CutItself, Waiting, begin, held_to
from maestro.errors import Misconfigured, NodeError, OutcomeUnknown, TimedOut, UnknownOperation

ENTRY_POINTS = "maestro.skills"

is_coroutine_function = cache(inspect.iscoroutinefunction)  # a look at flags costs a microsecond


def skills() -> list[Skill]:
    """All skills, by name."""
    return [skill for _, skill in sorted(_by_name().items())]


def forget() -> None:
    """Look again at the next question: a package was installed or removed."""
    _by_name.cache_clear()


def find(skill: str, operation: str) -> Operation:
    """The operation, or UnknownOperation that says what exists."""
    found = _by_name().get(skill)
    if found is None:
        known = sorted(_by_name())
        raise UnknownOperation(f"There is no skill {skill!r}; there are {', '.join(known)}")
    if operation not in found.operations:
        known = sorted(found.operations)
        raise UnknownOperation(f"{skill} has no {operation!r}; it has {', '.join(known)}")
    return found.operations[operation]


def allowed_operations(tools: Iterable[str]) -> tuple[list[Operation], list[str]]:
    """What an agent's `allowed_tools` offer, each operation once: a skill's name stands for all of
    its own. Beside it, what of them is not there."""
    found: dict[str, Operation] = {}
    unknown = []
    for tool in tools:
        skill, _, operation = tool.partition(".")
        offered = _by_name()[skill].operations if skill in _by_name() else {}
        chosen = [offered[operation]] if operation in offered else []
        chosen = chosen if operation else list(offered.values())
        found |= {one.full_name: one for one in chosen}
        unknown += [] if chosen else [tool]
    return list(found.values()), unknown


async def dispatch(
    skill: str,
    operation: str,
    input: Mapping[str, Any],
    context: Context,
    *,
    pool: Executor | None = None,
    timeout_seconds: float | None = None,
) -> Outcome:
    """Find an operation and `call` it."""
    chosen = find(skill, operation)
    return await call(chosen, input, context, pool=pool, timeout_seconds=timeout_seconds)


async def call(
    operation: Operation,
    input: Mapping[str, Any],
    context: Context,
    *,
    pool: Executor | None = None,
    timeout_seconds: float | None = None,
) -> Outcome:
    """Prepare, call and check: an `async def` on this loop, a `def` in `pool` (None: the loop's).

    What `context.mode` forbids is answered by the sample instead: no caller can forget it.

    Raises NodeErrors. A write that ran out of time is an OutcomeUnknown, since it may have
    happened; a `def` that ran out of time goes on in its thread, unheard, and so does an `async def`
    that swallows it, as a stray of this loop.
    """
    outcome = begin_call(operation, input, context, pool=pool, timeout_seconds=timeout_seconds)
    return outcome if isinstance(outcome, Outcome) else await outcome


def begin_call(
    operation: Operation,
    input: Mapping[str, Any],
    context: Context,
    *,
    pool: Executor | None = None,
    timeout_seconds: float | None = None,
) -> Outcome | Awaitable[Outcome]:
    """`call` as far as it goes without waiting; the rest is awaited in the same task."""
    prepared = operation.prepare(input)
    if not operation.happens_in(context.mode):
        return operation.sampled(input)
    seconds = operation.timeout_seconds if timeout_seconds is None else timeout_seconds
    try:
        work = _work(operation.function, prepared, context, pool)
        answer = held_to(seconds, work) if _may_go_astray(operation) else begin(work)
    except TimeoutError as error:
        raise _unanswered(operation, seconds, error) from None
    if isinstance(answer, Waiting):
        answer = answer.within(seconds)
    if isinstance(answer, Coroutine):
        return _end(operation, answer, seconds)
    return operation.check(answer)


async def _end(
    operation: Operation, work: Coroutine[object, object, object], seconds: float
) -> Outcome:
    try:
        answer = await work
    except TimeoutError as error:
        raise _unanswered(operation, seconds, error) from None
    return operation.check(answer)


async def look_up(
    operation: Operation,
    input: Mapping[str, Any],
    context: Context,
    *,
    pool: Executor | None = None,
) -> Outcome | None:
    """Whether a call of this input happened, by the operation's own look-up: what it gave, else None.

    Raises NodeErrors; OutcomeUnknown when the look-up cannot tell.
    """
    if operation.look_up is None:
        raise TypeError(f"{operation.full_name} cannot be looked up")
    prepared, seconds = operation.prepare(input), operation.timeout_seconds
    try:
        answer = await held_to(seconds, _work(operation.look_up.function, prepared, context, pool))
    except TimeoutError:
        message = f"The look-up of {operation.full_name} did not end within {seconds:g} s"
        raise TimedOut(message, seconds=seconds) from None
    return None if answer is None else operation.check(answer)


def _work(
    function: Callable[..., Any], prepared: BaseModel, context: Context, pool: Executor | None
) -> Coroutine[Any, Any, object]:
    if is_coroutine_function(function):
        return function(prepared, context)  # type: ignore[no-any-return]
    return _in_thread(function, prepared, context, pool)


async def _in_thread(
    function: Callable[..., Any], prepared: BaseModel, context: Context, pool: Executor | None
) -> object:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, _run_in_thread, function, prepared, context)


def _run_in_thread(function: Callable[..., Any], prepared: BaseModel, context: Context) -> object:
    close_old_connections()
    try:
        return function(prepared, context)
    finally:
        close_old_connections()


def _may_go_astray(operation: Operation) -> bool:
    """A pure one has nothing to wait for, and a task for each would be half of what it costs."""
    is_pure = operation.effect is Effect.NONE and operation.kind is not Kind.LLM
    return not is_pure and is_coroutine_function(operation.function)


def _unanswered(operation: Operation, seconds: float, error: TimeoutError) -> NodeError:
    message = f"{operation.full_name} did not end within {seconds:g} s"
    if isinstance(error, CutItself):
        message = f"{operation.full_name} gave up: something it waited for was cancelled"
    kind = OutcomeUnknown if operation.effect is Effect.WRITE else TimedOut
    return kind(message, seconds=seconds)


@cache
def _by_name() -> dict[str, Skill]:
    found: dict[str, Skill] = {}
    for skill in [*_built_in(), *_announced()]:
        if found.setdefault(skill.name, skill) is not skill:
            raise Misconfigured(f"Two installed packages offer a skill named {skill.name}")
    return found


def _built_in() -> list[Skill]:
    """Found as files, because to look for a module imports the package around it."""
    found = sorted(Path(agents.skills.__path__[0]).glob("*/operations.py"))
    return [import_module(f"agents.skills.{path.parent.name}.operations").skill for path in found]


def _announced() -> list[Skill]:
    return [_load(point) for point in entry_points(group=ENTRY_POINTS)]


def _load(point: EntryPoint) -> Skill:
    """What a package announces. Misconfigured says where its code breaks, for whoever is writing it."""
    try:
        skill = point.load()
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        package = point.dist.name if point.dist else point.value
        message = (
            f"The skill {point.name} cannot be loaded: {error!r} at {last.filename}:{last.lineno}"
        )
        raise Misconfigured(f"{message}; mend it, or uninstall {package}") from error
    if not isinstance(skill, Skill):
        raise Misconfigured(f"The entry point {point.name} of {ENTRY_POINTS} does not name a Skill")
    return skill
