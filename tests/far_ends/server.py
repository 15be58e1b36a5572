"""A local web server that stands in for a service: in a test's own thread, or as a process of its own."""

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

JSON = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """`query` has every value of a name, in order."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> JSON:
        return dict(json.loads(self.body or b"{}"))

    def first(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    """`body` is sent as JSON, bytes as they are."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0


class FarEnd(ThreadingHTTPServer):
    """Keeps what it was asked in `seen`; what stands in `faults` is answered first, one each."""

    daemon_threads = True
    request_queue_size = 128  # of five, a busy machine turns some of many away

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.seen: list[Request] = []
        self.faults: list[Reply] = []
        self.lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        """What the service says to a request."""
        raise NotImplementedError

    def greeting(self) -> str:
        """What whoever starts it as a process must know."""
        return self.url

    def reply_to(self, request: Request) -> Reply:
        with self.lock:
            self.seen.append(request)
            return self.faults.pop(0) if self.faults else self.answer(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FarEnd

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parse_qs(parts.query), headers, body)
        reply = self.server.reply_to(request)
        time.sleep(reply.seconds)
        sent = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        plain = {"Content-Type": "application/json", "Content-Length": str(len(sent))}
        for name, value in (plain | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


End = TypeVar("End", bound=FarEnd)


@contextmanager
def serving(far_end: End) -> Iterator[End]:
    """The far end, answering in a thread of its own until the block ends."""
    threading.Thread(target=far_end.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield far_end
    finally:
        far_end.shutdown()
        far_end.server_close()


def main(make: Callable[[int], FarEnd]) -> None:
    """Serve until interrupted: `python -m tests.far_ends.gmail --port 9001`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    far_end = make(parser.parse_args().port)
    print(far_end.greeting(), flush=True)
    far_end.serve_forever()
