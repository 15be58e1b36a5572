"""Skills and their operations on the wire."""

from pydantic import BaseModel

from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import JSON


class SampleOut(BaseModel):
    """What a rehearsal shows in place of the real answer."""

    port: str
    output: JSON


class OperationOut(BaseModel):
    name: str
    description: str
    kind: Kind
    effect: Effect
    inside: bool
    ports: list[str]
    timeout_seconds: float
    input_schema: JSON
    output_schema: JSON
    sample: SampleOut


class SkillOut(BaseModel):
    name: str
    version: str
    description: str
    icon: str
    secrets: list[str]
    operations: list[OperationOut]


def skill_out(skill: Skill) -> SkillOut:
    return SkillOut(
        operations=[_operation_out(operation) for operation in skill.operations.values()],
        secrets=list(skill.secrets),
        **{name: getattr(skill, name) for name in ("name", "version", "description", "icon")},
    )


def _operation_out(operation: Operation) -> OperationOut:
    plain = ("name", "description", "kind", "effect", "inside", "timeout_seconds")
    return OperationOut(
        ports=list(operation.ports),
        input_schema=operation.input_schema(),
        output_schema=operation.output_schema(),
        sample=SampleOut(port=operation.sample.port, output=operation.sample.output),
        **{name: getattr(operation, name) for name in plain},
    )
