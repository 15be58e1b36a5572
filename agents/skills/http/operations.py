"""The skill `http`: ask any web address of the open internet."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from agents.answer import Answer
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from maestro.errors import InvalidNodeInput

skill = Skill(
    name="http",
    version="1.0.0",
    description="Get from and post to web addresses.",
    icon="public",
)
SAMPLE = Sample({"status": 200, "headers": {"content-type": "application/json"}, "json": {}})
PRIVATE_HEADERS = {"set-cookie", "www-authenticate", "proxy-authenticate"}
Status = Annotated[int, Field(ge=100, le=599)]
Scalar = str | int | float | bool


class GetInput(BaseModel):
    url: str = Field(description="Begins with https:// or http://.")
    query: dict[str, Scalar | list[Scalar] | None] = Field(
        default_factory=dict, description="Added to what the address has."
    )
    headers: dict[str, str] = Field(default_factory=dict)
    accept_status: list[Status] = Field(
        default_factory=list, description="Answers beside 2xx that are no error, like 404."
    )


class PostInput(GetInput):
    json_body: Any = Field(default=None, alias="json", description="Sent as JSON.")
    body: str | None = Field(None, description="Sent as it is, in place of JSON.")


class HttpOutput(BaseModel):
    """`json` when the answer says it is JSON, else `body`."""

    status: int
    headers: dict[str, str]
    json_body: Any = Field(default=None, alias="json")
    body: str = ""


@skill.operation(effect=Effect.READ, sample=SAMPLE)
async def get(input: GetInput, context: Context) -> HttpOutput:
    """Ask a web address and take its answer, JSON or text."""
    answer = await context.http.request(
        "GET",
        input.url,
        query=_query(input),
        headers=input.headers,
        accept_status=input.accept_status,
    )
    return _output(answer)


@skill.operation(effect=Effect.WRITE, sample=SAMPLE)
async def post(input: PostInput, context: Context) -> HttpOutput:
    """Send JSON or text to a web address.

    The header Idempotency-Key carries the same key in every attempt of this node.
    """
    if input.json_body is not None and input.body is not None:
        raise InvalidNodeInput("Give json or body, not both")
    answer = await context.http.request(
        "POST",
        input.url,
        query=_query(input),
        headers={"Idempotency-Key": context.idempotency_key, **input.headers},
        json=input.json_body,
        content=None if input.body is None else input.body.encode(),
        accept_status=input.accept_status,
    )
    return _output(answer)


def _query(input: GetInput) -> dict[str, Scalar | list[Scalar]]:
    """A field that is null is not asked for."""
    return {name: value for name, value in input.query.items() if value is not None}


def _output(answer: Answer) -> HttpOutput:
    headers = {name: value for name, value in answer.headers.items() if name not in PRIVATE_HEADERS}
    if answer.is_json and answer.body:
        return HttpOutput(status=answer.status, headers=headers, json=answer.json())
    return HttpOutput(status=answer.status, headers=headers, body=answer.text())
