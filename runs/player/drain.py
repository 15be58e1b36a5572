"""One flag for all processes of a cluster: take no more work.

A file, because a player may outlive the queue it was forked from; and a player killed while it asks
leaves no lock behind.
"""

from pathlib import Path

from .slots import cluster_id, runtime_folder


def begin_drain(cluster: str) -> None:
    """Tell all players of the cluster to hand over."""
    flag = _flag(cluster)
    flag.parent.mkdir(parents=True, exist_ok=True)
    flag.touch()


def is_draining() -> bool:
    """Whether this process's cluster takes no more work."""
    return _flag(cluster_id()).exists()


def end_drain(cluster: str) -> None:
    """The cluster takes work again."""
    _flag(cluster).unlink(missing_ok=True)


def _flag(cluster: str) -> Path:
    return runtime_folder(cluster) / "drain"
