"""Secrets out of an env file: lines like `APOLLO_API_KEY=…`, as deployers keep them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from io import StringIO

from django.db import transaction
from dotenv import dotenv_values

from maestro.errors import InvalidInput

from .models import Secret, Workspace
from .vault import MIN_LENGTH, read_secret, set_secret

MAX_BYTES = 1024 * 1024


@dataclass
class Imported:
    """Names only. `same`: the value is what is kept already; `short`: too short to be kept; `left`: not asked for."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@transaction.atomic
def import_env(workspace: Workspace, text: str, *, wanted: Collection[str], by: str) -> Imported:
    """Keep the values of those variables whose name, in small letters, is `wanted` or is a secret here.

    InvalidInput when the text is no env file.
    """
    here = {secret.name: secret for secret in workspace.secrets.all()}
    told = Imported()
    for variable, value in _read(text).items():
        name = variable.lower()
        if name not in {*wanted, *here}:
            told.left.append(variable)
        elif len(value.strip()) < MIN_LENGTH:
            told.short.append(variable)
        elif name in here and _keeps(here[name], value):
            told.same.append(name)
        else:
            set_secret(workspace, name, value, by=by)
            (told.changed if name in here else told.created).append(name)
    return told


def _read(text: str) -> dict[str, str]:
    if len(text.encode()) > MAX_BYTES:
        raise InvalidInput(f"The file has more than {MAX_BYTES:,} bytes")
    values = dotenv_values(stream=StringIO(text), interpolate=False)
    if not any(values.values()):
        raise InvalidInput("The file has no line like APOLLO_API_KEY=…")
    return {name: value for name, value in values.items() if value}


def _keeps(secret: Secret, value: str) -> bool:
    return secret.versions.exists() and read_secret(secret) == value.strip()
