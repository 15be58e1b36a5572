"""What an agent says, as far as a version keeps it, and whether it can be used."""

from collections.abc import Mapping
from typing import Any, TypedDict

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import ValidationError

from agents.llm.errors import UnusableSchema
from agents.llm.parameters import Parameters
from agents.llm.schema import expressible
from agents.skills.operation import places
from agents.skills.outcome import first_unfit
from agents.skills.registry import find, skills
from maestro.errors import InvalidInput, UnknownOperation

from .models import Agent

CONTENT = (
    "name",
    "slug",
    "description",
    "model",
    "system_prompt",
    "allowed_tools",
    "output_schema",
    "parameters",
)


class AgentFields(TypedDict, total=False):
    """What a save may change; what is left out stays. An empty slug is made from the name."""

    name: str
    slug: str
    description: str
    model: str | None
    system_prompt: str
    allowed_tools: list[str] | None
    output_schema: dict[str, Any] | None
    parameters: dict[str, Any]


def content_of(agent: Agent) -> dict[str, Any]:
    """What a version of the agent keeps."""
    return {name: getattr(agent, name) for name in CONTENT}


def check_content(content: Mapping[str, Any]) -> None:
    """InvalidInput for operations that do not exist, a schema that is none, and text no row can hold."""
    if unfit := first_unfit(dict(content)):
        place, fault = unfit
        raise InvalidInput(f"{place} {fault}", place=place)
    _check_tools(content["allowed_tools"])
    _check_output_schema(content["output_schema"])
    _check_parameters(content["parameters"])


def _check_tools(tools: object) -> None:
    if tools is None:
        return
    if not isinstance(tools, list) or not all(isinstance(tool, str) for tool in tools):
        message = 'allowed_tools is a list of skills and operations, like ["http", "data.pick"]'
        raise InvalidInput(message, place="allowed_tools")
    for tool in tools:
        if fault := _fault_of_tool(tool):
            raise InvalidInput(f"allowed_tools: {fault}", place="allowed_tools", tool=tool)


def _fault_of_tool(tool: str) -> str | None:
    if tool.startswith("agent:"):
        return None  # whether it is there, the catalog knows: agents.helpers
    skill, _, operation = tool.partition(".")
    if not operation:
        known = [found.name for found in skills()]
        return None if tool in known else f"there is no skill {tool}; there are {', '.join(known)}"
    try:
        find(skill, operation)
    except UnknownOperation as refusal:
        return str(refusal)
    return None


def _check_output_schema(schema: object) -> None:
    if schema is None:
        return
    if not isinstance(schema, dict) or schema.get("type") != "object":
        message = 'output_schema describes an object: {"type": "object", "properties": {…}}'
        raise InvalidInput(message, place="output_schema")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as refusal:
        message = f"output_schema is not a JSON Schema: {refusal.message}"
        raise InvalidInput(message, place="output_schema") from None
    try:
        expressible(schema)
    except UnusableSchema as refusal:
        raise InvalidInput(refusal.message, place="output_schema") from None


def _check_parameters(parameters: object) -> None:
    if not isinstance(parameters, dict):
        raise InvalidInput("parameters is an object like {}", place="parameters")
    try:
        Parameters.model_validate(parameters)
    except ValidationError as refusal:
        faults = [f"{fault['place']}: {fault['message']}".lstrip(": ") for fault in places(refusal)]
        raise InvalidInput(f"parameters: {'; '.join(faults)}", place="parameters") from None
