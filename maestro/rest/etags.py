"""Entity tags: who changes something says what they have seen of it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import QuerySet
from pydantic import BaseModel

from maestro.errors import PreconditionRequired, StaleVersion

from .shapes import Row, find

STRONG_TAG = re.compile(r'(?<!W/)"([^"]*)"')


def version_tag(version: int) -> str:
    return f'"{version}"'


def content_tag(shown: BaseModel, *, without: set[str] | None = None) -> str:
    """The tag of what has no version: a hash of its JSON, `without` what changes by itself."""
    content = shown.model_dump(mode="json", exclude=without)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


@contextmanager
def seen(
    rows: QuerySet[Row], pk: str, if_match: str | None, tag: Callable[[Row], str]
) -> Iterator[Row]:
    """The row, locked to the end of the block, in the state the caller has seen.

    NotFound, PreconditionRequired without `if_match`, StaleVersion when another was faster.
    """
    with transaction.atomic():
        row = find(rows.select_for_update(of=("self",)), pk)
        _require(if_match, tag(row))
        yield row


def _require(if_match: str | None, current: str) -> None:
    if not if_match:
        message = "Say which state you change: send the ETag you read as If-Match"
        raise PreconditionRequired(message)
    if if_match.strip() != "*" and current.strip('"') not in STRONG_TAG.findall(if_match):
        raise StaleVersion("It was changed since you read it; read it again", etag=current)
