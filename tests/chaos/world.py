"""What a case needs around the players: the sink, the forge, the model's far end, one score."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs.actions import start_score
from runs.models import Run, Trigger
from scores.models import Score
from tests.chaos import far_skill
from tests.chaos.thirty import thirty
from tests.far_ends.messages_api import MessagesAPI, speaking, text
from tests.runs.agents import keyed_workspace
from tests.runs.installing import installed
from tests.runs.worlds import score

ROOT = Path(__file__).resolve().parents[2]
ORDER: dict[str, Any] = {
    "crash": "",
    "durability": "each",
    "freeze": False,
    "suspects": False,
    "deaf": False,
    "window": None,
    "plant": "",
    "runs": 250,
}


@dataclass(frozen=True, slots=True)
class Trace:
    """A line left outside: which process did what for which node. `key`: of an effect."""

    pid: int
    run: str
    node: str
    iteration: str
    key: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.node, self.iteration


class World:
    """One installation's outside; `starts` and `effects` are what no rollback can hide."""

    def __init__(self, folder: Path, forge: subprocess.Popen[str], model: MessagesAPI) -> None:
        self.folder = folder
        self.model = model
        self._forge = forge
        self.plant = ""
        self.thirty: Score = score(thirty(), "thirty")

    def start(self) -> Run:
        return start_score(
            self.thirty, trigger=Trigger.MANUAL, input={"value": 7}, started_by="chaos"
        )

    def fork(self, **order: Any) -> int:
        """A new player; its pid."""
        return int(self._ask({"play": {**ORDER, "plant": self.plant, **order}}))

    def wait(self, pid: int) -> str | int:
        """Until it ends or stands still."""
        ended: str | int = self._ask({"wait": pid})
        return ended

    def starts(self, run: Run) -> list[Trace]:
        return _read(self.folder / "starts", run)

    def effects(self, run: Run) -> list[Trace]:
        return _read(self.folder / "sink", run)

    def _ask(self, order: dict[str, Any]) -> Any:  # noqa: ANN401
        assert self._forge.stdin and self._forge.stdout
        self._forge.stdin.write(json.dumps(order) + "\n")
        self._forge.stdin.flush()
        return json.loads(self._forge.stdout.readline())


@contextmanager
def world(folder: Path, environment: dict[str, str]) -> Iterator[World]:
    """Everything up, with a data folder of its own below `folder`; all ended afterwards."""
    with ExitStack() as stack:
        packages = folder / "packages"
        packages.mkdir()
        stack.enter_context(installed("far", "tests.chaos.far_skill", packages))
        model = stack.enter_context(speaking([text("Something.")]))
        keyed_workspace()
        environment = {
            **environment,
            "PYTHONPATH": str(packages),
            "MAESTRO_DATA_DIR": str(folder / "data"),
            "ANTHROPIC_BASE_URL": model.url,
            far_skill.STARTS: str(folder / "starts"),
            far_skill.SINK: str(folder / "socket"),
        }
        (folder / "data").mkdir()
        for name in ("starts", "sink"):
            (folder / name).touch()
        _process(stack, environment, "sink", str(folder / "socket"), str(folder / "sink"))
        forge = _process(stack, environment, "forge")
        _until_listening(folder / "socket")
        yield World(folder, forge, model)


def _process(
    stack: ExitStack, environment: dict[str, str], module: str, *arguments: str
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.chaos.{module}", *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    return process


def _until_listening(socket: Path) -> None:
    while not socket.exists():
        time.sleep(0.01)


def _read(file: Path, run: Run) -> list[Trace]:
    lines = (line.split("\t") for line in file.read_text().splitlines())
    return [Trace(int(pid), *rest) for pid, *rest in lines if rest[0] == run.id]
