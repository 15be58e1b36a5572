"""The checks of what the environment says: each returns the value as settings want it, or refuses it in one line."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import psycopg
from marshmallow import ValidationError
from psycopg.conninfo import conninfo_to_dict

# What a libpq address calls otherwise than Django does.
DJANGO_NAMES = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


def database_of(address: str) -> dict[str, Any]:
    """Django's database settings for `postgresql://user:password@host:port/name?sslmode=...`.

    Raises ValidationError when it is not such an address.
    """
    if urlsplit(address).scheme not in ("postgres", "postgresql"):
        raise ValidationError(
            "must begin with postgresql://; PostgreSQL is the only database Maestro runs on."
        )
    try:
        parts = conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise ValidationError(
            f"is not an address PostgreSQL understands: {error}".strip()
        ) from error
    if not parts.get("dbname"):
        raise ValidationError("names no database: postgresql://user:password@host:5432/NAME.")
    named = {DJANGO_NAMES[part]: value for part, value in parts.items() if part in DJANGO_NAMES}
    options = {part: value for part, value in parts.items() if part not in DJANGO_NAMES}
    return {**named, "OPTIONS": options}


def is_database(address: str) -> None:
    """Refuses what `database_of` cannot read; empty means none."""
    if address:
        database_of(address)


def is_32_bytes(keys: str) -> None:
    """Refuses vault keys, with commas between, that are not base64 of 32 bytes; empty means none."""
    try:
        lengths = {len(base64.b64decode(key, validate=True)) for key in keys.split(",") if keys}
    except binascii.Error:
        lengths = {0}
    if lengths - {32}:
        raise ValidationError("must be base64 of 32 bytes: `openssl rand -base64 32` makes one.")


def is_url(*schemes: str) -> Callable[[str], None]:
    """A check that refuses anything but a URL of these schemes with a host; empty means none."""

    def check(url: str) -> None:
        try:
            parts = urlsplit(url)
            right = not url or (
                parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
            )
        except ValueError:
            right = False
        if not right:
            raise ValidationError(f"must be a URL like {schemes[0]}://host.")

    return check


def refusals(messages: Mapping[str, Any] | list[str]) -> str:
    """What to tell the person: one line per variable, without the values, which may be secret."""
    if isinstance(messages, list):
        return "\n".join(messages)
    return "\n".join(
        f"{name}: {' '.join(reasons)} See docs/environment.md."
        for name, reasons in messages.items()
    )


def is_crash_point(name: str) -> None:
    """Refuses what is no name of a place, or a name with a number: `write.done`, `write.done:3`."""
    if not re.fullmatch(r"([a-z_.]+(:[1-9][0-9]*)?)?", name):
        raise ValidationError("names a place, or its nth passage: `write.done`, `write.done:3`.")
