"""Two questions a machine asks, without sign-in: is the process alive, and can it do its work?"""

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

IS_BEATING = (
    "SELECT EXISTS (SELECT 1 FROM clusters WHERE last_beat > now() - interval '30 seconds')"
)


def cluster_is_beating() -> bool:
    """Whether any cluster has beaten within 30 s, by the database's clock. Raises DatabaseError without tables."""
    with connection.cursor() as cursor:
        cursor.execute(IS_BEATING)
        return bool(cursor.fetchone()[0])


def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a cluster beats; else 503 and what is missing."""
    database = beating = True
    try:
        beating = cluster_is_beating()
    except DatabaseError:
        database = beating = False
    answer = {
        "status": "ready" if beating else "not ready",
        "database": database,
        "cluster": beating,
    }
    return JsonResponse(answer, status=HTTPStatus.OK if beating else HTTPStatus.SERVICE_UNAVAILABLE)
