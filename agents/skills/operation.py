"""An operation: a typed function and what it promises about its effects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError

from agents.skills.choices import without_choices
from agents.skills.context import Context, ModeName
from agents.skills.guarantee import Guarantee, LookUp
from agents.skills.limits import NO_LIMITS, Limits
from agents.skills.outcome import JSON, Outcome, check_json
from agents.skills.slot import Probe, Slot
from agents.skills.template import reach
from maestro.errors import InvalidNodeInput, InvalidNodeOutput


class Effect(StrEnum):
    """What a call changes, and so what a crash in the middle may leave behind."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    LOCAL = "local"  # writes Maestro's own tables, inside the caller's transaction


class Kind(StrEnum):
    TOOL = "tool"
    LLM = "llm"


@dataclass(frozen=True)
class Sample:
    """A plausible answer: what a rehearsal shows in place of the real call.

    `vary` makes one that suits the input it is given, so that three items do not look the same.
    """

    output: JSON
    port: str = "success"
    vary: Callable[[JSON], JSON] | None = None

    def suited_to(self, given: JSON) -> JSON:
        return self.vary(given) if self.vary else self.output


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing a skill can do.

    `inside`: reads Maestro's own tables only. `idempotent`: a write that acts once per key, so that
    one cut in half may be repeated; `look_up` tells whether one that is not has happened.
    `retryable`: may be asked again after an error it reported. `limits` are its own,
    `skill_limits` those of all its skill's operations together. `probe` is the one of the slot that
    `names_secret` leads to. `mails`: it hands mails to the deployer's mail server.
    """

    skill: str
    name: str
    description: str
    function: Callable[..., Any]
    input_model: type[BaseModel]
    output_model: type[BaseModel]
    sample: Sample
    ports: tuple[str, ...]
    effect: Effect
    kind: Kind
    inside: bool
    idempotent: bool | Callable[[], bool]
    look_up: LookUp | None
    retryable: bool
    timeout_seconds: float
    secrets: tuple[Slot, ...]
    limits: Limits = NO_LIMITS
    skill_limits: Limits = NO_LIMITS
    names_secret: str = ""
    probe: Probe | None = None
    mails: bool = False

    @cached_property
    def full_name(self) -> str:
        return f"{self.skill}.{self.name}"

    @cached_property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.function)

    @cached_property
    def is_pure(self) -> bool:
        """Whether a call is a call and no more: no effect, secret or thread."""
        return (
            self.effect is Effect.NONE
            and self.kind is Kind.TOOL
            and not self.secrets
            and not self.names_secret
            and self.is_async
        )

    @cached_property
    def _declared(self) -> frozenset[str] | None:
        """The names of its input's fields; None: fields of any name."""
        if self.input_model.model_config.get("extra") == "allow":
            return None
        fields = self.input_model.model_fields
        return frozenset(field.alias or name for name, field in fields.items())

    def is_idempotent(self) -> bool:
        """Asked at call time: the answer may hang on how the deployer set things up."""
        return self.idempotent() if callable(self.idempotent) else self.idempotent

    def guarantee(self) -> Guarantee | None:
        """None: it changes nothing, and plays again."""
        if self.effect is Effect.LOCAL:
            return Guarantee.EXACTLY_ONCE
        if self.effect is not Effect.WRITE:
            return None
        known = (self.look_up is not None and self.look_up.denies) or self.is_idempotent()
        return Guarantee.ONCE_PER_KEY if known else Guarantee.AT_MOST_ONCE

    def happens_in(self, mode: ModeName) -> bool:
        """Whether a call is a real one in this mode, judged by the declared effect alone.

        A plan changes nothing anywhere; a rehearsal, besides, asks nobody outside and no model.
        """
        if mode == "live":
            return True
        if self.effect not in (Effect.NONE, Effect.READ):
            return False
        inside = self.effect is Effect.NONE or self.inside
        return mode == "plan" or (inside and self.kind is not Kind.LLM)

    def sampled(self, given: Mapping[str, Any]) -> Outcome:
        """What is answered where a call does not happen: the sample, suited to the input."""
        return Outcome(self.sample.port, self.sample.suited_to(dict(given)))

    def slots_for(self, params: Mapping[str, Any]) -> tuple[Slot, ...]:
        """The slots of its skill, and the one that a node's own params name."""
        named = reach(params, self.names_secret) if self.names_secret else None
        if not isinstance(named, str) or not named:
            return self.secrets
        return (*self.secrets, Slot(named, probe=self.probe))

    def input_schema(self) -> JSON:
        return self.input_model.model_json_schema(mode="validation")

    def tool_schema(self) -> JSON:
        """The input as a model may give it: without the secret, which only a person may name."""
        schema = without_choices(self.input_schema())
        hidden = self.names_secret.partition(".")[0]
        shown = {name: part for name, part in schema["properties"].items() if name != hidden}
        return {**schema, "properties": shown} if hidden else schema

    def output_schema(self) -> JSON:
        return self.output_model.model_json_schema(mode="serialization")

    def call_local(self, given: Mapping[str, Any], context: Context) -> Outcome:
        """Prepare, call and check in this thread and, if there is one, this transaction."""
        if self.is_async:
            raise TypeError(f"{self.full_name} is async: it needs a loop")
        prepared = self.prepare(given)
        if not self.happens_in(context.mode):
            return self.sampled(given)
        return self.check(self.function(prepared, context))

    def arguments(self, given: Mapping[str, Any]) -> JSON:
        """What of an input the operation declares, and so is given; the rest is left out."""
        declared = self._declared
        if declared is None:
            return dict(given)
        return {name: value for name, value in given.items() if name in declared}

    def prepare(self, given: Mapping[str, Any]) -> BaseModel:
        """The declared input, the rest left out. InvalidNodeInput names each field at fault."""
        try:
            open_or_declared = given if self._declared is None else self.arguments(given)
            return self.input_model.model_validate(open_or_declared)
        except ValidationError as error:
            message = f"{self.full_name} cannot take this input"
            raise InvalidNodeInput(message, fields=places(error)) from None

    def check(self, answer: object) -> Outcome:
        """Port and output of what the function returned, fit to be stored.

        Fields the function left unset stay out of the output, so that they overwrite nothing
        in the nodes behind. InvalidNodeOutput for all that does not fit.
        """
        port, output = answer if isinstance(answer, tuple) else (self.ports[0], answer)
        if port not in self.ports:
            raise InvalidNodeOutput(f"{self.full_name} has no port {port!r}", ports=self.ports)
        try:
            model = self.output_model.model_validate(output)
            stored = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
        except ValidationError as error:
            message = f"{self.full_name} gave an output that does not fit"
            raise InvalidNodeOutput(message, fields=places(error)) from None
        except (ValueError, RecursionError) as error:
            message = f"{self.full_name} gave an output that is not JSON"
            raise InvalidNodeOutput(message) from error
        check_json(stored)
        return Outcome(port, stored)


def places(error: ValidationError) -> list[JSON]:
    """Where and what, without the offending values: they may be private."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {
            "place": ".".join(map(str, e["loc"])),
            "message": e["msg"].removeprefix("Value error, "),
        }
        for e in found
    ]
