"""A real web process on a port of its own."""

import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2 as httpx

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


class RunningServer:
    """`manage.py serve`; ended after the block."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def __enter__(self) -> Self:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--descriptor", str(listener.fileno())],
                cwd=ROOT,
                env=self._environment,
                pass_fds=[listener.fileno()],
            )
        httpx.get(f"{self.address}/healthz", timeout=PATIENCE_SECONDS).raise_for_status()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        finally:
            self._process.kill()
