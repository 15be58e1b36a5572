"""The embedded PostgreSQL: private, crash-proof, and gone when nobody uses it."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from maestro.database.cluster_files import is_running
from maestro.database.server import Server
from maestro.errors import Misconfigured


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own temporary folder: as root, each new session closes that to the server's user."""
    with tempfile.TemporaryDirectory(prefix="maestro-") as name:
        yield Path(name)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder / "d" / "pg", durable=False)
    yield server
    server.stop()


def postmaster(server: Server) -> int:
    return int((server.folder / "postmaster.pid").read_text().split()[0])


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not come true within 60 s"
        time.sleep(0.05)


def hold_in_other_process(server: Server) -> subprocess.Popen[str]:
    code = (
        "import sys, time; from pathlib import Path; from maestro.database.server import Server\n"
        "Server(Path(sys.argv[1]), durable=False).start(); print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(server.folder)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    return holder


def test_data_survives_a_kill_of_the_server(server: Server) -> None:
    server.start()
    with psycopg.connect(server.address()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(server), signal.SIGKILL)
    again = Server(server.folder, durable=False)
    again.start()
    with psycopg.connect(again.address()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    again.stop()


def test_a_pid_file_that_names_another_process_does_not_stop_the_start(server: Server) -> None:
    server.start()
    pid_file = server.folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert is_running(server.folder)


def test_nobody_else_gets_in(server: Server) -> None:
    server.start()
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
    rules = [
        line for line in (server.folder / "pg_hba.conf").read_text().splitlines() if line[0] != "#"
    ]
    assert rules == ["local all all peer map=maestro"]
    with psycopg.connect(server.address(role="postgres")) as connection:
        shown = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('max_connections'), version()"
        ).fetchone()
    assert shown and shown[:2] == ("", "200") and shown[2].startswith("PostgreSQL 18")


def test_stop_leaves_nothing_running(server: Server) -> None:
    server.start()
    pid = postmaster(server)
    server.stop()
    assert not is_running(server.folder)
    # It takes its file away with its last breath.
    wait_until(lambda: not Path(f"/proc/{pid}/exe").exists())


def test_the_last_user_stops_it_and_no_one_before(server: Server) -> None:
    server.start()
    other = Server(server.folder, durable=False)
    other.start()
    server.stop()
    assert is_running(other.folder)
    other.stop()
    assert not is_running(other.folder)


def test_it_ends_when_its_only_user_is_killed(server: Server) -> None:
    holder = hold_in_other_process(server)
    assert is_running(server.folder)
    holder.kill()
    holder.wait()
    wait_until(lambda: not is_running(server.folder))


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    server = Server(tmp_path / ("long" * 30) / "pg")
    with pytest.raises(Misconfigured, match=r"too long .* MAESTRO_DATA_DIR"):
        server.start()
    assert not server.folder.parent.exists()


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured, match="cannot be used: File exists"):
        Server(tmp_path / "file" / "pg").start()


def test_an_initdb_that_fails_leaves_nothing_half_made(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maestro.database.cluster_files.FIXED", {"no_such_setting": "1"})
    with pytest.raises(Misconfigured, match="no_such_setting"):
        server.start()
    assert not server.folder.exists()
    monkeypatch.undo()
    server.start()
    assert is_running(server.folder)
