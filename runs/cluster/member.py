"""The watched half of `manage.py cluster`: django-q2's cluster in a session of its own.

Started by the watchdog as `python -m runs.cluster.member <cluster id>` with a pipe as its input.
"""

import os
import signal
import sys
import threading
from types import FrameType

import django


def follow(lifeline: int) -> None:
    """Die with the watchdog, which holds the other end of this pipe, and take the group along."""
    threading.Thread(target=_end_at_its_end, args=[lifeline], daemon=True).start()


def _end_at_its_end(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main(cluster: str) -> None:
    """Run the cluster until SIGTERM: then no node starts, and players hand over."""
    os.environ["MAESTRO_CLUSTER"] = cluster
    # A copy, because a forked child closes its standard input. Each child follows it by itself:
    # the main process may be the first to be killed.
    lifeline = os.dup(sys.stdin.fileno())
    follow(lifeline)
    os.register_at_fork(after_in_child=lambda: follow(lifeline))
    django.setup()
    from runs.connections import harden_connections

    harden_connections()
    from django_q.cluster import Cluster

    from agents.skills import registry
    from runs import player  # noqa: F401  loaded before the fork, so that workers share it
    from runs.player.drain import begin_drain

    registry.skills()

    class DrainingCluster(Cluster):  # type: ignore[misc]
        def sig_handler(self, signum: int, frame: FrameType | None) -> None:
            begin_drain(cluster)
            super().sig_handler(signum, frame)

    DrainingCluster().start()


if __name__ == "__main__":
    main(sys.argv[1])
