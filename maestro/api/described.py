"""The API's description of itself, with what holds for every operation said at each."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from maestro.rest.shapes import Refusal

JSON = dict[str, Any]


class DescribedAPI(NinjaAPI):
    """Names operations by their function, and adds the refusals each of them can give."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: JSON | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        refusal = Refusal.model_json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"]["Refusal"] = refusal
        for path in schema["paths"].values():
            for method, operation in path.items():
                _add_refusals(method, operation)
        return schema


def _add_refusals(method: str, operation: JSON) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for status in _refusals(method, operation):
        described = {"description": HTTPStatus(status).phrase, "content": content}
        operation["responses"].setdefault(status, described)


def _refusals(method: str, operation: JSON) -> set[int]:
    parameters = operation.get("parameters", [])
    possible = set()
    if "security" in operation:
        possible |= {401, 403}
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
