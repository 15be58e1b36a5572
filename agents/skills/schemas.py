"""Skills and their operations on the wire."""

from pydantic import BaseModel, ConfigDict, Field

from agents.skills.guarantee import Guarantee
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import JSON
from maestro.rest.shapes import Query


class SampleOut(BaseModel):
    """What a rehearsal shows in place of the real answer."""

    port: str
    output: JSON


class LimitsOut(BaseModel):
    """Calls at once and calls begun in a minute; null: without limit."""

    model_config = ConfigDict(from_attributes=True)

    concurrency: int | None
    per_minute: int | None


class OperationOut(BaseModel):
    name: str
    description: str
    kind: Kind
    effect: Effect
    inside: bool
    guarantee: Guarantee | None = Field(
        description="Of one that writes: how often it happens, whatever is killed when."
    )
    limits: LimitsOut
    ports: list[str]
    timeout_seconds: float
    input_schema: JSON
    output_schema: JSON
    sample: SampleOut


class SlotOut(BaseModel):
    name: str
    hosts: list[str]


class SkillFilters(Query):
    name: str | None = Field(None, max_length=80, description="Like gmail: that skill alone.")


class SkillOut(BaseModel):
    """`limits` hold for all operations of the skill together, in each workspace."""

    name: str
    version: str
    description: str
    icon: str
    secrets: list[str]
    slots: list[SlotOut] = Field(description="Its secrets, with the hosts each may be sent to.")
    limits: LimitsOut
    operations: list[OperationOut]


def skill_out(skill: Skill) -> SkillOut:
    return SkillOut(
        operations=[_operation_out(operation) for operation in skill.operations.values()],
        secrets=[slot.name for slot in skill.secrets],
        slots=[SlotOut(name=slot.name, hosts=list(slot.hosts)) for slot in skill.secrets],
        limits=LimitsOut.model_validate(skill.limits),
        **{name: getattr(skill, name) for name in ("name", "version", "description", "icon")},
    )


def _operation_out(operation: Operation) -> OperationOut:
    plain = ("name", "description", "kind", "effect", "inside", "timeout_seconds")
    return OperationOut(
        guarantee=operation.guarantee(),
        limits=LimitsOut.model_validate(operation.limits),
        ports=list(operation.ports),
        input_schema=operation.input_schema(),
        output_schema=operation.output_schema(),
        sample=SampleOut(port=operation.sample.port, output=operation.sample.output),
        **{name: getattr(operation, name) for name in plain},
    )
