"""Ways to die: each ends, stops or restarts a part of an installation, chosen at random."""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable

import psutil

from bench.installation import Installation

FROZEN_SECONDS = 15


def players(here: Installation) -> None:
    """All players of all clusters."""
    for pid in _player_pids():
        _send(pid, signal.SIGKILL)


def player(here: Installation) -> None:
    """One player."""
    _send(random.choice(_player_pids() or [0]), signal.SIGKILL)


def group(here: Installation) -> None:
    """A queue with all its processes but the players, as when the watchdog starts it again."""
    _send_group(_member(here), signal.SIGKILL)


def session(here: Installation) -> None:
    """A queue and the players it rang for, at once; the watchdog is left."""
    member = _member(here)
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(pid) == member:
                _send(pid, signal.SIGKILL)


def main(here: Installation) -> None:
    """The main process of a django-q2 cluster."""
    _send(_member(here), signal.SIGKILL)


def child(here: Installation) -> None:
    """One process below it: its sentinel, its pusher, its monitor or a worker."""
    below: list[psutil.Process] = []
    while not below:  # a queue that is just being started has none yet
        with contextlib.suppress(psutil.NoSuchProcess):
            below = psutil.Process(_member(here)).children(recursive=True)
    _send(random.choice(below).pid, signal.SIGKILL)


def watchdog(here: Installation) -> None:
    """The parent; somebody starts another, as a service manager would."""
    _replace_cluster(here, lambda cluster: _send(cluster, signal.SIGKILL))


def heads(here: Installation) -> None:
    """The watchdog and the cluster's main process together, so that neither can end the rest."""

    def both(cluster: int) -> None:
        for pid in [*queues(cluster), cluster]:
            _send(pid, signal.SIGKILL)

    _replace_cluster(here, both)


def rolling(here: Installation) -> None:
    """SIGTERM to a watchdog, and a new one at once beside it."""
    _replace_cluster(here, lambda cluster: _send(cluster, signal.SIGTERM))


def freeze(here: Installation) -> None:
    """A player stands still for longer than its lease, then goes on as if nothing had been."""
    pid = random.choice(_player_pids() or [0])
    _send(pid, signal.SIGSTOP)
    threading.Timer(FROZEN_SECONDS, _send, [pid, signal.SIGCONT]).start()


def database(here: Installation) -> None:
    """PostgreSQL, without a word to its sessions."""
    here.restart_database()


KILLS: dict[str, Callable[[Installation], None]] = {
    kill.__name__: kill
    for kill in (
        players,
        player,
        group,
        session,
        main,
        child,
        watchdog,
        heads,
        rolling,
        freeze,
        database,
    )
}


def _player_pids() -> list[int]:
    from runs.models import Player

    return list(Player.objects.values_list("pid", flat=True))


def _member(here: Installation) -> int:
    """The main process of a random cluster; waits while it is just being started."""
    while True:
        below = queues(random.choice(here.clusters).pid)
        if below:
            return below[0]
        time.sleep(0.05)


def queues(watchdog: int) -> list[int]:
    """Main processes of its queue: none while it is started again. Its other children are adopted."""
    found = []
    for child in psutil.Process(watchdog).children():
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(child.pid) == child.pid:
                found.append(child.pid)
    return found


def _replace_cluster(here: Installation, end: Callable[[int], None]) -> None:
    cluster = random.choice(here.clusters)
    end(cluster.pid)
    here.clusters.remove(cluster)
    here.start_cluster()
    threading.Thread(target=cluster.wait).start()


def _send(pid: int, signal_: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid:
            os.kill(pid, signal_)


def _send_group(leader: int, signal_: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal_)
