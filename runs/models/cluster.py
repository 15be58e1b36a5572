"""The processes that play: a cluster per `manage.py cluster`, a player per playing worker."""

from django.db import models


class Cluster(models.Model):
    """One watchdog with its django-q2 cluster; `last_beat` is written by a worker of it."""

    id = models.TextField(primary_key=True)
    host = models.TextField()
    pid = models.IntegerField()
    started = models.DateTimeField()
    last_beat = models.DateTimeField(null=True)

    class Meta:
        db_table = "clusters"
        ordering = ["-started"]

    def __str__(self) -> str:
        return self.id


class Player(models.Model):
    """A worker that plays runs as long as its lease holds, by the database's clock."""

    id = models.TextField(primary_key=True)
    cluster = models.TextField()
    host = models.TextField()
    pid = models.IntegerField()
    started = models.DateTimeField()
    lease_until = models.DateTimeField()

    class Meta:
        db_table = "players"
        ordering = ["-started"]

    def __str__(self) -> str:
        return self.id
