"""A real web server on loopback; what it answers is written in the path."""

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class FarEnd(ThreadingHTTPServer):
    """Keeps every request it was sent as {method, path, headers, body, connection}."""

    daemon_threads = True
    request_queue_size = 128  # of five, a busy machine turns some of many away

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[dict[str, Any]] = []
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FarEnd

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.server.seen.append(
            {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": self.rfile.read(length),
                "connection": self.client_address,
            }
        )
        word, _, rest = urlsplit(self.path).path[1:].partition("/")
        getattr(self, f"answer_{word}")(unquote(rest))

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def answer_json(self, rest: str) -> None:
        body = json.dumps({"path": self.path}).encode()
        self.send(200, body, {"Content-Type": "application/json; charset=utf-8"})

    def answer_text(self, rest: str) -> None:
        self.send(200, rest.encode("latin-1"), {"Content-Type": "text/plain; charset=latin-1"})

    def answer_bytes(self, rest: str) -> None:
        self.send(200, bytes.fromhex(rest))

    def answer_status(self, rest: str) -> None:
        code, _, retry_after = rest.partition("/")
        self.send(int(code), b"because", {"Retry-After": retry_after} if retry_after else {})

    def answer_redirect(self, rest: str) -> None:
        code, _, target = rest.partition("/")
        self.send(int(code), b"", {"Location": target})

    def answer_cookie(self, rest: str) -> None:
        self.send(200, b"ok", {"Set-Cookie": "session=canary; Path=/"})

    def answer_large(self, rest: str) -> None:
        self.send(200, b"x" * int(rest))

    def answer_bomb(self, rest: str) -> None:
        body = gzip.compress(b"\x00" * 300_000_000, 1) if rest == "gzip" else b"\x1f\x8bno"
        self.send(200, body, {"Content-Encoding": "gzip"})

    def answer_packed(self, rest: str) -> None:
        self.send(200, gzip.compress(rest.encode()), {"Content-Encoding": "gzip"})

    def answer_torn(self, rest: str) -> None:
        self.send(200, gzip.compress(b"hello")[:-4], {"Content-Encoding": "gzip"})

    def answer_brotli(self, rest: str) -> None:
        self.send(200, b"?", {"Content-Encoding": "br"})

    def answer_drip(self, rest: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_hangup(self, rest: str) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def answer_many(self, rest: str) -> None:
        self.send(200, b"", {f"X-{n}": "y" * 50 for n in range(20_000)})

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[FarEnd]:
    """A running server, over TLS with a certificate of `make_certificate`."""
    far_end = FarEnd()
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        far_end.socket = context.wrap_socket(far_end.socket, server_side=True)
    threading.Thread(target=far_end.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield far_end
    finally:
        far_end.shutdown()
        far_end.server_close()


def make_certificate(folder: Path, name: str, days: int = 1) -> Path:
    """A file with a key and a certificate that vouches for itself, and ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
