"""The API's description of itself, with what holds for every operation said at each."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from maestro.rest.shapes import Refusal
from maestro.workspaces.bearer import BearerKey

JSON = dict[str, Any]


class DescribedAPI(NinjaAPI):
    """Names operations by their function, and adds the scope each needs and the refusals it can give."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        name = operation.view_func.__name__
        self._scopes[name] = [
            scope
            for auth in operation.auth_callbacks
            if isinstance(auth, BearerKey)
            for scope in auth.scopes
        ]
        return name

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: JSON | None = None
    ) -> OpenAPISchema:
        self._scopes: dict[str, list[str]] = {}
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        refusal = Refusal.model_json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"]["Refusal"] = refusal
        for path in schema["paths"].values():
            for method, operation in path.items():
                _add_scope(operation, self._scopes[operation["operationId"]])
                _demand_if_match(operation)
                _add_refusals(method, operation)
        return schema


def _add_scope(operation: JSON, scopes: list[str]) -> None:
    operation["security"] = [{"BearerKey": scopes}]
    named = " and ".join(f"`{scope}`" for scope in scopes)
    needed = f"Needs the scope {named}." if scopes else "Any key will do."
    operation["description"] = f"{operation.get('description', '')}\n\n{needed}".strip()


def _demand_if_match(operation: JSON) -> None:
    """Optional in code only, so that its absence is answered by 428."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "If-Match":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "minLength": 1}


def _add_refusals(method: str, operation: JSON) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for status in _refusals(method, operation):
        described = {"description": HTTPStatus(status).phrase, "content": content}
        operation["responses"].setdefault(status, described)


def _refusals(method: str, operation: JSON) -> set[int]:
    parameters = operation["parameters"]
    possible = {401, 403}
    if "requestBody" in operation:
        possible |= {400, 413, 415, 422}
    if parameters:
        possible.add(422)
    if any(parameter["in"] == "path" for parameter in parameters):
        possible.add(404)
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        possible |= {412, 428}
    if method != "get":
        possible.add(409)
    return possible
