"""A service that repeats all it was told, in every form, whatever it answers: what must not get any further."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from tests.far_ends.mcp import McpEnd, tool
from tests.far_ends.server import FarEnd, Reply, Request


def written(value: str) -> Iterator[str]:
    """What a value may look like on its way, by itself or inside a longer text."""
    encoded = value.encode()
    yield from (value, json.dumps(value), quote(value, safe=""), quote_plus(value))
    yield from (html.escape(value), encoded.hex(), encoded.hex().upper())
    for shift in range(3):
        inside = b"x" * shift + encoded + b"xyz"
        yield from (base64.b64encode(inside).decode(), base64.urlsafe_b64encode(inside).decode())


def forms(value: str) -> Iterator[str]:
    """What to search for: known apart from the code that masks them."""
    encoded = value.encode()
    yield from (value, json.dumps(value)[1:-1], quote(value, safe=""), quote_plus(value))
    yield from (html.escape(value), encoded.hex(), encoded.hex().upper())
    for shift in range(3):  # without the signs in which the neighbours have part
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inside = encode(b"x" * shift + encoded + b"xyz").decode()
            yield inside[(0, 2, 3)[shift] : (shift + len(encoded)) // 3 * 4]


def repeated(request: Request) -> str:
    """All headers that prove something, in every form."""
    proofs = [
        v for k, v in request.headers.items() if k in ("authorization", "x-api-key", "x-token")
    ]
    values = [part for proof in proofs for part in {proof, proof.removeprefix("Bearer ")}]
    return " | ".join(form for value in values for form in written(value)) + request.body.decode()


class Echo(FarEnd):
    """The path says how: a status, `moved` elsewhere with it in the address, or broken JSON."""

    def answer(self, request: Request) -> Reply:
        told = repeated(request)
        how = request.path.strip("/").split("/")[-1]
        if how == "moved":
            return Reply(302, b"", {"Location": f"{self.url}/200?said={quote(told[:2000])}"})
        if how == "broken":
            return Reply(200, f'{{"said": "{told}'.encode())
        headers = {"X-Said": quote(told[:1000])}
        return Reply(int(how) if how.isdigit() else 401, {"error": told, told[:300]: 1}, headers)


class McpEcho(McpEnd):
    """Says what it was told in the description of a tool, and in its answers."""

    def answer(self, request: Request) -> Reply:
        told = repeated(request)
        self.tools = [tool("echo", reads=True, description=told[:1500])]
        self.said = {"content": [{"type": "text", "text": told}], "isError": len(self.calls) > 1}
        return super().answer(request)
