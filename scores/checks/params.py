"""Do the params of a node suit the operation that it calls? Warnings: at a run they are left out, or refused."""

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from agents.skills.operation import Operation
from agents.skills.registry import find
from scores.configs import config_of
from scores.document import NodeDocument

from .issue import Issue, listing, nearest, warning, words


def check_params(node: NodeDocument) -> Iterator[Issue]:
    """Names that the operation does not have, and values that it cannot take."""
    params = config_of(node).params
    if node.kind != "deterministic" or not params:
        return
    operation = find(node.skill, node.operation)
    if operation.input_model.model_config.get("extra") != "allow":
        for name in params.keys() - operation.arguments(params).keys():
            yield _unknown(node, operation, name)
    try:
        operation.input_model.model_validate(operation.arguments(params))
    except ValidationError as refusal:
        for fault in refusal.errors(include_url=False, include_context=False, include_input=False):
            if fault["type"] != "missing" and fault["loc"] and fault["loc"][0] in params:
                place = ".".join(map(str, fault["loc"]))
                why = fault["msg"].removeprefix("Value error, ")
                message = words(
                    "{node}: {setting}: {fault}; change it.",
                    node=node.key, setting=f"config.params.{place}", fault=why,
                )  # fmt: skip
                yield warning("unfit_param", message, node)


def _unknown(node: NodeDocument, operation: Operation, name: str) -> Issue:
    known = _names(operation.input_model)
    mend = nearest(name, known) or (f"; it takes {listing(known, most=12)}." if known else ".")
    message = words(
        "{node}: {operation} has no field {field}, so {setting} is left out{mend}",
        node=node.key, operation=operation.full_name, field=name,
        setting=f"config.params.{name}", mend=mend,
    )  # fmt: skip
    return warning("unknown_param", message, node)


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
