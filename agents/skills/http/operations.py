"""The skill `http`: ask any web address of the open internet."""

import base64
from typing import Any, TypeVar

from agents.answer import Answer
from agents.skills.context import Context
from agents.skills.http.bodies import body_of
from agents.skills.http.pages import read_pages
from agents.skills.http.shapes import (
    AskInput,
    Auth,
    GetInput,
    GetOutput,
    HttpOutput,
    Scalar,
    SendInput,
)
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from maestro.errors import InvalidNodeInput, ServiceRefused

skill = Skill(
    name="http",
    version="1.1.0",
    description="Get from and send to web addresses.",
    icon="public",
)
SAMPLE = Sample({"status": 200, "headers": {"content-type": "application/json"}, "json": {}})
PRIVATE_HEADERS = {"set-cookie", "www-authenticate", "proxy-authenticate"}
NAMED = "auth.secret"

Output = TypeVar("Output", bound=HttpOutput)


@skill.operation(effect=Effect.READ, sample=SAMPLE, names_secret=NAMED, timeout_seconds=120)
async def get(input: GetInput, context: Context) -> GetOutput:
    """Ask a web address and take its answer, JSON or text; of a list in pages, all of them."""

    async def ask(url: str, query: dict[str, Any]) -> Answer:
        return await context.http.request(
            "GET",
            url,
            query=query,
            headers=_headers(input, context),
            accept_status=input.accept_status,
        )

    if input.pages is None:
        return _told(await ask(input.url, _query(input)), GetOutput)
    return await read_pages(ask, input.url, _query(input), input.pages)


@skill.operation(effect=Effect.WRITE, sample=SAMPLE, names_secret=NAMED)
async def post(input: SendInput, context: Context) -> HttpOutput:
    """Send JSON, text, a form or files to a web address.

    The header Idempotency-Key carries the same key in every attempt of this node.
    """
    return await _send("POST", input, context)


@skill.operation(
    effect=Effect.WRITE, sample=SAMPLE, names_secret=NAMED, idempotent=True, retryable=True
)
async def put(input: SendInput, context: Context) -> HttpOutput:
    """Put JSON, text, a form or files in the place of what a web address has; twice is as once."""
    return await _send("PUT", input, context)


@skill.operation(effect=Effect.WRITE, sample=SAMPLE, names_secret=NAMED)
async def patch(input: SendInput, context: Context) -> HttpOutput:
    """Change a part of what a web address has."""
    return await _send("PATCH", input, context)


@skill.operation(
    effect=Effect.WRITE, sample=SAMPLE, names_secret=NAMED, idempotent=True, retryable=True
)
async def delete(input: AskInput, context: Context) -> HttpOutput:
    """Delete what a web address has; what is gone already may answer 404."""
    return await _send("DELETE", SendInput.model_validate(input.model_dump()), context)


async def _send(method: str, input: SendInput, context: Context) -> HttpOutput:
    content, kind = body_of(input)
    own = {"Idempotency-Key": context.idempotency_key, **({"Content-Type": kind} if kind else {})}
    answer = await context.http.request(
        method,
        input.url,
        query=_query(input),
        headers={**own, **_headers(input, context)},
        json=input.json_body,
        content=content,
        accept_status=input.accept_status,
    )
    return _done(answer)


def _done(answer: Answer) -> HttpOutput:
    """After a write: it happened, so an answer that cannot be read is handed on as far as it can be."""
    try:
        return _told(answer, HttpOutput)
    except ServiceRefused:
        text = answer.body.decode(errors="replace").replace("\x00", "\ufffd")
        return HttpOutput(status=answer.status, headers=_shown(answer), body=text)


def _headers(input: AskInput, context: Context) -> dict[str, str]:
    """What the input says, and the secret it names, which no header of its own may replace."""
    if input.auth is None:
        return input.headers
    name, value = _proof(input.auth, context.secret(input.auth.secret))
    if name.lower() in {given.lower() for given in input.headers}:
        raise InvalidNodeInput(f"The header {name} is what auth sets; take it out of headers")
    return {**input.headers, name: value}


def _proof(auth: Auth, secret: str) -> tuple[str, str]:
    if auth.kind == "bearer":
        return "Authorization", f"Bearer {secret}"
    if auth.kind == "header":
        return auth.header, secret
    pair = f"{auth.user}:{secret}" if auth.user else secret
    return "Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"


def _query(input: AskInput) -> dict[str, Scalar | list[Scalar]]:
    """A field that is null is not asked for."""
    return {name: value for name, value in input.query.items() if value is not None}


def _told(answer: Answer, shape: type[Output]) -> Output:
    if answer.is_json and answer.body:
        return shape(status=answer.status, headers=_shown(answer), json=answer.json())
    return shape(status=answer.status, headers=_shown(answer), body=answer.text())


def _shown(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in PRIVATE_HEADERS}
