"""`python -m bench.peers`: the workloads that the peers have too, one table beside ours."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import psycopg

from bench.installation import ROOT, Installation, installation
from bench.report import table

HERE = Path(__file__).parent
PLACE = ROOT / ".maestro" / "peers"
PYTHON = PLACE / "bin" / "python"
PEERS = {"LangGraph": "langgraph_peer", "DBOS": "dbos_peer"}
ROWS = {
    "chain A": "chain of 40, A",
    "chain B": "chain of 40, B",
    "map A": "map of 1000 x 3, A",
    "map B": "map of 1000 x 3, B",
    "runs": "200 runs of 10, 2 workers",
    "waits": "200 waits of 0.2 s, 50 at once",
}
Figures = dict[str, float]


def main() -> None:
    """Measure each peer on a database of its own, then Maestro, on one server."""
    set_up()
    with installation(clusters=0) as place:
        logging.disable(logging.INFO)
        peers = {name: _peer(place, script) for name, script in PEERS.items()}
        ours, floors = _ours(place)
    head = ("workload", "floor", "Maestro", *(name for name in peers))
    rows = [
        (
            told,
            f"{floors[key] * 1000:.1f} ms",
            *(_cell(figures.get(key), floors[key]) for figures in (ours, *peers.values())),
        )
        for key, told in ROWS.items()
    ]
    print(table([head, *rows]))


def set_up() -> None:
    """An environment that nothing else uses, made anew when its requirements change."""
    wanted = HERE / "requirements.txt"
    stamp = PLACE / "requirements.txt"
    if stamp.exists() and stamp.read_text() == wanted.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", str(wanted)], check=True)
    stamp.write_text(wanted.read_text())


def _peer(place: Installation, script: str) -> Figures:
    with psycopg.connect(place.conninfo, autocommit=True) as connection:
        connection.execute(f"create database {script}")
    address = place.server.address().replace("/maestro?", f"/{script}?")
    command = [str(PYTHON), str(HERE / f"{script}.py"), address]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: Figures = json.loads(told.splitlines()[-1])
    return found


def _ours(place: Installation) -> tuple[Figures, Figures]:
    """Seconds of Maestro, and of the floors."""
    from bench.inside import chains, maps, overlap
    from bench.workers import many_runs

    lines = [line for measure in (chains, maps, many_runs, overlap) for line in measure(place)]
    ours = dict(zip(ROWS, (line.ours / 1000 for line in lines), strict=True))
    floors = dict(zip(ROWS, ((line.floor or 0) / 1000 for line in lines), strict=True))
    return ours, floors


def _cell(seconds: float | None, floor: float) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.0f} ms, {seconds / floor:.1f}x"


if __name__ == "__main__":
    main()
