"""The watched half of `manage.py cluster`: django-q2's cluster in a session of its own.

Started by the watchdog as `python -m runs.cluster.member <cluster id>` with a pipe as its input.
"""

import os
import signal
import sys
import threading
from types import FrameType

import django
from django.conf import settings

LIFELINE = 0  # standard input: the watchdog holds the other end


def end_with_watchdog() -> None:
    """At the pipe's end of file nobody watches any more: kill the whole group, orphans included."""
    os.read(LIFELINE, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def harden_connections() -> None:
    """Give Django's connections of this cluster the limits of `runs.connections`."""
    from runs.connections import KEEPALIVES, SESSION_OPTIONS

    options = settings.DATABASES["default"].setdefault("OPTIONS", {})
    options.update(KEEPALIVES)
    options["options"] = f"{options.get('options', '')} {SESSION_OPTIONS}".strip()


def main(cluster: str) -> None:
    """Run the cluster until SIGTERM: then no node starts, and players hand over."""
    os.environ["MAESTRO_CLUSTER"] = cluster
    threading.Thread(target=end_with_watchdog, name="lifeline", daemon=True).start()
    django.setup()
    harden_connections()
    from django_q.cluster import Cluster

    from agents.skills import registry
    from runs import player  # noqa: F401  loaded before the fork, so that workers share it
    from runs.cluster.drain import DRAIN

    registry.skills()

    class DrainingCluster(Cluster):  # type: ignore[misc]
        def sig_handler(self, signum: int, frame: FrameType | None) -> None:
            DRAIN.set()
            super().sig_handler(signum, frame)

    DrainingCluster().start()


if __name__ == "__main__":
    main(sys.argv[1])
