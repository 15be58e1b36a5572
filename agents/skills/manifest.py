"""A skill: its manifest, and the decorator that adds a function to it as an operation."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import BaseModel
from typing_extensions import TypeIs

from agents.skills.guarantee import LookUp
from agents.skills.limits import Limits
from agents.skills.operation import Effect, Kind, Operation, Sample
from agents.skills.slot import Probe, Slot

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Skill:
    """A package of operations.

    `icon` is the name of a Material Symbol; `secrets` are the slots its operations read, named in
    words of the vault (`apollo_api_key`), each with the hosts it may be sent to. `concurrency` and
    `per_minute` hold for all its operations together, in each workspace, whatever plays its runs;
    a workspace may set tighter ones.
    """

    name: str
    version: str
    description: str
    icon: str
    secrets: tuple[Slot, ...] = ()
    concurrency: int | None = None
    per_minute: int | None = None
    operations: dict[str, Operation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Limits(self.concurrency, self.per_minute)  # refuses what is no limit, where it is declared

    @property
    def mails(self) -> bool:
        return any(operation.mails for operation in self.operations.values())

    @property
    def limits(self) -> Limits:
        return Limits(self.concurrency, self.per_minute)

    def operation(
        self,
        *,
        sample: Sample,
        ports: tuple[str, ...] = ("success",),
        effect: Effect = Effect.WRITE,
        kind: Kind = Kind.TOOL,
        inside: bool = False,
        idempotent: bool | Callable[[], bool] = False,
        look_up: LookUp | None = None,
        retryable: bool | None = None,
        timeout_seconds: float = 60,
        concurrency: int | None = None,
        per_minute: int | None = None,
        names_secret: str = "",
        needs_secrets: bool = True,
        probe: Probe | None = None,
        mails: bool = False,
    ) -> Callable[[Function], Function]:
        """Declare `(input: In, context: Context) -> Out | (port, Out)`, sync or async.

        Undeclared, an effect counts as `write`; a write that is not `idempotent` (acts once per
        `context.idempotency_key`) and cannot be looked up is never repeated once cut in half, and
        none is asked again after an error. `names_secret` is the path of the input's field that
        names a further slot; only a node's own params may, and `probe` tries what is in it. Without
        `needs_secrets` it works when its skill's slots are empty; `mails`: over the deployer's server.
        """
        promises = partial(
            Operation,
            skill=self.name,
            sample=sample,
            ports=ports,
            effect=effect,
            kind=kind,
            inside=inside,
            idempotent=idempotent,
            look_up=look_up,
            retryable=effect is not Effect.WRITE if retryable is None else retryable,
            timeout_seconds=timeout_seconds,
            secrets=self.secrets if needs_secrets else self._optional(),
            limits=Limits(concurrency, per_minute),
            skill_limits=self.limits,
            names_secret=names_secret,
            probe=probe,
            mails=mails,
        )
        return partial(self._declare, promises)

    def _declare(self, promises: Callable[..., Operation], function: Function) -> Function:
        """What the function itself tells, added to what is promised of it."""
        input_model, output_model = _models(function)
        self._add(
            promises(
                name=function.__name__,
                description=inspect.getdoc(function) or "",
                function=function,
                input_model=input_model,
                output_model=output_model,
            )
        )
        return function

    def _optional(self) -> tuple[Slot, ...]:
        return tuple(replace(slot, is_optional=True) for slot in self.secrets)

    def _add(self, operation: Operation) -> None:
        if operation.name in self.operations:
            raise TypeError(f"{operation.full_name} is declared twice")
        if operation.look_up and operation.effect is not Effect.WRITE:
            raise TypeError(f"{operation.full_name} is no write, so nothing can be looked up")
        if operation.effect is Effect.LOCAL and operation.is_async:
            raise TypeError(f"{operation.full_name} is local, so it must be a plain def")
        if operation.effect is Effect.LOCAL and operation.secrets:
            raise TypeError(f"{operation.full_name} is local, so its skill can have no secrets")
        self.operations[operation.name] = operation


def _models(function: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel]]:
    """Input and output model, read from the annotations."""
    hints = get_type_hints(function)
    answer = hints.pop("return")
    inputs = [hint for hint in hints.values() if _is_model(hint)]
    outputs = set(filter(_is_model, _flat(answer)))
    if len(inputs) != 1 or len(outputs) != 1:
        raise TypeError(f"{function.__qualname__} must name one input and one output model")
    return inputs[0], outputs.pop()


def _flat(hint: object) -> list[object]:
    """A union, or a (port, model) pair, taken apart."""
    return [leaf for part in get_args(hint) for leaf in _flat(part)] or [hint]


def _is_model(hint: object) -> TypeIs[type[BaseModel]]:
    return isinstance(hint, type) and issubclass(hint, BaseModel)
