"""Two questions a machine asks, without sign-in: is the process alive, and can it do its work?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

IS_BEATING = (
    "SELECT EXISTS (SELECT 1 FROM clusters WHERE last_beat > now() - interval '30 seconds')"
)


def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a cluster has beaten within 30 s; else 503 and what is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(IS_BEATING)
            (beating,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse(
            {"status": "not ready", "database": False, "cluster": False}, status=503
        )
    answer = {"status": "ready" if beating else "not ready", "database": True, "cluster": beating}
    return JsonResponse(answer, status=200 if beating else 503)
