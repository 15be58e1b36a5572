"""What a machine may ask without sign-in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from runs.models import Cluster


def beat(seconds_ago: int) -> None:
    now = timezone.now()
    Cluster.objects.create(
        id="cl_1", host="here", pid=1, started=now, last_beat=now - timedelta(seconds=seconds_ago)
    )


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_when_a_cluster_beats(client: Client) -> None:
    beat(seconds_ago=2)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_when_the_last_beat_is_old(client: Client) -> None:
    beat(seconds_ago=40)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": True, "cluster": False}


@pytest.mark.django_db
def test_not_ready_without_any_cluster(client: Client) -> None:
    assert client.get("/readyz").status_code == 503


def test_the_root_leads_to_the_admin(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/admin/"
