"""A server that speaks the Messages API over HTTP and says what a test wrote down for it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = dict[str, Any]
PATIENCE_SECONDS = 30
USAGE: JSON = {"input_tokens": 100, "output_tokens": 20}


@dataclass(frozen=True, kw_only=True)
class Said:
    """One answer. `status` other than 200: an error of that `type`; `delay` comes before all of
    it, `hang` after the message began, `until` is waited for before each block is complete, `broken`
    cuts the connection there, `streams` False answers plain JSON, `body` is sent as it is."""

    content: list[JSON] = field(default_factory=list)
    stop: str | None = "end_turn"
    usage: JSON = field(default_factory=lambda: dict(USAGE))
    stop_details: JSON | None = None
    status: int = 200
    type: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    hang: float = 0
    until: threading.Event | None = None
    broken: bool = False
    streams: bool = True
    body: bytes | None = None
    error_within: str = ""


def text(words: str | JSON, **more: Any) -> Said:
    """The model says this and is done."""
    words = words if isinstance(words, str) else json.dumps(words)
    return Said(content=[{"type": "text", "text": words}], **more)


def calls(*asked: tuple[str, JSON], **more: Any) -> Said:
    """The model calls tools by their wire names."""
    blocks = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": arguments}
        for number, (name, arguments) in enumerate(asked)
    ]
    return Said(content=blocks, stop="tool_use", **more)


def error(status: int, type: str = "", message: str = "No.", **headers: str) -> Said:
    return Said(
        status=status,
        type=type,
        message=message,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


Script = list[Said] | Callable[[JSON], Said]


class MessagesAPI(ThreadingHTTPServer):
    """`script`: answers in turn, the last one again and again; or a function of the request's body.

    `requests` are the bodies sent, `headers` what came with them; `counted` the bodies whose tokens
    were asked for, each having `tokens`.
    """

    daemon_threads = True
    request_queue_size = 128  # of five, a busy machine turns some of many away

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.requests: list[JSON] = []
        self.headers: list[dict[str, str]] = []
        self.counted: list[JSON] = []
        self.tokens = 1000
        self.known: Callable[[str], bool] = lambda key: True  # keys that may see the list of models
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def next_answer(self, body: JSON, headers: dict[str, str]) -> Said:
        with self.lock:
            self.requests.append(body)
            self.headers.append(headers)
            if callable(self.script):
                return self.script(body)
            return self.script[min(len(self.requests), len(self.script)) - 1]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that hangs up is part of the tests."""


@contextmanager
def speaking(script: Script) -> Iterator[MessagesAPI]:
    """The server, running until the end of the block."""
    server = MessagesAPI(script)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MessagesAPI

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path.endswith("/count_tokens"):
            self.server.counted.append(body)
            self._whole(200, json.dumps({"input_tokens": self.server.tokens}).encode())
            return
        said = self.server.next_answer(body, headers)
        time.sleep(said.delay)
        if said.status != 200:
            self._refuse(said)
        elif said.body is not None:
            self._whole(200, said.body, "text/event-stream")
        elif said.streams and body.get("stream"):
            self._stream(said, body["model"])
        else:
            self._whole(200, json.dumps(_message(said, body["model"])).encode())

    def do_GET(self) -> None:
        """Only the list of models is asked for so."""
        if not self.server.known(self.headers.get("authorization", "").removeprefix("Bearer ")):
            self._refuse(error(401, "authentication_error", "invalid x-api-key"))
            return
        model = {"type": "model", "id": "claude", "display_name": "Claude"}
        listed = {"data": [model], "has_more": False, "first_id": "claude", "last_id": "claude"}
        self._whole(200, json.dumps(listed).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _refuse(self, said: Said) -> None:
        told = {"type": "error", "error": {"type": said.type, "message": said.message}}
        body = json.dumps(told).encode() if said.type else said.message.encode()
        kind = "application/json" if said.type else "text/html"
        self._whole(said.status, body, kind, said.headers)

    def _whole(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        named = {"content-type": kind, "content-length": str(len(body)), "request-id": "req_1"}
        for name, value in (named | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, said: Said, model: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in _events(said, model):
            if event["type"] == "content_block_stop" and said.until:
                said.until.wait(PATIENCE_SECONDS)
            self._event(event)
            if event["type"] == "message_start":
                if said.broken:
                    self.close_connection = True
                    return
                time.sleep(said.hang)
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, event: JSON) -> None:
        line = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")


def _message(said: Said, model: str) -> JSON:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": said.content,
        "stop_reason": said.stop,
        "stop_sequence": None,
        "stop_details": said.stop_details,
        "usage": said.usage,
    }


def _events(said: Said, model: str) -> Iterator[JSON]:
    begun = {**said.usage, "output_tokens": 1}
    start = _message(said, model) | {"content": [], "stop_reason": None, "usage": begun}
    yield {"type": "message_start", "message": start}
    if said.error_within:
        told = {"type": said.error_within, "message": "Later."}
        yield {"type": "error", "error": told}
        return
    for index, block in enumerate(said.content):
        yield from _block(index, block)
    ended = {"stop_reason": said.stop, "stop_sequence": None, "stop_details": said.stop_details}
    spent = {"output_tokens": said.usage["output_tokens"]}
    yield {"type": "message_delta", "delta": ended, "usage": spent}
    yield {"type": "message_stop"}


def _block(index: int, block: JSON) -> Iterator[JSON]:
    """A block in two pieces, as the API sends it."""
    empty, delta = _split(block)
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for piece in delta:
        yield {"type": "content_block_delta", "index": index, "delta": piece}
    yield {"type": "content_block_stop", "index": index}


def _split(block: JSON) -> tuple[JSON, list[JSON]]:
    if block["type"] == "text":
        return {**block, "text": ""}, [
            {"type": "text_delta", "text": h} for h in _halves(block["text"])
        ]
    if block["type"] == "tool_use":
        written = json.dumps(block["input"])
        return {**block, "input": {}}, [
            {"type": "input_json_delta", "partial_json": half} for half in _halves(written)
        ]
    if block["type"] == "thinking":
        return {**block, "thinking": "", "signature": ""}, [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block["signature"]},
        ]
    return block, []


def _halves(words: str) -> tuple[str, str]:
    return words[: len(words) // 2], words[len(words) // 2 :]
