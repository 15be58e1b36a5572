"""A server of the Model Context Protocol over streamable HTTP that answers in plain JSON.

After modelcontextprotocol.io/specification/2025-11-25/basic/transports and …/server/tools (read
November 2026). `python -m tests.far_ends.mcp --port 9006`.
"""

from typing import Any

from tests.far_ends.server import FarEnd, Reply, Request, main

JSON = dict[str, Any]


def tool(name: str, *, reads: bool = False, **more: Any) -> JSON:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city"],
    }
    told = {"name": name, "description": f"Does {name}.", "inputSchema": schema}
    return {**told, "annotations": {"readOnlyHint": reads}, **more}


class McpEnd(FarEnd):
    """`tools` may be changed while it serves; `called` answers a call of one."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.tools = [tool("forecast", reads=True), tool("order")]
        self.calls: list[JSON] = []
        self.said: JSON = {"content": [{"type": "text", "text": "Sunny"}]}
        self.call_reply: Reply | None = None

    def answer(self, request: Request) -> Reply:
        if request.method != "POST":
            return Reply(405 if request.method == "GET" else 200)
        asked = request.json()
        match asked["method"]:
            case "initialize":
                info = {"name": "weather", "version": "1"}
                told = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}
                return self._result(asked, {**told, "serverInfo": info})
            case "tools/list":
                return self._result(asked, self._page(asked))
            case "tools/call":
                self.calls.append(asked["params"])
                return self.call_reply or self._result(asked, self.said)
        return Reply(202, b"")

    def _page(self, asked: JSON) -> JSON:
        """One tool a page, so that pages are read."""
        at = int((asked.get("params") or {}).get("cursor") or 0)
        more = {"nextCursor": str(at + 1)} if at + 1 < len(self.tools) else {}
        return {"tools": self.tools[at : at + 1], **more}

    def _result(self, asked: JSON, result: JSON) -> Reply:
        return Reply(body={"jsonrpc": "2.0", "id": asked["id"], "result": result})


if __name__ == "__main__":
    main(McpEnd)
