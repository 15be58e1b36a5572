"""`manage.py up`, for real: it runs everything, mends what dies, and leaves nothing behind."""

import http.client
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from maestro.database.cluster_files import NO_PID
from tests.ports import deaf_port, free_port

API_KEY = re.compile(r"mk_\w{8}_\w{32}")
ROOT = Path(__file__).resolve().parents[2]
ROWS = 500  # of a run that takes about a second


class Installation:
    """One data folder and port, and the `up` that runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "MAESTRO_DATA_DIR": str(folder / "data"),
            "MAESTRO_PORT": str(self.port),
        }
        self.log = folder / "up.log"
        self.up: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Returns what it printed until it was up."""
        self.log.write_text("")
        with self.log.open("ab") as output:
            command = [sys.executable, str(ROOT / "manage.py"), "up"]
            self.up = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
        self.wait_for("Ctrl-C stops it")
        return self.log.read_text()

    def refused(self, **environment: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), "up"]
        answer = subprocess.run(
            command, env={**self.environment, **environment}, capture_output=True, text=True
        )
        assert answer.returncode == 2
        return answer.stderr

    def stop(self) -> int:
        assert self.up
        self.up.send_signal(signal.SIGINT)
        return self.up.wait(timeout=60)

    def processes(self) -> list[psutil.Process]:
        """Every process that was started for this data folder, however far down."""
        found = []
        for process in psutil.process_iter():
            try:
                told = (
                    process.environ().get("MAESTRO_DATA_DIR")
                    == self.environment["MAESTRO_DATA_DIR"]
                )
                if (
                    told or str(self.folder / "data") in process.cmdline()
                ) and process.status() != "zombie":
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def named(self, word: str) -> psutil.Process:
        return next(process for process in self.processes() if word in process.cmdline())

    def postmaster(self) -> int:
        file = self.folder / "data" / "pg" / "postmaster.pid"
        return int(file.read_text().split()[0]) if file.exists() else NO_PID

    def answer(self, path: str, **headers: str) -> int:
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, http.client.HTTPException):
            return 0

    def wait_for(self, words: str) -> None:
        self.wait_until(lambda: words in self.log.read_text())

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < deadline, (
                f"not within 120 s; it said:\n{self.log.read_text()}"
            )
            time.sleep(0.1)

    def sign_in(self, password: str) -> str:
        """Returns the address the sign-in led to."""
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        url = f"http://127.0.0.1:{self.port}/admin/login/?next=/admin/"
        browser.open(url)
        token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": token}
        with browser.open(url, urllib.parse.urlencode(form).encode()) as response:
            return str(urllib.parse.urlsplit(response.url).path)


@pytest.fixture
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="maestro-") as name:
        installation = Installation(Path(name))
        yield installation
        for process in installation.processes():
            process.kill()
        if installation.up:
            installation.up.wait()


def test_it_says_how_to_sign_in_mends_what_dies_and_stops_without_a_trace(
    installation: Installation,
) -> None:
    said = installation.start()
    found, api_key = re.search(r"password (\S+) \(shown this once", said), API_KEY.search(said)
    assert found and api_key
    assert installation.sign_in(found[1]) == "/admin/"
    assert installation.answer("/api/v1/workspace", Authorization=f"Bearer {api_key[0]}") == 200
    installation.wait_until(lambda: installation.answer("/readyz") == 200)
    assert "already runs" in installation.refused(MAESTRO_PORT=str(free_port()))
    kill_one_after_the_other(installation)
    kill_the_database_in_mid_run(installation, api_key[0])
    assert installation.stop() == 0
    assert installation.processes() == []
    said = installation.start()
    assert found[1] not in said and not API_KEY.search(said)
    assert installation.sign_in(found[1]) == "/admin/"
    assert installation.stop() == 0


def kill_one_after_the_other(installation: Installation) -> None:
    """What `up` has started; each is there again, and all of it works."""
    for word in ("serve", "cluster"):
        installation.named(word).kill()
        installation.wait_for(f"{word} ended by itself (signal SIGKILL)")
    installation.wait_until(lambda: installation.answer("/readyz") == 200)


def kill_the_database_in_mid_run(installation: Installation, api_key: str) -> None:
    """What was in play goes on from what was recorded, to the same output as a run in peace."""

    def ask(path: str, body: object = None) -> Any:  # noqa: ANN401
        url = f"http://127.0.0.1:{installation.port}/api/v1{path}"
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(url, sent, headers)) as response:
            return json.load(response)

    def start() -> str:
        rows = "".join(f"person{n}@example.com,Person {n}\n" for n in range(ROWS))
        asked = {"mode": "rehearsal", "input": {"csv": f"email,name\n{rows}"}}
        return str(ask("/scores/sc_lead-intake/runs", asked)["id"])

    def plays(run: str) -> bool:
        return bool(ask(f"/runs/{run}/nodes?limit=20")["items"])

    def output(run: str) -> object:
        installation.wait_until(lambda: ask(f"/runs/{run}")["finished_at"] is not None)
        told = ask(f"/runs/{run}")
        assert told["status"] == "succeeded", told["error"]
        return told["output"]

    postmaster = installation.postmaster()
    runs = [start() for _ in range(3)]
    installation.wait_until(lambda: plays(runs[0]))
    runs.append(start())  # so that one is unfinished for certain
    os.kill(postmaster, signal.SIGKILL)
    killed = datetime.now(UTC)
    installation.wait_until(lambda: not psutil.pid_exists(postmaster))
    installation.wait_until(lambda: installation.answer("/readyz") == 200)
    assert [output(run) for run in runs] == len(runs) * [output(start())]
    ends = [datetime.fromisoformat(ask(f"/runs/{run}")["finished_at"]) for run in runs]
    assert max(ends) > killed


def test_a_killed_up_takes_its_children_along_and_the_next_one_works(
    installation: Installation,
) -> None:
    installation.environment["MAESTRO_ADMIN_PASSWORD"] = "a password of our own"
    assert "a password of our own" not in installation.start()
    assert installation.up
    installation.up.kill()
    installation.up.wait()
    installation.start()
    assert installation.sign_in("a password of our own") == "/admin/"
    for process in installation.processes():
        process.kill()
    installation.up.wait()
    installation.start()
    installation.wait_until(lambda: installation.answer("/readyz") == 200)
    assert installation.sign_in("a password of our own") == "/admin/"


def test_a_taken_port_is_refused_before_anything_is_made(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        assert f"Port {installation.port} on 127.0.0.1 is taken" in installation.refused()
    assert [path.name for path in (installation.folder / "data").iterdir()] == ["up.lock"]


def test_a_database_that_cannot_be_reached_is_named(installation: Installation) -> None:
    with deaf_port() as port:
        said = installation.refused(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{port}/none")
    assert "Start it, or mend DATABASE_URL" in said
