"""The world outside: a process that writes down each effect before it says that it happened.

`python -m tests.chaos.sink SOCKET FILE`: one line in is one line of the file, on the disk.
"""

import os
import socketserver
import sys
from pathlib import Path


class Sink(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, socket: str, file: Path) -> None:
        super().__init__(socket, _Handler)
        self.file = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was speaking is dead."""


class _Handler(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        for line in self.rfile:
            os.write(self.server.file, line)
            os.fsync(self.server.file)
            self.wfile.write(b"ok\n")


if __name__ == "__main__":
    Sink(sys.argv[1], Path(sys.argv[2])).serve_forever(0.05)
