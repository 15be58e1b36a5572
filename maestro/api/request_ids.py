"""Each request has an id, the caller's own or a new one, to find it again in the log."""

import re

from django.http import HttpRequest

from maestro.ids import new_id

HEADER = "X-Request-ID"
GOOD = re.compile(r"[A-Za-z0-9._:-]{1,128}")
KEPT_AS = "maestro.request_id"


def request_id(request: HttpRequest) -> str:
    """The same for all who ask during one request."""
    if KEPT_AS not in request.META:
        given = request.headers.get(HEADER, "")
        request.META[KEPT_AS] = given if GOOD.fullmatch(given) else new_id("req")
    return str(request.META[KEPT_AS])
