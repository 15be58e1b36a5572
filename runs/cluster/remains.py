"""What a cluster leaves behind that was killed with its watchdog: its row, its list, its folder."""

import shutil
from pathlib import Path

from django.db import connection

from runs.machine import is_alive, machine
from runs.models import Cluster
from runs.player.slots import PLAIN_CLUSTER, runtime_folder
from runs.queue import forget_own_list

# A machine that is gone cannot be asked about its processes; a living cluster is restarted by its
# watchdog long before.
SILENT = """
select id from clusters
 where greatest(started, last_beat) < clock_timestamp() - interval '10 minutes'"""


def clear_remains() -> None:
    """Forget the clusters whose watchdog is gone; their runs are the sweep's business."""
    for cluster in _dead():
        forget_own_list(cluster)
        Cluster.objects.filter(pk=cluster).delete()
    folders = _folders()  # first: a new cluster's row is there before its folder
    known = {PLAIN_CLUSTER, *Cluster.objects.values_list("id", flat=True)}
    for folder in folders:
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _dead() -> list[str]:
    here = Cluster.objects.filter(host=machine()).values_list("id", "pid")
    dead = {cluster for cluster, pid in here if not is_alive(pid)}
    with connection.cursor() as cursor:
        cursor.execute(SILENT)
        dead.update(cluster for (cluster,) in cursor.fetchall())
    return sorted(dead)


def _folders() -> list[Path]:
    """Of this machine's clusters."""
    clusters = runtime_folder(PLAIN_CLUSTER).parent
    return list(clusters.iterdir()) if clusters.is_dir() else []
