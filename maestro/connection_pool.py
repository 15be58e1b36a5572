"""Database connections that outlive a request."""

from django.conf import settings

MOST = 40


def share_connections() -> None:
    """Let the requests of this process take their connections from one pool.

    Each request has a thread of its own, and Django keeps a connection per thread: without this
    every request opens a new one, which takes longer than most requests. Only for a process that
    never forks: a pool does not survive it.
    """
    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": MOST}}
